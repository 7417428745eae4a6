/* A request as nginx or a plain CGI server hands it over, read with its limits. */
#include "tests/support/check.h"

#include "base/limits.h"
#include "tests/support/cgi_source.h"
#include "web/cookie.h"

#define VARIABLES(...) ((const struct cgi_variable[]){ __VA_ARGS__, { NULL, NULL } })

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

static struct request request_of(const struct cgi_source *source)
{
	struct request req;

	request_init(&req, mem, &source->base);
	return req;
}

static void path_and_query_come_from_the_uri(void **state)
{
	static const struct {
		const char *uri, *script, *info, *query_string;
		const char *path, *query;
	} rows[] = {
		{ "/a/b?c=d", NULL, NULL, "c=d", "/a/b", "c=d" },
		{ "/a/b", NULL, NULL, NULL, "/a/b", "" },
		{ "/a?b?c", NULL, NULL, "b?c", "/a", "b?c" },
		{ "/a?", NULL, NULL, "", "/a", "" },
		{ "/a%2Fb", NULL, "/a/b", NULL, "/a%2Fb", "" }, /* as it came, not decoded */
		{ "/a//b/../c", NULL, NULL, NULL, "/a//b/../c", "" },
		{ NULL, "/app", "/a", "x=1", "/app/a", "x=1" },
		{ NULL, NULL, "/a", NULL, "/a", "" },
		{ "", "/app", NULL, NULL, "/app", "" },
		{ NULL, NULL, NULL, NULL, "", "" },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		const struct cgi_source source = cgi_source_new(VARIABLES({ "REQUEST_METHOD", "GET" },
			{ "REQUEST_URI", rows[i].uri }, { "SCRIPT_NAME", rows[i].script },
			{ "PATH_INFO", rows[i].info }, { "QUERY_STRING", rows[i].query_string }), NULL);
		struct request req = request_of(&source);

		check_row(rows[i].path, str_eq(req.path, str_from(rows[i].path)));
		check_row(rows[i].path, str_eq(req.query, str_from(rows[i].query)));
		check_row(rows[i].path, str_eq(req.method, STR("GET")));
		check_row(rows[i].path, req.body.len == 0);
	}
}

static void the_request_id_is_nginx_own_or_random(void **state)
{
	static const struct {
		const char *id;
		bool kept;
	} rows[] = {
		{ "0123456789abcdef0123456789abcdef", true },
		{ "abcdefgh", true },
		{ "0123456789abcdef0123456789abcdef0123456", true },
		{ "0123456789abcdef0123456789abcdef01234567", false },
		{ "short", false },
		{ "", false },
		{ NULL, false },
		{ "new\nline\"quote", false },
		{ "\xc3\xa4\xc3\xa4\xc3\xa4\xc3\xa4", false },
	};
	char before[40] = "";

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		const struct cgi_source source = cgi_source_new(VARIABLES({ "REQUEST_ID", rows[i].id }), NULL);
		struct request req = request_of(&source);

		if (rows[i].kept) {
			assert_string_equal(req.id, rows[i].id);
		} else {
			assert_true(str_is_token(str_from(req.id), 16, 16));
			assert_string_not_equal(req.id, before);
			memcpy(before, req.id, sizeof(before));
		}
	}
}

static void headers_are_found_by_their_ordinary_name(void **state)
{
	const struct cgi_source source = cgi_source_new(VARIABLES({ "CONTENT_TYPE", "text/plain" },
		{ "HTTP_CONTENT_TYPE", "forged/type" }, { "HTTP_X_CSRF_TOKEN", "t" }, { "HTTP_EMPTY", "" },
		{ "AUTH", "not a header" }), NULL);
	struct request req = request_of(&source);

	(void)state;
	assert_string_equal(request_header(&req, "Content-Type"), "text/plain");
	assert_string_equal(request_header(&req, "content-type"), "text/plain");
	assert_string_equal(request_header(&req, "X-CSRF-Token"), "t");
	assert_string_equal(request_header(&req, "x-csrf-token"), "t");
	assert_string_equal(request_header(&req, "Empty"), "");
	assert_null(request_header(&req, "Absent"));
	assert_null(request_header(&req, "Auth"));
	assert_null(request_header(&req, "A-name-that-is-longer-than-any-header-that-we-would-ever-ask-a-request-for-by-far"));
}

static void a_header_over_the_limit_counts_as_absent(void **state)
{
	(void)state;
	for (size_t len = LIMIT_HEADER; len < LIMIT_HEADER + 2; len++) {
		char *value = arena_alloc(mem, len + 1);
		const struct cgi_source source = cgi_source_new(VARIABLES({ "HTTP_A", value }), NULL);
		struct request req;

		memset(value, 'x', len);
		req = request_of(&source);
		assert_true(!request_header(&req, "A") == (len > LIMIT_HEADER));
	}
}

static void content_types_are_compared_without_parameters(void **state)
{
	static const struct {
		const char *type;
		bool json;
	} rows[] = {
		{ "application/json", true }, { "Application/JSON", true }, { "application/json; charset=utf-8", true },
		{ " application/json ;x", true }, { "application/json+x", false }, { "application/jso", false },
		{ "text/plain; application/json", false }, { "", false }, { NULL, false },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		const struct cgi_source source = cgi_source_new(VARIABLES({ "CONTENT_TYPE", rows[i].type }), NULL);
		struct request req = request_of(&source);

		if (request_is_type(&req, "application/json") != rows[i].json)
			fail_msg("row %zu", i);
	}
}

static void a_cookie_is_found_by_its_whole_name(void **state)
{
	static const struct {
		const char *cookies, *value;
	} rows[] = {
		{ "b=2", "2" }, { "a=1; b=2; c=3", "2" }, { "a=1;b=2", "2" }, { " b = 2 ;a=1", "2" }, { "b=x=y", "x=y" }, { "b=1; b=2", "1" },
		{ "ab=1; bb=2", "" }, { "b", "" }, { "b; b=2", "2" }, { "B=1", "" }, { "", "" }, { NULL, "" }, { ";;=;b=2", "2" },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		const struct cgi_source source = cgi_source_new(VARIABLES({ "HTTP_COOKIE", rows[i].cookies }), NULL);
		const struct request req = request_of(&source);

		check_row(rows[i].cookies ? rows[i].cookies : "none", str_eq(request_cookie(&req, "b"), str_from(rows[i].value)));
	}
}

static void query_parameters_are_decoded(void **state)
{
	const struct cgi_source source =
		cgi_source_new(VARIABLES({ "REQUEST_URI", "/?limit=10&name=a%20b+c&empty=&bare&limit=20" }), NULL);
	struct request req = request_of(&source);
	struct form form;
	struct err err = { 0 };

	(void)state;
	assert_int_equal(request_query(&req, &form, &err), 0);
	assert_string_equal(form_get(&form, "limit"), "10");
	assert_string_equal(form_get(&form, "name"), "a b c");
	assert_string_equal(form_get(&form, "empty"), "");
	assert_string_equal(form_get(&form, "bare"), "");
	assert_null(form_get(&form, "absent"));
	assert_int_equal(err.kind, ERR_NONE);
}

static void a_bad_query_is_the_askers_mistake(void **state)
{
	char *longest = arena_alloc(mem, LIMIT_QUERY + 20);
	const char *const rows[] = { "/?a=%", "/?a=%00", longest };

	(void)state;
	memset(longest, 'x', LIMIT_QUERY + 3);
	memcpy(longest, "/?", 2);
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		const struct cgi_source source = cgi_source_new(VARIABLES({ "REQUEST_URI", rows[i] }), NULL);
		struct request req = request_of(&source);
		struct form form;
		struct err err = { 0 };

		assert_int_equal(request_query(&req, &form, &err), -1);
		assert_int_equal(err.kind, ERR_INPUT);
	}
}

static void bodies_are_read_to_their_announced_length(void **state)
{
	static const struct {
		const char *length;
		struct str sent;
		size_t max;
		int status; /* 0: good */
		const char *body;
	} rows[] = {
		{ "5", STR("hello"), 5, 0, "hello" },
		{ "5", STR("hello and more"), 10, 0, "hello" },
		{ "0", STR("hello"), 10, 0, "" },
		{ "", STR(""), 10, 0, "" },
		{ NULL, STR("hello"), 10, 0, "" },
		{ "0", STR(""), 0, 0, "" },
		{ "6", STR("hello!"), 5, 413, NULL },
		{ "1", STR("h"), 0, 413, NULL },
		{ "1000000000000", STR("h"), 5, 413, NULL },
		{ "6", STR("hello"), 10, 400, NULL },
		{ "6", STR(""), 10, 400, NULL },
		{ "-1", STR("hello"), 10, 400, NULL },
		{ "5x", STR("hello"), 10, 400, NULL },
		{ " 5", STR("hello"), 10, 400, NULL },
		{ "0x5", STR("hello"), 10, 400, NULL },
		{ "99999999999999999999999", STR("hello"), 10, 400, NULL },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		/* In one piece, byte by byte, and in pieces of three. */
		for (size_t step = 0; step < 4; step++) {
			struct str left = rows[i].sent;
			struct cgi_source source = cgi_source_new(VARIABLES({ "CONTENT_LENGTH", rows[i].length }), &left);
			struct request req;
			int status = 0;

			source.step = step;
			req = request_of(&source);
			if (request_read_body(&req, rows[i].max, &status) != (rows[i].status ? -1 : 0) ||
			    status != rows[i].status)
				fail_msg("row %zu: status %d", i, status);
			if (rows[i].body)
				check_str(req.body, rows[i].body);
		}
	}
}

static void a_body_may_hold_any_byte(void **state)
{
	struct str sent = STR("a\0b\xff\r\n"), left = sent;
	const struct cgi_source source = cgi_source_new(VARIABLES({ "CONTENT_LENGTH", "6" }), &left);
	struct request req = request_of(&source);
	int status;

	(void)state;
	assert_int_equal(request_read_body(&req, 100, &status), 0);
	assert_true(str_eq(req.body, sent));
}

static void a_failing_read_is_a_short_body(void **state)
{
	struct cgi_source source = cgi_source_new(VARIABLES({ "CONTENT_LENGTH", "6" }), NULL);
	struct request req;
	int status = 0;

	(void)state;
	source.broken = true;
	req = request_of(&source);
	assert_int_equal(request_read_body(&req, 100, &status), -1);
	assert_int_equal(status, 400);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, open_arena, close_arena)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(path_and_query_come_from_the_uri),
		TEST(the_request_id_is_nginx_own_or_random),
		TEST(headers_are_found_by_their_ordinary_name),
		TEST(a_header_over_the_limit_counts_as_absent),
		TEST(content_types_are_compared_without_parameters),
		TEST(a_cookie_is_found_by_its_whole_name),
		TEST(query_parameters_are_decoded),
		TEST(a_bad_query_is_the_askers_mistake),
		TEST(bodies_are_read_to_their_announced_length),
		TEST(a_body_may_hold_any_byte),
		TEST(a_failing_read_is_a_short_body),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
