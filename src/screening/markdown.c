/* See markdown.h.  CommonMark 2.4: a backslash before any ASCII punctuation makes
 * it literal. */
#include "screening/markdown.h"

static bool is_special(char c)
{
	return c && strchr("\\`*_{}[]()<>#+-!|~&@$^=:\"", c);
}

void markdown_text(struct buf *out, struct str s)
{
	for (size_t i = 0; i < s.len; i++) {
		char c = s.ptr[i];

		if (c == '\n' || c == '\r' || c == '\t')
			buf_putc(out, ' ');
		else if ((unsigned char)c < ' ' || c == 0x7f)
			continue;
		else if (c == '.' && i && s.ptr[i - 1] >= '0' && s.ptr[i - 1] <= '9')
			buf_puts(out, "\\."); /* "1." would begin a list */
		else if (is_special(c))
			buf_printf(out, "\\%c", c);
		else
			buf_putc(out, c);
	}
}
