/* A campaign's status: every lead counts once, under the first reason against it; and what a lead's own
 * reason says.  It is Thursday, 10:00 in UTC, the campaigns' zone: 05:00 in New York, 11:00 in Paris. */
#include "tests/support/check.h"

#include <string.h>

#include "base/json.h"
#include "campaign/agent.h"
#include "campaign/campaign.h"
#include "campaign/eligibility.h"
#include "campaign/status.h"
#include "store/keys.h"
#include "tests/support/campaign_world.h"

#define NEW_YORK "America/New_York"
#define HOUR_MS (3600 * 1000LL)

static const char *path(struct world *w, const char *id, const char *action)
{
	return arena_printf(w->app.mem, "/api/campaigns/%s%s", id, action);
}

static struct json_object *status_of(struct world *w, const char *id)
{
	struct response *res = at(w, "GET", path(w, id, "/status"), NULL);

	assert_int_equal(res->status, 200);
	return json_of(w, res);
}

static int64_t blocked(struct json_object *status, enum block block)
{
	int64_t n;

	return json_int(json_get(status, "blocked"), block_code(block), &n) ? n : 0;
}

static int64_t blocked_in_all(struct json_object *status)
{
	int64_t sum = 0;

	json_object_object_foreach(json_get(status, "blocked"), name, n) {
		(void)name;
		sum += json_object_get_int64(n);
	}
	return sum;
}

static const char *next_call(struct json_object *status)
{
	const char *at = json_text(status, "next_call_at");

	return at ? at : "(null)";
}

static void add_leads(struct world *w, const char *id, int count, const char *group, int64_t next_ms, enum block held)
{
	while (count--)
		add_lead(w, id, group, next_ms, held ? block_code(held) : NULL);
}

static void start(struct world *w, const char *id)
{
	assert_int_equal(at(w, "POST", path(w, id, "/start"), NULL)->status, 200);
}

/* 24 leads that stand everywhere a lead can; 4 of them can be called now. */
static const char *mixed_campaign(struct world *w, const char *more)
{
	const char *id = new_campaign(w, new_agent(w, "Hi"), more);

	add_leads(w, id, 3, "", 0, BLOCK_NONE);
	add_leads(w, id, 2, "", API_NOW_MS + HOUR_MS, BLOCK_NONE);
	add_leads(w, id, 1, "", API_NOW_MS - 1, BLOCK_NONE);
	add_leads(w, id, 4, NEW_YORK, 0, BLOCK_NONE);
	add_leads(w, id, 1, NEW_YORK, 1, BLOCK_MISSING_VARIABLE);
	add_leads(w, id, 2, "Mars/Olympus", 0, BLOCK_NONE);
	add_leads(w, id, 1, "Europe/Paris&" NEW_YORK, API_NOW_MS + 1, BLOCK_NONE);
	add_leads(w, id, 4, "Europe/Paris", 1, BLOCK_MISSING_VARIABLE);
	add_leads(w, id, 3, "Europe/Paris", API_NOW_MS + 2 * HOUR_MS, BLOCK_CONTACT_GAP);
	add_leads(w, id, 2, "Europe/Paris", API_NOW_MS + 3 * HOUR_MS, BLOCK_CONTACT_LIMIT);
	add_leads(w, id, 1, "Europe/Paris", API_NOW_MS + 1000, BLOCK_NUMBER_BUSY);
	start(w, id);
	return id;
}

static void every_lead_counts_once(void **state)
{
	struct world *w = *state;
	struct json_object *status = status_of(w, mixed_campaign(w, ""));

	assert_int_equal(blocked(status, BLOCK_RETRY_DELAY), 2);
	assert_int_equal(blocked(status, BLOCK_RECIPIENT_HOURS), 6);
	assert_int_equal(blocked(status, BLOCK_UNKNOWN_TIMEZONE), 2);
	assert_int_equal(blocked(status, BLOCK_MISSING_VARIABLE), 4);
	assert_int_equal(blocked(status, BLOCK_CONTACT_GAP), 3);
	assert_int_equal(blocked(status, BLOCK_CONTACT_LIMIT), 2);
	assert_int_equal(blocked(status, BLOCK_NUMBER_BUSY), 1);
	assert_int_equal(blocked_in_all(status), 20);
	assert_string_equal(next_call(status), "2025-11-20T10:00:00.000Z");
}

static void without_recipients_hours_no_zone_blocks(void **state)
{
	struct world *w = *state;
	struct json_object *status = status_of(w, mixed_campaign(w, ",\"recipient_hours\":null"));

	assert_int_equal(blocked(status, BLOCK_RECIPIENT_HOURS), 0);
	assert_int_equal(blocked(status, BLOCK_UNKNOWN_TIMEZONE), 0);
	assert_int_equal(blocked(status, BLOCK_MISSING_VARIABLE), 5);
	assert_int_equal(blocked(status, BLOCK_RETRY_DELAY), 3);
}

static void a_campaign_that_does_not_run_blocks_all(void **state)
{
	struct world *w = *state;
	const char *id = mixed_campaign(w, "");
	struct json_object *status;

	assert_int_equal(at(w, "POST", path(w, id, "/pause"), NULL)->status, 200);
	status = status_of(w, id);
	assert_int_equal(blocked(status, BLOCK_NOT_RUNNING), 24);
	assert_int_equal(blocked_in_all(status), 24);
	assert_string_equal(next_call(status), "(null)");
	assert_string_equal(json_text(status, "state_reason"), "Paused by an operator.");
}

static void closed_hours_block_all_until_they_open(void **state)
{
	static const struct {
		const char *more;
		enum block block;
		const char *next;
	} rows[] = {
		{ ",\"calling_hours\":{\"days\":[\"thu\",\"fri\"],\"start\":\"11:00\",\"end\":\"12:00\"}", BLOCK_OUTSIDE_HOURS,
		  "2025-11-20T11:00:00.000Z" },
		{ ",\"calling_hours\":{\"days\":[\"mon\"],\"start\":\"09:00\",\"end\":\"20:00\"}", BLOCK_OUTSIDE_HOURS,
		  "2025-11-24T09:00:00.000Z" },
		{ ",\"holidays\":[\"2025-11-20\"]", BLOCK_HOLIDAY, "2025-11-21T09:00:00.000Z" },
	};
	struct world *w = *state;

	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		struct json_object *status = status_of(w, mixed_campaign(w, rows[i].more));

		check_row(rows[i].more, blocked(status, rows[i].block) == 24);
		check_row(rows[i].more, blocked_in_all(status) == 24);
		check_row_text(rows[i].more, next_call(status), rows[i].next);
	}
}

static void a_reached_cap_blocks_what_hours_do_not(void **state)
{
	struct world *w = *state;
	const char *id = mixed_campaign(w, ",\"daily_cap\":2");
	const char *placed = arena_printf(w->app.mem, KEY_PLACED "%s:2025-11-20", id);
	struct json_object *status;
	int64_t n;

	run_redis(w, "SET", placed, "1", NULL);
	assert_int_equal(blocked(status_of(w, id), BLOCK_DAILY_CAP), 0);
	run_redis(w, "SET", placed, "2", NULL);
	status = status_of(w, id);
	assert_int_equal(blocked(status, BLOCK_DAILY_CAP), 16);
	assert_int_equal(blocked(status, BLOCK_RECIPIENT_HOURS), 6);
	assert_int_equal(blocked(status, BLOCK_UNKNOWN_TIMEZONE), 2);
	assert_int_equal(blocked_in_all(status), 24);
	assert_true(json_int(status, "placed_today", &n) && n == 2);
	assert_true(json_int(status, "daily_cap", &n) && n == 2);
	assert_string_equal(next_call(status), "2025-11-21T09:00:00.000Z");
}

static void the_next_call_is_the_first_that_hours_allow(void **state)
{
	static const struct {
		const char *name, *group;
		int64_t next_ms;
		enum block held;
		const char *next;
	} rows[] = {
		{ "due", "", 0, BLOCK_NONE, "2025-11-20T10:00:00.000Z" },
		{ "a retry", "", API_NOW_MS + 2 * HOUR_MS, BLOCK_NONE, "2025-11-20T12:00:00.000Z" },
		{ "a retry after the hours", "", API_NOW_MS + 10 * HOUR_MS, BLOCK_NONE, "2025-11-21T09:00:00.000Z" },
		{ "too early in New York", NEW_YORK, 0, BLOCK_NONE, "2025-11-20T13:00:00.000Z" },
		{ "a gap", "", API_NOW_MS + HOUR_MS, BLOCK_CONTACT_GAP, "2025-11-20T11:00:00.000Z" },
		{ "a number in a call, look due", "", API_NOW_MS - 1, BLOCK_NUMBER_BUSY, "2025-11-20T10:00:00.000Z" },
		{ "a variable", "", 1, BLOCK_MISSING_VARIABLE, "(null)" },
		{ "no zone", "Mars/Olympus", 0, BLOCK_NONE, "(null)" },
	};
	struct world *w = *state;

	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		const char *id = new_campaign(w, new_agent(w, "Hi"), "");

		add_leads(w, id, 1, rows[i].group, rows[i].next_ms, rows[i].held);
		start(w, id);
		check_row_text(rows[i].name, next_call(status_of(w, id)), rows[i].next);
	}
}

static void counts_outcomes_and_number_are_those_of_redis(void **state)
{
	struct world *w = *state;
	const char *id = mixed_campaign(w, "");
	struct json_object *status;

	redis_number(w, arena_printf(w->app.mem, "HSET " KEY_COUNTS "%s total 30 calling 2 done 4 attempts 9", id));
	redis_number(w, arena_printf(w->app.mem, "HSET " KEY_OUTCOMES "%s answered 3 interested 1 busy 0", id));
	redis_number(w, arena_printf(w->app.mem, "HSET " KEY_CAMPAIGN "%s seq 41", id));
	status = status_of(w, id);
	assert_string_equal(json_write(json_get(status, "counts")),
			    "{\"total\":30,\"pending\":20,\"calling\":2,\"waiting\":4,\"done\":4}");
	assert_string_equal(json_write(json_get(status, "outcomes")), "{\"answered\":3,\"interested\":1}");
	assert_int_equal(json_object_get_int64(json_get(status, "attempts")), 9);
	assert_int_equal(json_object_get_int64(json_get(status, "seq")), 41);
	assert_string_equal(json_text(status, "id"), id);
	assert_string_equal(json_text(status, "state"), "running");
}

static void a_draft_without_leads_has_zeros(void **state)
{
	struct world *w = *state;
	struct json_object *status = status_of(w, new_campaign(w, new_agent(w, "Hi"), ""));

	assert_string_equal(json_write(json_get(status, "blocked")),
			    "{\"outside_hours\":0,\"recipient_hours\":0,\"daily_cap\":0,\"missing_variable\":0,\"retry_delay\":0}");
	assert_string_equal(json_write(json_get(status, "outcomes")), "{}");
}

/* ---- one lead ---- */

static const char *reason_of(struct world *w, const char *id, int64_t number, int64_t *next_ms)
{
	struct lead_reasons reasons;
	struct campaign c;
	struct lead lead;
	struct err err = { 0 };
	const char *reason;

	assert_int_equal(campaign_load(&w->app, id, &c, &err), 0);
	assert_int_equal(lead_load(&w->app, id, number, &lead, &err), 0);
	assert_int_equal(lead_reasons_load(&w->app, &c, &reasons, &err), 0);
	assert_int_equal(lead_reason(&w->app, &reasons, &lead, &reason, next_ms, &err), 0);
	return reason ? reason : "(none)";
}

static void a_lead_says_why_it_is_not_called(void **state)
{
	static const struct {
		const char *name, *group;
		int64_t next_ms;
		enum block held;
		const char *redis; /* done before; %s is the campaign, the lead is 1, +14155550001 */
		const char *reason;
		int64_t next;
	} rows[] = {
		{ "due", "", 0, BLOCK_NONE, NULL, "This lead is called when it is its turn, at the campaign's pace.", API_NOW_MS },
		{ "a retry", "", API_NOW_MS + 1, BLOCK_NONE, NULL, "The next attempt is due later.", API_NOW_MS + 1 },
		{ "New York", NEW_YORK, 0, BLOCK_NONE, NULL, "It is too early or too late where the lead is.", API_NOW_MS + 3 * HOUR_MS },
		{ "no zone", "Mars/X", 0, BLOCK_NONE, NULL, "The lead's time zone is not known, so its hours cannot be told.", 0 },
		{ "a gap", "", API_NOW_MS + HOUR_MS, BLOCK_CONTACT_GAP, NULL, "The number was called a short time ago.", API_NOW_MS + HOUR_MS },
		{ "a limit", "", API_NOW_MS + HOUR_MS, BLOCK_CONTACT_LIMIT, NULL, "The number was called as often as one day allows.", API_NOW_MS + HOUR_MS },
		{ "busy", "", 0, BLOCK_NONE, "HSET " KEY_NUMBERS_LIVE " +14155550001 x%s", "The number is in another call.", 0 },
		{ "listed", "", 0, BLOCK_NONE, "HSET " KEY_DO_NOT_CALL " +14155550001 {}%s", "The number is on the do-not-call list.", 0 },
		{ "the cap", "", 0, BLOCK_NONE, "SET " KEY_PLACED "%s:2025-11-20 500", "The campaign has placed all its calls of today.",
		  API_NOW_MS + 23 * HOUR_MS },
		{ "in a call", "", 0, BLOCK_NONE, "HSET " KEY_LEAD "%s:1 s c", "(none)", 0 },
		{ "done", "", 0, BLOCK_NONE, "HSET " KEY_LEAD "%s:1 s d", "(none)", 0 },
	};
	struct world *w = *state;

	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		const char *id = new_campaign(w, new_agent(w, "Hi"), "");
		int64_t next_ms = -1;

		redis_text(w, "DEL " KEY_NUMBERS_LIVE " " KEY_DO_NOT_CALL);
		add_leads(w, id, 1, rows[i].group, rows[i].next_ms, rows[i].held);
		start(w, id);
		if (rows[i].redis) {
			const char *mark = strstr(rows[i].redis, "%s");

			redis_text(w, arena_printf(w->app.mem, "%.*s%s%s", (int)(mark - rows[i].redis), rows[i].redis, id, mark + 2));
		}
		check_row_text(rows[i].name, reason_of(w, id, 1, &next_ms), rows[i].reason);
		check_row(rows[i].name, next_ms == rows[i].next);
	}
}

static void a_lead_names_the_variable_that_it_lacks(void **state)
{
	struct world *w = *state;
	const char *agent = new_agent(w, "Hi {{first_name|you}} of {{city}}"), *id = new_campaign(w, agent, "");
	const char *talk = new_campaign(w, agent, ",\"mode\":\"conversation\"");

	add_lead(w, talk, "", 0, NULL);
	start(w, talk);
	assert_string_equal(reason_of(w, talk, 1, NULL), "The script needs {{city}}, which the lead lacks.");
	add_lead(w, id, "", 0, NULL);
	assert_string_equal(reason_of(w, id, 1, NULL), "The campaign has not been started.");
	start(w, id);
	assert_string_equal(reason_of(w, id, 1, NULL), "The script needs {{city}}, which the lead lacks.");
	redis_text(w, arena_printf(w->app.mem, "HSET " KEY_LEAD "%s:1 v:city Rome", id));
	assert_string_equal(reason_of(w, id, 1, NULL), "This lead is called when it is its turn, at the campaign's pace.");
	at(w, "POST", path(w, id, "/pause"), NULL);
	assert_string_equal(reason_of(w, id, 1, NULL), "The campaign is paused.");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(every_lead_counts_once, campaign_world_setup, api_teardown),
		cmocka_unit_test_setup_teardown(without_recipients_hours_no_zone_blocks, campaign_world_setup, api_teardown),
		cmocka_unit_test_setup_teardown(a_campaign_that_does_not_run_blocks_all, campaign_world_setup, api_teardown),
		cmocka_unit_test_setup_teardown(closed_hours_block_all_until_they_open, campaign_world_setup, api_teardown),
		cmocka_unit_test_setup_teardown(a_reached_cap_blocks_what_hours_do_not, campaign_world_setup, api_teardown),
		cmocka_unit_test_setup_teardown(the_next_call_is_the_first_that_hours_allow, campaign_world_setup, api_teardown),
		cmocka_unit_test_setup_teardown(counts_outcomes_and_number_are_those_of_redis, campaign_world_setup, api_teardown),
		cmocka_unit_test_setup_teardown(a_draft_without_leads_has_zeros, campaign_world_setup, api_teardown),
		cmocka_unit_test_setup_teardown(a_lead_says_why_it_is_not_called, campaign_world_setup, api_teardown),
		cmocka_unit_test_setup_teardown(a_lead_names_the_variable_that_it_lacks, campaign_world_setup, api_teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
