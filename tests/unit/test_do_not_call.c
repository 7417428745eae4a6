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

/* ---- search, import, export ---- */

static const char *phones(struct world *w, const char *query)
{
	struct buf *out = buf_in(w->app.mem, 1 << 16);
	struct response *res = at(w, "GET", arena_join(w->app.mem, "/api/do-not-call", query), NULL);
	size_t count;
	struct json_object *items = json_list(json_of(w, res), "items", &count);

	assert_int_equal(res->status, 200);
	for (size_t i = 0; i < count; i++)
		buf_printf(out, "%s%s", i ? " " : "", json_text(json_object_array_get_idx(items, i), "phone"));
	return out->ptr;
}

static struct response *import(struct world *w, const char *query, const char *type, const char *body)
{
	return ask(w, (struct ask){ .method = "POST", .uri = arena_join(w->app.mem, "/api/do-not-call/import", query), .type = type,
				    .body = body, .pages = &campaign_pages });
}

static int64_t number(struct world *w, const struct response *res, const char *path)
{
	int64_t n = -1;

	json_int(json_of(w, res), path, &n);
	return n;
}

static void the_list_is_searched_by_first_digits_and_by_reason(void **state)
{
	struct world *w = *state;

	at(w, "POST", "/api/do-not-call", "{\"phone\":\"+14155550123\",\"reason\":\"Asked by letter\"}");
	at(w, "POST", "/api/do-not-call", "{\"phone\":\"+14165550123\",\"source\":\"lawyer\"}");
	at(w, "POST", "/api/do-not-call", "{\"phone\":\"+442079460000\",\"reason\":\"asked by mail\"}");
	assert_string_equal(phones(w, "?search=%2B1415"), "+14155550123");
	assert_string_equal(phones(w, "?search=1%20(41"), "+14155550123 +14165550123");
	assert_string_equal(phones(w, "?search=%2B14155550123"), "+14155550123");
	assert_string_equal(phones(w, "?search=%2B9"), "");
	assert_string_equal(phones(w, "?reason=ASKED"), "+14155550123 +442079460000");
	assert_string_equal(phones(w, "?reason=lawyer"), "+14165550123");
	assert_string_equal(phones(w, "?reason=%25d%2B"), "");
	assert_string_equal(phones(w, "?search=1&reason=letter"), "+14155550123");
	assert_string_equal(phones(w, "?search=&reason="), "+14155550123 +14165550123 +442079460000");
	assert_string_equal(phones(w, "?search=1&limit=1"), "+14155550123");
	assert_string_equal(phones(w, "?search=1&cursor=14155550123"), "+14165550123");
}

static void good_rows_are_listed_and_bad_ones_told(void **state)
{
	static const char csv[] = "name;Phone;reason\nAda;+14155550123;by letter\nBob;hello;\nEve;+1 (415) 555-0123;again\n;;\nTim;+14155550124;\n";
	struct world *w = *state;
	struct response *res = import(w, "?dry_run=1&reason=import%20of%20May", "text/csv", csv);

	assert_int_equal(res->status, 200);
	assert_int_equal(number(w, res, "added"), 2);
	assert_int_equal(number(w, res, "already"), 1);
	assert_string_equal(phones(w, ""), "");
	res = import(w, "?reason=import%20of%20May", "text/csv", csv);
	assert_int_equal(number(w, res, "added"), 2);
	assert_int_equal(number(w, res, "already"), 1);
	assert_int_equal(number(w, res, "rejected_count"), 2);
	assert_true(body_has(res, "{\"row\":3,\"value\":\"hello\",\"reason\":"));
	assert_true(body_has(res, "{\"row\":5,\"value\":\"\""));
	assert_string_equal(phones(w, "?reason=by%20letter"), "+14155550123");
	assert_string_equal(phones(w, "?reason=May"), "+14155550124");
	assert_string_equal(phones(w, "?reason=import"), "+14155550123 +14155550124"); /* the source */
	res = import(w, "", "text/csv", csv);
	assert_int_equal(number(w, res, "added"), 0);
	assert_int_equal(number(w, res, "already"), 3);
}

static void numbers_may_come_as_lines(void **state)
{
	struct world *w = *state;
	struct response *res = import(w, "?country=US", "text/plain", "+14155550123\n(415) 555-0124\nnobody\n");

	assert_int_equal(number(w, res, "added"), 2);
	assert_int_equal(number(w, res, "rejected_count"), 1);
	assert_string_equal(phones(w, ""), "+14155550123 +14155550124");
	assert_int_equal(number(w, import(w, "", "text/plain", ""), "added"), 0);
}

static void long_imports_and_exports_lose_nothing(void **state)
{
	struct world *w = *state;
	struct buf *csv = buf_in(w->app.mem, 1 << 20), *out = buf_in(w->app.mem, 1 << 20);
	struct response *res;
	int lines = 0;

	buf_puts(csv, "phone,reason\n");
	for (int i = 0; i < 1203; i++)
		buf_printf(csv, "+1415555%04d,%s\n", i, i ? "" : "=1+1");
	res = import(w, "", "text/csv", csv->ptr);
	assert_int_equal(number(w, res, "added"), 1203);
	res = at(w, "GET", "/api/do-not-call.csv", NULL);
	buf_str(out, buf_view(res->body));
	for (int more = 1; more;) {
		buf_clear(res->body);
		more = res->more(res->more_ctx, res->body);
		assert_true(more >= 0);
		buf_str(out, buf_view(res->body));
	}
	assert_non_null(strstr(out->ptr, "phone,reason,source,created_at\r\n+14155550000,'=1+1,import,"));
	for (const char *p = out->ptr; (p = strstr(p, "\r\n")); p++)
		lines++;
	assert_int_equal(lines, 1204);
}

static void bad_imports_are_told_by_name(void **state)
{
	static const struct {
		const char *query, *type, *body, *field;
		int status;
	} rows[] = {
		{ "?country=XX", "text/csv", "phone\n", "country", 400 }, { "?dry_run=yes", "text/csv", "phone\n", "dry_run", 400 },
		{ "", "text/csv", "name,number\nAda,+14155550123\n", "phone", 400 }, { "", "application/json", "[]", "(none)", 415 },
	};
	struct world *w = *state;

	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		struct response *res = import(w, rows[i].query, rows[i].type, rows[i].body);

		check_row(rows[i].body, res->status == rows[i].status);
		check_row_text(rows[i].body, text_of(w, res, "error.field"), rows[i].field);
	}
	assert_string_equal(phones(w, ""), "");
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
		{ "GET", "/api/do-not-call?search=ada", NULL, 400, "search" },
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
		cmocka_unit_test_setup_teardown(the_list_is_searched_by_first_digits_and_by_reason, api_setup, api_teardown),
		cmocka_unit_test_setup_teardown(good_rows_are_listed_and_bad_ones_told, api_setup, api_teardown),
		cmocka_unit_test_setup_teardown(numbers_may_come_as_lines, api_setup, api_teardown),
		cmocka_unit_test_setup_teardown(long_imports_and_exports_lose_nothing, api_setup, api_teardown),
		cmocka_unit_test_setup_teardown(bad_imports_are_told_by_name, api_setup, api_teardown),
		cmocka_unit_test_setup_teardown(bad_input_is_told_by_name, api_setup, api_teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
