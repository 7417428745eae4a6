/* Who comes in and who may do what: the bearer key, sessions, roles, the token of changes, foreign sites. */
#include "tests/support/check.h"

#include <signal.h>
#include <string.h>

#include "access/audit.h"
#include "access/guard.h"
#include "access/session.h"
#include "store/keys.h"
#include "store/store.h"
#include "tests/support/visitor.h"
#include "web/api.h"

/* A program that says by whom it was asked. */
static int answer(struct app *app, struct request *req, struct response *res, struct err *err)
{
	(void)app;
	(void)err;
	buf_puts(res->body, req->actor ? req->actor->email : "nobody");
	return 0;
}

/* One that has forgotten to mask. */
static int careless(struct app *app, struct request *req, struct response *res, struct err *err)
{
	(void)app;
	(void)req;
	(void)err;
	response_json(res, 200, STR("{\"phone\":\"+14155550100\",\"reason\":\"Write to ada@example.com.\",\"digits\":\"7\",\"n\":1.50}"));
	return 0;
}

static const struct route routes[] = {
	{ .method = "GET", .path = "/careless", .handler = careless },
	{ .method = "GET", .path = "/look", .handler = answer },
	{ .method = "POST", .path = "/change", .handler = answer, .max_body = 1000 },
	{ .method = "POST", .path = "/own", .handler = answer, .max_body = 1000, .anyone = true },
	{ .method = "GET", .path = "/admin", .handler = answer, .admin = true },
	{ .method = "POST", .path = "/admin", .handler = answer, .max_body = 1000, .admin = true },
	{ .method = "GET", .path = "/open", .handler = answer, .open = true },
	{ .method = "POST", .path = "/open", .handler = answer, .max_body = 1000, .open = true },
};
static const struct pages api = { .routes = routes, .count = ARRAY_LEN(routes), .guard = guard_api, .fail = api_fail };
static const struct pages site = { .routes = routes, .count = ARRAY_LEN(routes), .guard = guard_page, .fail = api_fail };

#define OUR "http://127.0.0.1:9"

static void each_role_may_do_what_those_below_it_may(void **state)
{
	static const struct {
		const char *method, *uri;
		int viewer, operator, admin, nobody;
	} rows[] = {
		{ "GET", "/look", 200, 200, 200, 401 },
		{ "HEAD", "/look", 200, 200, 200, 401 },
		{ "POST", "/change", 403, 200, 200, 401 },
		{ "POST", "/own", 200, 200, 200, 401 },
		{ "GET", "/admin", 403, 403, 200, 401 },
		{ "POST", "/admin", 403, 403, 200, 401 },
		{ "GET", "/open", 200, 200, 200, 200 },
		{ "POST", "/open", 200, 200, 200, 200 },
	};
	struct world *w = *state;
	const struct visitor viewer = come_in(w, "v@acme.example", ROLE_VIEWER), operator = come_in(w, "o@acme.example", ROLE_OPERATOR),
			     admin = come_in(w, "a@acme.example", ROLE_ADMIN);

	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		const struct ask a = { .method = rows[i].method, .uri = rows[i].uri, .pages = &api };
		struct ask none = a, key = a;

		none.key = "";
		key.key = "Bearer " API_KEY;
		check_row(rows[i].uri, ask_as(w, &viewer, a)->status == rows[i].viewer);
		check_row(rows[i].uri, ask_as(w, &operator, a)->status == rows[i].operator);
		check_row(rows[i].uri, ask_as(w, &admin, a)->status == rows[i].admin);
		check_row(rows[i].uri, ask(w, none)->status == rows[i].nobody);
		check_row(rows[i].uri, ask(w, key)->status == 200);
	}
}

static void a_key_that_is_given_counts_also_a_wrong_one(void **state)
{
	struct world *w = *state;
	const struct visitor admin = come_in(w, "a@acme.example", ROLE_ADMIN);
	struct response *res = ask_as(w, &admin, (struct ask){ .uri = "/look", .pages = &api, .key = "Bearer wrong" });

	assert_int_equal(res->status, 401);
	assert_string_equal(header_of(w, res, "WWW-Authenticate"), "Bearer");
	res = ask_as(w, &admin, (struct ask){ .uri = "/look", .pages = &api, .key = "Bearer " API_KEY });
	assert_true(body_has(res, "key"));
}

static void a_change_with_the_cookie_needs_its_token(void **state)
{
	struct world *w = *state;
	const struct visitor one = come_in(w, "o@acme.example", ROLE_OPERATOR), two = come_in(w, "p@acme.example", ROLE_OPERATOR);
	const struct {
		const char *name, *csrf, *type, *body;
		int status;
	} rows[] = {
		{ "the token", one.csrf, NULL, NULL, 200 },
		{ "none", NULL, NULL, NULL, 403 },
		{ "an empty one", "", NULL, NULL, 403 },
		{ "another session's", two.csrf, NULL, NULL, 403 },
		{ "a part of it", "x", NULL, NULL, 403 },
		{ "in a form", NULL, "application/x-www-form-urlencoded", arena_printf(w->app.mem, "csrf=%s", one.csrf), 200 },
		{ "a wrong one in a form", NULL, "application/x-www-form-urlencoded", "csrf=x", 403 },
		{ "none in a form", NULL, "application/x-www-form-urlencoded", "", 403 },
		{ "in what is no form", NULL, "text/plain", arena_printf(w->app.mem, "csrf=%s", one.csrf), 403 },
	};

	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		struct response *res = ask(w, (struct ask){ .method = "POST", .uri = "/change", .pages = &api, .cookie = one.cookie,
							    .csrf = rows[i].csrf, .type = rows[i].type, .body = rows[i].body });

		check_row(rows[i].name, res->status == rows[i].status);
		if (res->status == 403)
			check_row_text(rows[i].name, text_of(w, res, "error.code"), "csrf");
	}
}

static void what_another_site_sends_is_refused(void **state)
{
	static const struct {
		const char *name, *origin, *site, *host;
		bool foreign;
	} rows[] = {
		{ "no browser", NULL, NULL, NULL, false },
		{ "our own page", OUR, "same-origin", "127.0.0.1:9", false },
		{ "our name in capitals", "HTTP://127.0.0.1:9", NULL, NULL, false },
		{ "the address that was asked, on this machine", "http://localhost:8080", NULL, "localhost:8080", false },
		{ "another port of this machine", "http://127.0.0.1:10", NULL, "127.0.0.1:9", true },
		{ "another site", "https://evil.example", "cross-site", "127.0.0.1:9", true },
		{ "a name that was bent to this machine", "http://evil.example", NULL, "evil.example", true },
		{ "a name that begins like ours", OUR ".evil.example", NULL, NULL, true },
		{ "a name that begins like this machine's", "http://localhost.evil.example", NULL, "localhost.evil.example", true },
		{ "TLS where we have none", "https://127.0.0.1:9", NULL, "127.0.0.1:9", true },
		{ "a sandboxed frame", "null", NULL, NULL, true },
		{ "no origin, but another site", NULL, "cross-site", NULL, true },
		{ "no origin, but a site beside ours", NULL, "same-site", NULL, true },
		{ "typed into the bar", NULL, "none", NULL, false },
	};
	struct world *w = *state;
	const struct visitor o = come_in(w, "o@acme.example", ROLE_OPERATOR);

	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		struct ask a = { .method = "POST", .uri = "/change", .pages = &api, .origin = rows[i].origin, .site = rows[i].site,
				 .host = rows[i].host };
		struct response *res = ask_as(w, &o, a);

		check_row(rows[i].name, res->status == (rows[i].foreign ? 403 : 200));
		if (rows[i].foreign)
			check_row_text(rows[i].name, text_of(w, res, "error.code"), "foreign_origin");
		a.uri = "/open";
		check_row(rows[i].name, ask(w, a)->status == (rows[i].foreign ? 403 : 200));
		a.method = "GET";
		check_row(rows[i].name, ask(w, a)->status == 200);
		/* The key is no cookie: no browser sends it by itself. */
		a.method = "POST";
		a.uri = "/change";
		check_row(rows[i].name, ask(w, a)->status == 200);
	}
}

static void our_own_origin_is_known_however_the_setting_is_written(void **state)
{
	static const struct {
		const char *base, *origin;
		int status;
	} rows[] = {
		{ "https://hire.example.com", "https://hire.example.com", 200 }, { "https://hire.example.com/", "https://hire.example.com", 200 },
		{ "https://hire.example.com:443/x", "https://hire.example.com", 200 }, { "https://hire.example.com:8443", "https://hire.example.com:8443", 200 },
		{ "https://hire.example.com:8443", "https://hire.example.com", 403 }, { "https://hire.example.com", "http://hire.example.com", 403 },
		{ "https://hire.example.com", "https://hire.example.com.evil.example", 403 },
	};
	struct world *w = *state;

	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		w->app.cfg.public_base_url = rows[i].base;
		check_row(rows[i].base, ask(w, (struct ask){ .method = "POST", .uri = "/open", .pages = &api, .origin = rows[i].origin,
							      .host = "hire.example.com" })->status == rows[i].status);
	}
}

static void a_socket_that_another_site_opens_is_refused(void **state)
{
	struct world *w = *state;
	const struct visitor o = come_in(w, "o@acme.example", ROLE_OPERATOR);
	struct ask a = { .uri = "/look", .pages = &api, .origin = "https://evil.example", .upgrade = "websocket" };

	assert_int_equal(ask_as(w, &o, a)->status, 403);
	a.origin = OUR;
	assert_int_equal(ask_as(w, &o, a)->status, 200);
}

static void what_viewers_are_answered_is_masked_whoever_forgot_it(void **state)
{
	struct world *w = *state;
	const struct visitor viewer = come_in(w, "v@acme.example", ROLE_VIEWER), operator = come_in(w, "o@acme.example", ROLE_OPERATOR);
	const struct ask a = { .uri = "/careless", .pages = &api };
	struct response *res = ask_as(w, &viewer, a);

	assert_true(body_has(res, "\"phone\":\"+1\xe2\x80\xa2") && !body_has(res, "5550100") && !body_has(res, "ada@") && !body_has(res, "\"7\""));
	assert_true(body_has(res, "\"n\":1.50"));
	assert_true(body_has(ask_as(w, &operator, a), "+14155550100"));
	assert_true(body_has(ask(w, a), "+14155550100"));
}

static void pages_send_strangers_to_the_sign_in_and_back(void **state)
{
	static const struct {
		const char *method, *uri, *to;
	} rows[] = {
		{ "GET", "/look", "/login?next=%2Flook" },
		{ "GET", "/look?a=1&b=x%20y", "/login?next=%2Flook%3Fa%3D1%26b%3Dx%2520y" },
		{ "POST", "/change", "/login" },
	};
	struct world *w = *state;
	const struct visitor viewer = come_in(w, "v@acme.example", ROLE_VIEWER);

	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		struct response *res = ask(w, (struct ask){ .method = rows[i].method, .uri = rows[i].uri, .pages = &site, .key = "" });

		check_row(rows[i].uri, res->status == 303);
		check_row_text(rows[i].uri, header_of(w, res, "Location"), rows[i].to);
	}
	assert_int_equal(ask_as(w, &viewer, (struct ask){ .uri = "/look", .pages = &site })->status, 200);
	assert_int_equal(ask_as(w, &viewer, (struct ask){ .uri = "/admin", .pages = &site })->status, 403);
}

static void only_our_own_addresses_are_gone_back_to(void **state)
{
	static const struct {
		const char *next, *to;
	} rows[] = {
		{ "/console/campaigns?x=1", "/console/campaigns?x=1" }, { NULL, "/console/" }, { "", "/console/" },
		{ "https://evil.example/", "/console/" }, { "//evil.example/", "/console/" }, { "/\\evil.example/", "/console/" },
		{ "/\t/evil.example/", "/console/" }, { "console", "/console/" }, { "javascript:alert(1)", "/console/" },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(rows); i++)
		check_row_text(rows[i].next ? rows[i].next : "none", local_address(rows[i].next), rows[i].to);
}

static void without_redis_nobody_comes_in_by_a_cookie(void **state)
{
	struct world *w = *state;
	const struct visitor admin = come_in(w, "a@acme.example", ROLE_ADMIN);

	signal(SIGPIPE, SIG_IGN); /* as serve() does */
	redis_server_kill(&w->redis);
	assert_int_equal(ask_as(w, &admin, (struct ask){ .uri = "/look", .pages = &api })->status, 503);
	assert_int_equal(ask(w, (struct ask){ .uri = "/look", .pages = &api })->status, 200);
	redis_server_start(&w->redis);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(each_role_may_do_what_those_below_it_may, api_setup, api_teardown),
		cmocka_unit_test_setup_teardown(a_key_that_is_given_counts_also_a_wrong_one, api_setup, api_teardown),
		cmocka_unit_test_setup_teardown(a_change_with_the_cookie_needs_its_token, api_setup, api_teardown),
		cmocka_unit_test_setup_teardown(what_another_site_sends_is_refused, api_setup, api_teardown),
		cmocka_unit_test_setup_teardown(our_own_origin_is_known_however_the_setting_is_written, api_setup, api_teardown),
		cmocka_unit_test_setup_teardown(a_socket_that_another_site_opens_is_refused, api_setup, api_teardown),
		cmocka_unit_test_setup_teardown(what_viewers_are_answered_is_masked_whoever_forgot_it, api_setup, api_teardown),
		cmocka_unit_test_setup_teardown(pages_send_strangers_to_the_sign_in_and_back, api_setup, api_teardown),
		cmocka_unit_test(only_our_own_addresses_are_gone_back_to),
		cmocka_unit_test_setup_teardown(without_redis_nobody_comes_in_by_a_cookie, api_setup, api_teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
