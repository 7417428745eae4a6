/* How campaigns end: stopped with every lead, completed, deleted with all that was theirs. */
#include "tests/support/check.h"

#include <inttypes.h>
#include <string.h>

#include "base/json.h"
#include "campaign/agent.h"
#include "campaign/campaign.h"
#include "campaign/retention.h"
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

static int64_t count(struct world *w, const char *id, const char *name)
{
	int64_t n = redis_number(w, arena_printf(w->app.mem, "HGET " KEY_COUNTS "%s %s", id, name));

	return n < 0 ? 0 : n;
}

static int64_t outcome(struct world *w, const char *id, const char *name)
{
	return redis_number(w, arena_printf(w->app.mem, "HGET " KEY_OUTCOMES "%s %s", id, name));
}

static int64_t is_active(struct world *w, const char *id)
{
	return redis_number(w, arena_printf(w->app.mem, "SISMEMBER " KEY_CAMPAIGNS_ACTIVE " %s", id));
}

/* As if the claim had taken it. */
static void take_into_call(struct world *w, const char *id, int64_t lead)
{
	redis_number(w, arena_printf(w->app.mem, "ZREM " KEY_DUE "%s:0 %d", id, (int)lead));
	redis_number(w, arena_printf(w->app.mem, "HSET " KEY_LEAD "%s:%d s c", id, (int)lead));
	redis_number(w, arena_printf(w->app.mem, "HINCRBY " KEY_COUNTS "%s pending -1", id));
	redis_number(w, arena_printf(w->app.mem, "HINCRBY " KEY_COUNTS "%s calling 1", id));
	redis_number(w, arena_printf(w->app.mem, "SADD " KEY_LIVE_CALLS "%s call%d", id, (int)lead));
}

static void end_call(struct world *w, const char *id, int64_t lead)
{
	redis_number(w, arena_printf(w->app.mem, "HSET " KEY_LEAD "%s:%d s d o answered", id, (int)lead));
	redis_number(w, arena_printf(w->app.mem, "HINCRBY " KEY_COUNTS "%s calling -1", id));
	redis_number(w, arena_printf(w->app.mem, "HINCRBY " KEY_COUNTS "%s done 1", id));
	redis_number(w, arena_printf(w->app.mem, "SREM " KEY_LIVE_CALLS "%s call%d", id, (int)lead));
}

static const char *campaign_with(struct world *w, int leads)
{
	const char *id = new_campaign(w, new_agent(w, "Hi {{city}}"), "");

	for (int i = 0; i < leads; i++)
		add_lead(w, id, "", 0, NULL);
	return id;
}

static void hold_leads(struct world *w, const char *id, int leads, int64_t revision)
{
	while (leads--)
		add_lead(w, id, leads % 2 ? "Europe/Paris" : "", revision, leads % 3 ? "missing_variable" : "text_refused");
}

static int64_t revision_of(struct world *w, const char *id)
{
	struct campaign c;
	struct agent agent;
	struct err err = { 0 };

	assert_int_equal(campaign_load(&w->app, id, &c, &err), 0);
	assert_int_equal(agent_load(&w->app, c.agent_id, &agent, &err), 0);
	return agent.revision;
}

/* ---- stopped ---- */

static void a_stop_ends_every_lead_once(void **state)
{
	struct world *w = *state;
	const char *id = campaign_with(w, 600);
	struct err err = { 0 };
	bool more;

	hold_leads(w, id, 21, 1);
	for (int i = 0; i < 5; i++)
		add_lead(w, id, "Europe/Paris", API_NOW_MS + 1, NULL);
	assert_int_equal(act(w, id, "/start"), 200);
	assert_int_equal(act(w, id, "/stop"), 200);
	for (int again = 0; again < 2; again++) {
		assert_int_equal(count(w, id, "done"), 626);
		assert_int_equal(count(w, id, "pending") + count(w, id, "waiting"), 0);
		assert_int_equal(outcome(w, id, "stopped"), 626);
		assert_int_equal(is_active(w, id), 0);
		assert_int_equal(campaign_sweep(&w->app, id, &more, &err), 0);
		assert_false(more);
	}
	assert_string_equal(redis_text(w, arena_printf(w->app.mem, "HGET " KEY_LEAD "%s:626 s", id)), "d");
	assert_string_equal(redis_text(w, arena_printf(w->app.mem, "HGET " KEY_LEAD "%s:626 t", id)), "(nil)");
	assert_string_equal(redis_text(w, arena_printf(w->app.mem, "HGET " KEY_LEAD "%s:610 o", id)), "stopped");
	assert_string_equal(redis_text(w, arena_printf(w->app.mem, "HGET " KEY_LEAD "%s:610 h", id)), "(nil)");
	assert_int_equal(redis_number(w, arena_printf(w->app.mem, "ZCARD " KEY_DUE "%s:0", id)), 0);
}

static void a_sweep_ends_a_batch_of_a_stopped_campaign_only(void **state)
{
	struct world *w = *state;
	const char *id = campaign_with(w, 501);
	struct err err = { 0 };
	bool more, moved;

	assert_int_equal(act(w, id, "/start"), 200);
	assert_int_equal(campaign_sweep(&w->app, id, &more, &err), 0);
	assert_false(more);
	assert_int_equal(count(w, id, "pending"), 501);
	assert_int_equal(campaign_move(&w->app, id, 1 << CAMPAIGN_RUNNING, CAMPAIGN_STOPPED, "x", &moved, &err), 0);
	assert_int_equal(campaign_sweep(&w->app, id, &more, &err), 0);
	assert_true(more);
	assert_int_equal(count(w, id, "pending"), 1);
	assert_int_equal(is_active(w, id), 1);
	assert_int_equal(campaign_sweep(&w->app, id, &more, &err), 0);
	assert_false(more);
	assert_int_equal(outcome(w, id, "stopped"), 501);
	assert_int_equal(is_active(w, id), 0);
}

static void a_lead_in_a_call_ends_by_itself(void **state)
{
	struct world *w = *state;
	const char *id = campaign_with(w, 3);
	struct err err = { 0 };
	bool more;

	assert_int_equal(act(w, id, "/start"), 200);
	take_into_call(w, id, 2);
	assert_int_equal(act(w, id, "/stop"), 200);
	assert_int_equal(outcome(w, id, "stopped"), 2);
	assert_string_equal(redis_text(w, arena_printf(w->app.mem, "HGET " KEY_LEAD "%s:2 s", id)), "c");
	assert_int_equal(is_active(w, id), 1); /* until the last lead is done */
	end_call(w, id, 2);
	assert_int_equal(campaign_sweep(&w->app, id, &more, &err), 0);
	assert_int_equal(is_active(w, id), 0);
	assert_int_equal(outcome(w, id, "stopped"), 2);
}

/* ---- completed ---- */

static bool completes(struct world *w, const char *id)
{
	struct campaign c;
	struct err err = { 0 };
	bool completed;

	assert_int_equal(campaign_load(&w->app, id, &c, &err), 0);
	assert_int_equal(campaign_complete_if_done(&w->app, &c, &completed, &err), 0);
	return completed;
}

static void a_campaign_completes_with_its_last_lead(void **state)
{
	struct world *w = *state;
	const char *id = campaign_with(w, 2);

	assert_false(completes(w, id)); /* a draft */
	assert_int_equal(act(w, id, "/start"), 200);
	assert_false(completes(w, id));
	take_into_call(w, id, 1);
	end_call(w, id, 1);
	take_into_call(w, id, 2);
	assert_false(completes(w, id));
	end_call(w, id, 2);
	assert_int_equal(act(w, id, "/pause"), 200);
	assert_false(completes(w, id));
	assert_int_equal(act(w, id, "/resume"), 200);
	assert_true(completes(w, id));
	assert_string_equal(state_of(w, id), "completed");
	assert_string_equal(text_of(w, at(w, "GET", path(w, id, ""), NULL), "state_reason"), "All leads are done.");
	assert_int_equal(is_active(w, id), 0);
	assert_int_equal(redis_number(w, arena_printf(w->app.mem, "XLEN " KEY_EVENTS "%s", id)), 4);
	assert_false(completes(w, id));
}

static void leads_that_lack_a_variable_end_when_all_others_are_done(void **state)
{
	struct world *w = *state;
	const char *id = campaign_with(w, 1);

	hold_leads(w, id, 600, revision_of(w, id));
	assert_int_equal(act(w, id, "/start"), 200);
	assert_false(completes(w, id));
	assert_int_equal(count(w, id, "pending"), 601);
	take_into_call(w, id, 1);
	assert_false(completes(w, id));
	assert_int_equal(count(w, id, "pending"), 600);
	end_call(w, id, 1);
	assert_false(completes(w, id)); /* the first batch */
	assert_int_equal(outcome(w, id, "incomplete"), 500);
	assert_string_equal(state_of(w, id), "running");
	assert_true(completes(w, id));
	assert_int_equal(outcome(w, id, "incomplete"), 600);
	assert_int_equal(count(w, id, "done"), 601);
	assert_int_equal(count(w, id, "pending"), 0);
	assert_string_equal(redis_text(w, arena_printf(w->app.mem, "HGET " KEY_LEAD "%s:601 o", id)), "incomplete");
}

static void leads_are_looked_at_again_before_they_end_as_incomplete(void **state)
{
	struct world *w = *state;
	const char *id = campaign_with(w, 0);
	struct campaign c;
	struct err err = { 0 };

	hold_leads(w, id, 3, revision_of(w, id));
	assert_int_equal(act(w, id, "/start"), 200);
	assert_int_equal(campaign_load(&w->app, id, &c, &err), 0);
	at(w, "PATCH", arena_join(w->app.mem, "/api/agents/", c.agent_id), "{\"script\":\"Hi\"}");
	assert_false(completes(w, id));
	assert_int_equal(count(w, id, "pending"), 3);
}

/* ---- deleted ---- */

static size_t keys_of(struct world *w, const char *word)
{
	struct err err = { 0 };
	struct reply r;

	assert_int_equal(store_call(w->app.store, w->app.mem, &r, &err, "KEYS", arena_printf(w->app.mem, "*%s*", word), NULL), 0);
	return r.count;
}

static void add_call(struct world *w, const char *id, int n)
{
	redis_number(w, arena_printf(w->app.mem, "ZADD " KEY_CALLS "%s %d attempt%d", id, n, n));
	redis_number(w, arena_printf(w->app.mem, "HSET " KEY_CALL "attempt%d sid CA%d campaign %s", n, n, id));
	redis_text(w, arena_printf(w->app.mem, "SET " KEY_SID "CA%d attempt%d", n, n));
}

static void a_deleted_campaign_leaves_nothing(void **state)
{
	struct world *w = *state;
	const char *id = campaign_with(w, 700), *other = campaign_with(w, 3);
	size_t others = keys_of(w, other);
	struct err err = { 0 };
	bool more;
	int batches = 0;

	hold_leads(w, id, 5, 1);
	for (int n = 0; n < 600; n++)
		add_call(w, id, n);
	redis_text(w, arena_printf(w->app.mem, "HSET " KEY_PHONES "%s:16383 +14155559999 1", id));
	redis_text(w, arena_printf(w->app.mem, "HSET " KEY_SERIES "%s 489900:busy 1", id));
	redis_text(w, "ZADD " KEY_CALLS_ALL " 1 attempt7 1 of-another");
	assert_int_equal(act(w, id, "/start"), 200);
	assert_int_equal(act(w, id, "/stop"), 200);
	assert_int_equal(at(w, "DELETE", path(w, id, ""), NULL)->status, 204);
	assert_int_equal(at(w, "GET", path(w, id, ""), NULL)->status, 404);
	assert_int_equal(at(w, "GET", path(w, id, "/status"), NULL)->status, 404);
	assert_int_equal(at(w, "DELETE", path(w, id, ""), NULL)->status, 404);
	assert_int_equal(act(w, id, "/start"), 404);
	assert_false(body_has(at(w, "GET", "/api/campaigns", NULL), id));
	assert_int_equal(is_active(w, id), 1);
	do
		assert_int_equal(campaign_delete_batch(&w->app, id, &more, &err), 0);
	while (more && ++batches < 1000);
	assert_false(more);
	assert_int_equal(keys_of(w, id), 0);
	assert_int_equal(keys_of(w, "attempt"), 0);
	assert_int_equal(redis_number(w, "ZCARD " KEY_CALLS_ALL), 1);
	assert_int_equal(keys_of(w, KEY_SID), 0);
	assert_int_equal(is_active(w, id), 0);
	assert_int_equal(campaign_delete_batch(&w->app, id, &more, &err), 0);
	assert_false(more);
	assert_int_equal(keys_of(w, other), others);
}

static void a_campaign_that_runs_or_calls_is_not_deleted(void **state)
{
	struct world *w = *state;
	const char *id = campaign_with(w, 2);
	struct response *res;
	struct err err = { 0 };
	bool more;

	assert_int_equal(act(w, id, "/start"), 200);
	assert_int_equal(at(w, "DELETE", path(w, id, ""), NULL)->status, 409);
	take_into_call(w, id, 1);
	assert_int_equal(act(w, id, "/stop"), 200);
	res = at(w, "DELETE", path(w, id, ""), NULL);
	assert_int_equal(res->status, 409);
	assert_string_equal(text_of(w, res, "error.code"), "conflict");
	assert_int_equal(campaign_delete_batch(&w->app, id, &more, &err), 0);
	assert_false(more);
	assert_string_equal(state_of(w, id), "stopped");
	end_call(w, id, 1);
	assert_int_equal(at(w, "DELETE", path(w, id, ""), NULL)->status, 204);
}

/* As if it had been made, and come to its state, two days ago. */
static const char *aged(struct world *w, const char *first, const char *second)
{
	const char *id = campaign_with(w, 1), *ms = arena_printf(w->app.mem, "%" PRId64, clock_wall_ms(w->app.clock) - INT64_C(172800000));

	if (first)
		assert_int_equal(act(w, id, first), 200);
	if (second)
		assert_int_equal(act(w, id, second), 200);
	redis_number(w, arena_printf(w->app.mem, "ZADD " KEY_CAMPAIGNS " %s %s", ms, id));
	redis_number(w, arena_printf(w->app.mem, "HSET " KEY_CAMPAIGN "%s changed %s", id, ms));
	return id;
}

static void campaigns_go_when_they_were_kept_long_enough(void **state)
{
	struct world *w = *state;
	const char *draft = aged(w, NULL, NULL), *running = aged(w, "/start", NULL), *paused = aged(w, "/start", "/pause");
	const char *ended = aged(w, "/start", "/stop"), *fresh = campaign_with(w, 1);
	struct err err = { 0 };

	assert_int_equal(act(w, fresh, "/start") + act(w, fresh, "/stop"), 400);
	assert_int_equal(retention_turn(&w->app, &err), 0); /* nobody asked for it */
	assert_string_equal(state_of(w, ended), "stopped");
	w->app.cfg.campaign_keep_s = 86400;
	assert_int_equal(retention_turn(&w->app, &err), 0);
	assert_int_equal(at(w, "GET", path(w, ended, ""), NULL)->status, 404);
	assert_string_equal(state_of(w, draft), "draft");
	assert_string_equal(state_of(w, running), "running");
	assert_string_equal(state_of(w, paused), "paused");
	assert_string_equal(state_of(w, fresh), "stopped");
	ended = aged(w, "/start", "/stop");
	assert_int_equal(retention_turn(&w->app, &err), 0); /* once an hour */
	assert_string_equal(state_of(w, ended), "stopped");
	redis_number(w, "DEL " KEY_RETENTION);
	assert_int_equal(retention_turn(&w->app, &err), 0);
	assert_int_equal(at(w, "GET", path(w, ended, ""), NULL)->status, 404);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(a_stop_ends_every_lead_once, campaign_world_setup, api_teardown),
		cmocka_unit_test_setup_teardown(a_sweep_ends_a_batch_of_a_stopped_campaign_only, campaign_world_setup, api_teardown),
		cmocka_unit_test_setup_teardown(a_lead_in_a_call_ends_by_itself, campaign_world_setup, api_teardown),
		cmocka_unit_test_setup_teardown(a_campaign_completes_with_its_last_lead, campaign_world_setup, api_teardown),
		cmocka_unit_test_setup_teardown(leads_that_lack_a_variable_end_when_all_others_are_done, campaign_world_setup, api_teardown),
		cmocka_unit_test_setup_teardown(leads_are_looked_at_again_before_they_end_as_incomplete, campaign_world_setup, api_teardown),
		cmocka_unit_test_setup_teardown(a_deleted_campaign_leaves_nothing, campaign_world_setup, api_teardown),
		cmocka_unit_test_setup_teardown(a_campaign_that_runs_or_calls_is_not_deleted, campaign_world_setup, api_teardown),
		cmocka_unit_test_setup_teardown(campaigns_go_when_they_were_kept_long_enough, campaign_world_setup, api_teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
