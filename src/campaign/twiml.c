/* See twiml.h. */
#include "campaign/twiml.h"

#include "base/buf.h"
#include "base/limits.h"

enum { TWIML_DEPTH = 4 };

struct twiml {
	struct buf *out;
	const char *names[TWIML_DEPTH]; /* of the elements that are open */
	size_t depth;
	bool in_tag; /* the last one takes attributes still */
};

static void leave_tag(struct twiml *t)
{
	if (t->in_tag)
		buf_putc(t->out, '>');
	t->in_tag = false;
}

/* What XML has no word for: U+FFFE and U+FFFF. */
static bool is_noncharacter(const char *p, size_t len)
{
	return len == 3 && !memcmp(p, "\xef\xbf", 2) && ((unsigned char)p[2] & 0xfe) == 0xbe;
}

static void escape_ascii(struct buf *out, char c)
{
	if (c == '&')
		buf_puts(out, "&amp;");
	else if (c == '<')
		buf_puts(out, "&lt;");
	else if (c == '>')
		buf_puts(out, "&gt;");
	else if (c == '"')
		buf_puts(out, "&quot;");
	else if (c == '\t' || c == '\n' || c == '\r')
		buf_putc(out, ' ');
	else if ((unsigned char)c >= 0x20 && c != 0x7f)
		buf_putc(out, c);
}

static void escape(struct buf *out, const char *text)
{
	struct str s = str_from(text);

	while (s.len) {
		size_t len = str_utf8_first(s);

		if (len == 1)
			escape_ascii(out, *s.ptr);
		else if (!len || is_noncharacter(s.ptr, len))
			buf_puts(out, "\xef\xbf\xbd");
		else
			buf_add(out, s.ptr, len);
		s.ptr += len ? len : 1;
		s.len -= len ? len : 1;
	}
}

struct twiml *twiml_new(struct arena *mem)
{
	struct twiml *t = arena_new_object(mem, struct twiml);

	t->out = buf_in(mem, LIMIT_TWIML);
	buf_puts(t->out, "<?xml version=\"1.0\" encoding=\"UTF-8\"?>");
	twiml_open(t, "Response");
	return t;
}

void twiml_open(struct twiml *t, const char *name)
{
	if (t->depth == TWIML_DEPTH) {
		t->out->failed = true;
		return;
	}
	leave_tag(t);
	buf_putc(t->out, '<');
	buf_puts(t->out, name);
	t->names[t->depth++] = name;
	t->in_tag = true;
}

void twiml_attribute(struct twiml *t, const char *name, const char *value)
{
	if (!t->in_tag) {
		t->out->failed = true;
		return;
	}
	buf_putc(t->out, ' ');
	buf_puts(t->out, name);
	buf_puts(t->out, "=\"");
	escape(t->out, value);
	buf_putc(t->out, '"');
}

void twiml_text(struct twiml *t, const char *text)
{
	leave_tag(t);
	escape(t->out, text);
}

void twiml_close(struct twiml *t)
{
	const char *name;

	if (!t->depth)
		return;
	name = t->names[--t->depth];
	if (t->in_tag) {
		buf_puts(t->out, "/>");
	} else {
		buf_puts(t->out, "</");
		buf_puts(t->out, name);
		buf_putc(t->out, '>');
	}
	t->in_tag = false;
}

void twiml_element(struct twiml *t, const char *name, const char *text)
{
	twiml_open(t, name);
	if (text)
		twiml_text(t, text);
	twiml_close(t);
}

struct str twiml_document(struct twiml *t)
{
	while (t->depth)
		twiml_close(t);
	return t->out->failed ? (struct str){ NULL, 0 } : buf_view(t->out);
}
