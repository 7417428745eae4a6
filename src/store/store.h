/* Redis: the only way to it, and the only file that includes hiredis is
 * store_redis.c.
 *
 * A connection is opened at the first use and again after an I/O error (a
 * hiredis context is dead then).  A command is repeated once, on a new
 * connection, when the old one turned out to be closed, never after a timeout;
 * so every command and script must bear being run twice.  An error answer of
 * Redis is ERR_SYSTEM and leaves the connection alive.
 */
#ifndef PARLEY_STORE_STORE_H
#define PARLEY_STORE_STORE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/clock.h"
#include "base/err.h"
#include "base/str.h"

struct store;

struct store *store_new(const char *url, const struct clock *clock);
void store_free(struct store *s);

/* Another connection to the same Redis, for what is asked while the first waits for an answer. */
struct store *store_twin(const struct store *s);

enum reply_type { REPLY_NIL, REPLY_TEXT, REPLY_NUMBER, REPLY_LIST };

struct reply {
	enum reply_type type;
	struct str text;   /* NUL-terminated too */
	int64_t number;
	struct reply *items;
	size_t count;
};

/* A command being built; arguments are borrowed until it has run. */
struct command {
	struct arena *mem;
	struct str *args;
	size_t count, room;
};

struct command command_new(struct arena *mem, const char *name);
void command_str(struct command *c, struct str s);
void command_text(struct command *c, const char *s); /* NULL is "" */
void command_int(struct command *c, int64_t n);

int store_run(struct store *s, const struct command *c, struct reply *reply, struct err *err);

/* Sends commands ahead of their store_run(), script_run() or store_pipeline(), which then only waits for
 * the answers: the caller can work meanwhile, and must ask this connection nothing else before.  Failures
 * are told by the latter. */
void store_begin(struct store *s, const struct command *commands, size_t count);

/* Whether an answer has begun to come to what was sent ahead, or the connection is lost; and the descriptor at
 * which that can be waited for (-1: nothing is awaited). */
bool store_is_answered(const struct store *s);
int store_descriptor(const struct store *s);

/* Several commands in one round trip; replies[i] answers commands[i].  An error
 * answer to any of them fails the whole. */
int store_pipeline(struct store *s, const struct command *commands, size_t count, struct reply *replies,
		   struct err *err);

/* For plain commands: store_call(s, mem, &reply, err, "HGET", key, field, NULL). */
int store_call(struct store *s, struct arena *mem, struct reply *reply, struct err *err, ...)
	__attribute__((sentinel));

/* A Lua script of scripts/, embedded by the build (scripts.h). */
struct script {
	const char *name;
	const char *text;
	char sha1[41]; /* computed by the build */
};

/* EVALSHA, loading the script when Redis does not know it. */
struct command script_new(struct arena *mem, const struct script *script, size_t keys);
int script_run(struct store *s, const struct script *script, const struct command *c, struct reply *reply,
	       struct err *err);

/* Waits at most `timeout_ms` (below the command timeout) for an element of a
 * list and takes it; *got false when none came. */
int store_wait(struct store *s, struct arena *mem, const char *list, int timeout_ms, bool *got, struct err *err);

/* Waits at most `timeout_ms` (below the command timeout) for entries of a stream after the id
 * `after`; the reply is Redis' list of at most `count` of them, each [id, [field, value, ...]],
 * and REPLY_NIL when none came. */
int store_wait_stream(struct store *s, struct arena *mem, const char *stream, const char *after, size_t count,
		      int timeout_ms, struct reply *reply, struct err *err);

/* reply helpers: NULL/false for another type */
const char *reply_text(const struct reply *r);
bool reply_int(const struct reply *r, int64_t *n); /* a number, or text that is one */

/* A field of an HGETALL's answer; absent and empty: NULL, `otherwise`. */
const char *reply_field(const struct reply *all, const char *name);
int64_t reply_field_int(const struct reply *all, const char *name, int64_t otherwise);

#endif
