/* See candidate.h. */
#include "screening/candidate.h"

#include "base/buf.h"
#include "base/config.h"
#include "base/limits.h"

/* Without what Markdown may put around a label or value: list marks, emphasis,
 * quotes, blanks. */
static struct str strip_marks(struct str s)
{
	s = str_trim(s);
	while (s.len && strchr("*_->+`# \t", s.ptr[0])) {
		s.ptr++;
		s.len--;
	}
	while (s.len && strchr("*_` \t\\", s.ptr[s.len - 1]))
		s.len--;
	return s;
}

/* The value of a line "Label: value"; false when the line has another label. */
static bool labelled(struct str line, const char *label, struct str *value)
{
	struct str rest, head = str_cut(line, ':', &rest);

	if (!rest.ptr || !str_eq_nocase(strip_marks(head), str_from(label)))
		return false;
	*value = strip_marks(rest);
	return true;
}

static bool is_letter_or_digit(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
}

/* What people's addresses are made of; RFC 5321 allows more before the '@', but
 * beside words that more is Markdown or punctuation. */
static bool is_local_char(char c)
{
	return is_letter_or_digit(c) || (c && strchr("._%+'-", c));
}

static bool is_domain_char(char c)
{
	return is_letter_or_digit(c) || c == '.' || c == '-';
}

/* The address around an '@', or NULL.  Nothing is guessed: a wrong address would
 * send a secret link to a stranger. */
static const char *address_at(struct arena *mem, struct str text, size_t at)
{
	size_t from = at, to = at + 1;

	while (from && is_local_char(text.ptr[from - 1]))
		from--;
	while (to < text.len && is_domain_char(text.ptr[to]))
		to++;
	while (to > at && text.ptr[to - 1] == '.') /* the end of a sentence */
		to--;
	/* Emphasis or quotes around the whole belong to neither end. */
	while (from < at && to < text.len && text.ptr[from] == text.ptr[to] && strchr("_'", text.ptr[from]))
		from++;
	if ((to < text.len && text.ptr[to] == '@') || (from && text.ptr[from - 1] == '@'))
		return NULL;
	return config_is_email((struct str){ text.ptr + from, to - from }) ? arena_strndup(mem, text.ptr + from, to - from)
									  : NULL;
}

/* Markdown's backslash escapes: Linear writes ada\_l@example.org. */
static struct str unescaped(struct arena *mem, struct str s)
{
	char *out = arena_alloc(mem, s.len + 1);
	size_t n = 0;

	for (size_t i = 0; i < s.len; i++) {
		if (s.ptr[i] == '\\' && i + 1 < s.len && !is_letter_or_digit(s.ptr[i + 1]) && s.ptr[i + 1] > ' ')
			i++;
		out[n++] = s.ptr[i];
	}
	return (struct str){ out, n };
}

static const char *first_address(struct arena *mem, struct str text)
{
	for (size_t i = 0; i < text.len; i++) {
		const char *found = text.ptr[i] == '@' ? address_at(mem, text, i) : NULL;

		if (found)
			return found;
	}
	return NULL;
}

static const char *mailto_address(struct arena *mem, struct str text)
{
	const char *at;

	while ((at = str_find(text, STR("mailto:")))) {
		struct str rest = { at + 7, text.len - (size_t)(at + 7 - text.ptr) };
		size_t len = 0;
		const char *found;

		while (len < rest.len && (is_local_char(rest.ptr[len]) || rest.ptr[len] == '@'))
			len++;
		found = first_address(mem, (struct str){ rest.ptr, len });
		if (found)
			return found;
		text = rest;
	}
	return NULL;
}

static const char *email_in(struct arena *mem, struct str text)
{
	const char *found;

	text = unescaped(mem, text);
	found = mailto_address(mem, text);
	return found ? found : first_address(mem, text);
}

/* Unicode's line separators and controls of direction (U+2028..202E, U+2066..2069):
 * an override turns round what stands behind the name, in mails and comments too. */
static bool turns_text(struct str s)
{
	if (s.len < 3 || (unsigned char)s.ptr[0] != 0xe2)
		return false;
	unsigned char b = (unsigned char)s.ptr[1], c = (unsigned char)s.ptr[2];

	return (b == 0x80 && c >= 0xa8 && c <= 0xae) || (b == 0x81 && c >= 0xa6 && c <= 0xa9);
}

/* A name is one line of text: a Markdown link keeps its label, backslash escapes
 * and control characters go. */
static const char *clean_name(struct arena *mem, struct str s)
{
	struct buf *out = buf_in(mem, LIMIT_NAME * 2);
	struct str rest;

	if (s.len && s.ptr[0] == '[')
		s = str_cut((struct str){ s.ptr + 1, s.len - 1 }, ']', &rest);
	s.len = str_utf8_prefix(s, LIMIT_NAME);
	for (size_t i = 0; i < s.len; i++) {
		char c = s.ptr[i];

		if (c == '\\' || (c == '*' && i + 1 < s.len && s.ptr[i + 1] == '*'))
			continue;
		if (turns_text((struct str){ s.ptr + i, s.len - i })) {
			i += 2;
			continue;
		}
		buf_putc(out, (unsigned char)c < ' ' || c == 0x7f ? ' ' : c);
	}
	s = strip_marks(buf_view(out));
	return s.len ? arena_strndup(mem, s.ptr, s.len) : NULL;
}

struct candidate candidate_parse(struct arena *mem, struct str description)
{
	struct candidate c = { 0 };
	struct str value;
	bool named = false;

	for (struct str rest = description; rest.ptr && !(c.name && c.email);) {
		struct str line = str_cut(rest, '\n', &rest);

		if (!c.name && labelled(line, "name", &value))
			c.name = clean_name(mem, value);
		else if (!c.email && (labelled(line, "email", &value) || labelled(line, "e-mail", &value))) {
			named |= value.len > 0;
			c.email = email_in(mem, value);
		}
	}
	/* An address that was meant but cannot be used is not replaced by somebody else's. */
	if (!c.email && !named)
		c.email = email_in(mem, description);
	return c;
}
