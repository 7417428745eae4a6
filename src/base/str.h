/* A borrowed view of bytes: pointer and length, not NUL-terminated, may hold
 * NUL.  Whoever made the bytes owns them. */
#ifndef PARLEY_BASE_STR_H
#define PARLEY_BASE_STR_H

#include <stdbool.h>
#include <stddef.h>
#include <string.h>

#ifdef __cplusplus
extern "C" {
#endif

struct str {
	const char *ptr;
	size_t len;
};

#define STR(literal) ((struct str){ "" literal, sizeof(literal) - 1 })
#define ARRAY_LEN(a) (sizeof(a) / sizeof((a)[0]))

static inline struct str str_from(const char *s)
{
	return (struct str){ s ? s : "", s ? strlen(s) : 0 };
}

static inline bool str_eq(struct str a, struct str b)
{
	return a.len == b.len && (a.len == 0 || memcmp(a.ptr, b.ptr, a.len) == 0);
}

static inline bool str_starts(struct str s, struct str prefix)
{
	return s.len >= prefix.len && (prefix.len == 0 || memcmp(s.ptr, prefix.ptr, prefix.len) == 0);
}

/* ASCII case is ignored. */
bool str_eq_nocase(struct str a, struct str b);

/* Without leading and trailing ASCII white space. */
struct str str_trim(struct str s);

/* The part before the first `sep`; *rest becomes what follows it (ptr NULL when
 * there was none). */
struct str str_cut(struct str s, char sep, struct str *rest);

/* Where `needle` begins in `s`, or NULL. */
const char *str_find(struct str s, struct str needle);

/* A decimal number without sign, blanks or leading text; -1 when it is none or
 * is above `max`. */
long long str_number(struct str s, long long max);

/* True when every byte is in [A-Za-z0-9_-] and the length is within bounds. */
bool str_is_token(struct str s, size_t min, size_t max);

/* True when an ASCII control character is in it. */
bool str_has_control(struct str s);

/* True for well-formed UTF-8 (RFC 3629: no surrogates, no overlong forms)
 * without NUL. */
bool str_is_utf8(struct str s);

/* Length of the well-formed sequence that `s` begins with; 0 when there is none. */
size_t str_utf8_first(struct str s);

/* How many characters well-formed UTF-8 holds. */
size_t str_characters(struct str s);

/* How many bytes of `s` can stay when at most `max` may, without splitting a
 * UTF-8 sequence. */
size_t str_utf8_prefix(struct str s, size_t max);

#ifdef __cplusplus
}
#endif

#endif
