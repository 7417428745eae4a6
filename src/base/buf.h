/* A growing string with a length and a bound.
 *
 * `ptr` is never NULL after buf_init() and always NUL-terminated (git strbuf).
 * Every buf has a limit in bytes; an append that would pass it, or text that
 * cannot be written, sets `failed`, which sticks: a caller checks once, at the
 * end (curl dynbuf).  The memory is malloc'ed; buf_in() ties it to an arena.
 */
#ifndef PARLEY_BASE_BUF_H
#define PARLEY_BASE_BUF_H

#include <stdbool.h>
#include <stddef.h>

#include "base/arena.h"
#include "base/str.h"

#ifdef __cplusplus
extern "C" {
#endif

struct buf {
	char *ptr;
	size_t len, cap, limit;
	bool failed;
};

void buf_init(struct buf *b, size_t limit);
void buf_release(struct buf *b);
void buf_clear(struct buf *b); /* empty, keeps the memory */

/* A buf that is released with the arena. */
struct buf *buf_in(struct arena *a, size_t limit);

void buf_add(struct buf *b, const void *bytes, size_t len);
void buf_str(struct buf *b, struct str s);
void buf_puts(struct buf *b, const char *s);
void buf_putc(struct buf *b, char c);
void buf_printf(struct buf *b, const char *fmt, ...)
	__attribute__((format(printf, 2, 3)));

/* Makes room for `more` bytes and returns where they go; NULL over the limit.
 * The caller then adds what it wrote to b->len by buf_commit(). */
char *buf_reserve(struct buf *b, size_t more);
void buf_commit(struct buf *b, size_t len);

/* Text as a JSON string, quotes included; ill-formed UTF-8 becomes U+FFFD. */
void buf_json(struct buf *b, struct str s);

/* Percent-encoding of everything but RFC 3986 unreserved characters. */
void buf_url(struct buf *b, struct str s);

static inline struct str buf_view(const struct buf *b)
{
	return (struct str){ b->ptr, b->len };
}

#ifdef __cplusplus
}
#endif

#endif
