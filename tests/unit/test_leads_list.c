/* Leads and calls as lists and as CSV files. */
#include "tests/support/check.h"

#include <string.h>

#include "base/buf.h"
#include "base/csv_put.h"
#include "base/json.h"
#include "campaign/api.h"
#include "store/keys.h"
#include "tests/support/campaign_world.h"

#define CAMPAIGN "/api/campaigns/spring"

static int setup(void **state)
{
	struct world *w;

	if (campaign_world_setup(state))
		return -1;
	w = *state;
	redis_text(w, arena_printf(w->app.mem, "RENAME " KEY_CAMPAIGN "%s " KEY_CAMPAIGN "spring",
				   new_campaign(w, new_agent(w, "Hi {{name}}"), "")));
	return 0;
}

static void import_csv(struct world *w, const char *csv)
{
	assert_int_equal(ask(w, (struct ask){ .method = "POST", .uri = CAMPAIGN "/leads", .type = "text/csv", .body = csv,
					      .pages = &campaign_pages })->status, 200);
}

/* The ids of a list, separated by blanks. */
static const char *ids(struct world *w, const char *uri, const char **next)
{
	struct buf *out = buf_in(w->app.mem, 1 << 16);
	struct response *res = at(w, "GET", uri, NULL);
	struct json_object *answer = json_of(w, res), *items;
	size_t count;

	assert_int_equal(res->status, 200);
	items = json_list(answer, "items", &count);
	for (size_t i = 0; i < count; i++)
		buf_printf(out, "%s%s", i ? " " : "", json_text(json_object_array_get_idx(items, i), "id"));
	if (next)
		*next = json_text(answer, "next_cursor");
	return out->ptr;
}

/* ---- leads ---- */

static void pages_hold_every_lead_once(void **state)
{
	struct world *w = *state;
	const char *next = "0";
	int seen = 0;

	for (int i = 0; i < 230; i++)
		add_lead(w, "spring", "", 0, NULL);
	while (next) {
		struct response *res = at(w, "GET", arena_printf(w->app.mem, CAMPAIGN "/leads?limit=49&cursor=%s", next), NULL);
		size_t count;
		struct json_object *answer = json_of(w, res), *items = json_list(answer, "items", &count);

		for (size_t i = 0; i < count; i++)
			assert_string_equal(json_text(json_object_array_get_idx(items, i), "id"), arena_printf(w->app.mem, "%d", ++seen));
		next = json_text(answer, "next_cursor");
	}
	assert_int_equal(seen, 230);
}

static void filters_choose(void **state)
{
	struct world *w = *state;
	const char *next;

	for (int i = 0; i < 10; i++)
		add_lead(w, "spring", "", i == 7 ? API_NOW_MS + 60000 : 0, NULL);
	redis_text(w, "HSET " KEY_LEAD "spring:4 s d o busy");
	redis_text(w, "HSET " KEY_LEAD "spring:6 s d o answered");
	assert_string_equal(ids(w, CAMPAIGN "/leads?outcome=busy", NULL), "4");
	assert_string_equal(ids(w, CAMPAIGN "/leads?state=done", NULL), "4 6");
	assert_string_equal(ids(w, CAMPAIGN "/leads?state=done&limit=1", &next), "4");
	assert_string_equal(ids(w, arena_printf(w->app.mem, CAMPAIGN "/leads?state=done&limit=1&cursor=%s", next), NULL), "6");
	assert_string_equal(ids(w, CAMPAIGN "/leads?state=waiting", NULL), "8");
	assert_string_equal(ids(w, CAMPAIGN "/leads?state=calling", NULL), "");
	assert_string_equal(ids(w, CAMPAIGN "/leads?state=pending&outcome=busy", NULL), "");
}

/* A call of a lead, a second after the one before. */
static void add_call(struct world *w, const char *id, int second, int lead, const char *previous)
{
	int64_t ms = API_NOW_MS + second * 1000;

	redis_text(w, arena_printf(w->app.mem, "HSET " KEY_CALL "%s campaign spring lead %d phone +14155550123 from +14155550100 "
				   "status completed outcome answered v 1 placed %lld%s%s", id, lead, (long long)ms,
				   previous ? " previous " : "", previous ? previous : ""));
	redis_text(w, arena_printf(w->app.mem, "ZADD " KEY_CALLS "spring %lld %s", (long long)ms, id));
	redis_text(w, arena_printf(w->app.mem, "HSET " KEY_LEAD "spring:%d q %s", lead, id));
}

static void a_search_finds_names_and_numbers(void **state)
{
	struct world *w = *state;

	import_csv(w, "phone,name\n+14155550123,Ada Byron\n+14155550124,Grace\n+442079460000,ada l.\n");
	assert_string_equal(ids(w, CAMPAIGN "/leads?search=ADA", NULL), "1 3");
	assert_string_equal(ids(w, CAMPAIGN "/leads?search=55012", NULL), "1 2");
	assert_string_equal(ids(w, CAMPAIGN "/leads?search=%2B1%20415%20555%200124", NULL), "2");
	assert_string_equal(ids(w, CAMPAIGN "/leads?search=%2B14155550125", NULL), "");
	assert_string_equal(ids(w, CAMPAIGN "/leads?search=ada&state=done", NULL), "");
	assert_string_equal(ids(w, CAMPAIGN "/leads?search=&state=&outcome=", NULL), "1 2 3");
}

static void a_lead_tells_its_calls_and_whether_it_may_be_called(void **state)
{
	struct world *w = *state;
	struct response *res;

	import_csv(w, "phone,name\n+14155550123,Ada\n");
	res = at(w, "GET", CAMPAIGN "/leads/1", NULL);
	assert_true(body_has(res, "\"do_not_call\":null,\"calls\":[]"));
	at(w, "POST", "/api/do-not-call", "{\"phone\":\"+14155550123\",\"reason\":\"asked\"}");
	add_call(w, "first", 1, 1, NULL);
	add_call(w, "second", 2, 1, "first");
	res = at(w, "GET", CAMPAIGN "/leads/1", NULL);
	assert_string_equal(text_of(w, res, "do_not_call.reason"), "asked");
	assert_true(body_has(res, "\"calls\":[{\"id\":\"second\"") && body_has(res, "{\"id\":\"first\""));
}

static void a_lead_says_why_it_is_not_called(void **state)
{
	struct world *w = *state;
	struct response *res;

	import_csv(w, "phone,name,city\n+14155550123,Ada,Rome\n+14155550124,,\n");
	res = at(w, "GET", CAMPAIGN "/leads/1", NULL);
	assert_string_equal(text_of(w, res, "reason"), "The campaign has not been started.");
	assert_string_equal(text_of(w, res, "variables.city"), "Rome");
	redis_text(w, "HSET " KEY_CAMPAIGN "spring state running");
	res = at(w, "GET", CAMPAIGN "/leads/2", NULL);
	/* It is two in the morning in California. */
	assert_string_equal(text_of(w, res, "reason"), "It is too early or too late where the lead is.");
	assert_string_equal(text_of(w, res, "next_call_at"), "2025-11-20T16:00:00.000Z");
	redis_text(w, "HSET " KEY_LEAD "spring:1 s d o answered");
	res = at(w, "GET", CAMPAIGN "/leads/1", NULL);
	assert_true(body_has(res, "\"reason\":null") && body_has(res, "\"next_call_at\":null"));
}

static void bad_questions_are_refused(void **state)
{
	static const struct {
		const char *uri;
		int status;
		const char *field;
	} rows[] = {
		{ CAMPAIGN "/leads?state=sleeping", 400, "state" },
		{ CAMPAIGN "/leads?limit=0", 400, "limit" },
		{ CAMPAIGN "/leads?limit=1001", 400, "limit" },
		{ CAMPAIGN "/leads?cursor=x", 400, "cursor" },
		{ CAMPAIGN "/leads/9", 404, "(none)" },
		{ CAMPAIGN "/leads/x", 404, "(none)" },
		{ CAMPAIGN "/calls?lead=x", 400, "lead" },
		{ CAMPAIGN "/calls?lead=9", 404, "(none)" },
		{ CAMPAIGN "/calls?cursor=x", 400, "cursor" },
		{ "/api/campaigns/none/leads", 404, "(none)" },
		{ "/api/campaigns/none/leads/1", 404, "(none)" },
		{ "/api/campaigns/none/leads.csv", 404, "(none)" },
		{ "/api/campaigns/none/calls", 404, "(none)" },
		{ "/api/campaigns/none/calls.csv", 404, "(none)" },
	};
	struct world *w = *state;

	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		struct response *res = at(w, "GET", rows[i].uri, NULL);

		check_row(rows[i].uri, res->status == rows[i].status);
		check_row_text(rows[i].uri, text_of(w, res, "error.field"), rows[i].field);
	}
}

/* ---- calls ---- */

static void calls_come_newest_first(void **state)
{
	struct world *w = *state;
	const char *next;

	for (int i = 0; i < 2; i++)
		add_lead(w, "spring", "", 0, NULL);
	add_call(w, "first", 1, 1, NULL);
	add_call(w, "second", 2, 2, NULL);
	add_call(w, "third", 3, 1, "first");
	add_call(w, "fourth", 4, 1, "third");
	assert_string_equal(ids(w, CAMPAIGN "/calls", NULL), "fourth third second first");
	assert_string_equal(ids(w, CAMPAIGN "/calls?limit=3", &next), "fourth third second");
	assert_string_equal(ids(w, arena_printf(w->app.mem, CAMPAIGN "/calls?limit=3&cursor=%s", next), &next), "first");
	assert_null(next);
	assert_string_equal(ids(w, CAMPAIGN "/calls?lead=1", &next), "fourth third first");
	assert_null(next);
	assert_string_equal(ids(w, CAMPAIGN "/calls?lead=1&limit=2", &next), "fourth third");
	assert_string_equal(ids(w, arena_printf(w->app.mem, CAMPAIGN "/calls?lead=1&limit=2&cursor=%s", next), &next), "first");
	assert_null(next);
	assert_string_equal(ids(w, CAMPAIGN "/calls?lead=2", NULL), "second");
	/* a cursor that leads to another lead's calls */
	assert_int_equal(at(w, "GET", CAMPAIGN "/calls?lead=2&cursor=0.first", NULL)->status, 404);
}

/* ---- CSV ---- */

/* The whole answer, in how many pieces it takes. */
static const char *whole(struct world *w, const char *uri)
{
	struct response *res = at(w, "GET", uri, NULL);
	struct buf *out = buf_in(w->app.mem, 8 << 20);

	assert_int_equal(res->status, 200);
	assert_non_null(strstr(res->headers->ptr, "Content-Disposition: attachment"));
	buf_str(out, buf_view(res->body));
	for (int more = res->more ? 1 : 0; more;) {
		buf_clear(res->body);
		more = res->more(res->more_ctx, res->body);
		assert_true(more >= 0);
		buf_str(out, buf_view(res->body));
	}
	return out->ptr;
}

static void leads_are_exported_with_their_variables(void **state)
{
	struct world *w = *state;

	assert_string_equal(whole(w, CAMPAIGN "/leads.csv"), "id,phone,name,timezone,state,outcome,attempts,next_call_at\r\n");
	import_csv(w, "phone;name;note\n+14155550123;\"Ada; the \"\"first\"\"\";=1+1\n+14155550124;-Bob;\n");
	import_csv(w, "phone,timezone,city,note\n+14155550125,Europe/Rome,Rome,+39061234567\n");
	assert_string_equal(whole(w, CAMPAIGN "/leads.csv"),
			    "id,phone,name,timezone,state,outcome,attempts,next_call_at,note,city\r\n"
			    "1,+14155550123,\"Ada; the \"\"first\"\"\",,pending,,0,,'=1+1,\r\n"
			    "2,+14155550124,'-Bob,,pending,,0,,,\r\n"
			    "3,+14155550125,,Europe/Rome,pending,,0,,+39061234567,Rome\r\n");
}

static void long_exports_come_in_pieces(void **state)
{
	struct world *w = *state;
	const char *text;
	int lines = 0;

	for (int i = 0; i < 250; i++) {
		add_lead(w, "spring", "", 0, NULL);
		add_call(w, arena_printf(w->app.mem, "call-%d", i), i, i + 1, NULL);
	}
	for (text = whole(w, CAMPAIGN "/leads.csv"); (text = strstr(text, "\r\n")); text++)
		lines++;
	assert_int_equal(lines, 251);
	text = whole(w, CAMPAIGN "/calls.csv");
	assert_non_null(strstr(text, "error\r\ncall-0,1,+14155550123,,completed,answered,"));
	for (lines = 0; (text = strstr(text, "\r\n")); text++)
		lines++;
	assert_int_equal(lines, 251);
}

static void what_a_spreadsheet_would_run_is_defused(void **state)
{
	static const struct {
		const char *cell, *written;
	} rows[] = {
		{ "=1", "'=1" }, { "+1", "+1" }, { "+1+1", "'+1+1" }, { "+", "'+" }, { "-1", "'-1" }, { "@A1", "'@A1" },
		{ "\tx", "\"'\tx\"" }, { "\rx", "\"'\rx\"" }, { "a=1", "a=1" }, { "", "" }, { "a,b", "\"a,b\"" },
		{ "=\"x\"", "\"'=\"\"x\"\"\"" }, { " x", "\" x\"" }, { "a\nb", "\"a\nb\"" }, { "a;b", "\"a;b\"" },
		{ "+14155550123", "+14155550123" }, { "+1415555012345678901", "'+1415555012345678901" },
	};
	struct buf out;

	(void)state;
	buf_init(&out, 1 << 10);
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		struct str cell = str_from(rows[i].cell);

		buf_clear(&out);
		csv_put(&out, &cell, 1);
		out.ptr[out.len - 2] = '\0';
		check_row_text(rows[i].cell, out.ptr, rows[i].written);
	}
	buf_release(&out);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(pages_hold_every_lead_once, setup, api_teardown),
		cmocka_unit_test_setup_teardown(filters_choose, setup, api_teardown),
		cmocka_unit_test_setup_teardown(a_search_finds_names_and_numbers, setup, api_teardown),
		cmocka_unit_test_setup_teardown(a_lead_tells_its_calls_and_whether_it_may_be_called, setup, api_teardown),
		cmocka_unit_test_setup_teardown(a_lead_says_why_it_is_not_called, setup, api_teardown),
		cmocka_unit_test_setup_teardown(bad_questions_are_refused, setup, api_teardown),
		cmocka_unit_test_setup_teardown(calls_come_newest_first, setup, api_teardown),
		cmocka_unit_test_setup_teardown(leads_are_exported_with_their_variables, setup, api_teardown),
		cmocka_unit_test_setup_teardown(long_exports_come_in_pieces, setup, api_teardown),
		cmocka_unit_test(what_a_spreadsheet_would_run_is_defused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
