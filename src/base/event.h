/* A vendor's event: JSON from outside that is checked whole, and of which a few
 * values are wanted.
 *
 * simdjson behind a C header, because making json-c's objects of a transcript
 * costs more than all else that is done about a webhook.  base/json.h stays the
 * way to read what is used whole.  Stricter than that: what RFC 8259 has no
 * word for is refused, and so is a number that fits neither 64 bits nor a double,
 * which simdjson does not read.  Half a surrogate pair becomes U+FFFD.
 *
 * The getters follow "a.b.c" and answer NULL/false for what is absent or of
 * another type.  Of two members with one name the last counts, as in json.h.
 */
#ifndef PARLEY_BASE_EVENT_H
#define PARLEY_BASE_EVENT_H

#include <stdbool.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/err.h"
#include "base/str.h"

#ifdef __cplusplus
#define EVENT_NOTHROW noexcept
extern "C" {
#else
#define EVENT_NOTHROW
#endif

/* Reads one event after the other in the same memory, of which it keeps little:
 * an event of unusual size has memory of its own, until its arena is reset. */
struct event_reader;
struct event;

/* Lives as long as the arena. */
struct event_reader *event_reader_new(struct arena *a) EVENT_NOTHROW;

/* One JSON object and nothing behind it but white space, in well-formed UTF-8,
 * nested at most LIMIT_JSON_DEPTH deep.  NULL and ERR_INPUT when it is none,
 * ERR_SYSTEM when there is no memory for it.  Good until the reader reads the
 * next or `a` is reset. */
struct event *event_read(struct event_reader *r, struct arena *a, struct str text, struct err *err) EVENT_NOTHROW;

/* NUL-terminated besides, and part of the event: good as long. */
struct str event_str(const struct event *e, const char *path) EVENT_NOTHROW;

/* Text without NUL inside. */
const char *event_text(const struct event *e, const char *path) EVENT_NOTHROW;

/* Digits behind the point are dropped. */
bool event_int(const struct event *e, const char *path, int64_t *value) EVENT_NOTHROW;

bool event_has_list(const struct event *e, const char *path) EVENT_NOTHROW;

#ifdef __cplusplus
}
#endif

#endif
