/* The calls of all campaigns: in exact pages, by filters, by number. */
#include "tests/support/check.h"

#include <inttypes.h>
#include <string.h>

#include "base/buf.h"
#include "base/json.h"
#include "campaign/lead.h"
#include "store/keys.h"
#include "tests/support/campaign_world.h"

#define PHONE "+14155550123"

static void add_call(struct world *w, const char *campaign, const char *id, int second, const char *outcome)
{
	long long ms = API_NOW_MS + second * 1000;

	redis_text(w, arena_printf(w->app.mem, "HSET " KEY_CALL "%s campaign %s lead 1 phone " PHONE " from +14155550100 status %s outcome %s v 1 "
				   "placed %lld", id, campaign, strcmp(outcome, "busy") ? "completed" : "busy", outcome, ms));
	redis_text(w, arena_printf(w->app.mem, "ZADD " KEY_CALLS_ALL " %lld %s", ms, id));
	redis_text(w, arena_printf(w->app.mem, "ZADD " KEY_CALLS "%s %lld %s", campaign, ms, id));
}

static const char *ids(struct world *w, const char *query, const char **next)
{
	struct buf *out = buf_in(w->app.mem, 1 << 16);
	struct response *res = at(w, "GET", arena_join(w->app.mem, "/api/calls", query), NULL);
	struct json_object *answer = json_of(w, res), *items;
	size_t count;

	if (res->status != 200)
		fail_msg("%s: %d %s", query, res->status, res->body->ptr);
	items = json_list(answer, "items", &count);
	for (size_t i = 0; i < count; i++)
		buf_printf(out, "%s%s", i ? " " : "", json_text(json_object_array_get_idx(items, i), "id"));
	if (next)
		*next = json_text(answer, "next_cursor");
	return out->ptr;
}

static void calls_of_all_campaigns_come_newest_first(void **state)
{
	struct world *w = *state;
	const char *agent = new_agent(w, "Hi"), *one = new_campaign(w, agent, ""), *two = new_campaign(w, agent, "");
	struct response *res;

	add_call(w, one, "a", 1, "busy");
	add_call(w, two, "b", 2, "answered");
	add_call(w, one, "c", 3, "answered");
	assert_string_equal(ids(w, "", NULL), "c b a");
	assert_string_equal(ids(w, "?outcome=answered", NULL), "c b");
	assert_string_equal(ids(w, "?status=busy", NULL), "a");
	assert_string_equal(ids(w, "?status=busy&outcome=answered", NULL), "");
	assert_string_equal(ids(w, arena_join(w->app.mem, "?campaign=", one), NULL), "c a");
	assert_string_equal(ids(w, "?outcome=&status=&campaign=&from=&to=&phone=", NULL), "c b a");
	assert_string_equal(ids(w, "?from=2025-11-20T10:00:02Z", NULL), "c b");
	assert_string_equal(ids(w, "?to=2025-11-20T10:00:02Z", NULL), "a");
	assert_string_equal(ids(w, "?from=2025-11-20&to=2025-11-21", NULL), "c b a");
	assert_string_equal(ids(w, "?from=2025-11-21", NULL), "");
	res = at(w, "GET", "/api/calls?limit=1", NULL);
	assert_non_null(strstr(res->body->ptr, "\"campaign_name\":\"Survey\""));
	assert_non_null(strstr(res->body->ptr, "\"phone\":\"" PHONE "\""));
}

static void no_call_is_lost_or_doubled_while_others_come(void **state)
{
	struct world *w = *state;
	const char *campaign = new_campaign(w, new_agent(w, "Hi"), ""), *next = "", *query = "?limit=7";
	char seen[100] = { 0 };
	int pages = 0;

	for (int i = 0; i < 100; i++) /* several of the same ms */
		add_call(w, campaign, arena_printf(w->app.mem, "old%02d", i), i / 5, "answered");
	while (next && pages++ < 50) {
		struct str rest = str_from(ids(w, query, &next));

		while (rest.ptr && rest.len) {
			struct str id = str_cut(rest, ' ', &rest);
			int number = (int)str_number((struct str){ id.ptr + 3, id.len - 3 }, 99);

			assert_true(str_starts(id, STR("old")));
			assert_int_equal(seen[number]++, 0);
		}
		add_call(w, campaign, arena_printf(w->app.mem, "new%02d", pages), 1000 + pages, "answered");
		if (next)
			query = arena_join(w->app.mem, "?limit=7&cursor=", next);
	}
	assert_null(memchr(seen, 0, sizeof(seen)));
}

static void a_search_that_finds_nothing_leads_on(void **state)
{
	struct world *w = *state;
	const char *campaign = new_campaign(w, new_agent(w, "Hi"), ""), *next;

	add_call(w, campaign, "needle", 0, "busy");
	for (int i = 1; i <= 5200; i++)
		redis_text(w, arena_printf(w->app.mem, "ZADD " KEY_CALLS_ALL " %lld gone%d", API_NOW_MS + i * 1000LL, i));
	assert_string_equal(ids(w, "?outcome=busy", &next), "");
	assert_non_null(next);
	assert_string_equal(ids(w, arena_join(w->app.mem, "?outcome=busy&cursor=", next), &next), "needle");
	assert_null(next);
}

/* A lead with that number whose last call is `call`, the one before `previous`. */
static void lead_called(struct world *w, const char *campaign, const char *call, const char *previous)
{
	struct arena *mem = w->app.mem;

	redis_text(w, arena_printf(mem, "HSET " KEY_LEAD "%s:1 p " PHONE " q %s", campaign, call));
	redis_text(w, arena_printf(mem, "HSET %s " PHONE " 1", phones_key(mem, campaign, PHONE)));
	if (previous)
		redis_text(w, arena_printf(mem, "HSET " KEY_CALL "%s previous %s", call, previous));
}

static void a_number_finds_its_calls_in_all_campaigns(void **state)
{
	struct world *w = *state;
	const char *agent = new_agent(w, "Hi"), *one = new_campaign(w, agent, ""), *two = new_campaign(w, agent, ""), *next;

	add_call(w, one, "a", 1, "busy");
	add_call(w, two, "b", 2, "answered");
	add_call(w, one, "c", 3, "answered");
	lead_called(w, one, "c", "a");
	lead_called(w, two, "b", NULL);
	assert_string_equal(ids(w, "?phone=%2B14155550123", NULL), "c b a");
	assert_string_equal(ids(w, "?phone=%2B1%20(415)%20555-0123", NULL), "c b a");
	assert_string_equal(ids(w, "?phone=%2B14155550123&limit=2", &next), "c b");
	assert_string_equal(ids(w, arena_join(w->app.mem, "?phone=%2B14155550123&limit=2&cursor=", next), &next), "a");
	assert_null(next);
	assert_string_equal(ids(w, "?phone=%2B14155550123&outcome=busy", NULL), "a");
	assert_string_equal(ids(w, arena_join(w->app.mem, "?phone=%2B14155550123&campaign=", two), NULL), "b");
	assert_string_equal(ids(w, "?phone=%2B14155550124", NULL), "");
}

static void bad_questions_are_refused(void **state)
{
	static const struct {
		const char *query, *field;
	} rows[] = {
		{ "?limit=0", "limit" }, { "?limit=101", "limit" }, { "?cursor=x", "cursor" }, { "?phone=hello", "phone" },
		{ "?from=monday", "from" }, { "?to=tuesday", "to" }, { "?outcome=a%20b", "outcome" }, { "?campaign=../x", "campaign" },
	};
	struct world *w = *state;

	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		struct response *res = at(w, "GET", arena_join(w->app.mem, "/api/calls", rows[i].query), NULL);

		check_row(rows[i].query, res->status == 400);
		check_row_text(rows[i].query, text_of(w, res, "error.field"), rows[i].field);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(calls_of_all_campaigns_come_newest_first, campaign_world_setup, api_teardown),
		cmocka_unit_test_setup_teardown(no_call_is_lost_or_doubled_while_others_come, campaign_world_setup, api_teardown),
		cmocka_unit_test_setup_teardown(a_search_that_finds_nothing_leads_on, campaign_world_setup, api_teardown),
		cmocka_unit_test_setup_teardown(a_number_finds_its_calls_in_all_campaigns, campaign_world_setup, api_teardown),
		cmocka_unit_test_setup_teardown(bad_questions_are_refused, campaign_world_setup, api_teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
