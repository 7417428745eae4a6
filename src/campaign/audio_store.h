/* Where audio files lie: {state_dir}/audio, served as /audio/NAME.
 *
 * A name is the hash of what the file says and how, so a file never changes and
 * one that exists is complete.  Files are NAME = HASH.wav or HASH.mp3; HASH.lock
 * stands beside them while one is made.
 *
 * No table of functions: calls play from the disk of the host whatever else is
 * configured, because a call must not wait for a store far away.  A second store
 * gets copies of what audio_keep() (audio.h) has put here.
 */
#ifndef PARLEY_CAMPAIGN_AUDIO_STORE_H
#define PARLEY_CAMPAIGN_AUDIO_STORE_H

#include <stdbool.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/err.h"
#include "base/str.h"

enum { AUDIO_HASH_SIZE = 65, AUDIO_NAME_SIZE = 72 };

/* SHA-256 in hex over the parts, each behind its length: no two lists share it. */
void audio_hash(struct arena *mem, const struct str *parts, size_t count, char hash[AUDIO_HASH_SIZE]);

/* The file of that name in the store; no check whether it is there. */
const char *audio_path(struct arena *mem, const char *state_dir, const char *name);

/* What the bytes are, whatever they are called: "wav", "mp3"; NULL: neither. */
const char *audio_type(struct str bytes);

/* Whether there is one, and its size. */
bool audio_exists(struct arena *mem, const char *state_dir, const char *name, int64_t *bytes);

/* Writes it whole or not at all, and durably.  Whoever writes holds the name's lock.  ERR_SYSTEM. */
int audio_write(struct arena *mem, const char *state_dir, const char *name, struct str bytes, struct err *err);

/* Whether the disk takes another file: what is bought must not be lost.  ERR_SYSTEM. */
int audio_room(struct arena *mem, const char *state_dir, struct err *err);

/* Takes the lock of a hash until audio_unlock(), or the end of the process.  Waits at most 25 s
 * for it, or not at all: ERR_CONFLICT when another holds it.  ERR_SYSTEM. */
int audio_lock(struct arena *mem, const char *state_dir, const char *hash, bool wait, int *fd, struct err *err);
void audio_unlock(struct arena *mem, const char *state_dir, const char *hash, int fd);

#endif
