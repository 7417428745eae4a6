/* See file.h. */
#include "base/file.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <unistd.h>

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

/* A new name must survive a crash as well as the bytes. */
static int sync_directory(const char *dir)
{
	int fd = open(dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC), rc;

	if (fd < 0)
		return -1;
	rc = fsync(fd);
	close(fd);
	return rc;
}

int file_write(struct arena *mem, const char *dir, const char *name, struct str bytes)
{
	const char *path = arena_printf(mem, "%s/%s", dir, name);
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
