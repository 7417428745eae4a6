/* Reading JSON from outside: what is accepted, what is refused, and getters that
 * bear any value. */
#include "tests/support/check.h"

#include "base/buf.h"
#include "base/json.h"
#include "base/limits.h"

static struct arena *mem;

static int open_arena(void **state)
{
	(void)state;
	mem = arena_new();
	return 0;
}

static int close_arena(void **state)
{
	(void)state;
	arena_free(mem);
	return 0;
}

static struct json_object *read_text(struct str text)
{
	struct err err = { 0 };
	struct json_object *o = json_read(mem, text, &err);

	if (o)
		assert_int_equal(err.kind, ERR_NONE);
	else
		assert_int_equal(err.kind, ERR_INPUT);
	return o;
}

static void json_is_accepted(void **state)
{
	static const char *const rows[] = {
		"{}", "[]", " \t\r\n{} \n", "\"text\"", "\"\"", "0", "-1", "1.5e3", "true", "false", "12 ", "[null]",
		"{\"a\":{\"b\":[1,2,{\"c\":null}]}}", "\"\\ud83d\\ude00\\u00e4\\n\\/\"", "\"\xf0\x9f\x98\x80\"",
		"{\"\":1}", "[1e308]", "[99999999999999999999999999]", "{\"a\":1,\"a\":2}",
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(rows); i++)
		check_row(rows[i], read_text(str_from(rows[i])));
}

static void other_text_is_refused(void **state)
{
	static const struct str rows[] = {
		STR(""), STR(" "), STR("{"), STR("}"), STR("[1"), STR("[1,"), STR("[1 2]"), STR("{\"a\"}"), STR("{\"a\":}"),
		STR("{\"a\":1,}"), STR("[1,]"), STR("[,1]"), STR("{a:1}"), STR("'a'"), STR("\"a"),
		STR("\"\\x41\""), STR("\"\\u12\""), STR("\"\\ud800\\u12\""), STR("tru"), STR("True"), STR("[nan]"),
		STR("/*c*/1"), STR("[1 // c\n]"), STR("01"), STR("1e"), STR("[1-2]"), STR("{} {}"), STR("{}x"), STR("1 2"),
		STR("[1]]"), STR("undefined"), STR("+1"), STR("-"), STR(".5"), STR("0x10"),
		STR("\xef\xbb\xbf{}"), /* a byte order mark is no white space (RFC 8259 8.1) */
		STR("{}\0"), STR("\0"), STR("{\"a\":\"\0\"}"), STR("[1]\0[2]"),
		STR("\"\xff\""), STR("\"\xc3\""), STR("\"\xed\xa0\x80\""), STR("{\"\xc0\xaf\":1}"), STR("\xfe"),
		STR("name=value&a=b"), STR("<xml/>"),
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(rows); i++)
		if (read_text(rows[i]))
			fail_msg("row %zu: %s", i, rows[i].ptr);
	assert_null(read_text((struct str){ NULL, 0 }));
}

static struct str nested(size_t depth, const char *inside)
{
	struct buf *b = buf_in(mem, 1 << 20);

	for (size_t i = 0; i < depth; i++)
		buf_putc(b, '[');
	buf_puts(b, inside);
	for (size_t i = 0; i < depth; i++)
		buf_putc(b, ']');
	return buf_view(b);
}

static void depth_is_bounded(void **state)
{
	(void)state;
	assert_non_null(read_text(nested(LIMIT_JSON_DEPTH - 1, "1")));
	assert_non_null(read_text(nested(LIMIT_JSON_DEPTH, "")));
	assert_null(read_text(nested(LIMIT_JSON_DEPTH, "1")));
	assert_null(read_text(nested(LIMIT_JSON_DEPTH + 1, "")));
	assert_null(read_text(nested(100000, "")));
	assert_null(read_text((struct str){ nested(100000, "").ptr, 100000 }));
}

static void a_view_is_read_to_its_length_only(void **state)
{
	static const char text[] = "{\"a\":1}garbage";
	struct json_object *o = read_text((struct str){ text, 7 });
	int64_t n;

	(void)state;
	assert_true(json_int(o, "a", &n) && n == 1);
	assert_null(read_text((struct str){ text, 8 }));
	assert_null(read_text((struct str){ text, 6 }));
}

static void the_last_of_two_members_counts(void **state)
{
	(void)state;
	assert_string_equal(json_text(read_text(STR("{\"a\":\"1\",\"a\":\"2\"}")), "a"), "2");
}

static const char *const sample =
	"{\"text\":\"hi\",\"nul\":\"a\\u0000b\",\"empty\":\"\",\"int\":42,\"float\":42.9,\"huge\":1e300,\"big\":9223372036854775807,"
	"\"bigger\":99999999999999999999,\"neg\":-7,\"yes\":true,\"no\":false,\"null\":null,\"list\":[1,\"two\"],\"none\":[],"
	"\"deep\":{\"er\":{\"text\":\"down\"}},\"lone\":\"\\ud800\"}";

static void getters_answer_only_their_type(void **state)
{
	static const char *const paths[] = { "text", "nul", "empty", "int", "float", "huge", "neg", "yes", "no",
					     "null", "list", "none", "deep", "absent", "text.x", "deep.er.text",
					     "deep.absent.text", "list.0", "deep.", ".deep" };
	static const struct {
		const char *text;
		bool has_int, has_flag, has_list;
	} want[] = {
		{ "hi", false, false, false }, { NULL, false, false, false }, { "", false, false, false },
		{ NULL, true, false, false }, { NULL, true, false, false }, { NULL, false, false, false },
		{ NULL, true, false, false }, { NULL, false, true, false }, { NULL, false, true, false },
		{ NULL, false, false, false }, { NULL, false, false, true }, { NULL, false, false, true },
		{ NULL, false, false, false }, { NULL, false, false, false }, { NULL, false, false, false },
		{ "down", false, false, false }, { NULL, false, false, false }, { NULL, false, false, false },
		{ NULL, false, false, false }, { NULL, false, false, false },
	};
	struct json_object *o = read_text(str_from(sample));
	int64_t n;
	size_t len;
	bool flag;

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(paths); i++) {
		const char *text = json_text(o, paths[i]);

		check_row(paths[i], want[i].text ? text && !strcmp(text, want[i].text) : !text);
		check_row(paths[i], json_int(o, paths[i], &n) == want[i].has_int);
		check_row(paths[i], json_flag(o, paths[i], &flag) == want[i].has_flag);
		check_row(paths[i], !!json_list(o, paths[i], &len) == want[i].has_list);
	}
}

static void values_come_out_as_they_went_in(void **state)
{
	struct json_object *o = read_text(str_from(sample));
	int64_t n = 0;
	size_t len;
	bool flag;

	(void)state;
	assert_true(json_int(o, "int", &n) && n == 42);
	assert_true(json_int(o, "float", &n) && n == 42);
	assert_true(json_int(o, "neg", &n) && n == -7);
	assert_true(json_int(o, "big", &n) && n == INT64_MAX);
	assert_true(json_int(o, "bigger", &n) && n == INT64_MAX);
	assert_true(json_flag(o, "yes", &flag) && flag);
	assert_true(json_flag(o, "no", &flag) && !flag);
	assert_non_null(json_list(o, "list", &len));
	assert_int_equal(len, 2);
	assert_null(json_list(o, "text", &len));
	assert_int_equal(len, 0);
	assert_int_equal(json_str(o, "nul").len, 3);
	assert_true(str_is_utf8(json_str(o, "lone")));
}

static void getters_bear_no_value_at_all(void **state)
{
	struct json_object *others[] = { NULL, read_text(STR("[]")), read_text(STR("\"text\"")), read_text(STR("1")) };
	int64_t n;
	size_t len = 9;
	bool flag;

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(others); i++) {
		assert_null(json_get(others[i], "a"));
		assert_null(json_path(others[i], "a.b"));
		assert_null(json_text(others[i], "a"));
		assert_null(json_str(others[i], "a").ptr);
		assert_false(json_int(others[i], "a", &n));
		assert_false(json_flag(others[i], "a", &flag));
		assert_null(json_list(others[i], "a", &len));
		assert_int_equal(len, 0);
	}
	assert_string_equal(json_text(others[2], ""), "text");
	assert_non_null(json_list(others[1], "", &len));
	assert_true(json_int(others[3], "", &n) && n == 1);
}

static void what_is_written_can_be_read(void **state)
{
	struct json_object *o = json_owned(mem, json_object_new_object()), *back;
	int64_t n;
	bool flag;

	(void)state;
	json_put(o, "text", "a \"quoted\" </script> \xe2\x82\xac");
	json_put(o, "nothing", NULL);
	json_put_int(o, "n", INT64_MIN);
	json_put_flag(o, "flag", true);
	assert_non_null(strstr(json_write(o), "</script>"));
	back = read_text(str_from(json_write(o)));
	assert_string_equal(json_text(back, "text"), "a \"quoted\" </script> \xe2\x82\xac");
	assert_true(json_object_object_get_ex(back, "nothing", NULL));
	assert_null(json_get(back, "nothing"));
	assert_true(json_int(back, "n", &n) && n == INT64_MIN);
	assert_true(json_flag(back, "flag", &flag) && flag);
}

static void every_cut_of_a_document_is_refused(void **state)
{
	struct str text = str_from(sample);

	(void)state;
	for (size_t len = 0; len < text.len; len++)
		assert_null(read_text((struct str){ text.ptr, len }));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(json_is_accepted, open_arena, close_arena),
		cmocka_unit_test_setup_teardown(other_text_is_refused, open_arena, close_arena),
		cmocka_unit_test_setup_teardown(depth_is_bounded, open_arena, close_arena),
		cmocka_unit_test_setup_teardown(a_view_is_read_to_its_length_only, open_arena, close_arena),
		cmocka_unit_test_setup_teardown(the_last_of_two_members_counts, open_arena, close_arena),
		cmocka_unit_test_setup_teardown(getters_answer_only_their_type, open_arena, close_arena),
		cmocka_unit_test_setup_teardown(values_come_out_as_they_went_in, open_arena, close_arena),
		cmocka_unit_test_setup_teardown(getters_bear_no_value_at_all, open_arena, close_arena),
		cmocka_unit_test_setup_teardown(what_is_written_can_be_read, open_arena, close_arena),
		cmocka_unit_test_setup_teardown(every_cut_of_a_document_is_refused, open_arena, close_arena),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
