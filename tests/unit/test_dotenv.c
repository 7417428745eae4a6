/* Dotenv files, line by line; what a line holds never appears in a problem. */
#include "tests/support/check.h"

#include "base/dotenv.h"

static void values_are_read(void **state)
{
	static const struct {
		struct str text;
		const char *want; /* of A; NULL: not set */
	} rows[] = {
		{ STR(""), NULL },
		{ STR("A=1"), "1" },
		{ STR("A=1\n"), "1" },
		{ STR("A=1\r\n"), "1" },
		{ STR("  A = 1  \n"), "1" },
		{ STR("\xef\xbb\xbf" "A=1\n"), "1" },
		{ STR("# comment\n\n\tA=1\n# end"), "1" },
		{ STR("#A=1\n"), NULL },
		{ STR("A=\n"), "" },
		{ STR("A=\"\"\n"), "" },
		{ STR("A=1\nA=2\n"), "2" },
		{ STR("A=1\nA=\n"), "" },
		{ STR("AA=1\nB=2"), NULL },
		{ STR("a=1"), NULL },
		{ STR("export A=1"), "1" },
		{ STR("A=a=b"), "a=b" },
		{ STR("A=a b"), "a b" },
		{ STR("A=a#b"), "a#b" },
		{ STR("A=a #b"), "a" },
		{ STR("A=a\t# b # c"), "a" },
		{ STR("A=#a"), "" },
		{ STR("A=it's"), "it's" },
		{ STR("A='a'"), "'a'" },
		{ STR("A=a\"b"), "a\"b" },
		{ STR("A=a\\nb"), "a\\nb" },
		{ STR("A=\"a b\""), "a b" },
		{ STR("A=\" a \"\r\n"), " a " },
		{ STR("A=\"a # b\" # c"), "a # b" },
		{ STR("A=\"say \\\"no\\\"\""), "say \"no\"" },
		{ STR("A=\"a\\\\\""), "a\\" },
		{ STR("A=\"a\\\\\\\"b\""), "a\\\"b" },
		{ STR("A=\"a\\nb\""), "a\\nb" },
		{ STR("A=\"=\""), "=" },
		{ STR("_A1=x\nA=\xc3\xa4"), "\xc3\xa4" },
	};
	struct arena *a = arena_new();

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		struct dotenv_entry *entries = NULL;
		struct buf *problems = buf_in(a, 4096);
		const char *have;

		check_row(rows[i].text.ptr, dotenv_parse(a, rows[i].text, &entries, problems) == 0);
		check_row(rows[i].text.ptr, problems->len == 0);
		have = dotenv_get(entries, "A");
		check_row(rows[i].text.ptr, rows[i].want ? have && !strcmp(have, rows[i].want) : !have);
	}
	arena_free(a);
}

static void other_lines_are_named_by_number_only(void **state)
{
	static const struct {
		struct str text;
		const char *line;
	} rows[] = {
		{ STR("hush"), "line 1 " },
		{ STR("\n\nhush\n"), "line 3 " },
		{ STR("=hush"), "line 1 " },
		{ STR("1A=hush"), "line 1 " },
		{ STR("A-B=hush"), "line 1 " },
		{ STR("A B=hush"), "line 1 " },
		{ STR("A: hush"), "line 1 " },
		{ STR("A=\"hush"), "line 1 " },
		{ STR("A=\"hush\\\""), "line 1 " },
		{ STR("A=\"hush\" more"), "line 1 " },
		{ STR("A=\"hu\"sh\""), "line 1 " },
		{ STR("A=hu\0sh"), "line 1 " },
		{ STR("\xc3\x84=hush"), "line 1 " },
	};
	struct arena *a = arena_new();

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		struct dotenv_entry *entries = NULL;
		struct buf *problems = buf_in(a, 4096);

		check_row(rows[i].text.ptr, dotenv_parse(a, rows[i].text, &entries, problems) == 1);
		check_row(rows[i].text.ptr, str_starts(buf_view(problems), str_from(rows[i].line)));
		check_row(rows[i].text.ptr, !strstr(problems->ptr, "hu"));
		check_row(rows[i].text.ptr, !entries);
	}
	arena_free(a);
}

static void good_lines_count_beside_bad_ones(void **state)
{
	struct arena *a = arena_new();
	struct dotenv_entry *entries = NULL;
	struct buf *problems = buf_in(a, 4096);

	(void)state;
	assert_int_equal(dotenv_parse(a, STR("A=1\nbad\nB=2\nworse\nC=3"), &entries, problems), 2);
	assert_non_null(strstr(problems->ptr, "line 2 "));
	assert_non_null(strstr(problems->ptr, "line 4 "));
	assert_string_equal(dotenv_get(entries, "A"), "1");
	assert_string_equal(dotenv_get(entries, "C"), "3");
	assert_null(dotenv_get(NULL, "A"));
	arena_free(a);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(values_are_read),
		cmocka_unit_test(other_lines_are_named_by_number_only),
		cmocka_unit_test(good_lines_count_beside_bad_ones),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
