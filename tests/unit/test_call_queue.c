/* Who comes next, and that a claim holds all limits at once. */
#include "tests/support/check.h"

#include <string.h>

#include "store/keys.h"
#include "tests/support/call_world.h"

enum { MOST = CLAIM_MOST };

static void leads_come_in_their_order_and_due_retries_first(void **state)
{
	struct call_world *w = *state;
	struct candidate taken[MOST];
	struct claim claim;

	for (int64_t n = 1; n <= 4; n++)
		add_lead(w, n);
	redis(w, "HSET", lead_key(w->app.mem, CAMPAIGN, 3), "s", "w", NULL);
	redis(w, "ZADD", due_key(w->app.mem, CAMPAIGN, 0), "1763632800000", "3", NULL);
	redis(w, "HINCRBY", KEY_COUNTS CAMPAIGN, "pending", "-1", NULL);
	redis(w, "HINCRBY", KEY_COUNTS CAMPAIGN, "waiting", "1", NULL);
	assert_int_equal(claim_next(w, 3, taken, &claim), 3);
	assert_int_equal(claim.stop, CLAIM_ALL);
	assert_int_equal(taken[0].lead.number, 3);
	assert_int_equal(taken[1].lead.number, 1);
	assert_int_equal(taken[2].lead.number, 2);
	assert_string_equal(lead_field(w, 3, "s"), "c");
	assert_string_equal(lead_field(w, 3, "a"), "1");
	assert_string_equal(lead_field(w, 3, "q"), taken[0].id);
	assert_int_equal(count_of(w, "calling"), 3);
	assert_int_equal(count_of(w, "attempts"), 3);
	assert_int_equal(count_of(w, "pending"), 1);
	assert_sums(w);
}

static void a_retry_that_is_not_due_is_not_taken(void **state)
{
	struct call_world *w = *state;
	struct candidate taken[MOST];
	struct claim claim;
	int64_t later = clock_wall_ms(w->app.clock) + 60000;

	add_lead(w, 1);
	redis(w, "HSET", lead_key(w->app.mem, CAMPAIGN, 1), "s", "w", NULL);
	redis(w, "ZADD", due_key(w->app.mem, CAMPAIGN, 0), arena_printf(w->app.mem, "%lld", (long long)later), "1", NULL);
	assert_int_equal(claim_next(w, 3, taken, &claim), 0);
}

static void a_campaign_that_does_not_run_claims_nothing(void **state)
{
	struct call_world *w = *state;
	struct candidate c = { .audio = "hash.wav", .id = "attempt-of-a-paused-ca" };
	struct call_plan plan;
	struct claim claim;
	struct err err = { 0 };
	struct lead *leads;
	size_t count;

	add_lead(w, 1);
	assert_int_equal(call_plan_make(&w->app, CAMPAIGN, &plan, &err), 0);
	assert_int_equal(call_queue_next(&w->app, &plan, 1, &leads, &count, &err), 0);
	c.lead = leads[0];
	redis(w, "HSET", KEY_CAMPAIGN CAMPAIGN, "state", "paused", NULL);
	assert_int_equal(call_queue_claim(&w->app, &plan, &c, 1, &claim, &err), 0);
	assert_int_equal(claim.stop, CLAIM_CHANGED);
	redis(w, "HSET", KEY_CAMPAIGN CAMPAIGN, "state", "running", NULL);
	change_settings(w, "{\"daily_cap\":1}");
	assert_int_equal(call_queue_claim(&w->app, &plan, &c, 1, &claim, &err), 0);
	assert_int_equal(claim.stop, CLAIM_CHANGED);
	assert_int_equal(count_of(w, "calling"), 0);
	assert_sums(w);
}

static void lines_and_the_day_have_an_end(void **state)
{
	struct call_world *w = *state;
	struct candidate taken[MOST];
	struct claim claim;

	for (int64_t n = 1; n <= 6; n++)
		add_lead(w, n);
	change_settings(w, "{\"max_concurrent_calls\":2}");
	assert_int_equal(claim_next(w, 6, taken, &claim), 2);
	assert_int_equal(claim.stop, CLAIM_FULL);
	assert_int_equal(claim_next(w, 6, taken, &claim), 0);
	change_settings(w, "{\"max_concurrent_calls\":10,\"daily_cap\":3}");
	assert_int_equal(claim_next(w, 6, taken, &claim), 1);
	assert_int_equal(claim.stop, CLAIM_CAP);
	assert_sums(w);
}

static void each_call_has_its_moment_and_idleness_saves_nothing_up(void **state)
{
	struct call_world *w = *state;
	struct candidate taken[MOST];
	struct claim claim;

	for (int64_t n = 1; n <= 9; n++)
		add_lead(w, n);
	change_settings(w, "{\"calls_per_second\":50}");
	/* 20.2 ms apart, planned 100 ms ahead: five of them, the first at once. */
	assert_int_equal(claim_next(w, 9, taken, &claim), 5);
	assert_int_equal(claim.stop, CLAIM_OWN);
	for (size_t i = 0; i < 5; i++)
		assert_int_equal(taken[i].delay_us, 20200 * (int64_t)i);
	assert_true(claim.wait_us > 0 && claim.wait_us <= 20200);
	assert_sums(w);
}

static void campaigns_share_the_pace_of_the_account(void **state)
{
	struct call_world *w = *state;
	struct candidate taken[MOST];
	struct claim claim;

	add_lead(w, 1);
	add_lead(w, 2);
	w->app.cfg.twilio_calls_per_second = 1;
	assert_int_equal(claim_next(w, 2, taken, &claim), 1);
	assert_int_equal(claim.stop, CLAIM_PACE);
	redis(w, "DEL", KEY_PACE CAMPAIGN, NULL, NULL, NULL);
	assert_int_equal(claim_next(w, 2, taken, &claim), 0);
	assert_int_equal(claim.stop, CLAIM_PACE);
}

static void a_faster_pace_holds_from_the_next_call_on(void **state)
{
	struct call_world *w = *state;
	struct candidate taken[MOST];
	struct claim claim;

	add_lead(w, 1);
	add_lead(w, 2);
	change_settings(w, "{\"calls_per_second\":0.001}");
	assert_int_equal(claim_next(w, 2, taken, &claim), 1);
	assert_true(claim.wait_us > 900 * 1000000LL);
	change_settings(w, "{\"calls_per_second\":1}");
	assert_int_equal(claim_next(w, 2, taken, &claim), 0);
	assert_true(claim.wait_us <= 1010000);
}

static void nobody_dials_while_twilio_asks_us_to_wait(void **state)
{
	struct call_world *w = *state;
	struct candidate taken[MOST];
	struct claim claim;

	add_lead(w, 1);
	redis(w, "SET", KEY_TWILIO_SLOW, arena_printf(w->app.mem, "%lld", (long long)clock_wall_ms(w->app.clock) + 60000), NULL,
	      NULL);
	assert_int_equal(claim_next(w, 1, taken, &claim), 0);
	assert_int_equal(claim.stop, CLAIM_SLOW);
	assert_true(claim.wait_us > 50 * 1000000);
}

static void a_number_on_the_list_is_never_called(void **state)
{
	struct call_world *w = *state;
	struct candidate taken[MOST];
	struct claim claim;

	add_lead(w, 1);
	add_lead(w, 2);
	redis(w, "HSET", KEY_DO_NOT_CALL, phone_of(w, 1), "{}", NULL);
	assert_int_equal(claim_next(w, 2, taken, &claim), 1);
	assert_int_equal(taken[0].lead.number, 2);
	assert_string_equal(lead_field(w, 1, "s"), "d");
	assert_string_equal(lead_field(w, 1, "o"), "suppressed");
	assert_int_equal(redis_number(w, "HGET", KEY_OUTCOMES CAMPAIGN, "suppressed", NULL), 1);
	assert_sums(w);
}

static void a_number_is_in_one_live_call(void **state)
{
	struct call_world *w = *state;
	struct candidate taken[MOST];
	struct claim claim;

	add_lead(w, 1);
	redis(w, "HSET", KEY_NUMBERS_LIVE, phone_of(w, 1), "of-another-campaign", NULL);
	assert_int_equal(claim_next(w, 1, taken, &claim), 0);
	assert_string_equal(lead_field(w, 1, "h"), "number_busy");
	assert_int_equal(redis_number(w, "ZCARD", held_key(w->app.mem, CAMPAIGN, 0, "number_busy"), NULL, NULL), 1);
	assert_int_equal(redis_number(w, "ZCARD", due_key(w->app.mem, CAMPAIGN, 0), NULL, NULL), 0);
}

static void add_contact(struct call_world *w, const char *phone, int64_t ms_ago, const char *attempt)
{
	redis(w, "ZADD", key_of(w->app.mem, KEY_CONTACT, phone),
	      arena_printf(w->app.mem, "%lld", (long long)(clock_wall_ms(w->app.clock) - ms_ago)), attempt, NULL);
}

static void a_number_rests_between_calls_and_after_too_many(void **state)
{
	struct call_world *w = *state;
	struct candidate taken[MOST];
	struct claim claim;

	w->app.cfg.contact_min_gap_s = 3600;
	w->app.cfg.contact_max_per_day = 2;
	for (int64_t n = 1; n <= 3; n++)
		add_lead(w, n);
	add_contact(w, phone_of(w, 1), 60 * 1000, "a");
	add_contact(w, phone_of(w, 2), 2 * 3600 * 1000, "b");
	add_contact(w, phone_of(w, 2), 5 * 3600 * 1000, "c");
	add_contact(w, phone_of(w, 3), 2 * 3600 * 1000, "d");
	add_contact(w, phone_of(w, 3), 25 * 3600 * 1000, "e");
	assert_int_equal(claim_next(w, 3, taken, &claim), 1);
	assert_int_equal(taken[0].lead.number, 3);
	assert_string_equal(lead_field(w, 1, "h"), "contact_gap");
	assert_string_equal(lead_field(w, 2, "h"), "contact_limit");
	assert_int_equal(redis_number(w, "ZCARD", key_of(w->app.mem, KEY_CONTACT, phone_of(w, 3)), NULL, NULL), 2);
	assert_sums(w);
}

static void what_was_held_comes_back_in_line(void **state)
{
	struct call_world *w = *state;
	struct call_plan plan;
	struct err err = { 0 };
	struct lead *leads;
	size_t count;

	add_lead(w, 1);
	assert_int_equal(call_plan_make(&w->app, CAMPAIGN, &plan, &err), 0);
	assert_int_equal(call_queue_next(&w->app, &plan, 1, &leads, &count, &err), 0);
	assert_int_equal(call_queue_hold(&w->app, &plan, &leads[0], BLOCK_MISSING_VARIABLE, &err), 0);
	assert_string_equal(lead_field(w, 1, "h"), "missing_variable");
	assert_int_equal(call_queue_release(&w->app, &plan, false, &err), 0);
	assert_int_equal(redis_number(w, "ZCARD", due_key(w->app.mem, CAMPAIGN, 0), NULL, NULL), 0);
	plan.agent.revision++;
	assert_int_equal(call_queue_release(&w->app, &plan, false, &err), 0);
	assert_int_equal(redis_number(w, "ZSCORE", due_key(w->app.mem, CAMPAIGN, 0), "1", NULL), 1);
	assert_string_equal(lead_field(w, 1, "h"), "");
	assert_int_equal(call_queue_hold(&w->app, &plan, &leads[0], BLOCK_TEXT_REFUSED, &err), 0);
	assert_int_equal(call_queue_release(&w->app, &plan, false, &err), 0);
	assert_string_equal(lead_field(w, 1, "h"), "text_refused");
	assert_int_equal(call_queue_release(&w->app, &plan, true, &err), 0);
	assert_string_equal(lead_field(w, 1, "h"), "");
	assert_sums(w);
}

static void a_dial_that_twilio_never_saw_leaves_no_trace(void **state)
{
	struct call_world *w = *state;
	struct candidate taken[MOST];
	struct claim claim;
	struct call_plan plan;
	struct err err = { 0 };
	struct call call;

	add_lead(w, 1);
	assert_int_equal(claim_next(w, 1, taken, &claim), 1);
	assert_int_equal(call_plan_make(&w->app, CAMPAIGN, &plan, &err), 0);
	call_queue_row(&w->app, &plan, &taken[0], &call);
	assert_int_equal(call_queue_withdraw(&w->app, &call, &err), 0);
	assert_int_equal(call_queue_withdraw(&w->app, &call, &err), 0); /* harmless */
	assert_string_equal(lead_field(w, 1, "s"), "");
	assert_string_equal(lead_field(w, 1, "a"), "");
	assert_int_equal(count_of(w, "attempts"), 0);
	assert_int_equal(count_of(w, "pending"), 1);
	assert_int_equal(redis_number(w, "EXISTS", key_of(w->app.mem, KEY_CALL, call.id), NULL, NULL), 0);
	assert_int_equal(redis_number(w, "GET", arena_printf(w->app.mem, KEY_PLACED CAMPAIGN ":%s", plan.day), NULL, NULL), 0);
	assert_sums(w);
}

static void a_claim_whose_answer_was_lost_is_the_same_claim(void **state)
{
	struct call_world *w = *state;
	struct candidate c = { .audio = "hash.wav", .id = "attempt-that-comes-twi" };
	struct call_plan plan;
	struct claim claim;
	struct err err = { 0 };
	struct lead *leads;
	size_t count;

	add_lead(w, 1);
	assert_int_equal(call_plan_make(&w->app, CAMPAIGN, &plan, &err), 0);
	assert_int_equal(call_queue_next(&w->app, &plan, 1, &leads, &count, &err), 0);
	c.lead = leads[0];
	for (int i = 0; i < 2; i++) {
		c.verdict = CLAIM_NOT_REACHED;
		assert_int_equal(call_queue_claim(&w->app, &plan, &c, 1, &claim, &err), 0);
		assert_int_equal(c.verdict, CLAIM_TAKEN);
	}
	assert_int_equal(count_of(w, "attempts"), 1);
	assert_sums(w);
}

int main(void)
{
#define IN_CAMPAIGN(test) cmocka_unit_test_setup_teardown(test, call_setup, call_teardown)
	const struct CMUnitTest tests[] = {
		IN_CAMPAIGN(leads_come_in_their_order_and_due_retries_first),
		IN_CAMPAIGN(a_retry_that_is_not_due_is_not_taken),
		IN_CAMPAIGN(a_campaign_that_does_not_run_claims_nothing),
		IN_CAMPAIGN(lines_and_the_day_have_an_end),
		IN_CAMPAIGN(each_call_has_its_moment_and_idleness_saves_nothing_up),
		IN_CAMPAIGN(campaigns_share_the_pace_of_the_account),
		IN_CAMPAIGN(a_faster_pace_holds_from_the_next_call_on),
		IN_CAMPAIGN(nobody_dials_while_twilio_asks_us_to_wait),
		IN_CAMPAIGN(a_number_on_the_list_is_never_called),
		IN_CAMPAIGN(a_number_is_in_one_live_call),
		IN_CAMPAIGN(a_number_rests_between_calls_and_after_too_many),
		IN_CAMPAIGN(what_was_held_comes_back_in_line),
		IN_CAMPAIGN(a_dial_that_twilio_never_saw_leaves_no_trace),
		IN_CAMPAIGN(a_claim_whose_answer_was_lost_is_the_same_claim),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
