/* The audit trail: what gets into it, by whom it was, and how it is read. */
#include "tests/support/check.h"

#include <string.h>

#include "access/audit.h"
#include "access/guard.h"
#include "base/json.h"
#include "console/console.h"
#include "store/keys.h"
#include "store/store.h"
#include "tests/support/visitor.h"
#include "web/api.h"

static int silent(struct app *app, struct request *req, struct response *res, struct err *err)
{
	(void)app;
	(void)req;
	(void)res;
	(void)err;
	return 0;
}

static int telling(struct app *app, struct request *req, struct response *res, struct err *err)
{
	(void)app;
	(void)res;
	(void)err;
	audit_say(req, "thing.change", "7", "red → =green");
	return 0;
}

static int refusing(struct app *app, struct request *req, struct response *res, struct err *err)
{
	(void)app;
	(void)err;
	audit_say(req, "thing.refuse", "7", NULL);
	return api_refuse(res, NULL, "No.");
}

static int failing(struct app *app, struct request *req, struct response *res, struct err *err)
{
	(void)app;
	(void)res;
	audit_say(req, "thing.fail", "7", NULL);
	return err_set(err, ERR_MISSING, "nothing here");
}

static const struct route routes[] = {
	{ .method = "GET", .path = "/things/:id", .handler = silent },
	{ .method = "POST", .path = "/things/:id", .handler = silent },
	{ .method = "POST", .path = "/things/:id/tell", .handler = telling },
	{ .method = "POST", .path = "/things/:id/refuse", .handler = refusing },
	{ .method = "POST", .path = "/things/:id/fail", .handler = failing },
};
static const struct pages things = { .routes = routes, .count = ARRAY_LEN(routes), .guard = guard_api, .fail = api_fail };

static struct response *post(struct world *w, const char *uri)
{
	return ask(w, (struct ask){ .method = "POST", .uri = uri, .pages = &things });
}

/* "actor action object detail result" of each entry, the newest first. */
static const char *trail(struct world *w, const char *query)
{
	static const char *const names[] = { "actor", "action", "object", "detail", "result" };
	struct response *res = ask(w, (struct ask){ .uri = arena_join(w->app.mem, "/api/audit", query), .pages = &console_pages });
	struct buf *out = buf_in(w->app.mem, 1 << 16);
	struct json_object *items;
	size_t count;

	assert_int_equal(res->status, 200);
	items = json_list(json_of(w, res), "items", &count);
	for (size_t i = 0; i < count; i++) {
		for (size_t n = 0; n < ARRAY_LEN(names); n++) {
			const char *text = json_text(json_object_array_get_idx(items, i), names[n]);

			buf_printf(out, "%s%s", n ? " " : "", text ? text : "-");
		}
		buf_puts(out, "; ");
	}
	return out->ptr;
}

static void every_change_that_succeeds_is_told_and_nothing_else(void **state)
{
	struct world *w = *state;

	assert_int_equal(ask(w, (struct ask){ .uri = "/things/7", .pages = &things })->status, 200);
	assert_int_equal(post(w, "/things/7/refuse")->status, 400);
	assert_int_equal(post(w, "/things/7/fail")->status, 404);
	assert_string_equal(trail(w, ""), "");
	assert_int_equal(post(w, "/things/8")->status, 200);
	assert_int_equal(post(w, "/things/8/tell")->status, 200);
	assert_string_equal(trail(w, ""), "key thing.change 7 red → =green done; key POST /things/:id 8 - done; ");
}

static void an_entry_tells_who_from_where_and_by_which_request(void **state)
{
	struct world *w = *state;
	const struct visitor o = come_in(w, "o@acme.example", ROLE_OPERATOR);
	struct json_object *entry;
	struct response *res;
	int64_t at;

	ask_as(w, &o, (struct ask){ .method = "POST", .uri = "/things/8", .pages = &things });
	res = ask(w, (struct ask){ .uri = "/api/audit?limit=1", .pages = &console_pages });
	entry = json_object_array_get_idx(json_get(json_of(w, res), "items"), 0);
	assert_string_equal(json_text(entry, "actor"), "o@acme.example");
	assert_string_equal(json_text(entry, "role"), "operator");
	assert_string_equal(json_text(entry, "client"), "192.0.2.7");
	assert_int_equal(strlen(json_text(entry, "request_id")), 16);
	assert_true(iso_time_parse(str_from(json_text(entry, "at")), &at));
}

static void sign_ins_are_told_also_those_that_were_refused(void **state)
{
	struct world *w = *state;
	const struct visitor v = come_in(w, "v@acme.example", ROLE_VIEWER);
	struct response *res;

	ask(w, (struct ask){ .method = "POST", .uri = "/logout", .pages = &console_pages, .cookie = v.cookie, .csrf = v.csrf });
	sign_in_as(w, v.email, "wrong", &res);
	sign_in_as(w, "my secret password", "x", &res);
	assert_string_equal(trail(w, ""), "unknown sign-in - - refused; v@acme.example sign-in v@acme.example - refused; "
					  "v@acme.example sign-out - - done; v@acme.example sign-in - - done; ");
	for (int i = 0; i < 5; i++)
		sign_in_as(w, v.email, "wrong", &res);
	assert_true(str_starts(str_from(trail(w, "?limit=1")), STR("v@acme.example sign-in v@acme.example - locked out")));
}

static void the_trail_is_filtered_and_paged(void **state)
{
	static const struct {
		const char *query, *trail;
	} rows[] = {
		{ "?actor=key", "key thing.change 7 red → =green done; key POST /things/:id 9 - done; " },
		{ "?actor=KEY&action=thing.", "key thing.change 7 red → =green done; " },
		{ "?action=sign-in", "v@acme.example sign-in - - done; " },
		{ "?actor=&action=", "key thing.change 7 red → =green done; key POST /things/:id 9 - done; v@acme.example sign-in - - done; " },
		{ "?from=2199-01-01", "" },
		{ "?to=2001-01-01", "" },
		{ "?from=2001-01-01&to=2199-01-01&action=sign-in", "v@acme.example sign-in - - done; " },
	};
	struct world *w = *state;
	struct response *res;
	const char *next;

	come_in(w, "v@acme.example", ROLE_VIEWER);
	post(w, "/things/9");
	post(w, "/things/9/tell");
	for (size_t i = 0; i < ARRAY_LEN(rows); i++)
		check_row_text(rows[i].query, trail(w, rows[i].query), rows[i].trail);
	res = ask(w, (struct ask){ .uri = "/api/audit?limit=2", .pages = &console_pages });
	next = text_of(w, res, "next_cursor");
	assert_string_equal(trail(w, arena_printf(w->app.mem, "?limit=2&cursor=%s", next)), "v@acme.example sign-in - - done; ");
}

static void a_filter_that_cannot_be_understood_is_named(void **state)
{
	static const struct {
		const char *query, *field;
	} rows[] = { { "?from=soon", "from" }, { "?to=2026-13-01", "to" }, { "?cursor=x", "cursor" }, { "?limit=0", "limit" }, { "?limit=9999", "limit" } };
	struct world *w = *state;

	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		struct response *res = ask(w, (struct ask){ .uri = arena_join(w->app.mem, "/api/audit", rows[i].query), .pages = &console_pages });

		check_row(rows[i].query, res->status == 400);
		check_row_text(rows[i].query, text_of(w, res, "error.field"), rows[i].field);
	}
}

static void the_table_holds_all_that_fits_and_is_safe_to_open(void **state)
{
	struct world *w = *state;
	struct response *res;
	size_t lines = 0;
	int more = 1;

	for (int i = 0; i < 600; i++)
		audit_record(&w->app, &(struct request){ .mem = w->app.mem }, &(struct audit_entry){ .actor = "key", .action = "x", .detail = "=1+1" });
	post(w, "/things/9");
	res = ask(w, (struct ask){ .uri = "/api/audit.csv?action=x", .pages = &console_pages });
	assert_true(body_has(res, "at,actor,role,action,object,detail,client,request_id,result"));
	while (more == 1) {
		more = res->more(res->more_ctx, res->body);
		assert_true(more >= 0);
	}
	for (size_t i = 0; i < res->body->len; i++)
		lines += res->body->ptr[i] == '\n';
	assert_int_equal(lines, 601);
	assert_true(body_has(res, ",'=1+1,"));
}

static void a_change_stands_when_its_entry_cannot_be_written(void **state)
{
	struct world *w = *state;

	run_redis(w, "SET", KEY_AUDIT, "no stream", NULL);
	assert_int_equal(post(w, "/things/9")->status, 200);
}

#define WITH_API(test) cmocka_unit_test_setup_teardown(test, api_setup, api_teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		WITH_API(every_change_that_succeeds_is_told_and_nothing_else),
		WITH_API(an_entry_tells_who_from_where_and_by_which_request),
		WITH_API(sign_ins_are_told_also_those_that_were_refused),
		WITH_API(the_trail_is_filtered_and_paged),
		WITH_API(a_filter_that_cannot_be_understood_is_named),
		WITH_API(the_table_holds_all_that_fits_and_is_safe_to_open),
		WITH_API(a_change_stands_when_its_entry_cannot_be_written),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
