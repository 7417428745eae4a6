/* See audio_store.h. */
#include "campaign/audio_store.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/crypto.h"
#include "base/file.h"
#include "base/limits.h"

/* Each wait is a turn of 50 ms: together 25 s, as long as a vendor may take. */
enum { LOCK_TURN_MS = 50, LOCK_TURNS = LIMIT_VENDOR_SECONDS * 1000 / LOCK_TURN_MS };

enum { LEAST_ROOM = 4 * LIMIT_AUDIO }; /* some buy at the same time */

void audio_hash(struct arena *mem, const struct str *parts, size_t count, char hash[AUDIO_HASH_SIZE])
{
	struct buf *all = buf_in(mem, LIMIT_BODY_API);
	unsigned char digest[SHA256_SIZE];

	for (size_t i = 0; i < count; i++) {
		buf_printf(all, "%zu:", parts[i].len);
		buf_str(all, parts[i]);
	}
	sha256(buf_view(all), digest);
	hex_encode(digest, sizeof(digest), hash);
}

static const char *directory(struct arena *mem, const char *state_dir)
{
	return arena_printf(mem, "%s/audio", state_dir);
}

const char *audio_path(struct arena *mem, const char *state_dir, const char *name)
{
	return arena_printf(mem, "%s/audio/%s", state_dir, name);
}

bool audio_exists(struct arena *mem, const char *state_dir, const char *name, int64_t *bytes)
{
	struct stat st;

	if (stat(audio_path(mem, state_dir, name), &st) || !S_ISREG(st.st_mode) || st.st_size <= 0)
		return false;
	*bytes = (int64_t)st.st_size;
	return true;
}

static int make_directory(const char *dir, struct err *err)
{
	if (mkdir(dir, 0700) && errno != EEXIST)
		return err_set(err, ERR_SYSTEM, "the directory of the audio cannot be made: errno %d", errno);
	return 0;
}

int audio_write(struct arena *mem, const char *state_dir, const char *name, struct str bytes, struct err *err)
{
	const char *dir = directory(mem, state_dir);

	if (make_directory(dir, err))
		return -1;
	if (file_write(mem, dir, name, bytes))
		return err_set(err, ERR_SYSTEM, "the audio cannot be written: errno %d", errno);
	return 0;
}

int audio_room(struct arena *mem, const char *state_dir, struct err *err)
{
	const char *dir = directory(mem, state_dir);
	struct statvfs fs;

	if (make_directory(dir, err))
		return -1;
	if (statvfs(dir, &fs))
		return err_set(err, ERR_SYSTEM, "the disk of the audio cannot be asked: errno %d", errno);
	if ((uint64_t)fs.f_bavail * fs.f_frsize < LEAST_ROOM)
		return err_set(err, ERR_SYSTEM, "the disk of the audio is full");
	return 0;
}

/* Whoever had the lock before may have taken its file away. */
static bool is_there(int fd, const char *path)
{
	struct stat mine, there;

	return !fstat(fd, &mine) && !stat(path, &there) && mine.st_ino == there.st_ino && mine.st_dev == there.st_dev;
}

/* 1: taken, 0: another holds it, -1: failed with errno. */
static int try_lock(const char *path, int *fd)
{
	*fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
	if (*fd < 0)
		return -1;
	if (!flock(*fd, LOCK_EX | LOCK_NB)) {
		if (is_there(*fd, path))
			return 1;
		errno = EWOULDBLOCK;
	}
	close(*fd);
	*fd = -1;
	return errno == EWOULDBLOCK || errno == EINTR ? 0 : -1;
}

static const char *lock_path(struct arena *mem, const char *state_dir, const char *hash)
{
	return arena_printf(mem, "%s/audio/%s.lock", state_dir, hash);
}

int audio_lock(struct arena *mem, const char *state_dir, const char *hash, bool wait, int *fd, struct err *err)
{
	const char *path = lock_path(mem, state_dir, hash);

	*fd = -1;
	if (make_directory(directory(mem, state_dir), err))
		return -1;
	for (int turn = 0; turn < LOCK_TURNS; turn++) {
		int rc = try_lock(path, fd);

		if (rc > 0)
			return 0;
		if (rc < 0)
			return err_set(err, ERR_SYSTEM, "the audio's lock cannot be taken: errno %d", errno);
		if (!wait)
			return err_set(err, ERR_CONFLICT, "the audio is being made");
		poll(NULL, 0, LOCK_TURN_MS);
	}
	return err_set(err, ERR_SYSTEM, "the audio's lock is held too long");
}

void audio_unlock(struct arena *mem, const char *state_dir, const char *hash, int fd)
{
	unlink(lock_path(mem, state_dir, hash));
	close(fd);
}

/* A tag, or a frame's sync bits with a layer. */
static bool is_mp3(struct str s)
{
	return str_starts(s, STR("ID3")) ||
	       (s.len > 4 && (unsigned char)s.ptr[0] == 0xff && ((unsigned char)s.ptr[1] & 0xe6) > 0xe0);
}

const char *audio_type(struct str s)
{
	if (s.len > 12 && str_starts(s, STR("RIFF")) && str_eq((struct str){ s.ptr + 8, 4 }, STR("WAVE")))
		return "wav";
	return is_mp3(s) ? "mp3" : NULL;
}
