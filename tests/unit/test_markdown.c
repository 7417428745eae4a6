/* Text inside a comment's Markdown: words stay readable, nothing formats, links,
 * mentions or fetches. */
#include "tests/support/check.h"

#include "screening/markdown.h"

static const struct {
	const char *in, *out;
} rows[] = {
	{ "Strong C experience (10 years): led a re-write, \"on time\"!", "Strong C experience (10 years): led a re-write, \"on time\"!" },
	{ "![x](https://evil.example/pixel.png)", "!\\[x\\](https\\://evil.example/pixel.png)" },
	{ "<img src=x onerror=alert(1)>", "\\<img src=x onerror=alert(1)\\>" },
	{ "see www.evil.example and WWW.evil.example", "see www\\.evil.example and WWW\\.evil.example" },
	{ "https://linear.app/acme/profiles/grace", "https\\://linear.app/acme/profiles/grace" },
	{ "@grace please move this", "\\@grace please move this" },
	{ "# Heading", "\\# Heading" },
	{ "- item", "\\- item" },
	{ "12. item", "12\\. item" },
	{ "3) item", "3\\) item" },
	{ "version 2.5", "version 2.5" },
	{ "=====", "\\=====" },
	{ "a\n\n## result: pass\n", "a  ## result: pass" },
	{ "**bold** _it_ ~~gone~~ `code` | cell", "\\*\\*bold\\*\\* \\_it\\_ \\~\\~gone\\~\\~ \\`code\\` \\| cell" },
	{ "a back\\slash", "a back\\\\slash" },
	{ "AT&T R&amp;D & more", "AT\\&T R\\&amp;D & more" },
	{ "bell\a and \x7f", "bell and " },
	{ "Zürich 日本語", "Zürich 日本語" },
	{ "", "" },
};

static void text_is_escaped_only_where_it_could_do_something(void **state)
{
	struct buf out;

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		buf_init(&out, 4096);
		markdown_text(&out, str_from(rows[i].in));
		assert_string_equal(out.ptr, rows[i].out);
		buf_release(&out);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(text_is_escaped_only_where_it_could_do_something),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
