/* The JSON API of operators and of one's own account, and the pages that show them. */
#include "tests/support/check.h"

#include <string.h>

#include "base/json.h"
#include "console/console.h"
#include "store/keys.h"
#include "tests/support/visitor.h"

static struct response *send_json(struct world *w, const struct visitor *v, const char *method, const char *uri, const char *body)
{
	return ask_as(w, v, (struct ask){ .method = method, .uri = uri, .pages = &console_pages, .type = "application/json", .body = body });
}

static bool is_in(struct world *w, const struct visitor *v)
{
	return ask_as(w, v, (struct ask){ .uri = "/api/account", .pages = &console_pages })->status == 200;
}

static void an_operator_is_added_and_can_sign_in_with_the_password_in_the_answer(void **state)
{
	struct world *w = *state;
	const struct visitor admin = come_in(w, "a@acme.example", ROLE_ADMIN);
	struct response *res = send_json(w, &admin, "POST", "/api/operators", "{\"email\":\" Grace@Acme.example \",\"role\":\"viewer\"}"), *in;

	assert_int_equal(res->status, 201);
	assert_string_equal(text_of(w, res, "email"), "grace@acme.example");
	assert_string_equal(text_of(w, res, "role"), "viewer");
	sign_in_as(w, "grace@acme.example", text_of(w, res, "password"), &in);
	assert_int_equal(in->status, 303);
	assert_int_equal(send_json(w, &admin, "POST", "/api/operators", "{\"email\":\"grace@acme.example\",\"role\":\"admin\"}")->status, 409);
	res = ask_as(w, &admin, (struct ask){ .uri = "/api/operators", .pages = &console_pages });
	assert_true(body_has(res, "grace@acme.example") && !body_has(res, "argon2") && !body_has(res, "password"));
}

static void what_is_wrong_with_a_wish_is_told_at_its_field(void **state)
{
	static const struct {
		const char *body, *field;
	} rows[] = {
		{ "{\"role\":\"viewer\"}", "email" }, { "{\"email\":\"x\",\"role\":\"viewer\"}", "email" },
		{ "{\"email\":7,\"role\":\"viewer\"}", "email" }, { "{\"email\":\"b@acme.example\"}", "role" },
		{ "{\"email\":\"b@acme.example\",\"role\":\"king\"}", "role" }, { "{\"email\":\"b@acme.example\",\"role\":\"admin\",\"x\":1}", "x" },
	};
	struct world *w = *state;
	const struct visitor admin = come_in(w, "a@acme.example", ROLE_ADMIN);

	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		struct response *res = send_json(w, &admin, "POST", "/api/operators", rows[i].body);

		check_row(rows[i].body, res->status == 400);
		check_row_text(rows[i].body, text_of(w, res, "error.field"), rows[i].field);
	}
}

static void changing_resetting_and_removing_end_the_sessions(void **state)
{
	static const struct {
		const char *method, *uri, *body;
		int status;
	} rows[] = {
		{ "PATCH", "/api/operators/b%40acme.example", "{\"role\":\"viewer\"}", 200 },
		{ "POST", "/api/operators/B@acme.example/reset", "{}", 200 },
		{ "DELETE", "/api/operators/b@acme.example", "", 204 },
	};
	struct world *w = *state;
	const struct visitor admin = come_in(w, "a@acme.example", ROLE_ADMIN);
	struct visitor them = come_in(w, "b@acme.example", ROLE_OPERATOR);

	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		struct response *res, *in;

		check_row(rows[i].uri, is_in(w, &them));
		res = send_json(w, &admin, rows[i].method, rows[i].uri, rows[i].body);
		check_row(rows[i].uri, res->status == rows[i].status);
		check_row(rows[i].uri, !is_in(w, &them));
		if (res->status == 200)
			them = sign_in_as(w, them.email, i ? text_of(w, res, "password") : them.password, &in);
		check_row(rows[i].uri, is_in(w, &admin));
	}
	assert_int_equal(send_json(w, &admin, "DELETE", rows[2].uri, "")->status, 404);
	assert_int_equal(send_json(w, &admin, "PATCH", "/api/operators/nobody", "{\"role\":\"viewer\"}")->status, 404);
}

static void the_last_administrator_is_not_taken_away(void **state)
{
	struct world *w = *state;
	const struct visitor admin = come_in(w, "a@acme.example", ROLE_ADMIN);
	struct response *res = send_json(w, &admin, "DELETE", "/api/operators/a%40acme.example", "");

	assert_int_equal(res->status, 409);
	assert_true(body_has(res, "This is the last administrator."));
	assert_int_equal(send_json(w, &admin, "PATCH", "/api/operators/a%40acme.example", "{\"role\":\"operator\"}")->status, 409);
	assert_true(is_in(w, &admin));
}

static void only_administrators_manage_operators(void **state)
{
	struct world *w = *state;
	const struct visitor operator = come_in(w, "o@acme.example", ROLE_OPERATOR);
	static const char *const pages[] = { "/api/operators", "/api/audit", "/api/audit.csv", "/console/operators", "/console/audit" };

	for (size_t i = 0; i < ARRAY_LEN(pages); i++)
		check_row(pages[i], ask_as(w, &operator, (struct ask){ .uri = pages[i], .pages = &console_pages })->status == 403);
	assert_int_equal(send_json(w, &operator, "POST", "/api/operators/o%40acme.example/reset", "{}")->status, 403);
}

/* ---- one's own account ---- */

static const char *passwords(struct world *w, const char *present, const char *chosen)
{
	return arena_printf(w->app.mem, "{\"current_password\":\"%s\",\"new_password\":\"%s\"}", present, chosen);
}

static void one_chooses_a_password_and_stays_signed_in_here_only(void **state)
{
	struct world *w = *state;
	struct visitor here = come_in(w, "v@acme.example", ROLE_VIEWER), there;
	struct response *res;
	struct str cookie, rest;

	there = sign_in_as(w, here.email, here.password, &res);
	res = send_json(w, &here, "POST", "/api/account/password", passwords(w, "wrong", "correct horse battery"));
	assert_int_equal(res->status, 400);
	assert_string_equal(text_of(w, res, "error.field"), "current_password");
	res = send_json(w, &here, "POST", "/api/account/password", passwords(w, here.password, "short"));
	assert_string_equal(text_of(w, res, "error.field"), "new_password");
	assert_true(is_in(w, &here) && is_in(w, &there));
	res = send_json(w, &here, "POST", "/api/account/password", passwords(w, here.password, "correct horse battery"));
	assert_int_equal(res->status, 204);
	assert_false(is_in(w, &here));
	assert_false(is_in(w, &there));
	cookie = str_cut(str_from(header_of(w, res, "Set-Cookie")), ';', &rest);
	here.cookie = arena_strndup(w->app.mem, cookie.ptr, cookie.len);
	assert_true(is_in(w, &here));
	sign_in_as(w, here.email, "correct horse battery", &res);
	assert_int_equal(res->status, 303);
}

static void a_session_left_open_is_no_way_to_guess_the_password(void **state)
{
	struct world *w = *state;
	const struct visitor v = come_in(w, "v@acme.example", ROLE_VIEWER);
	struct response *res = NULL;

	for (int i = 0; i < 6; i++)
		res = send_json(w, &v, "POST", "/api/account/password", passwords(w, "wrong", "correct horse battery"));
	assert_int_equal(res->status, 429);
	assert_string_equal(header_of(w, res, "Retry-After"), "30");
	assert_string_equal(text_of(w, res, "error.message"), "Too many attempts. Please wait 30 seconds, then try again.");
}

static void signing_out_everywhere_ends_this_session_too(void **state)
{
	struct world *w = *state;
	const struct visitor here = come_in(w, "v@acme.example", ROLE_VIEWER);
	struct response *res;
	const struct visitor there = sign_in_as(w, here.email, here.password, &res);

	res = send_json(w, &here, "POST", "/api/account/sign-out-everywhere", "{}");
	assert_int_equal(res->status, 204);
	assert_non_null(str_find(str_from(header_of(w, res, "Set-Cookie")), STR("Max-Age=0")));
	assert_false(is_in(w, &here));
	assert_false(is_in(w, &there));
}

static void the_account_tells_who_one_is_and_where_signed_in(void **state)
{
	struct world *w = *state;
	const struct visitor v = come_in(w, "v@acme.example", ROLE_VIEWER);
	struct response *res = ask_as(w, &v, (struct ask){ .uri = "/api/account", .pages = &console_pages });
	size_t count;

	assert_string_equal(text_of(w, res, "email"), "v@acme.example");
	assert_string_equal(text_of(w, res, "role"), "viewer");
	assert_non_null(json_list(json_of(w, res), "sessions", &count));
	assert_int_equal(count, 1);
	assert_true(body_has(res, "\"current\":true"));
	/* The key belongs to nobody. */
	assert_int_equal(ask(w, (struct ask){ .uri = "/api/account", .pages = &console_pages })->status, 404);
	assert_int_equal(ask(w, (struct ask){ .method = "POST", .uri = "/api/account/sign-out-everywhere", .pages = &console_pages })->status, 404);
}

static void the_pages_are_rendered(void **state)
{
	struct world *w = *state;
	const struct visitor admin = come_in(w, "a@acme.example", ROLE_ADMIN);
	static const struct {
		const char *uri, *words;
	} rows[] = {
		{ "/console/account", "Where you are signed in" },
		{ "/console/operators", "DELETE /api/operators/a%40acme.example" },
		{ "/console/audit", "sign-in" },
		{ "/console/audit?actor=a%40acme.example&action=operator.", "/api/audit.csv?actor=a%40acme.example&amp;action=operator." },
		{ "/console/audit?from=never", "cannot be understood" },
		{ "/console/audit?action=%3Cscript%3E", "value=\"&lt;script&gt;\"" },
	};

	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		struct response *res = ask_as(w, &admin, (struct ask){ .uri = rows[i].uri, .pages = &console_pages });

		check_row(rows[i].uri, res->status == 200 && body_has(res, rows[i].words));
		check_row(rows[i].uri, body_has(res, arena_printf(w->app.mem, "name=\"csrf-token\" content=\"%s\"", admin.csrf)));
	}
}

#define WITH_API(test) cmocka_unit_test_setup_teardown(test, api_setup, api_teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		WITH_API(an_operator_is_added_and_can_sign_in_with_the_password_in_the_answer),
		WITH_API(what_is_wrong_with_a_wish_is_told_at_its_field),
		WITH_API(changing_resetting_and_removing_end_the_sessions),
		WITH_API(the_last_administrator_is_not_taken_away),
		WITH_API(only_administrators_manage_operators),
		WITH_API(one_chooses_a_password_and_stays_signed_in_here_only),
		WITH_API(a_session_left_open_is_no_way_to_guess_the_password),
		WITH_API(signing_out_everywhere_ends_this_session_too),
		WITH_API(the_account_tells_who_one_is_and_where_signed_in),
		WITH_API(the_pages_are_rendered),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
