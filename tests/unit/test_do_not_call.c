/* The do-not-call list by its API: once each, in pages, and what is refused. */
#include "tests/support/check.h"

#include <string.h>

#include "base/buf.h"
#include "base/json.h"
#include "campaign/api.h"
#include "campaign/do_not_call.h"
#include "tests/support/api.h"

static struct response *at(struct world *w, const char *method, const char *uri, const char *body)
{
	return ask(w, (struct ask){ .method = method, .uri = uri, .type = body ? "application/json" : NULL, .body = body,
				    .pages = &campaign_pages });
}

static void only_the_key_opens_the_list(void **state)
{
	struct world *w = *state;
	struct response *res =
		ask(w, (struct ask){ .uri = "/api/do-not-call", .key = "Bearer wrong", .pages = &campaign_pages });

	assert_int_equal(res->status, 401);
	assert_string_equal(text_of(w, res, "error.code"), "unauthorized");
}

static void a_number_is_listed_once_and_keeps_what_was_said_first(void **state)
{
	struct world *w = *state;
	struct response *res = at(w, "POST", "/api/do-not-call",
				  "{\"phone\":\"+1 (415) 555-0123\",\"reason\":\"asked\",\"source\":\"letter\"}");
	bool found = false;
	struct err err = { 0 };

	assert_int_equal(res->status, 201);
	assert_string_equal(text_of(w, res, "phone"), "+14155550123");
	assert_string_equal(text_of(w, res, "reason"), "asked");
	assert_string_equal(text_of(w, res, "source"), "letter");
	assert_string_equal(text_of(w, res, "created_at"), "2025-11-20T10:00:00.000Z");
	res = at(w, "POST", "/api/do-not-call", "{\"phone\":\"+14155550123\",\"reason\":\"again\"}");
	assert_int_equal(res->status, 200);
	assert_string_equal(text_of(w, res, "reason"), "asked");
	assert_int_equal(do_not_call_remove(&w->app, "+14155550123", &found, &err), 0);
	assert_true(found);
}

static void a_number_taken_off_is_gone(void **state)
{
	struct world *w = *state;

	assert_int_equal(at(w, "POST", "/api/do-not-call", "{\"phone\":\"+14155550123\"}")->status, 201);
	assert_int_equal(at(w, "DELETE", "/api/do-not-call/%2B14155550123", NULL)->status, 204);
	assert_int_equal(at(w, "DELETE", "/api/do-not-call/+14155550123", NULL)->status, 404);
	assert_string_equal(at(w, "GET", "/api/do-not-call", NULL)->body->ptr,
			    "{\"items\":[],\"next_cursor\":null}\n");
}

static void the_pages_hold_every_number_once_in_order(void **state)
{
	struct world *w = *state;
	const char *cursor = NULL;
	int seen = 0;

	for (int i = 0; i < 7; i++)
		assert_int_equal(at(w, "POST", "/api/do-not-call",
				    arena_printf(w->app.mem, "{\"phone\":\"+1415555010%d\"}", (i * 3) % 7))->status, 201);
	do {
		struct response *res = at(w, "GET", cursor ? arena_printf(w->app.mem, "/api/do-not-call?limit=3&cursor=%s", cursor)
							   : "/api/do-not-call?limit=3", NULL);
		struct json_object *answer = json_of(w, res);
		size_t count;
		struct json_object *items = json_list(answer, "items", &count);

		for (size_t i = 0; i < count; i++, seen++)
			assert_string_equal(json_text(json_object_array_get_idx(items, i), "phone"),
					    arena_printf(w->app.mem, "+1415555010%d", seen));
		cursor = json_text(answer, "next_cursor");
	} while (cursor && seen < 20);
	assert_int_equal(seen, 7);
}

static void bad_input_is_told_by_name(void **state)
{
	static const struct {
		const char *method, *uri, *body;
		int status;
		const char *field;
	} rows[] = {
		{ "POST", "/api/do-not-call", "{}", 400, "phone" },
		{ "POST", "/api/do-not-call", "{\"phone\":7}", 400, "phone" },
		{ "POST", "/api/do-not-call", "{\"phone\":\"415 555 0123\"}", 400, "phone" },
		{ "POST", "/api/do-not-call", "{\"phone\":\"+14155550123\",\"reason\":7}", 400, "reason" },
		{ "POST", "/api/do-not-call", "{\"phone\":\"+14155550123\",\"source\":[]}", 400, "source" },
		{ "POST", "/api/do-not-call", "{\"phone\":\"+14155550123\",\"colour\":\"red\"}", 400, "colour" },
		{ "POST", "/api/do-not-call", "[]", 400, "(none)" },
		{ "POST", "/api/do-not-call", "{", 400, "(none)" },
		{ "GET", "/api/do-not-call?limit=0", NULL, 400, "limit" },
		{ "GET", "/api/do-not-call?limit=x", NULL, 400, "limit" },
		{ "GET", "/api/do-not-call?cursor=x", NULL, 400, "cursor" },
		{ "DELETE", "/api/do-not-call/hello", NULL, 400, "phone" },
		{ "DELETE", "/api/do-not-call/%zz", NULL, 400, "phone" },
		{ "PUT", "/api/do-not-call", NULL, 405, "(none)" },
	};
	struct world *w = *state;

	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		struct response *res = at(w, rows[i].method, rows[i].uri, rows[i].body);
		const char *name = rows[i].body ? rows[i].body : rows[i].uri;

		check_row(name, res->status == rows[i].status);
		check_row_text(name, text_of(w, res, "error.field"), rows[i].field);
	}
	assert_int_equal(ask(w, (struct ask){ .method = "POST", .uri = "/api/do-not-call", .type = "text/plain",
					      .body = "{\"phone\":\"+14155550123\"}", .pages = &campaign_pages })->status, 415);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(only_the_key_opens_the_list, api_setup, api_teardown),
		cmocka_unit_test_setup_teardown(a_number_is_listed_once_and_keeps_what_was_said_first, api_setup, api_teardown),
		cmocka_unit_test_setup_teardown(a_number_taken_off_is_gone, api_setup, api_teardown),
		cmocka_unit_test_setup_teardown(the_pages_hold_every_number_once_in_order, api_setup, api_teardown),
		cmocka_unit_test_setup_teardown(bad_input_is_told_by_name, api_setup, api_teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
