/* See str.h. */
#include "base/str.h"

#include <ctype.h>
#include <stdint.h>

static char lower(char c)
{
	return c >= 'A' && c <= 'Z' ? (char)(c + ('a' - 'A')) : c;
}

static bool blank(char c)
{
	return c == ' ' || (c >= '\t' && c <= '\r');
}

bool str_eq_nocase(struct str a, struct str b)
{
	if (a.len != b.len)
		return false;
	for (size_t i = 0; i < a.len; i++)
		if (lower(a.ptr[i]) != lower(b.ptr[i]))
			return false;
	return true;
}

struct str str_trim(struct str s)
{
	while (s.len && blank(s.ptr[0])) {
		s.ptr++;
		s.len--;
	}
	while (s.len && blank(s.ptr[s.len - 1]))
		s.len--;
	return s;
}

struct str str_cut(struct str s, char sep, struct str *rest)
{
	const char *at = s.len ? memchr(s.ptr, sep, s.len) : NULL;

	if (!at) {
		*rest = (struct str){ NULL, 0 };
		return s;
	}
	rest->ptr = at + 1;
	rest->len = s.len - (size_t)(at - s.ptr) - 1;
	return (struct str){ s.ptr, (size_t)(at - s.ptr) };
}

const char *str_find(struct str s, struct str needle)
{
	return needle.len <= s.len ? memmem(s.ptr, s.len, needle.ptr, needle.len) : NULL;
}

long long str_number(struct str s, long long max)
{
	long long n = 0;

	if (!s.len || s.len > 18)
		return -1;
	for (size_t i = 0; i < s.len; i++) {
		if (s.ptr[i] < '0' || s.ptr[i] > '9')
			return -1;
		n = n * 10 + (s.ptr[i] - '0');
	}
	return n > max ? -1 : n;
}

bool str_is_token(struct str s, size_t min, size_t max)
{
	if (s.len < min || s.len > max)
		return false;
	for (size_t i = 0; i < s.len; i++) {
		char c = s.ptr[i];

		if (!((c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') ||
		      c == '_' || c == '-'))
			return false;
	}
	return true;
}

/* Length of the sequence that begins at p, or 0 when it is malformed. */
static size_t utf8_sequence(const unsigned char *p, size_t left)
{
	unsigned char c = p[0];
	size_t len = c < 0x80 ? 1 : c < 0xc2 ? 0 : c < 0xe0 ? 2 : c < 0xf0 ? 3 : c < 0xf5 ? 4 : 0;

	if (!len || len > left)
		return 0;
	for (size_t i = 1; i < len; i++)
		if ((p[i] & 0xc0) != 0x80)
			return 0;
	if ((c == 0xe0 && p[1] < 0xa0) || (c == 0xed && p[1] > 0x9f) ||
	    (c == 0xf0 && p[1] < 0x90) || (c == 0xf4 && p[1] > 0x8f))
		return 0;
	return len;
}

/* How many of the bytes at p are ASCII without NUL, as far as words of eight tell:
 * nearly all of what is checked is. */
static size_t plain_words(const unsigned char *p, size_t left)
{
	const uint64_t ones = 0x0101010101010101, highs = 0x8080808080808080;
	size_t n = 0;
	uint64_t word;

	for (; left - n >= sizeof(word); n += sizeof(word)) {
		memcpy(&word, p + n, sizeof(word));
		/* of ASCII, only a NUL borrows from the bit above it */
		if ((word | (word - ones)) & highs)
			break;
	}
	return n;
}

bool str_has_control(struct str s)
{
	for (size_t i = 0; i < s.len; i++)
		if ((unsigned char)s.ptr[i] < 0x20 || s.ptr[i] == 0x7f)
			return true;
	return false;
}

bool str_is_utf8(struct str s)
{
	const unsigned char *p = (const unsigned char *)s.ptr;

	for (size_t i = 0; i < s.len;) {
		size_t len = plain_words(p + i, s.len - i);

		if (len) {
			i += len;
			continue;
		}
		len = utf8_sequence(p + i, s.len - i);

		if (!len || !p[i])
			return false;
		i += len;
	}
	return true;
}

size_t str_utf8_first(struct str s)
{
	return s.len ? utf8_sequence((const unsigned char *)s.ptr, s.len) : 0;
}

size_t str_characters(struct str s)
{
	size_t n = 0;

	for (size_t i = 0; i < s.len; i++)
		n += ((unsigned char)s.ptr[i] & 0xc0) != 0x80;
	return n;
}

size_t str_utf8_prefix(struct str s, size_t max)
{
	size_t n = s.len < max ? s.len : max;

	if (n < s.len)
		while (n && ((unsigned char)s.ptr[n] & 0xc0) == 0x80)
			n--;
	return n;
}
