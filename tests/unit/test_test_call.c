/* Test calls: a hidden campaign of one lead, refused for what speaks against it. */
#include "tests/support/check.h"

#include <string.h>

#include "base/json.h"
#include "campaign/api.h"
#include "campaign/campaign.h"
#include "campaign/test_call.h"
#include "store/keys.h"
#include "tests/support/campaign_world.h"

/* The clock stands at 10:00 UTC: in the afternoon in Rome, at two in the night in California. */
#define ROME "+390612345678"
#define CALIFORNIA "+14155550101"

static const char *path(struct world *w, const char *id, const char *rest)
{
	return arena_printf(w->app.mem, "/api/campaigns/%s%s", id, rest);
}

static struct response *begin(struct world *w, const char *id, const char *body)
{
	return at(w, "POST", path(w, id, "/test-call"), body);
}

static struct campaign load(struct world *w, const char *id)
{
	struct campaign c;
	struct err err = { 0 };

	assert_int_equal(campaign_load(&w->app, id, &c, &err), 0);
	return c;
}

static const char *show(struct world *w, const char *id, const char *test, const char *member)
{
	struct response *res = at(w, "GET", path(w, id, arena_join(w->app.mem, "/test-calls/", test)), NULL);

	assert_int_equal(res->status, 200);
	return text_of(w, res, member);
}

static void it_is_a_running_campaign_that_no_list_shows(void **state)
{
	struct world *w = *state;
	const char *id = new_campaign(w, new_agent(w, "Hi {{first_name}} in {{city}}"),
				      ",\"keys\":{\"1\":{\"outcome\":\"yes\"}},\"calling_hours\":{\"days\":[\"sun\"],\"start\":\"01:00\",\"end\":\"02:00\"}"),
		   *test;
	struct response *res = begin(w, id, "{\"phone\":\"" ROME "\",\"name\":\"Ada L\",\"variables\":{\"city\":\"Rome\"}}");
	struct campaign c;

	assert_int_equal(res->status, 202);
	test = text_of(w, res, "id");
	assert_string_equal(text_of(w, res, "state"), "preparing");
	c = load(w, test);
	assert_string_equal(c.test_of, id);
	assert_int_equal(c.state, CAMPAIGN_RUNNING);
	assert_int_equal(c.retry.max_attempts, 1);
	assert_int_equal(c.hours.days, 0x7f);
	assert_true(c.recipient_hours.set);
	assert_true(json_path(c.settings, "keys.1.outcome") != NULL);
	assert_int_equal(redis_number(w, arena_printf(w->app.mem, "SISMEMBER " KEY_CAMPAIGNS_ACTIVE " %s", test)), 1);
	assert_string_equal(redis_text(w, arena_printf(w->app.mem, "HGET " KEY_LEAD "%s:1 v:city", test)), "Rome");
	/* and nowhere else */
	assert_false(body_has(at(w, "GET", "/api/campaigns", NULL), test));
	assert_int_equal(number_of(w, at(w, "GET", path(w, id, "/status"), NULL), "counts.total"), 0);
	assert_int_equal(at(w, "GET", path(w, test, ""), NULL)->status, 404);
	assert_int_equal(at(w, "PATCH", path(w, test, ""), "{\"name\":\"x\"}")->status, 404);
	assert_int_equal(at(w, "POST", path(w, test, "/pause"), NULL)->status, 404);
	assert_int_equal(at(w, "POST", path(w, test, "/clone"), NULL)->status, 404);
	assert_int_equal(at(w, "POST", path(w, test, "/redial"), "{}")->status, 404);
	assert_int_equal(at(w, "DELETE", path(w, test, ""), NULL)->status, 404);
	assert_int_equal(begin(w, test, "{\"phone\":\"+390612345679\",\"variables\":{\"city\":\"x\",\"name\":\"y\"}}")->status, 404);
	/* nobody else is called by it */
	assert_int_equal(at(w, "POST", path(w, test, "/leads"), "{\"leads\":[{\"phone\":\"+390612345670\"}]}")->status, 404);
	assert_int_equal(redis_number(w, arena_printf(w->app.mem, "HGET " KEY_COUNTS "%s total", test)), 1);
	assert_int_equal(redis_number(w, arena_printf(w->app.mem, "SCARD " KEY_AGENT_CAMPAIGNS "%s", c.agent_id)), 1);
	assert_int_equal(at(w, "GET", path(w, "nobody", arena_join(w->app.mem, "/test-calls/", test)), NULL)->status, 404);
}

static void what_is_wrong_is_told_by_name(void **state)
{
	static const struct {
		const char *body;
		int status;
		const char *field;
	} rows[] = {
		{ "{}", 400, "phone" },
		{ "{\"phone\":\"06 123\"}", 400, "phone" },
		{ "{\"phone\":39061234}", 400, "phone" },
		{ "{\"phone\":\"" ROME "\"}", 400, "variables.city" },
		{ "{\"phone\":\"" ROME "\",\"variables\":{\"city\":\"\"}}", 400, "variables.city" },
		{ "{\"phone\":\"" ROME "\",\"variables\":[]}", 400, "variables" },
		{ "{\"phone\":\"" ROME "\",\"variables\":{\"1st\":\"x\"}}", 400, "variables.1st" },
		{ "{\"phone\":\"" ROME "\",\"variables\":{\"city\":{}}}", 400, "variables.city" },
		{ "{\"phone\":\"" ROME "\",\"own_number\":\"yes\"}", 400, "own_number" },
		{ "{\"phone\":\"" ROME "\",\"colour\":1}", 400, "colour" },
		{ "{\"phone\":\"" CALIFORNIA "\",\"variables\":{\"city\":\"x\"}}", 409, "own_number" },
		{ "{\"phone\":\"+390612345670\",\"variables\":{\"city\":\"x\"}}", 409, "phone" }, /* do not call */
		{ "{\"phone\":\"+390612345671\",\"variables\":{\"city\":\"x\"},\"own_number\":true}", 409, "phone" }, /* in a call */
	};
	struct world *w = *state;
	const char *id = new_campaign(w, new_agent(w, "In {{city}}"), "");

	at(w, "POST", "/api/do-not-call", "{\"phone\":\"+390612345670\"}");
	redis_number(w, "HSET " KEY_NUMBERS_LIVE " +390612345671 another-call");
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		struct response *res = begin(w, id, rows[i].body);

		check_row(rows[i].body, res->status == rows[i].status);
		check_row_text(rows[i].body, text_of(w, res, "error.field"), rows[i].field);
	}
	assert_int_equal(redis_number(w, "EXISTS " KEY_TEST_CALLS), 0);
	w->app.cfg.have_twilio = false;
	assert_int_equal(begin(w, id, "{\"phone\":\"" ROME "\",\"variables\":{\"city\":\"x\"}}")->status, 503);
}

static void ones_own_number_is_called_at_night_too(void **state)
{
	struct world *w = *state;
	const char *id = new_campaign(w, new_agent(w, "Hi"), "");
	struct response *res = begin(w, id, "{\"phone\":\"" CALIFORNIA "\",\"own_number\":true}");

	assert_int_equal(res->status, 202);
	assert_false(load(w, text_of(w, res, "id")).recipient_hours.set);
	/* once at a time */
	res = begin(w, id, "{\"phone\":\"" CALIFORNIA "\",\"own_number\":true}");
	assert_int_equal(res->status, 409);
	assert_string_equal(text_of(w, res, "error.field"), "phone");
}

static void what_is_not_placed_in_time_is_given_up_and_later_deleted(void **state)
{
	struct world *w = *state;
	const char *agent = new_agent(w, "Hi"), *id = new_campaign(w, agent, "");
	const char *test = text_of(w, begin(w, id, "{\"phone\":\"" ROME "\"}"), "id");
	const char *counts = arena_printf(w->app.mem, "ZCARD " KEY_TEST_CALLS);
	struct err err = { 0 };

	w->clock.now_ms += 179 * 1000;
	assert_int_equal(test_calls_tend(&w->app, &err), 0);
	assert_int_equal(load(w, test).state, CAMPAIGN_RUNNING);
	w->clock.now_ms += 2 * 1000;
	assert_int_equal(test_calls_tend(&w->app, &err), 0);
	assert_int_equal(load(w, test).state, CAMPAIGN_STOPPED);
	assert_string_equal(show(w, id, test, "state"), "failed");
	assert_string_equal(show(w, id, test, "sentence"), "The call could not be placed in time.");
	w->clock.now_ms += 20 * 60 * 1000;
	assert_int_equal(test_calls_tend(&w->app, &err), 0);
	assert_int_equal(redis_number(w, counts), 0);
	assert_string_equal(redis_text(w, arena_printf(w->app.mem, "HGET " KEY_CAMPAIGN "%s state", test)), "deleting");
	assert_int_equal(redis_number(w, arena_printf(w->app.mem, "SCARD " KEY_AGENT_CAMPAIGNS "%s", agent)), 1);
}

static void its_progress_is_told(void **state)
{
	struct world *w = *state;
	const char *id = new_campaign(w, new_agent(w, "Hi"), "");
	const char *test = text_of(w, begin(w, id, "{\"phone\":\"" ROME "\"}"), "id");
	const char *lead = arena_printf(w->app.mem, "HSET " KEY_LEAD "%s:1", test);
	bool moved;
	struct err err = { 0 };

	redis_text(w, arena_join(w->app.mem, lead, " s c q an-attempt"));
	redis_text(w, arena_printf(w->app.mem, "HSET " KEY_CALL "an-attempt campaign %s lead 1 phone " ROME " from +14155550100 status ringing placed 1 open 1 v 1", test));
	assert_string_equal(show(w, id, test, "state"), "calling");
	assert_string_equal(show(w, id, test, "call.status"), "ringing");
	redis_text(w, arena_join(w->app.mem, lead, " s d o answered"));
	assert_string_equal(show(w, id, test, "state"), "done");
	assert_string_equal(show(w, id, test, "outcome"), "answered");
	redis_text(w, arena_join(w->app.mem, lead, " s p"));
	assert_int_equal(campaign_move(&w->app, test, 1u << CAMPAIGN_RUNNING, CAMPAIGN_PAUSED, "ElevenLabs refused.", &moved, &err), 0);
	assert_string_equal(show(w, id, test, "state"), "failed");
	assert_string_equal(show(w, id, test, "sentence"), "ElevenLabs refused.");
}

#define test(f) cmocka_unit_test_setup_teardown(f, campaign_world_setup, api_teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		test(it_is_a_running_campaign_that_no_list_shows),
		test(what_is_wrong_is_told_by_name),
		test(ones_own_number_is_called_at_night_too),
		test(what_is_not_placed_in_time_is_given_up_and_later_deleted),
		test(its_progress_is_told),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
