/* See recording.h. */
#include "screening/recording.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/crypto.h"

static int write_all(int fd, struct str bytes)
{
	while (bytes.len) {
		ssize_t n = write(fd, bytes.ptr, bytes.len);

		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0)
			return -1;
		bytes.ptr += n;
		bytes.len -= (size_t)n;
	}
	return fsync(fd);
}

/* A new name of the same directory must survive a crash as well as the bytes. */
static int sync_directory(const char *path)
{
	int fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC), rc;

	if (fd < 0)
		return -1;
	rc = fsync(fd);
	close(fd);
	return rc;
}

static int write_file(struct arena *mem, const char *dir, const char *name, struct str bytes)
{
	const char *path = arena_printf(mem, "%s/%s.mp3", dir, name);
	const char *temporary = arena_printf(mem, "%s/.%s.%ld", dir, name, (long)getpid());
	int fd = open(temporary, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600), rc;

	if (fd < 0)
		return -1;
	rc = write_all(fd, bytes);
	if (close(fd))
		rc = -1;
	if (rc || rename(temporary, path)) {
		unlink(temporary);
		return -1;
	}
	return sync_directory(dir);
}

int recording_store(struct app *app, const char *conversation_id, struct str base64, struct err *err)
{
	const char *dir;
	struct str bytes;

	if (!base64_decode(app->mem, base64, &bytes))
		return err_set(err, ERR_INPUT, "the audio is not base64");
	dir = arena_printf(app->mem, "%s/recordings", app->cfg.state_dir);
	if ((mkdir(dir, 0700) && errno != EEXIST) || write_file(app->mem, dir, conversation_id, bytes))
		return err_set(err, ERR_SYSTEM, "the recording cannot be written: errno %d", errno);
	log_event(&app->log, LOG_INFO, "recording.stored", LOG_TEXT("conversation", conversation_id), LOG_NUM("bytes", (int64_t)bytes.len));
	return 0;
}
