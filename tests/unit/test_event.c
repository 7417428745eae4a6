/* Events: what is accepted, what is refused, and getters that bear any value. */
#include "tests/support/check.h"

#include "base/buf.h"
#include "base/event.h"
#include "base/limits.h"

static struct arena *mem;
static struct event_reader *reader;

static int open_reader(void **state)
{
	(void)state;
	mem = arena_new();
	reader = event_reader_new(mem);
	return 0;
}

static int close_reader(void **state)
{
	(void)state;
	arena_free(mem);
	return 0;
}

static struct event *read_text(struct str text)
{
	struct err err = { 0 };
	struct event *e = event_read(reader, mem, text, &err);

	assert_int_equal(err.kind, e ? ERR_NONE : ERR_INPUT);
	return e;
}

static void an_object_is_accepted(void **state)
{
	static const char *const rows[] = {
		"{}", " \t\r\n{} \n", "{\"a\":{\"b\":[1,2,{\"c\":null}]}}", "{\"a\":\"\\ud83d\\ude00\\u00e4\\n\\/\"}",
		"{\"a\":\"\xf0\x9f\x98\x80\"}", "{\"\":1}", "{\"a\":[1e308,-0,1.5E+3,18446744073709551615]}",
		"{\"a\":1,\"a\":2}", "{\"a\":\"\\u0000\",\"b\\u0000\":true}", "{\"a\":\"\x7f\"}",
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(rows); i++)
		check_row(rows[i], read_text(str_from(rows[i])));
}

static void other_text_is_refused(void **state)
{
	static const struct str rows[] = {
		STR(""), STR(" "), STR("[]"), STR("\"text\""), STR("1"), STR("null"), STR("{"), STR("}"), STR("{\"a\"}"),
		STR("{\"a\":}"), STR("{\"a\":1,}"), STR("{,}"), STR("{\"a\" 1}"), STR("{\"a\":[1 2]}"), STR("{\"a\":[1,]}"),
		STR("{a:1}"), STR("{'a':1}"), STR("{\"a\":'b'}"), STR("{\"a\":NaN}"), STR("{\"a\":Infinity}"),
		STR("{\"a\":-Infinity}"), STR("{\"a\":-01}"), STR("{\"a\":01}"), STR("{\"a\":1.}"), STR("{\"a\":.5}"),
		STR("{\"a\":+1}"), STR("{\"a\":1e}"), STR("{\"a\":0x1}"), STR("{\"a\":True}"), STR("{\"a\":tru}"),
		STR("{\"a\":\"\\x41\"}"), STR("{\"a\":\"\\u12\"}"), STR("{\"a\":\"\n\"}"), STR("{\"a\":\"\t\"}"), STR("{\"a\":\"b}"),
		STR("/*c*/{}"), STR("{} // c"), STR("{} {}"), STR("{}x"), STR("{}}"), STR("\f{}"), STR("{}\v"),
		STR("\xef\xbb\xbf{}"), STR("{}\0"), STR("\0"), STR("{\"a\":\"\0\"}"),
		STR("{\"a\":\"\xff\"}"), STR("{\"a\":\"\xc3\"}"), STR("{\"a\":\"\xed\xa0\x80\"}"), STR("{\"\xc0\xaf\":1}"),
		STR("name=value&a=b"), STR("<xml/>"),
		/* What the RFC allows and simdjson does not read. */
		STR("{\"a\":1e999}"), STR("{\"a\":99999999999999999999}"),
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(rows); i++)
		if (read_text(rows[i]))
			fail_msg("row %zu: %s", i, rows[i].ptr);
	assert_null(read_text((struct str){ NULL, 0 }));
}

static void half_a_surrogate_pair_stands_for_no_character(void **state)
{
	static const struct {
		const char *json, *value;
	} rows[] = {
		{ "{\"a\":\"x\\ud800y\"}", "x\xef\xbf\xbdy" },
		{ "{\"a\":\"\\udc00\"}", "\xef\xbf\xbd" },
		{ "{\"a\":\"\\uD800\\uD800\\uDC00\"}", "\xef\xbf\xbd\xf0\x90\x80\x80" },
		{ "{\"a\":\"\\ud83d\\ude00 \\ud83d\"}", "\xf0\x9f\x98\x80 \xef\xbf\xbd" },
		{ "{\"a\":\"\\\\ud800 \\udfff\"}", "\\ud800 \xef\xbf\xbd" },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		struct event *e = read_text(str_from(rows[i].json));

		check_row(rows[i].json, e != NULL);
		check_row_text(rows[i].json, event_text(e, "a"), rows[i].value);
	}
}

/* {"a":[[...]]}: `depth` levels, the object's included. */
static struct str nested(size_t depth, const char *inside)
{
	struct buf *b = buf_in(mem, 1 << 20);

	buf_puts(b, "{\"a\":");
	for (size_t i = 1; i < depth; i++)
		buf_putc(b, '[');
	buf_puts(b, inside);
	for (size_t i = 1; i < depth; i++)
		buf_putc(b, ']');
	buf_putc(b, '}');
	return buf_view(b);
}

static void depth_is_bounded(void **state)
{
	(void)state;
	assert_non_null(read_text(nested(LIMIT_JSON_DEPTH - 1, "1")));
	assert_null(read_text(nested(LIMIT_JSON_DEPTH, "1")));
	assert_null(read_text(nested(LIMIT_JSON_DEPTH + 1, "")));
	assert_null(read_text(nested(100000, "")));
}

static void a_view_is_read_to_its_length_only(void **state)
{
	static const char text[] = "{\"a\":1}garbage";
	int64_t n;

	(void)state;
	assert_true(event_int(read_text((struct str){ text, 7 }), "a", &n) && n == 1);
	assert_null(read_text((struct str){ text, 8 }));
	assert_null(read_text((struct str){ text, 6 }));
}

/* A recording, say: also what is read before and after it. */
static void an_event_may_be_large(void **state)
{
	enum { LARGE = 3 << 20 };
	struct buf *b = buf_in(mem, LARGE + 100);
	struct event *large;

	(void)state;
	buf_puts(b, "{\"type\":\"audio\",\"data\":{\"full_audio\":\"");
	memset(buf_reserve(b, LARGE), 'A', LARGE);
	buf_commit(b, LARGE);
	buf_puts(b, "\"}}");
	assert_string_equal(event_text(read_text(STR("{\"a\":\"before\"}")), "a"), "before");
	large = read_text(buf_view(b));
	assert_int_equal(event_str(large, "data.full_audio").len, LARGE);
	assert_string_equal(event_text(read_text(STR("{\"a\":\"after\"}")), "a"), "after");
	assert_string_equal(event_text(large, "type"), "audio");
	assert_null(read_text((struct str){ b->ptr, b->len - 1 }));
}

static void the_last_of_two_members_counts(void **state)
{
	(void)state;
	assert_string_equal(event_text(read_text(STR("{\"a\":\"1\",\"a\":\"2\"}")), "a"), "2");
	assert_null(event_text(read_text(STR("{\"a\":{\"b\":\"1\"},\"a\":{}}")), "a.b"));
}

static void getters_answer_only_their_type(void **state)
{
	static const struct {
		const char *path, *text;
		bool has_str, has_int, has_list;
	} rows[] = {
		{ "text", "hi", true, false, false }, { "nul", NULL, true, false, false }, { "empty", "", true, false, false },
		{ "int", NULL, false, true, false }, { "float", NULL, false, true, false }, { "huge", NULL, false, false, false },
		{ "bigger", NULL, false, false, false }, { "yes", NULL, false, false, false },
		{ "null", NULL, false, false, false }, { "list", NULL, false, false, true }, { "none", NULL, false, false, true },
		{ "deep", NULL, false, false, false }, { "absent", NULL, false, false, false },
		{ "text.x", NULL, false, false, false }, { "deep.er.text", "down", true, false, false },
		{ "deep.absent.text", NULL, false, false, false }, { "list.0", NULL, false, false, false },
		{ "deep.", NULL, false, false, false }, { ".deep", NULL, false, false, false }, { "", NULL, false, false, false },
	};
	struct event *e = read_text(STR("{\"text\":\"hi\",\"nul\":\"a\\u0000b\",\"empty\":\"\",\"int\":42,\"float\":42.9,\"huge\":1e300,"
					"\"bigger\":18446744073709551615,\"yes\":true,\"null\":null,\"list\":[1,\"two\"],\"none\":[],"
					"\"deep\":{\"er\":{\"text\":\"down\"}}}"));
	int64_t n;

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		const char *text = event_text(e, rows[i].path);

		check_row(rows[i].path, rows[i].text ? text && !strcmp(text, rows[i].text) : !text);
		check_row(rows[i].path, !!event_str(e, rows[i].path).ptr == rows[i].has_str);
		check_row(rows[i].path, event_int(e, rows[i].path, &n) == rows[i].has_int);
		check_row(rows[i].path, event_has_list(e, rows[i].path) == rows[i].has_list);
	}
}

static void values_come_out_as_they_went_in(void **state)
{
	struct event *e = read_text(STR("{\"stamp\":1795167000123,\"neg\":-7,\"float\":-42.9,\"nul\":\"a\\u0000b\"}"));
	int64_t n = 0;

	(void)state;
	assert_true(event_int(e, "stamp", &n) && n == 1795167000123);
	assert_true(event_int(e, "neg", &n) && n == -7);
	assert_true(event_int(e, "float", &n) && n == -42);
	assert_int_equal(event_str(e, "nul").len, 3);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(an_object_is_accepted, open_reader, close_reader),
		cmocka_unit_test_setup_teardown(other_text_is_refused, open_reader, close_reader),
		cmocka_unit_test_setup_teardown(half_a_surrogate_pair_stands_for_no_character, open_reader, close_reader),
		cmocka_unit_test_setup_teardown(depth_is_bounded, open_reader, close_reader),
		cmocka_unit_test_setup_teardown(a_view_is_read_to_its_length_only, open_reader, close_reader),
		cmocka_unit_test_setup_teardown(an_event_may_be_large, open_reader, close_reader),
		cmocka_unit_test_setup_teardown(the_last_of_two_members_counts, open_reader, close_reader),
		cmocka_unit_test_setup_teardown(getters_answer_only_their_type, open_reader, close_reader),
		cmocka_unit_test_setup_teardown(values_come_out_as_they_went_in, open_reader, close_reader),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
