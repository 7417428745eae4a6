/* Reading CSV: what spreadsheets write, in pieces of any size, and what damaged rows cost. */
#include "tests/support/check.h"

#include <string.h>

#include "base/buf.h"
#include "base/csv.h"
#include "base/limits.h"

struct input {
	struct str left;
	size_t step;
	bool breaks; /* fails where it would end */
};

static long read_input(void *ctx, char *out, size_t len)
{
	struct input *in = ctx;

	if (!in->left.len)
		return in->breaks ? -1 : 0;
	if (in->step && len > in->step)
		len = in->step;
	if (len > in->left.len)
		len = in->left.len;
	memcpy(out, in->left.ptr, len);
	in->left.ptr += len;
	in->left.len -= len;
	return (long)len;
}

/* "1:a|b" for a row, "2!why" for a damaged one, each with a line break. */
static bool put_row(void *ctx, int64_t number, const struct str *cells, size_t count)
{
	buf_printf(ctx, "%d:", (int)number);
	for (size_t i = 0; i < count; i++) {
		buf_puts(ctx, i ? "|" : "");
		buf_str(ctx, cells[i]);
	}
	buf_putc(ctx, '\n');
	return true;
}

static bool put_damaged(void *ctx, int64_t number, const char *why)
{
	buf_printf(ctx, "%d!%s\n", (int)number, why);
	return true;
}

static enum csv_end read_text(struct str text, size_t step, bool breaks, struct buf *out)
{
	struct input in = { text, step, breaks };
	struct csv_source source = { read_input, &in };
	struct csv_sink sink = { put_row, put_damaged, out };

	return csv_read(&source, &sink);
}

static void rows_come_as_they_were_written(void **state)
{
	static const struct {
		const char *name;
		struct str text;
		const char *rows;
	} cases[] = {
		{ "comma", STR("a,b\n1,2\n"), "1:a|b\n2:1|2\n" },
		{ "semicolon", STR("a;b,c;d\n1;2;3\n"), "1:a|b,c|d\n2:1|2|3\n" },
		{ "semicolons within quotes do not count", STR("a,\"x;y;z\"\n1,2\n"), "1:a|x;y;z\n2:1|2\n" },
		{ "tab", STR("a\tb\n1\t\n"), "1:a|b\n2:1|\n" },
		{ "one column", STR("a\n1\n"), "1:a\n2:1\n" },
		{ "byte order mark", STR("\xef\xbb\xbf" "a,b\n1,2\n"), "1:a|b\n2:1|2\n" },
		{ "CRLF", STR("a,b\r\n1,2\r\n"), "1:a|b\n2:1|2\n" },
		{ "CR", STR("a,b\r1,2\r3,4"), "1:a|b\n2:1|2\n3:3|4\n" },
		{ "no line break at the end", STR("a,b\n1,2"), "1:a|b\n2:1|2\n" },
		{ "blank lines count", STR("a,b\r\n\r\n  \r\n1,2\r\n\r\n"), "1:a|b\n4:1|2\n" },
		{ "line breaks, quotes and separators within quotes", STR("a,b\n\"x\r\ny\n\",\"say \"\"no\"\", then\"\n1,2\n"),
		  "1:a|b\n2:x\r\ny\n|say \"no\", then\n3:1|2\n" },
		{ "empty cells", STR(",,\n\"\",,x\n"), "1:||\n2:||x\n" },
		{ "UTF-8", STR("n\nM\xc3\xbcller\n"), "1:n\n2:M\xc3\xbcller\n" },
		{ "Windows-1252", STR("n,m\nM\xfcller,\x80" "5\n\xc3\xa9,x\n"), "1:n|m\n2:M\xc3\xbcller|\xe2\x82\xac" "5\n3:\xc3\xa9|x\n" },
		{ "nothing", STR(""), "" },
		{ "only a byte order mark", STR("\xef\xbb\xbf"), "" },
		/* damage: told, and the rows around it are there */
		{ "NUL", STR("a\nx\0y\nz\n"), "1:a\n2!The row holds a NUL byte.\n3:z\n" },
		{ "a character that two cells would share", STR("a,b\n\xef,\xbb\xbf\n"), "1:a|b\n2:\xc3\xaf|\xc2\xbb\xc2\xbf\n" },
		{ "neither encoding", STR("a\nx\x81y\nz\n"), "1:a\n2!The row is neither UTF-8 nor Windows-1252.\n3:z\n" },
		{ "stray quote", STR("a,b\nx\"y,2\n1,2\n"), "1:a|b\n2!A quotation mark stands where none may.\n3:1|2\n" },
		{ "text after a quote", STR("a,b\n\"x\"y,2\n1,2\n"), "1:a|b\n2!A quotation mark stands where none may.\n3:1|2\n" },
		{ "unclosed quote", STR("a,b\n1,\"x\n3,4\n5,6\n"), "1:a|b\n2!A quotation mark is not closed.\n3:3|4\n4:5|6\n" },
		{ "unclosed quote before a quoted cell", STR("a,b\n1,\"x\n3,\"y\"\n5,6\n"),
		  "1:a|b\n2!A quotation mark stands where none may.\n3:3|y\n4:5|6\n" },
		{ "unclosed quote in the last line", STR("a,b\n1,2\n3,\"x"), "1:a|b\n2:1|2\n3!A quotation mark is not closed.\n" },
	};
	struct buf out;

	(void)state;
	buf_init(&out, 1 << 16);
	for (size_t i = 0; i < ARRAY_LEN(cases); i++)
		for (size_t step = 0; step < 4; step++) {
			buf_clear(&out);
			check_row(cases[i].name, read_text(cases[i].text, step, false, &out) == CSV_COMPLETE);
			check_row_text(cases[i].name, out.ptr, cases[i].rows);
		}
	buf_release(&out);
}

static void put_many(struct buf *text, const char *what, size_t times)
{
	while (times--)
		buf_puts(text, what);
}

static void an_overlong_row_is_left_behind(void **state)
{
	/* in one line, over several windows, and by a quote that many rows do not close */
	static const size_t lengths[] = { LIMIT_CSV_ROW + 10, 2 * LIMIT_CSV_ROW, 5 * LIMIT_CSV_ROW };
	struct buf text, out;

	(void)state;
	buf_init(&text, 8 << 20);
	buf_init(&out, 1 << 20);
	for (size_t i = 0; i < ARRAY_LEN(lengths); i++) {
		buf_clear(&text);
		buf_clear(&out);
		buf_puts(&text, "a,b\r\n1,");
		put_many(&text, "x", lengths[i]);
		buf_puts(&text, "\r\n3,4\r\n");
		assert_int_equal(read_text(buf_view(&text), 1000, false, &out), CSV_COMPLETE);
		assert_string_equal(out.ptr, "1:a|b\n2!The row is too long.\n3:3|4\n");
	}
	buf_clear(&text);
	buf_clear(&out);
	buf_puts(&text, "a,b\n1,\"x\n");
	put_many(&text, "3,4\n", LIMIT_CSV_ROW);
	assert_int_equal(read_text(buf_view(&text), 0, false, &out), CSV_COMPLETE);
	assert_non_null(strstr(out.ptr, "2!The row is too long, or a quotation mark is not closed.\n3:3|4\n4:3|4\n"));
	assert_non_null(strstr(out.ptr, "\n65538:3|4\n"));
	buf_release(&text);
	buf_release(&out);
}

static void too_many_cells_are_told(void **state)
{
	struct buf text, out;

	(void)state;
	buf_init(&text, 1 << 16);
	buf_init(&out, 1 << 16);
	put_many(&text, ",", LIMIT_COLUMNS);
	buf_puts(&text, "\n1,2\n");
	assert_int_equal(read_text(buf_view(&text), 0, false, &out), CSV_COMPLETE);
	assert_string_equal(out.ptr, "1!The row has too many cells.\n2:1|2\n");
	buf_release(&text);
	buf_release(&out);
}

static void a_source_that_breaks_cuts_no_row(void **state)
{
	struct buf out;

	(void)state;
	buf_init(&out, 1 << 16);
	assert_int_equal(read_text(STR("a,b\n1,2\n+14155550"), 0, true, &out), CSV_BROKEN);
	assert_string_equal(out.ptr, "1:a|b\n2:1|2\n");
	buf_release(&out);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(rows_come_as_they_were_written),
		cmocka_unit_test(an_overlong_row_is_left_behind),
		cmocka_unit_test(too_many_cells_are_told),
		cmocka_unit_test(a_source_that_breaks_cuts_no_row),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
