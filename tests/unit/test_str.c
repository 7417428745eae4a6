/* Views of bytes: cutting, numbers, tokens and UTF-8, row by row. */
#include "tests/support/check.h"

#include <limits.h>

#include "base/str.h"

static void equality_looks_at_length_and_bytes(void **state)
{
	static const struct {
		struct str a, b;
		bool same, same_nocase, starts;
	} rows[] = {
		{ STR(""), STR(""), true, true, true },
		{ { NULL, 0 }, STR(""), true, true, true },
		{ STR("ab"), STR("ab"), true, true, true },
		{ STR("ab"), STR("AB"), false, true, false },
		{ STR("ab"), STR("a"), false, false, true },
		{ STR("a"), STR("ab"), false, false, false },
		{ STR("a\0b"), STR("a\0c"), false, false, false },
		{ STR("[{"), STR("{["), false, false, false },
		{ STR("@"), STR("`"), false, false, false }, /* 0x20 apart, but no letters */
		{ STR("\xc4"), STR("\xe4"), false, false, false },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		check_row(rows[i].b.ptr, str_eq(rows[i].a, rows[i].b) == rows[i].same);
		check_row(rows[i].b.ptr, str_eq_nocase(rows[i].a, rows[i].b) == rows[i].same_nocase);
		check_row(rows[i].b.ptr, str_starts(rows[i].a, rows[i].b) == rows[i].starts);
	}
}

static void trim_takes_ascii_blanks_at_both_ends(void **state)
{
	(void)state;
	check_str(str_trim(STR(" \t\r\n\v\fa b \n")), "a b");
	check_str(str_trim(STR(" \n ")), "");
	check_str(str_trim(STR("")), "");
	check_str(str_trim(STR("\xc2\xa0x")), "\xc2\xa0x");
	assert_int_equal(str_trim((struct str){ NULL, 0 }).len, 0);
	assert_int_equal(str_trim(STR("\0a\0")).len, 3);
}

static void cut_tells_an_empty_rest_from_none(void **state)
{
	struct str rest;

	(void)state;
	check_str(str_cut(STR("a=b=c"), '=', &rest), "a");
	check_str(rest, "b=c");
	check_str(str_cut(STR("a="), '=', &rest), "a");
	assert_non_null(rest.ptr);
	assert_int_equal(rest.len, 0);
	check_str(str_cut(STR("a"), '=', &rest), "a");
	assert_null(rest.ptr);
	check_str(str_cut(STR("=a"), '=', &rest), "");
	check_str(rest, "a");
	assert_int_equal(str_cut((struct str){ NULL, 0 }, '=', &rest).len, 0);
	assert_null(rest.ptr);
	assert_int_equal(str_cut(STR("a\0=b"), '\0', &rest).len, 1);
	check_str(rest, "=b");
}

static void find_sees_bytes_behind_a_nul(void **state)
{
	struct str s = STR("ab\0cd");

	(void)state;
	assert_ptr_equal(str_find(s, STR("cd")), s.ptr + 3);
	assert_ptr_equal(str_find(s, STR("")), s.ptr);
	assert_null(str_find(s, STR("abc")));
	assert_null(str_find(STR(""), STR("a")));
	assert_null(str_find(STR("ab"), STR("abc")));
}

static void numbers_are_digits_and_nothing_else(void **state)
{
	static const struct {
		struct str text;
		long long max, want;
	} rows[] = {
		{ STR("0"), 10, 0 },
		{ STR("10"), 10, 10 },
		{ STR("11"), 10, -1 },
		{ STR("007"), 10, 7 },
		{ STR("999999999999999999"), LLONG_MAX, 999999999999999999 },
		{ STR("1000000000000000000"), LLONG_MAX, -1 }, /* beyond what is ever needed */
		{ STR("99999999999999999999999999"), LLONG_MAX, -1 },
		{ STR(""), 10, -1 },
		{ STR("-1"), 10, -1 },
		{ STR("+1"), 10, -1 },
		{ STR(" 1"), 10, -1 },
		{ STR("1 "), 10, -1 },
		{ STR("1\0"), 10, -1 },
		{ STR("0x1"), 100, -1 },
		{ STR("1e3"), 10000, -1 },
		{ STR("1.5"), 10, -1 },
		{ STR("\xd9\xa1"), 10, -1 }, /* an Arabic digit */
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(rows); i++)
		check_row(rows[i].text.ptr, str_number(rows[i].text, rows[i].max) == rows[i].want);
	assert_int_equal(str_number((struct str){ NULL, 0 }, 1), -1);
}

static void tokens_hold_only_url_safe_letters(void **state)
{
	(void)state;
	assert_true(str_is_token(STR("AZaz09_-"), 8, 8));
	assert_false(str_is_token(STR("AZaz09_-"), 9, 20));
	assert_false(str_is_token(STR("AZaz09_-"), 1, 7));
	assert_true(str_is_token(STR(""), 0, 1));
	assert_false(str_is_token(STR(""), 1, 1));
	for (int c = 0; c < 256; c++) {
		char byte = (char)c;
		bool want = (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') ||
			    c == '_' || c == '-';

		assert_true(str_is_token((struct str){ &byte, 1 }, 1, 1) == want);
	}
}

/* After Kuhn's stress test: the bounds of every length, and what lies beside them. */
static void utf8_is_recognised_by_the_book(void **state)
{
	static const struct {
		struct str text;
		bool good;
	} rows[] = {
		{ STR(""), true },
		{ STR("\x7f"), true },
		{ STR("\xc2\x80"), true },
		{ STR("\xdf\xbf"), true },
		{ STR("\xe0\xa0\x80"), true },
		{ STR("\xed\x9f\xbf"), true },
		{ STR("\xee\x80\x80"), true },
		{ STR("\xef\xbf\xbd"), true },
		{ STR("\xf0\x90\x80\x80"), true },
		{ STR("\xf4\x8f\xbf\xbf"), true },
		{ STR("a\0b"), false },          /* a NUL */
		{ STR("\x80"), false },          /* a lonely continuation */
		{ STR("\xc0\x80"), false },      /* overlong NUL */
		{ STR("\xc1\xbf"), false },
		{ STR("\xe0\x9f\xbf"), false },
		{ STR("\xf0\x8f\xbf\xbf"), false },
		{ STR("\xed\xa0\x80"), false },  /* surrogates */
		{ STR("\xed\xbf\xbf"), false },
		{ STR("\xf4\x90\x80\x80"), false },
		{ STR("\xf5\x80\x80\x80"), false },
		{ STR("\xfe"), false },
		{ STR("\xc3"), false },          /* ends early */
		{ STR("\xe2\x82"), false },
		{ STR("\xf0\x9f\x98"), false },
		{ STR("\xc3(a"), false },
		{ STR("\xe2\x82("), false },
		{ STR("\xf0\x9f(\x80"), false },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(rows); i++)
		if (str_is_utf8(rows[i].text) != rows[i].good)
			fail_msg("row %zu", i);
	assert_true(str_is_utf8((struct str){ NULL, 0 }));
}

/* Against a second definition: decode, then compare with the code point's bounds. */
static void utf8_agrees_with_the_arithmetic_for_three_bytes(void **state)
{
	(void)state;
	for (unsigned point = 0x800; point < 0x10000; point++) {
		char bytes[3] = { (char)(0xe0 | (point >> 12)), (char)(0x80 | ((point >> 6) & 63)),
				  (char)(0x80 | (point & 63)) };

		assert_true(str_is_utf8((struct str){ bytes, 3 }) == (point < 0xd800 || point > 0xdfff));
	}
}

/* Long text is checked in words of eight: each place of each byte counts. */
static void utf8_is_recognised_at_any_place_of_a_long_text(void **state)
{
	enum { LENGTH = 27 };
	char text[LENGTH];

	(void)state;
	for (size_t at = 0; at < LENGTH; at++) {
		for (int byte = 0; byte < 256; byte++) {
			memset(text, byte % 2 ? 1 : 0x7f, sizeof(text));
			text[at] = (char)byte;
			assert_true(str_is_utf8((struct str){ text, sizeof(text) }) == (byte > 0 && byte < 0x80));
		}
		if (at + 1 < LENGTH) {
			memcpy(text + at, "\xc3\xa4", 2);
			assert_true(str_is_utf8((struct str){ text, sizeof(text) }));
		}
	}
}

static void a_prefix_never_splits_a_character(void **state)
{
	static const struct {
		struct str text;
		size_t max, want;
	} rows[] = {
		{ STR("abc"), 5, 3 },
		{ STR("abc"), 2, 2 },
		{ STR("abc"), 0, 0 },
		{ STR("a\xc3\xa4z"), 2, 1 },
		{ STR("a\xc3\xa4z"), 3, 3 },
		{ STR("\xe2\x82\xac\xe2\x82\xac"), 5, 3 },
		{ STR("\xe2\x82\xac\xe2\x82\xac"), 6, 6 },
		{ STR("\xf0\x9f\x98\x80"), 3, 0 },
		{ STR("\x80\x80\x80"), 2, 0 },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(rows); i++)
		if (str_utf8_prefix(rows[i].text, rows[i].max) != rows[i].want)
			fail_msg("row %zu: %zu", i, str_utf8_prefix(rows[i].text, rows[i].max));
}

static void control_characters_are_found(void **state)
{
	(void)state;
	assert_false(str_has_control(STR("")));
	assert_false(str_has_control(STR("Gr\xc3\xbc\xc3\x9f Gott ~")));
	assert_true(str_has_control(STR("a\nb")));
	assert_true(str_has_control(STR("a\x7f")));
	assert_true(str_has_control((struct str){ "a\0b", 3 }));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(equality_looks_at_length_and_bytes),
		cmocka_unit_test(trim_takes_ascii_blanks_at_both_ends),
		cmocka_unit_test(cut_tells_an_empty_rest_from_none),
		cmocka_unit_test(find_sees_bytes_behind_a_nul),
		cmocka_unit_test(numbers_are_digits_and_nothing_else),
		cmocka_unit_test(tokens_hold_only_url_safe_letters),
		cmocka_unit_test(utf8_is_recognised_by_the_book),
		cmocka_unit_test(utf8_agrees_with_the_arithmetic_for_three_bytes),
		cmocka_unit_test(utf8_is_recognised_at_any_place_of_a_long_text),
		cmocka_unit_test(a_prefix_never_splits_a_character),
		cmocka_unit_test(control_characters_are_found),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
