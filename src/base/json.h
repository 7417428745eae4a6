/* Reading JSON that comes from outside, over json-c.
 *
 * A value read here belongs to the arena.  The getters take any value, also
 * NULL, and answer NULL/false for what is absent or of another type, so that a
 * chain of lookups needs one check at its end.  Writing JSON is done with
 * buf_json() or json-c's own builders.
 */
#ifndef PARLEY_BASE_JSON_H
#define PARLEY_BASE_JSON_H

#include <json-c/json.h>
#include <stdbool.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/err.h"
#include "base/str.h"

/* One JSON value and nothing behind it but white space, in well-formed UTF-8,
 * nested at most LIMIT_JSON_DEPTH deep.  NULL and ERR_INPUT otherwise. */
struct json_object *json_read(struct arena *a, struct str text, struct err *err);

/* Makes the arena own a value built elsewhere (it puts it back at its end). */
struct json_object *json_owned(struct arena *a, struct json_object *o);

struct json_object *json_get(struct json_object *o, const char *key);

/* Follows "a.b.c". */
struct json_object *json_path(struct json_object *o, const char *path);

/* Text without NUL inside; NULL when absent or no string. */
const char *json_text(struct json_object *o, const char *path);
struct str json_str(struct json_object *o, const char *path);
bool json_int(struct json_object *o, const char *path, int64_t *value);
bool json_flag(struct json_object *o, const char *path, bool *value);

/* The array, and its length in *len (0 when absent). */
struct json_object *json_list(struct json_object *o, const char *path, size_t *len);

/* Adds text or, for NULL, null. */
void json_put(struct json_object *o, const char *key, const char *text);
void json_put_int(struct json_object *o, const char *key, int64_t value);
void json_put_time(struct json_object *o, const char *key, int64_t ms); /* ISO 8601; 0: null */
void json_put_flag(struct json_object *o, const char *key, bool value);

/* The serialised text, owned by the value. */
const char *json_write(struct json_object *o);

#endif
