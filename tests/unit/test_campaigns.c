/* Campaigns by their API: settings, changes, and the states with their events. */
#include "tests/support/check.h"

#include <string.h>

#include "base/json.h"
#include "campaign/agent.h"
#include "campaign/campaign.h"
#include "store/keys.h"
#include "store/store.h"
#include "tests/support/campaign_world.h"

static const char *path(struct world *w, const char *id, const char *action)
{
	return arena_printf(w->app.mem, "/api/campaigns/%s%s", id, action);
}

static int act(struct world *w, const char *id, const char *action)
{
	return at(w, "POST", path(w, id, action), NULL)->status;
}

static const char *state_of(struct world *w, const char *id)
{
	return text_of(w, at(w, "GET", path(w, id, ""), NULL), "state");
}

static const char *running_campaign(struct world *w, int leads)
{
	const char *id = new_campaign(w, new_agent(w, "Hi"), "");

	for (int i = 0; i < leads; i++)
		add_lead(w, id, "", 0, NULL);
	assert_int_equal(act(w, id, "/start"), 200);
	return id;
}

/* ---- settings ---- */

static void a_campaign_has_what_was_given_and_the_defaults(void **state)
{
	struct world *w = *state;
	const char *agent = new_agent(w, "Hi"), *id = new_campaign(w, agent, ",\"daily_cap\":7");
	struct response *res = at(w, "GET", path(w, id, ""), NULL);

	assert_int_equal(res->status, 200);
	assert_int_equal(strlen(id), 22);
	assert_string_equal(text_of(w, res, "id"), id);
	assert_string_equal(text_of(w, res, "agent_id"), agent);
	assert_string_equal(text_of(w, res, "state"), "draft");
	assert_true(body_has(res, "\"state_reason\":null"));
	assert_string_equal(text_of(w, res, "caller_id"), "+14155550100");
	assert_string_equal(text_of(w, res, "created_at"), "2025-11-20T10:00:00.000Z");
	assert_int_equal(number_of(w, res, "daily_cap"), 7);
	assert_int_equal(number_of(w, res, "retry.max_attempts"), 3);
}

static void the_plan_is_what_the_settings_say(void **state)
{
	struct world *w = *state;
	const char *id = new_campaign(w, new_agent(w, "Hi"),
				      ",\"mode\":\"conversation\",\"voicemail\":\"leave_message\",\"speech\":true,"
				      "\"calling_hours\":{\"days\":[\"tue\",\"sun\"],\"start\":\"09:30\",\"end\":\"24:00\"},"
				      "\"recipient_hours\":null,\"holidays\":[\"2026-12-25\"],\"calls_per_second\":0.5,"
				      "\"retry\":{\"max_attempts\":4,\"delays_seconds\":{\"busy\":[60,120]}},"
				      "\"keys\":{\"1\":{\"outcome\":\"yes\",\"say\":\"Thanks\"},\"#\":{\"outcome\":\"opt_out\"}}");
	const char *outcome, *say;
	struct campaign c;
	struct err err = { 0 };

	assert_int_equal(campaign_load(&w->app, id, &c, &err), 0);
	assert_true(c.conversation && c.speech && c.hours.set && !c.recipient_hours.set);
	assert_int_equal(c.voicemail, VOICEMAIL_LEAVE_MESSAGE);
	assert_int_equal(c.hours.days, 1 << 1 | 1 << 6);
	assert_int_equal(c.hours.start_min, 9 * 60 + 30);
	assert_int_equal(c.hours.end_min, 24 * 60);
	assert_int_equal(c.holidays.count, 1);
	assert_string_equal(c.holidays.days[0], "2026-12-25");
	assert_true(c.calls_per_second == 0.5);
	assert_int_equal(c.retry.max_attempts, 4);
	assert_int_equal(c.retry.busy.count, 2);
	assert_int_equal(c.retry.busy.delays_s[1], 120);
	assert_int_equal(c.retry.no_answer.count, 0);
	assert_true(campaign_key(&c, '1', &outcome, &say));
	assert_string_equal(outcome, "yes");
	assert_string_equal(say, "Thanks");
	assert_true(campaign_key(&c, '#', &outcome, &say));
	assert_null(say);
	assert_false(campaign_key(&c, '2', &outcome, &say));
}

static void the_day_and_its_end_are_the_campaigns(void **state)
{
	struct world *w = *state;
	const char *id = new_campaign(w, new_agent(w, "Hi"), ""), *uri = path(w, id, "");
	struct campaign c;
	struct err err = { 0 };
	char day[DAY_SIZE];

	assert_int_equal(at(w, "PATCH", uri, "{\"timezone\":\"Pacific/Auckland\"}")->status, 200);
	assert_int_equal(campaign_load(&w->app, id, &c, &err), 0);
	campaign_day(&c, API_NOW_MS + 2 * 3600000, day); /* 12:00 UTC is 01:00 of the next day */
	assert_string_equal(day, "2025-11-21");
	assert_int_equal(campaign_next_day_ms(&c, API_NOW_MS + 2 * 3600000), API_NOW_MS + 25 * 3600000LL);
}

static void one_that_cannot_be_read_hides_no_other(void **state)
{
	struct world *w = *state;
	const char *agent = new_agent(w, "Hi"), *good = new_campaign(w, agent, ""), *bad = new_campaign(w, agent, "");
	struct response *res;

	run_redis(w, "HSET", key_of(w->app.mem, KEY_CAMPAIGN, bad), "settings", "{}");
	res = at(w, "GET", "/api/campaigns", NULL);
	assert_int_equal(res->status, 200);
	assert_true(body_has(res, good) && body_has(res, bad) && body_has(res, "(cannot be read)"));
}

static void what_is_wrong_is_told_by_name(void **state)
{
	static const struct {
		const char *body, *field;
	} rows[] = {
		{ "{\"name\":\"\"}", "name" },
		{ "{\"agent_id\":\"nobody\"}", "agent_id" },
		{ "{\"agent_id\":null}", "agent_id" },
		{ "{\"agent_id\":\"../x\"}", "agent_id" },
		{ "{\"caller_id\":\"415\"}", "caller_id" },
		{ "{\"timezone\":\"Mars/Olympus\"}", "timezone" },
		{ "{\"mode\":\"sing\"}", "mode" },
		{ "{\"daily_cap\":0}", "daily_cap" },
		{ "{\"daily_cap\":1.5}", "daily_cap" },
		{ "{\"calls_per_second\":-1}", "calls_per_second" },
		{ "{\"retry\":{\"max_attempts\":0,\"delays_seconds\":{}}}", "retry.max_attempts" },
		{ "{\"keys\":{\"12\":{\"outcome\":\"x\"}}}", "keys.12" },
		{ "{\"state\":\"running\"}", "state" },
		{ "{\"colour\":\"red\"}", "colour" },
		{ "[]", "(none)" },
		{ "{", "(none)" },
	};
	struct world *w = *state;
	const char *uri = path(w, new_campaign(w, new_agent(w, "Hi"), ""), "");
	struct response *before = at(w, "GET", uri, NULL);

	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		struct response *res = at(w, "PATCH", uri, rows[i].body);

		check_row(rows[i].body, res->status == 400);
		check_row_text(rows[i].body, text_of(w, res, "error.field"), rows[i].field);
	}
	assert_string_equal(at(w, "GET", uri, NULL)->body->ptr, before->body->ptr);
	assert_string_equal(text_of(w, at(w, "POST", "/api/campaigns", "{}"), "error.field"), "name");
	assert_int_equal(at(w, "GET", "/api/campaigns/nobody", NULL)->status, 404);
	assert_int_equal(at(w, "PATCH", "/api/campaigns/nobody", "{}")->status, 404);
	assert_int_equal(at(w, "DELETE", "/api/campaigns/nobody", NULL)->status, 404);
	assert_int_equal(act(w, "nobody", "/start"), 404);
	assert_int_equal(at(w, "GET", "/api/campaigns/nobody/status", NULL)->status, 404);
	assert_string_equal(text_of(w, at(w, "GET", "/api/campaigns?state=asleep", NULL), "error.field"), "state");
}

static void a_change_takes_effect_in_any_state(void **state)
{
	struct world *w = *state;
	const char *id = running_campaign(w, 1);
	struct campaign before, after;
	struct err err = { 0 };

	assert_int_equal(campaign_load(&w->app, id, &before, &err), 0);
	assert_int_equal(at(w, "PATCH", path(w, id, ""), "{\"daily_cap\":3}")->status, 200);
	assert_int_equal(campaign_load(&w->app, id, &after, &err), 0);
	assert_int_equal(after.daily_cap, 3);
	assert_int_equal(after.state, CAMPAIGN_RUNNING);
	assert_int_equal(after.revision, before.revision + 1);
}

static void a_change_of_what_others_have_changed_is_seen(void **state)
{
	struct world *w = *state;
	const char *id = new_campaign(w, new_agent(w, "Hi"), ""), *same;
	enum campaign_written written;
	struct campaign c;
	struct err err = { 0 };

	assert_int_equal(campaign_load(&w->app, id, &c, &err), 0);
	assert_int_equal(at(w, "PATCH", path(w, id, ""), "{\"daily_cap\":3}")->status, 200);
	assert_int_equal(campaign_write(&w->app, &c, c.settings, &same, &written, &err), 0);
	assert_int_equal(written, CAMPAIGN_CHANGED_SINCE);
	assert_int_equal(number_of(w, at(w, "GET", path(w, id, ""), NULL), "daily_cap"), 3);
	assert_int_equal(campaign_load(&w->app, id, &c, &err), 0);
	json_put_int(c.settings, "daily_cap", 4);
	for (int run = 0; run < 2; run++) { /* a script may be run twice */
		assert_int_equal(campaign_write(&w->app, &c, c.settings, &same, &written, &err), 0);
		assert_int_equal(written, CAMPAIGN_WRITTEN);
	}
	assert_int_equal(campaign_load(&w->app, id, &c, &err), 0);
	assert_int_equal(c.revision, 3);
}

/* Leads that lacked a variable for the former agent are held by its revision. */
static void an_agent_that_is_turned_to_has_the_greatest_revision(void **state)
{
	struct world *w = *state;
	const char *old = new_agent(w, "Hi"), *present = new_agent(w, "Ho"), *id = new_campaign(w, present, "");
	struct agent a, b;
	struct err err = { 0 };

	assert_int_equal(at(w, "PATCH", path(w, id, ""), arena_printf(w->app.mem, "{\"agent_id\":\"%s\"}", old))->status, 200);
	assert_int_equal(agent_load(&w->app, old, &a, &err), 0);
	assert_int_equal(agent_load(&w->app, present, &b, &err), 0);
	assert_true(a.revision > b.revision);
}

/* ---- states ---- */

static void every_action_applies_in_its_states_only(void **state)
{
	static const struct {
		const char *from; /* the actions that lead there */
		const char *state;
		int start, pause, resume, stop;
	} rows[] = {
		{ "", "draft", 200, 409, 409, 409 },
		{ "/start", "running", 409, 200, 409, 200 },
		{ "/start/pause", "paused", 409, 409, 200, 200 },
		{ "/start/stop", "stopped", 409, 409, 409, 409 },
	};
	static const char *const actions[] = { "/start", "/pause", "/resume", "/stop" };
	struct world *w = *state;
	const char *agent = new_agent(w, "Hi");

	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		const int want[] = { rows[i].start, rows[i].pause, rows[i].resume, rows[i].stop };

		for (size_t j = 0; j < ARRAY_LEN(actions); j++) {
			const char *id = new_campaign(w, agent, "");

			add_lead(w, id, "", 0, NULL);
			if (strstr(rows[i].from, "/start"))
				assert_int_equal(act(w, id, "/start"), 200);
			if (strstr(rows[i].from, "/pause"))
				assert_int_equal(act(w, id, "/pause"), 200);
			if (strstr(rows[i].from, "/stop"))
				assert_int_equal(act(w, id, "/stop"), 200);
			assert_string_equal(state_of(w, id), rows[i].state);
			if (act(w, id, actions[j]) != want[j])
				fail_msg("%s of a campaign that is %s", actions[j], rows[i].state);
			if (want[j] == 409)
				assert_string_equal(state_of(w, id), rows[i].state);
		}
	}
}

static void a_refusal_says_the_present_state(void **state)
{
	struct world *w = *state;
	struct response *res = at(w, "POST", path(w, running_campaign(w, 1), "/resume"), NULL);

	assert_int_equal(res->status, 409);
	assert_string_equal(text_of(w, res, "error.message"), "The campaign is running; only a paused one can be resumed.");
}

static void a_state_says_why_and_has_its_event(void **state)
{
	struct world *w = *state;
	const char *id = running_campaign(w, 1), *events = arena_join(w->app.mem, "XLEN ", key_of(w->app.mem, KEY_EVENTS, id));
	struct response *res = at(w, "POST", path(w, id, "/pause"), NULL);
	struct reply r;
	struct err err = { 0 };

	assert_string_equal(text_of(w, res, "state"), "paused");
	assert_string_equal(text_of(w, res, "state_reason"), "Paused by an operator.");
	assert_int_equal(redis_number(w, events), 2);
	assert_int_equal(store_call(w->app.store, w->app.mem, &r, &err, "XRANGE", key_of(w->app.mem, KEY_EVENTS, id), "2-0", "2-0", NULL), 0);
	assert_string_equal(reply_text(&r.items[0].items[1].items[1]),
			    "{\"seq\":2,\"at\":\"2025-11-20T10:00:00.000Z\",\"type\":\"state\",\"state\":\"paused\","
			    "\"state_reason\":\"Paused by an operator.\"}");
	assert_int_equal(number_of(w, at(w, "GET", path(w, id, "/status"), NULL), "seq"), 2);
	assert_int_equal(redis_number(w, "XLEN " KEY_LIVE), 2);
}

static void only_what_the_runner_works_on_is_active(void **state)
{
	struct world *w = *state;
	const char *id = running_campaign(w, 1);
	const char *is_active = arena_printf(w->app.mem, "SISMEMBER " KEY_CAMPAIGNS_ACTIVE " %s", id);

	assert_int_equal(redis_number(w, is_active), 1);
	assert_int_equal(act(w, id, "/pause"), 200);
	assert_int_equal(redis_number(w, is_active), 0);
	assert_int_equal(act(w, id, "/resume"), 200);
	assert_int_equal(redis_number(w, is_active), 1);
	assert_int_equal(act(w, id, "/stop"), 200);
	assert_int_equal(redis_number(w, is_active), 0); /* its lead is done */
}

static void a_start_needs_leads_a_voice_and_telephony(void **state)
{
	struct world *w = *state;
	const char *agent = new_agent(w, "Hi"), *id = new_campaign(w, agent, "");
	const char *talk = new_campaign(w, agent, ",\"mode\":\"conversation\"");
	struct response *res = at(w, "POST", path(w, id, "/start"), NULL);

	assert_int_equal(res->status, 409);
	assert_string_equal(text_of(w, res, "error.message"), "The campaign has no leads to call.");
	add_lead(w, id, "", 0, NULL);
	add_lead(w, talk, "", 0, NULL);
	w->app.cfg.elevenlabs_agent_id = NULL;
	assert_int_equal(act(w, talk, "/start"), 409);
	assert_int_equal(at(w, "PATCH", arena_join(w->app.mem, "/api/agents/", agent), "{\"elevenlabs_agent_id\":\"a\",\"script\":\"\"}")->status, 200);
	assert_int_equal(act(w, talk, "/start"), 200);
	assert_int_equal(act(w, id, "/start"), 409); /* a broadcast without words */
	assert_int_equal(at(w, "PATCH", arena_join(w->app.mem, "/api/agents/", agent), "{\"script\":\"Hi\"}")->status, 200);
	w->app.cfg.have_twilio = false;
	res = at(w, "POST", path(w, id, "/start"), NULL);
	assert_int_equal(res->status, 503);
	assert_string_equal(text_of(w, res, "error.code"), "not_configured");
	w->app.cfg.have_twilio = true;
	w->app.cfg.have_elevenlabs = false;
	assert_int_equal(act(w, id, "/start"), 503);
	w->app.cfg.have_elevenlabs = true;
	assert_string_equal(state_of(w, id), "draft");
	assert_int_equal(act(w, id, "/start"), 200);
}

static void a_pause_for_a_reason_applies_once(void **state)
{
	struct world *w = *state;
	const char *id = running_campaign(w, 1);
	struct err err = { 0 };
	bool changed;

	assert_int_equal(campaign_move(&w->app, id, 1 << CAMPAIGN_RUNNING, CAMPAIGN_PAUSED, "Twilio refuses the account.", &changed, &err), 0);
	assert_true(changed);
	assert_int_equal(campaign_move(&w->app, id, 1 << CAMPAIGN_RUNNING, CAMPAIGN_PAUSED, "Another.", &changed, &err), 0);
	assert_false(changed);
	assert_string_equal(text_of(w, at(w, "GET", path(w, id, ""), NULL), "state_reason"), "Twilio refuses the account.");
	assert_int_equal(campaign_move(&w->app, "nobody", 1 << CAMPAIGN_RUNNING, CAMPAIGN_PAUSED, "x", &changed, &err), -1);
	assert_int_equal(err.kind, ERR_MISSING);
}

/* ---- the list ---- */

static size_t listed(struct world *w, const char *query)
{
	size_t count;

	json_list(json_of(w, at(w, "GET", arena_join(w->app.mem, "/api/campaigns", query), NULL)), "items", &count);
	return count;
}

static void the_list_is_of_the_state_that_is_asked_for(void **state)
{
	struct world *w = *state;
	const char *id = running_campaign(w, 1);

	w->clock.now_ms++;
	new_campaign(w, new_agent(w, "Hi"), "");
	assert_int_equal(listed(w, ""), 2);
	assert_int_equal(listed(w, "?state=draft"), 1);
	assert_int_equal(listed(w, "?state=running"), 1);
	assert_int_equal(listed(w, "?state=completed"), 0);
	assert_true(body_has(at(w, "GET", "/api/campaigns?state=running", NULL), id));
	assert_false(body_has(at(w, "GET", "/api/campaigns?limit=1", NULL), id));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(a_campaign_has_what_was_given_and_the_defaults, campaign_world_setup, api_teardown),
		cmocka_unit_test_setup_teardown(the_plan_is_what_the_settings_say, campaign_world_setup, api_teardown),
		cmocka_unit_test_setup_teardown(the_day_and_its_end_are_the_campaigns, campaign_world_setup, api_teardown),
		cmocka_unit_test_setup_teardown(one_that_cannot_be_read_hides_no_other, campaign_world_setup, api_teardown),
		cmocka_unit_test_setup_teardown(what_is_wrong_is_told_by_name, campaign_world_setup, api_teardown),
		cmocka_unit_test_setup_teardown(a_change_takes_effect_in_any_state, campaign_world_setup, api_teardown),
		cmocka_unit_test_setup_teardown(a_change_of_what_others_have_changed_is_seen, campaign_world_setup, api_teardown),
		cmocka_unit_test_setup_teardown(an_agent_that_is_turned_to_has_the_greatest_revision, campaign_world_setup, api_teardown),
		cmocka_unit_test_setup_teardown(every_action_applies_in_its_states_only, campaign_world_setup, api_teardown),
		cmocka_unit_test_setup_teardown(a_refusal_says_the_present_state, campaign_world_setup, api_teardown),
		cmocka_unit_test_setup_teardown(a_state_says_why_and_has_its_event, campaign_world_setup, api_teardown),
		cmocka_unit_test_setup_teardown(only_what_the_runner_works_on_is_active, campaign_world_setup, api_teardown),
		cmocka_unit_test_setup_teardown(a_start_needs_leads_a_voice_and_telephony, campaign_world_setup, api_teardown),
		cmocka_unit_test_setup_teardown(a_pause_for_a_reason_applies_once, campaign_world_setup, api_teardown),
		cmocka_unit_test_setup_teardown(the_list_is_of_the_state_that_is_asked_for, campaign_world_setup, api_teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
