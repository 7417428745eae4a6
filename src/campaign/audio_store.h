/* Where audio files lie: {state_dir}/audio, served as /audio/NAME.
 *
 * A name is the hash of what the file says and how, so a file never changes and
 * one that exists is complete.  Files are NAME = HASH.wav or HASH.mp3; a lock
 * file HASH.lock beside them stays.
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

/* Whether there is one, and its size. */
bool audio_exists(struct arena *mem, const char *state_dir, const char *name, int64_t *bytes);

/* Writes it whole or not at all, and durably.  Whoever writes holds the name's lock.  ERR_SYSTEM. */
int audio_write(struct arena *mem, const char *state_dir, const char *name, struct str bytes, struct err *err);

/* Takes the lock of a hash, waiting at most 25 s; *fd is closed to release it.
 * ERR_SYSTEM. */
int audio_lock(struct arena *mem, const char *state_dir, const char *hash, int *fd, struct err *err);

#endif
