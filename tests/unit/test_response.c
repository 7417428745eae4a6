/* Answers: no value can forge a header, and every error is the same kind of JSON. */
#include "tests/support/check.h"

#include "base/json.h"
#include "web/response.h"

static struct response res;
static struct arena *mem;

static int open_response(void **state)
{
	(void)state;
	mem = arena_new();
	response_init(&res, mem);
	return 0;
}

static int close_response(void **state)
{
	(void)state;
	arena_free(mem);
	return 0;
}

static void headers_are_lines(void **state)
{
	(void)state;
	assert_int_equal(res.status, 200);
	response_header(&res, "Location", "/a?b=c");
	response_header(&res, "X-Empty", "");
	assert_string_equal(res.headers->ptr, "Location: /a?b=c\r\nX-Empty: \r\n");
}

static void a_value_that_would_forge_a_header_is_dropped(void **state)
{
	static const char *const rows[] = { "a\r\nSet-Cookie: x", "a\nb", "\r", "a\tb", "\x1b", "\x7f", "a\x01" };

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		response_header(&res, "Location", rows[i]);
		check_row(rows[i], res.headers->len == 0);
	}
}

static void every_type_forbids_guessing(void **state)
{
	(void)state;
	response_type(&res, "text/html; charset=utf-8");
	assert_string_equal(res.headers->ptr,
			    "Content-Type: text/html; charset=utf-8\r\nX-Content-Type-Options: nosniff\r\n");
}

static void an_error_replaces_what_was_begun(void **state)
{
	struct err err = { 0 };
	struct json_object *o;

	(void)state;
	response_header(&res, "Location", "/elsewhere");
	buf_puts(res.body, "half a page with someone's name");
	response_error(&res, 422, "invalid", "Say \"yes\" or\n<no>.", "answer");
	assert_int_equal(res.status, 422);
	assert_null(strstr(res.headers->ptr, "Location"));
	assert_non_null(strstr(res.headers->ptr, "Content-Type: application/json; charset=utf-8\r\n"));
	assert_non_null(strstr(res.headers->ptr, "Cache-Control: no-store\r\n"));
	o = json_read(mem, buf_view(res.body), &err);
	assert_string_equal(json_text(o, "error.code"), "invalid");
	assert_string_equal(json_text(o, "error.message"), "Say \"yes\" or\n<no>.");
	assert_string_equal(json_text(o, "error.field"), "answer");
}

static void an_error_without_a_field_has_none(void **state)
{
	(void)state;
	response_error(&res, 404, "not_found", "There is nothing here.", NULL);
	assert_string_equal(res.body->ptr,
			    "{\"error\":{\"code\":\"not_found\",\"message\":\"There is nothing here.\"}}\n");
}

static void an_overfull_body_can_still_become_an_error(void **state)
{
	(void)state;
	res.body->limit = 64;
	for (int i = 0; i < 10; i++)
		buf_puts(res.body, "0123456789");
	assert_true(res.body->failed);
	response_error(&res, 500, "internal", "Sorry.", NULL);
	assert_false(res.body->failed);
	assert_string_equal(res.body->ptr, "{\"error\":{\"code\":\"internal\",\"message\":\"Sorry.\"}}\n");
}

static void statuses_have_reasons(void **state)
{
	static const int statuses[] = { 200, 201, 204, 303, 400, 401, 403, 404, 405, 409, 410, 413, 415, 422, 429, 500, 502, 503 };

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(statuses); i++)
		assert_string_not_equal(status_reason(statuses[i]), "Status");
	assert_string_equal(status_reason(299), "Status");
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, open_response, close_response)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(headers_are_lines),
		TEST(a_value_that_would_forge_a_header_is_dropped),
		TEST(every_type_forbids_guessing),
		TEST(an_error_replaces_what_was_begun),
		TEST(an_error_without_a_field_has_none),
		TEST(an_overfull_body_can_still_become_an_error),
		TEST(statuses_have_reasons),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
