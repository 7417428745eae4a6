/* See recording.h. */
#include "screening/recording.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include "base/crypto.h"
#include "base/file.h"
#include "base/limits.h"
#include "vendors/elevenlabs_record.h"

/* What was asked for can be asked for again: it goes when it takes too much room. */
#define CACHE_BYTES (2048LL << 20)
#define LEAST_ROOM (4ULL * LIMIT_TALK_AUDIO)

static const char *directory(struct app *app, const char *which)
{
	return arena_printf(app->mem, "%s/%s", app->cfg.state_dir, which);
}

/* Those that were sent, and those that were asked for. */
static const char *const directories[] = { "recordings", "recordings-cache" };
#define SENT directories[0]
#define CACHE directories[1]

static int make_directory(const char *dir, struct err *err)
{
	if (mkdir(dir, 0700) && errno != EEXIST)
		return err_set(err, ERR_SYSTEM, "the directory of the recordings cannot be made: errno %d", errno);
	return 0;
}

static int keep(struct app *app, const char *dir, const char *conversation_id, struct str bytes, struct err *err)
{
	if (make_directory(dir, err))
		return -1;
	if (file_write(app->mem, dir, arena_join(app->mem, conversation_id, ".mp3"), bytes))
		return err_set(err, ERR_SYSTEM, "the recording cannot be written: errno %d", errno);
	log_event(&app->log, LOG_INFO, "recording.stored", LOG_TEXT("conversation", conversation_id), LOG_NUM("bytes", (int64_t)bytes.len));
	return 0;
}

int recording_store(struct app *app, const char *conversation_id, struct str base64, struct err *err)
{
	struct str bytes;

	if (!base64_decode(app->mem, base64, &bytes))
		return err_set(err, ERR_INPUT, "the audio is not base64");
	return keep(app, directory(app, SENT), conversation_id, bytes, err);
}

static void close_file(void *fd)
{
	close((int)(intptr_t)fd);
}

static const char *path_of(struct app *app, const char *which, const char *conversation_id)
{
	return arena_printf(app->mem, "%s/%s.mp3", directory(app, which), conversation_id);
}

static bool open_here(struct app *app, const char *conversation_id, int *fd, int64_t *bytes)
{
	struct stat st;

	for (size_t i = 0; i < ARRAY_LEN(directories); i++) {
		*fd = open(path_of(app, directories[i], conversation_id), O_RDONLY | O_CLOEXEC);
		if (*fd < 0)
			continue;
		arena_defer(app->mem, close_file, (void *)(intptr_t)*fd);
		if (fstat(*fd, &st) || !S_ISREG(st.st_mode) || st.st_size <= 0)
			continue;
		futimens(*fd, NULL); /* it was wanted: others go first */
		*bytes = (int64_t)st.st_size;
		return true;
	}
	return false;
}

/* ---- the cache ---- */

struct oldest {
	char name[LIMIT_CONVERSATION_ID + 8];
	struct timespec at;
	int64_t total;
};

static bool is_older(const struct timespec *a, const struct timespec *b)
{
	return a->tv_sec < b->tv_sec || (a->tv_sec == b->tv_sec && a->tv_nsec < b->tv_nsec);
}

static void look(DIR *dir, struct oldest *found)
{
	struct dirent *entry;
	struct stat st;

	*found = (struct oldest){ .total = 0 };
	rewinddir(dir);
	while ((entry = readdir(dir))) {
		size_t len = strlen(entry->d_name);

		if (entry->d_name[0] == '.' || len >= sizeof(found->name) ||
		    fstatat(dirfd(dir), entry->d_name, &st, AT_SYMLINK_NOFOLLOW) || !S_ISREG(st.st_mode))
			continue;
		found->total += (int64_t)st.st_size;
		if (found->name[0] && !is_older(&st.st_mtim, &found->at))
			continue;
		memcpy(found->name, entry->d_name, len + 1);
		found->at = st.st_mtim;
	}
}

/* Takes the longest unheard away until `more` bytes fit. */
static void make_room(const char *path, int64_t more)
{
	DIR *dir = opendir(path);
	struct oldest oldest;

	if (!dir)
		return;
	for (look(dir, &oldest); oldest.name[0] && oldest.total + more > CACHE_BYTES; look(dir, &oldest))
		if (unlinkat(dirfd(dir), oldest.name, 0))
			break;
	closedir(dir);
}

static int check_disk(const char *dir, struct err *err)
{
	struct statvfs fs;

	if (statvfs(dir, &fs))
		return err_set(err, ERR_SYSTEM, "the disk of the recordings cannot be asked: errno %d", errno);
	if ((uint64_t)fs.f_bavail * fs.f_frsize < LEAST_ROOM)
		return err_set(err, ERR_SYSTEM, "the disk of the recordings is full");
	return 0;
}

/* Few locks for all conversations: whoever shares one by chance waits for another's recording.
 * A lock that cannot be had costs a second fetch at most.  -1: none. */
static int lock(struct app *app, const char *dir, const char *conversation_id)
{
	unsigned char digest[SHA256_SIZE];
	int fd;

	sha256(str_from(conversation_id), digest);
	fd = open(arena_printf(app->mem, "%s/.lock-%x", dir, digest[0] & 15), O_RDWR | O_CREAT | O_CLOEXEC, 0600);
	while (fd >= 0 && flock(fd, LOCK_EX) && errno == EINTR)
		;
	return fd;
}

static int fetch(struct app *app, const char *dir, const char *conversation_id, struct err *err)
{
	struct elevenlabs vendor = { app->http, app->clock, app->cfg.elevenlabs_base_url, app->cfg.elevenlabs_api_key };
	struct str audio;

	if (check_disk(dir, err) || elevenlabs_recording(&vendor, app->mem, conversation_id, &audio, err))
		return -1;
	make_room(dir, (int64_t)audio.len);
	return keep(app, dir, conversation_id, audio, err);
}

int recording_open(struct app *app, const char *conversation_id, int *fd, int64_t *bytes, struct err *err)
{
	const char *dir = directory(app, CACHE);
	int locked, failed;

	if (open_here(app, conversation_id, fd, bytes))
		return 0;
	if (make_directory(dir, err))
		return -1;
	locked = lock(app, dir, conversation_id);
	/* Another may have fetched it meanwhile. */
	failed = !open_here(app, conversation_id, fd, bytes) && fetch(app, dir, conversation_id, err);
	if (locked >= 0)
		close(locked);
	if (failed)
		return -1;
	return open_here(app, conversation_id, fd, bytes) ? 0 : err_set(err, ERR_SYSTEM, "a recording was taken away");
}

void recording_forget(struct app *app, const char *conversation_id)
{
	for (size_t i = 0; i < ARRAY_LEN(directories); i++)
		unlink(path_of(app, directories[i], conversation_id));
}

static void prune_directory(DIR *dir, int64_t before_s)
{
	struct dirent *entry;
	struct stat st;

	while ((entry = readdir(dir)))
		if (entry->d_name[0] != '.' && !fstatat(dirfd(dir), entry->d_name, &st, AT_SYMLINK_NOFOLLOW) && S_ISREG(st.st_mode) &&
		    (int64_t)st.st_mtim.tv_sec < before_s)
			unlinkat(dirfd(dir), entry->d_name, 0);
}

void recording_prune(struct app *app)
{
	int64_t before_s = clock_wall_ms(app->clock) / 1000 - app->cfg.interview_keep_s;

	for (size_t i = 0; i < ARRAY_LEN(directories); i++) {
		DIR *dir = opendir(directory(app, directories[i]));

		if (!dir)
			continue;
		prune_directory(dir, before_s);
		closedir(dir);
	}
}
