/* See buf.h. */
#include "base/buf.h"

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/die.h"

enum {
	FIRST_CAPACITY = 1024,
	PRINTED_AT_ONCE = 256, /* longer text is formatted twice: once for its length */
};

static char empty[1] = ""; /* never written: cap 0 */

void buf_init(struct buf *b, size_t limit)
{
	*b = (struct buf){ .ptr = empty, .limit = limit };
}

void buf_release(struct buf *b)
{
	if (b->cap)
		free(b->ptr);
	buf_init(b, b->limit);
}

void buf_clear(struct buf *b)
{
	b->len = 0;
	b->failed = false;
	if (b->cap)
		b->ptr[0] = '\0';
}

static void release_deferred(void *b)
{
	buf_release(b);
}

struct buf *buf_in(struct arena *a, size_t limit)
{
	struct buf *b = arena_new_object(a, struct buf);

	buf_init(b, limit);
	arena_defer(a, release_deferred, b);
	return b;
}

char *buf_reserve(struct buf *b, size_t more)
{
	size_t need, cap;
	char *grown;

	if (b->failed || more > b->limit || b->len > b->limit - more) {
		b->failed = true;
		return NULL;
	}
	need = b->len + more + 1;
	if (need > b->cap) {
		cap = b->cap ? b->cap : FIRST_CAPACITY;
		while (cap < need)
			cap = cap > SIZE_MAX / 2 ? need : cap * 2;
		grown = realloc(b->cap ? b->ptr : NULL, cap);
		if (!grown)
			die_out_of_memory();
		b->ptr = grown;
		b->cap = cap;
	}
	return b->ptr + b->len;
}

void buf_commit(struct buf *b, size_t len)
{
	b->len += len;
	b->ptr[b->len] = '\0';
}

void buf_add(struct buf *b, const void *bytes, size_t len)
{
	char *at = buf_reserve(b, len);

	if (!at)
		return;
	if (len)
		memcpy(at, bytes, len);
	buf_commit(b, len);
}

void buf_str(struct buf *b, struct str s)
{
	buf_add(b, s.ptr, s.len);
}

void buf_puts(struct buf *b, const char *s)
{
	buf_add(b, s, strlen(s));
}

void buf_putc(struct buf *b, char c)
{
	buf_add(b, &c, 1);
}

void buf_printf(struct buf *b, const char *fmt, ...)
{
	char text[PRINTED_AT_ONCE];
	va_list ap, again;
	char *at;
	int len;

	va_start(ap, fmt);
	va_copy(again, ap);
	len = vsnprintf(text, sizeof(text), fmt, ap);
	va_end(ap);
	if (len >= 0 && (size_t)len < sizeof(text)) {
		buf_add(b, text, (size_t)len);
	} else if (len >= 0 && (at = buf_reserve(b, (size_t)len))) {
		vsnprintf(at, (size_t)len + 1, fmt, again);
		buf_commit(b, (size_t)len);
	} else {
		b->failed = true;
	}
	va_end(again);
}

/* Beyond ASCII: the C1 controls, which some terminals obey, and the line ends
 * U+2028 and U+2029, at which some readers of our log would split a line. */
static void add_sequence(struct buf *b, struct str sequence)
{
	const unsigned char *p = (const unsigned char *)sequence.ptr;

	if (sequence.len == 2 && p[0] == 0xc2 && p[1] < 0xa0)
		buf_printf(b, "\\u00%02x", p[1]);
	else if (sequence.len == 3 && p[0] == 0xe2 && p[1] == 0x80 && (p[2] == 0xa8 || p[2] == 0xa9))
		buf_printf(b, "\\u20%02x", p[2] - 0x80);
	else
		buf_str(b, sequence);
}

void buf_json(struct buf *b, struct str s)
{
	buf_putc(b, '"');
	while (s.len) {
		size_t plain = 0;
		unsigned char c;

		/* Runs of ordinary ASCII are the common case: one copy for all. */
		while (plain < s.len && (c = (unsigned char)s.ptr[plain]) >= 0x20 && c < 0x7f &&
		       c != '"' && c != '\\')
			plain++;
		if (!plain) {
			c = (unsigned char)s.ptr[0];
			plain = 1;
			if (c == '"' || c == '\\')
				buf_printf(b, "\\%c", c);
			else if (c == '\n')
				buf_puts(b, "\\n");
			else if (c < 0x20 || c == 0x7f)
				buf_printf(b, "\\u%04x", c);
			else if ((plain = str_utf8_first(s)))
				add_sequence(b, (struct str){ s.ptr, plain });
			else {
				plain = 1;
				buf_puts(b, "\xef\xbf\xbd");
			}
		} else {
			buf_add(b, s.ptr, plain);
		}
		s.ptr += plain;
		s.len -= plain;
	}
	buf_putc(b, '"');
}

static bool is_unreserved(unsigned char c)
{
	return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-' || c == '.' || c == '_' ||
	       c == '~';
}

void buf_url(struct buf *b, struct str s)
{
	static const char digits[] = "0123456789ABCDEF";

	while (s.len) {
		unsigned char c = (unsigned char)s.ptr[0];
		size_t plain = 0;

		while (plain < s.len && is_unreserved((unsigned char)s.ptr[plain]))
			plain++;
		if (plain)
			buf_add(b, s.ptr, plain);
		else
			buf_add(b, (char[3]){ '%', digits[c >> 4], digits[c & 15] }, 3);
		s.ptr += plain ? plain : 1;
		s.len -= plain ? plain : 1;
	}
}
