/* Routing: which handler a request reaches, and what everything else is told. */
#include "tests/support/check.h"

#include <fcntl.h>
#include <unistd.h>

#include "app.h"
#include "tests/support/cgi_source.h"
#include "web/route.h"

/* Says which route was taken and with which parameters. */
static int say(struct request *req, struct response *res, const char *name)
{
	buf_puts(res->body, name);
	for (int i = 0; i < REQUEST_PARAMS && req->params[i].name; i++) {
		buf_printf(res->body, " %s=", req->params[i].name);
		buf_str(res->body, req->params[i].value);
	}
	if (req->body.len) {
		buf_puts(res->body, " body=");
		buf_str(res->body, req->body);
	}
	return 0;
}

static int get_list(struct app *app, struct request *req, struct response *res, struct err *err)
{
	(void)app;
	(void)err;
	return say(req, res, "list");
}

static int create(struct app *app, struct request *req, struct response *res, struct err *err)
{
	(void)app;
	(void)err;
	return say(req, res, "create");
}

static int get_one(struct app *app, struct request *req, struct response *res, struct err *err)
{
	(void)app;
	(void)err;
	return say(req, res, "one");
}

static int get_part(struct app *app, struct request *req, struct response *res, struct err *err)
{
	(void)app;
	(void)err;
	check_str(request_param(req, "nothing"), "");
	return say(req, res, "part");
}

static int fail_late(struct app *app, struct request *req, struct response *res, struct err *err)
{
	(void)app;
	(void)req;
	response_header(res, "X-Begun", "yes");
	buf_puts(res->body, "half a page");
	err->retry_after = 7;
	return err_set(err, ERR_LIMIT, "internal detail");
}

static int overflow(struct app *app, struct request *req, struct response *res, struct err *err)
{
	(void)app;
	(void)req;
	(void)err;
	res->body->limit = 1000;
	for (int i = 0; i < 200; i++)
		buf_puts(res->body, "0123456789");
	return 0;
}

static int refuse_strangers(struct app *app, struct request *req, struct response *res, struct err *err)
{
	(void)app;
	(void)res;
	return request_header(req, "Authorization") ? 0 : err_set(err, ERR_DENIED, "a stranger");
}

static void answer_failure(struct app *app, struct request *req, struct response *res, int status, const char *code,
			   const char *sentence, int retry_after)
{
	(void)app;
	(void)req;
	(void)retry_after;
	response_error(res, status, code, sentence, NULL);
}

static const struct route routes[] = {
	{ .method = "GET", .path = "/items", .handler = get_list },
	{ .method = "POST", .path = "/items", .handler = create, .max_body = 8 },
	{ .method = "GET", .path = "/items/:id", .handler = get_one },
	{ .method = "GET", .path = "/items/:id/parts/:part", .handler = get_part },
	{ .method = "DELETE", .path = "/items/:id", .handler = get_one },
	{ .method = "GET", .path = "/late", .handler = fail_late },
	{ .method = "GET", .path = "/overflow", .handler = overflow },
	{ .method = "GET", .path = "/", .handler = get_list },
};
static const struct route more_routes[] = { { .method = "GET", .path = "/more", .handler = get_list } };
static const struct route_table more = { more_routes, ARRAY_LEN(more_routes) };
static const struct route_table *const parts[] = { &more, NULL };
static const struct pages open_pages = { .routes = routes, .count = ARRAY_LEN(routes), .fail = answer_failure, .parts = parts };
static const struct pages guarded_pages = { .routes = routes, .count = ARRAY_LEN(routes), .guard = refuse_strangers, .fail = answer_failure };

struct visit {
	const char *method, *uri, *body, *length, *authorization;
};

static struct app app;
static struct response res;

static int open_app(void **state)
{
	(void)state;
	memset(&app, 0, sizeof(app));
	app.mem = arena_new();
	app.clock = &system_clock;
	app.log = (struct log){ .fd = open("/dev/null", O_WRONLY), .program = "test", .clock = app.clock };
	return app.log.fd < 0;
}

static int close_app(void **state)
{
	(void)state;
	close(app.log.fd);
	arena_free(app.mem);
	return 0;
}

static void visit(const struct pages *pages, struct visit v)
{
	const struct cgi_variable variables[] = { { "REQUEST_METHOD", v.method }, { "REQUEST_URI", v.uri },
						  { "CONTENT_LENGTH", v.length }, { "HTTP_AUTHORIZATION", v.authorization },
						  { NULL, NULL } };
	struct str body = str_from(v.body);
	const struct cgi_source source = cgi_source_new(variables, &body);
	struct request req;

	request_init(&req, app.mem, &source.base);
	response_init(&res, app.mem);
	route_request(&app, pages, &req, &res);
}

static void requests_reach_their_handler(void **state)
{
	static const struct {
		struct visit visit;
		int status;
		const char *want; /* the whole body, or a part of an error's */
	} rows[] = {
		{ { .method = "GET", .uri = "/items" }, 200, "list" },
		{ { .method = "GET", .uri = "/items?x=/items/1" }, 200, "list" },
		{ { .method = "HEAD", .uri = "/items" }, 200, "list" },
		{ { .method = "GET", .uri = "/" }, 200, "list" },
		{ { .method = "GET", .uri = "/more" }, 200, "list" },
		{ { .method = "PUT", .uri = "/more" }, 405, "method_not_allowed" },
		{ { .method = "POST", .uri = "/items", .body = "12345678", .length = "8" }, 200, "create body=12345678" },
		{ { .method = "GET", .uri = "/items/a" }, 200, "one id=a" },
		{ { .method = "GET", .uri = "/items/a%2Fb" }, 200, "one id=a%2Fb" },
		{ { .method = "GET", .uri = "/items/:id" }, 200, "one id=:id" },
		{ { .method = "DELETE", .uri = "/items/a" }, 200, "one id=a" },
		{ { .method = "GET", .uri = "/items/a/parts/b" }, 200, "part id=a part=b" },
		{ { .method = "GET", .uri = "/items/a/parts" }, 404, "not_found" },
		{ { .method = "GET", .uri = "/items/a/parts/b/c" }, 404, "not_found" },
		{ { .method = "GET", .uri = "/items/a/" }, 404, "not_found" },
		{ { .method = "GET", .uri = "/Items" }, 404, "not_found" },
		{ { .method = "GET", .uri = "/items2" }, 404, "not_found" },
		{ { .method = "GET", .uri = "//items" }, 404, "not_found" },
		{ { .method = "GET", .uri = "items" }, 404, "not_found" },
		{ { .method = "GET", .uri = "" }, 404, "not_found" },
		{ { .method = "GET", .uri = "*" }, 404, "not_found" },
		{ { .method = "PUT", .uri = "/items" }, 405, "method_not_allowed" },
		{ { .method = "get", .uri = "/items" }, 405, "method_not_allowed" },
		{ { .method = "", .uri = "/items" }, 405, "method_not_allowed" },
		{ { .method = "POST", .uri = "/items", .body = "123456789", .length = "9" }, 413, "too_large" },
		{ { .method = "POST", .uri = "/items", .body = "1234", .length = "5" }, 400, "bad_request" },
		{ { .method = "POST", .uri = "/items", .body = "1234", .length = "x" }, 400, "bad_request" },
		{ { .method = "GET", .uri = "/items", .body = "1", .length = "1" }, 413, "too_large" },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		visit(&open_pages, rows[i].visit);
		check_row(rows[i].visit.uri, res.status == rows[i].status);
		if (rows[i].status == 200)
			check_row_text(rows[i].visit.uri, res.body->ptr, rows[i].want);
		else
			check_row(rows[i].visit.uri, strstr(res.body->ptr, rows[i].want));
	}
}

static void a_wrong_method_is_told_the_right_ones(void **state)
{
	(void)state;
	visit(&open_pages, (struct visit){ .method = "PUT", .uri = "/items" });
	assert_non_null(strstr(res.headers->ptr, "Allow: GET, POST\r\n"));
	visit(&open_pages, (struct visit){ .method = "POST", .uri = "/items/1" });
	assert_non_null(strstr(res.headers->ptr, "Allow: GET, DELETE\r\n"));
	visit(&open_pages, (struct visit){ .method = "GET", .uri = "/nowhere" });
	assert_null(strstr(res.headers->ptr, "Allow"));
}

static void a_failure_forgets_what_was_begun(void **state)
{
	(void)state;
	visit(&open_pages, (struct visit){ .method = "GET", .uri = "/late" });
	assert_int_equal(res.status, 429);
	assert_null(strstr(res.body->ptr, "half a page"));
	assert_null(strstr(res.body->ptr, "internal detail"));
	assert_null(strstr(res.headers->ptr, "X-Begun"));
	assert_non_null(strstr(res.headers->ptr, "Retry-After: 7\r\n"));
}

static void an_answer_over_the_limit_is_an_error(void **state)
{
	(void)state;
	visit(&open_pages, (struct visit){ .method = "GET", .uri = "/overflow" });
	assert_int_equal(res.status, 500);
	assert_non_null(strstr(res.body->ptr, "\"internal\""));
	assert_null(strstr(res.body->ptr, "0123456789"));
}

static void a_guard_stands_before_every_handler(void **state)
{
	(void)state;
	visit(&guarded_pages, (struct visit){ .method = "GET", .uri = "/items/a" });
	assert_int_equal(res.status, 401);
	assert_null(strstr(res.body->ptr, "stranger"));
	visit(&guarded_pages, (struct visit){ .method = "GET", .uri = "/items/a", .authorization = "Bearer x" });
	assert_int_equal(res.status, 200);
	assert_string_equal(res.body->ptr, "one id=a");
	visit(&guarded_pages, (struct visit){ .method = "GET", .uri = "/nowhere" });
	assert_int_equal(res.status, 404);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, open_app, close_app)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(requests_reach_their_handler),
		TEST(a_wrong_method_is_told_the_right_ones),
		TEST(a_failure_forgets_what_was_begun),
		TEST(an_answer_over_the_limit_is_an_error),
		TEST(a_guard_stands_before_every_handler),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
