/* See markdown.h.  CommonMark 2.4: a backslash before ASCII punctuation makes it
 * literal.  Only what can do something is escaped, so that a person who reads the
 * raw text, as in a mail of Linear, reads words. */
#include "screening/markdown.h"

static bool is_always_special(char c)
{
	return c && strchr("\\`*_[]<>~|@", c);
}

static bool is_digit(char c)
{
	return c >= '0' && c <= '9';
}

static bool is_alnum(char c)
{
	return is_digit(c) || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z');
}

/* What begins a heading, list or rule stands first, or after the number of an
 * ordered list. */
static bool begins_block(struct str s, size_t i)
{
	size_t digits = 0;

	if (i == 0)
		return s.ptr[0] == '-' || s.ptr[0] == '+' || s.ptr[0] == '=' || s.ptr[0] == '#';
	while (digits < i && is_digit(s.ptr[digits]))
		digits++;
	return digits == i && (s.ptr[i] == '.' || s.ptr[i] == ')');
}

/* Bare addresses become links, and links to profiles become mentions. */
static bool begins_link(struct str s, size_t i)
{
	struct str rest = { s.ptr + i, s.len - i };

	if (s.ptr[i] == ':')
		return str_starts(rest, STR("://"));
	return s.ptr[i] == '.' && i >= 3 && str_eq_nocase((struct str){ s.ptr + i - 3, 3 }, STR("www"));
}

static bool begins_entity(struct str s, size_t i)
{
	return s.ptr[i] == '&' && i + 1 < s.len && (is_alnum(s.ptr[i + 1]) || s.ptr[i + 1] == '#');
}

void markdown_text(struct buf *out, struct str s)
{
	s = str_trim(s);
	for (size_t i = 0; i < s.len; i++) {
		char c = s.ptr[i];

		if (c == '\n' || c == '\r' || c == '\t')
			buf_putc(out, ' ');
		else if ((unsigned char)c < ' ' || c == 0x7f)
			continue;
		else if (is_always_special(c) || begins_block(s, i) || begins_link(s, i) || begins_entity(s, i))
			buf_printf(out, "\\%c", c);
		else
			buf_putc(out, c);
	}
}
