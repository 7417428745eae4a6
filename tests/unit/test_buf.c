/* Buffers: always terminated, the limit sticks, and what is written as JSON or
 * into a URL can be nothing else, whatever the bytes. */
#include "tests/support/check.h"

#include "base/buf.h"
#include "base/json.h"

static void a_new_buf_is_an_empty_string(void **state)
{
	struct buf b;

	(void)state;
	buf_init(&b, 10);
	assert_string_equal(b.ptr, "");
	assert_int_equal(b.len, 0);
	assert_false(b.failed);
	buf_clear(&b);
	buf_release(&b);
	buf_release(&b);
	assert_string_equal(b.ptr, "");
}

static void the_limit_is_inclusive_and_sticks(void **state)
{
	struct buf b;

	(void)state;
	buf_init(&b, 5);
	buf_puts(&b, "12345");
	assert_false(b.failed);
	buf_putc(&b, '6');
	assert_true(b.failed);
	buf_add(&b, "", 0);
	assert_string_equal(b.ptr, "12345");
	buf_clear(&b);
	assert_false(b.failed);
	buf_puts(&b, "123456");
	assert_true(b.failed);
	buf_puts(&b, "1");
	assert_string_equal(b.ptr, "");
	buf_release(&b);
}

static void printf_over_the_limit_appends_nothing(void **state)
{
	struct buf b;

	(void)state;
	buf_init(&b, 8);
	buf_printf(&b, "%d-%s", 12, "ab");
	assert_string_equal(b.ptr, "12-ab");
	buf_printf(&b, "%s", "xyzw");
	assert_true(b.failed);
	assert_string_equal(b.ptr, "12-ab");
	buf_release(&b);
}

static void printf_writes_any_length_that_fits(void **state)
{
	struct buf b;

	(void)state;
	for (int len = 1; len < 1100; len++) {
		for (int room = len - 1; room <= len + 1; room++) {
			buf_init(&b, (size_t)room + 1);
			buf_putc(&b, '<');
			buf_printf(&b, "%0*d", len, 7);
			if (b.failed != (room < len))
				fail_msg("%d bytes into room for %d", len, room);
			assert_int_equal(b.len, room < len ? 1 : 1 + len);
			assert_int_equal(b.ptr[b.len], '\0');
			assert_int_equal(b.ptr[b.len - 1], room < len ? '<' : '7');
			buf_release(&b);
		}
	}
}

static void reserve_refuses_what_would_overflow(void **state)
{
	struct buf b;
	char *at;

	(void)state;
	buf_init(&b, 100);
	at = buf_reserve(&b, 100);
	assert_non_null(at);
	memset(at, 'x', 100);
	buf_commit(&b, 60);
	assert_int_equal(b.ptr[60], '\0');
	assert_null(buf_reserve(&b, 41));
	assert_true(b.failed);
	buf_clear(&b);
	assert_null(buf_reserve(&b, SIZE_MAX));
	assert_null(buf_reserve(&b, 1)); /* failed sticks here too */
	buf_release(&b);
}

static void growth_keeps_the_content(void **state)
{
	struct buf b;

	(void)state;
	buf_init(&b, 1 << 20);
	for (int i = 0; i < 200000; i++)
		buf_putc(&b, (char)('a' + i % 26));
	assert_int_equal(b.len, 200000);
	for (size_t i = 0; i < b.len; i++)
		assert_int_equal(b.ptr[i], 'a' + i % 26);
	assert_int_equal(b.ptr[b.len], '\0');
	buf_release(&b);
}

static void a_buf_in_an_arena_is_released_with_it(void **state)
{
	struct arena *a = arena_new();
	struct buf *b = buf_in(a, 1000);

	(void)state;
	buf_puts(b, "the leak checker would tell");
	check_str(buf_view(b), "the leak checker would tell");
	arena_reset(a);
	arena_free(a);
}

#define BAD "\xef\xbf\xbd"

static const struct {
	struct str in;
	const char *want;
} json_rows[] = {
	{ STR(""), "\"\"" },
	{ STR("plain text"), "\"plain text\"" },
	{ STR("say \"no\" \\ twice"), "\"say \\\"no\\\" \\\\ twice\"" },
	{ STR("a\nb"), "\"a\\nb\"" },
	{ STR("\r\t\b\f\x1b\x7f"), "\"\\u000d\\u0009\\u0008\\u000c\\u001b\\u007f\"" },
	{ STR("a\0b"), "\"a\\u0000b\"" },
	{ STR("</script>"), "\"</script>\"" },
	{ STR("\xc3\xa4\xe2\x82\xac\xf0\x9f\x98\x80"), "\"\xc3\xa4\xe2\x82\xac\xf0\x9f\x98\x80\"" },
	{ STR("\x80"), "\"" BAD "\"" },
	{ STR("\xc3"), "\"" BAD "\"" },
	{ STR("\xc3("), "\"" BAD "(\"" },
	{ STR("\xe2\x82"), "\"" BAD BAD "\"" },
	{ STR("\xe2\x82\""), "\"" BAD BAD "\\\"\"" },
	{ STR("\xc0\xaf"), "\"" BAD BAD "\"" },                 /* overlong slash */
	{ STR("\xed\xa0\x80"), "\"" BAD BAD BAD "\"" },         /* surrogate */
	{ STR("\xf4\x90\x80\x80"), "\"" BAD BAD BAD BAD "\"" }, /* above U+10FFFF */
	{ STR("\xff\xfe"), "\"" BAD BAD "\"" },
	/* Some readers end a line, some terminals begin a command, at these. */
	{ STR("a\xe2\x80\xa8\xe2\x80\xa9z"), "\"a\\u2028\\u2029z\"" },
	{ STR("\xc2\x85\xc2\x9b\xc2\xa0"), "\"\\u0085\\u009b\xc2\xa0\"" },
};

static void json_text_is_escaped_and_well_formed(void **state)
{
	struct buf b;

	(void)state;
	buf_init(&b, 1000);
	for (size_t i = 0; i < ARRAY_LEN(json_rows); i++) {
		buf_clear(&b);
		buf_json(&b, json_rows[i].in);
		check_row_text(json_rows[i].want, b.ptr, json_rows[i].want);
	}
	buf_release(&b);
}

static void any_two_bytes_are_readable_json(void **state)
{
	struct arena *a = arena_new();
	struct buf b;

	(void)state;
	buf_init(&b, 100);
	for (int i = 0; i < 65536; i++) {
		char bytes[2] = { (char)(i >> 8), (char)i };
		struct err err = { 0 };
		struct json_object *o;

		buf_clear(&b);
		buf_json(&b, (struct str){ bytes, 2 });
		o = json_read(a, buf_view(&b), &err);
		if (!o)
			fail_msg("%02x %02x became %s", i >> 8, i & 255, b.ptr);
		if (str_is_utf8((struct str){ bytes, 2 }))
			assert_true(str_eq(json_str(o, ""), (struct str){ bytes, 2 }));
		arena_reset(a);
	}
	buf_release(&b);
	arena_free(a);
}

static void json_over_the_limit_fails(void **state)
{
	struct buf b;

	(void)state;
	for (size_t limit = 0; limit < 9; limit++) {
		buf_init(&b, limit);
		buf_json(&b, STR("ab\n\x01"));
		assert_true(b.failed);
		assert_true(b.len <= limit);
		buf_release(&b);
	}
}

static void url_encoding_leaves_only_unreserved_characters(void **state)
{
	struct buf b;

	(void)state;
	buf_init(&b, 4096);
	buf_url(&b, STR("A-z.0_9~"));
	assert_string_equal(b.ptr, "A-z.0_9~");
	buf_clear(&b);
	buf_url(&b, STR("a b+c/%?&=\xc3\xa4\0\n"));
	assert_string_equal(b.ptr, "a%20b%2Bc%2F%25%3F%26%3D%C3%A4%00%0A");
	buf_release(&b);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_new_buf_is_an_empty_string),
		cmocka_unit_test(the_limit_is_inclusive_and_sticks),
		cmocka_unit_test(printf_over_the_limit_appends_nothing),
		cmocka_unit_test(printf_writes_any_length_that_fits),
		cmocka_unit_test(reserve_refuses_what_would_overflow),
		cmocka_unit_test(growth_keeps_the_content),
		cmocka_unit_test(a_buf_in_an_arena_is_released_with_it),
		cmocka_unit_test(json_text_is_escaped_and_well_formed),
		cmocka_unit_test(any_two_bytes_are_readable_json),
		cmocka_unit_test(json_over_the_limit_fails),
		cmocka_unit_test(url_encoding_leaves_only_unreserved_characters),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
