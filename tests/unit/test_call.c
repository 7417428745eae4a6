/* What becomes of a call and its lead, whatever comes, in whatever order, however often. */
#include "tests/support/check.h"

#include <string.h>

#include "store/keys.h"
#include "tests/support/call_world.h"

static bool tell(struct call_world *w, const char *id, struct call_news news)
{
	struct err err = { 0 };
	bool changed = false;

	assert_int_equal(call_tell(&w->app, id, &news, &changed, NULL, &err), 0);
	return changed;
}

static const char *call_field(struct call_world *w, const char *id, const char *field)
{
	struct reply r = redis(w, "HGET", key_of(w->app.mem, KEY_CALL, id), field, NULL, NULL);

	return reply_text(&r) ? reply_text(&r) : "";
}

static void assert_done(struct call_world *w, const char *outcome)
{
	assert_string_equal(lead_field(w, 1, "s"), "d");
	assert_string_equal(lead_field(w, 1, "o"), outcome);
	assert_int_equal(redis_number(w, "HGET", KEY_OUTCOMES CAMPAIGN, outcome, NULL), 1);
	assert_int_equal(count_of(w, "done"), 1);
	assert_sums(w);
}

static void a_call_that_was_heard_to_its_end_is_answered(void **state)
{
	struct call_world *w = *state;
	const char *id = one_call(w);

	assert_true(tell(w, id, (struct call_news){ .sid = "CA1", .status = "initiated" }));
	assert_true(tell(w, id, (struct call_news){ .sid = "CA1", .status = "in-progress" }));
	assert_true(tell(w, id, (struct call_news){ .sid = "CA1", .status = "completed", .duration_s = 12 }));
	assert_string_equal(call_field(w, id, "status"), "completed");
	assert_string_equal(call_field(w, id, "duration"), "12");
	assert_done(w, "answered");
}

static void news_behind_the_known_and_repeated_ones_change_nothing(void **state)
{
	struct call_world *w = *state;
	const char *id = one_call(w);

	tell(w, id, (struct call_news){ .sid = "CA1", .status = "in-progress" });
	assert_false(tell(w, id, (struct call_news){ .sid = "CA1", .status = "ringing" }));
	assert_false(tell(w, id, (struct call_news){ .status = "in-progress" }));
	tell(w, id, (struct call_news){ .status = "completed" });
	assert_false(tell(w, id, (struct call_news){ .status = "completed" }));
	assert_false(tell(w, id, (struct call_news){ .status = "busy" }));
	assert_false(tell(w, id, (struct call_news){ .status = "a word of the future" }));
	assert_done(w, "answered");
	assert_int_equal(redis_number(w, "HGET", KEY_CAMPAIGN CAMPAIGN, "seq", NULL), 3);
}

static void busy_waits_for_its_retry_and_ends_after_the_last(void **state)
{
	struct call_world *w = *state;
	const char *id = one_call(w);
	int64_t now = clock_wall_ms(w->app.clock), due;

	tell(w, id, (struct call_news){ .status = "busy" });
	assert_string_equal(lead_field(w, 1, "s"), "w");
	assert_int_equal(count_of(w, "waiting"), 1);
	due = redis_number(w, "ZSCORE", due_key(w->app.mem, CAMPAIGN, 0), "1", NULL);
	assert_true(due >= now + 60000 && due <= now + 66000 + 5000);
	assert_sums(w);
	for (int attempt = 2; attempt <= 3; attempt++) {
		struct candidate taken[CLAIM_MOST];
		struct claim claim;

		redis(w, "ZADD", due_key(w->app.mem, CAMPAIGN, 0), "1763632800000", "1", NULL);
		redis(w, "HSET", lead_key(w->app.mem, CAMPAIGN, 1), "t", "1763632800000", NULL);
		assert_int_equal(claim_next(w, 1, taken, &claim), 1);
		assert_string_equal(call_field(w, taken[0].id, "previous"), id);
		id = arena_strdup(w->app.mem, taken[0].id);
		tell(w, id, (struct call_news){ .status = "busy" });
	}
	assert_done(w, "busy");
	assert_int_equal(count_of(w, "attempts"), 3);
}

static void the_outcome_of_a_key_stays_and_an_opt_out_wins(void **state)
{
	struct call_world *w = *state;
	const char *id = one_call(w);

	tell(w, id, (struct call_news){ .status = "in-progress" });
	assert_true(tell(w, id, (struct call_news){ .digits = "1", .outcome = "interested" }));
	assert_false(tell(w, id, (struct call_news){ .digits = "2", .outcome = "not_interested" }));
	assert_true(tell(w, id, (struct call_news){ .outcome = "opted_out" }));
	tell(w, id, (struct call_news){ .status = "completed" });
	assert_string_equal(call_field(w, id, "digits"), "1");
	assert_done(w, "opted_out");
}

static void a_machine_is_voicemail_and_called_again_unless_it_took_a_message(void **state)
{
	struct call_world *w = *state;
	const char *id = one_call(w);

	tell(w, id, (struct call_news){ .status = "in-progress", .answered_by = "machine_start" });
	tell(w, id, (struct call_news){ .status = "completed" });
	assert_string_equal(call_field(w, id, "outcome"), "voicemail");
	assert_string_equal(lead_field(w, 1, "s"), "w");
	assert_sums(w);
}

static void a_message_that_was_left_is_delivered(void **state)
{
	struct call_world *w = *state;
	const char *id = one_call(w);

	tell(w, id, (struct call_news){ .status = "in-progress", .answered_by = "machine_end_beep", .leaves_message = true,
					.outcome = "voicemail" });
	tell(w, id, (struct call_news){ .status = "completed" });
	assert_done(w, "voicemail");
}

static void a_machine_that_nobody_minds_has_answered(void **state)
{
	struct call_world *w = *state;
	const char *id;

	change_settings(w, "{\"voicemail\":\"ignore\"}");
	id = one_call(w);
	tell(w, id, (struct call_news){ .status = "in-progress", .answered_by = "machine_start" });
	tell(w, id, (struct call_news){ .status = "completed" });
	assert_done(w, "answered");
}

static void a_number_that_cannot_be_called_is_never_tried_again(void **state)
{
	struct call_world *w = *state;
	const char *id = one_call(w);

	tell(w, id, (struct call_news){ .status = "failed", .outcome = "invalid_number", .error = "21211" });
	assert_string_equal(call_field(w, id, "error"), "21211");
	assert_done(w, "invalid_number");
}

static void a_call_canceled_before_it_rang_was_none(void **state)
{
	struct call_world *w = *state;
	const char *id = one_call(w);

	tell(w, id, (struct call_news){ .sid = "CA1", .status = "queued" });
	tell(w, id, (struct call_news){ .status = "canceled" });
	assert_string_equal(lead_field(w, 1, "s"), "");
	assert_int_equal(count_of(w, "pending"), 1);
	assert_int_equal(count_of(w, "attempts"), 0);
	assert_int_equal(redis_number(w, "ZSCORE", due_key(w->app.mem, CAMPAIGN, 0), "1", NULL), 1);
	assert_sums(w);
}

static void so_was_one_canceled_while_it_rang(void **state)
{
	struct call_world *w = *state;
	const char *id = one_call(w);

	tell(w, id, (struct call_news){ .status = "ringing" });
	tell(w, id, (struct call_news){ .status = "canceled" });
	assert_int_equal(count_of(w, "attempts"), 0);
	assert_int_equal(count_of(w, "pending"), 1);
	assert_sums(w);
}

static void what_we_lost_does_not_count_but_waits_a_little(void **state)
{
	struct call_world *w = *state;
	const char *id = one_call(w);
	int64_t now = clock_wall_ms(w->app.clock);

	tell(w, id, (struct call_news){ .status = "in-progress" });
	tell(w, id, (struct call_news){ .own_fault = true });
	assert_sums(w);
	tell(w, id, (struct call_news){ .status = "completed" });
	assert_int_equal(count_of(w, "attempts"), 0);
	assert_string_equal(lead_field(w, 1, "s"), "w");
	assert_true(redis_number(w, "ZSCORE", due_key(w->app.mem, CAMPAIGN, 0), "1", NULL) >= now + 60000);
	assert_sums(w);
}

static void what_we_lose_again_and_again_counts_from_the_second_time_on(void **state)
{
	struct call_world *w = *state;
	struct candidate *taken = arena_alloc(w->app.mem, CLAIM_MOST * sizeof(*taken));
	const char *id = one_call(w);
	struct claim claim;

	change_settings(w, "{\"retry\":{\"max_attempts\":1,\"delays_seconds\":{\"failed\":[60]}}}");
	tell(w, id, (struct call_news){ .status = "completed", .own_fault = true });
	assert_string_equal(lead_field(w, 1, "s"), "w");
	redis(w, "ZADD", due_key(w->app.mem, CAMPAIGN, 0), "1763632800000", "1", NULL);
	redis(w, "HSET", lead_key(w->app.mem, CAMPAIGN, 1), "t", "1763632800000", NULL);
	assert_int_equal(claim_next(w, 1, taken, &claim), 1);
	tell(w, taken[0].id, (struct call_news){ .status = "completed", .own_fault = true });
	assert_int_equal(count_of(w, "attempts"), 1);
	assert_done(w, "failed");
}

static void a_campaign_that_loses_call_after_call_pauses(void **state)
{
	struct call_world *w = *state;
	struct candidate *taken = arena_alloc(w->app.mem, CLAIM_MOST * sizeof(*taken));
	struct claim claim;
	struct reply r;

	for (int64_t n = 1; n <= 5; n++)
		add_lead(w, n);
	assert_int_equal(claim_next(w, 5, taken, &claim), 5);
	for (size_t i = 0; i < 5; i++) {
		r = redis(w, "HGET", KEY_CAMPAIGN CAMPAIGN, "state", NULL, NULL);
		assert_string_equal(reply_text(&r), "running");
		tell(w, taken[i].id, (struct call_news){ .status = "completed", .error = "11200" });
	}
	r = redis(w, "HGET", KEY_CAMPAIGN CAMPAIGN, "state", NULL, NULL);
	assert_string_equal(reply_text(&r), "paused");
	r = redis(w, "HGET", KEY_CAMPAIGN CAMPAIGN, "reason", NULL, NULL);
	assert_non_null(strstr(reply_text(&r), "11200"));
}

static void an_unknown_call_is_settled_by_what_is_heard_of_it_later(void **state)
{
	struct call_world *w = *state;
	const char *id = one_call(w);

	assert_true(tell(w, id, (struct call_news){ .status = "unknown" }));
	assert_string_equal(call_field(w, id, "status"), "unknown");
	assert_int_equal(count_of(w, "calling"), 1);
	tell(w, id, (struct call_news){ .sid = "CA1", .status = "ringing" });
	assert_false(tell(w, id, (struct call_news){ .status = "unknown" }));
	tell(w, id, (struct call_news){ .status = "no-answer" });
	assert_string_equal(lead_field(w, 1, "s"), "w");
	assert_sums(w);
}

static void what_was_never_placed_may_be_called_at_once(void **state)
{
	struct call_world *w = *state;
	const char *id = one_call(w);

	tell(w, id, (struct call_news){ .status = "unknown" });
	tell(w, id, (struct call_news){ .not_placed = true });
	assert_int_equal(count_of(w, "pending"), 1);
	assert_int_equal(count_of(w, "attempts"), 0);
	/* It was there after all: the row is completed, the lead is not touched any more. */
	tell(w, id, (struct call_news){ .sid = "CA1", .status = "completed" });
	assert_int_equal(count_of(w, "pending"), 1);
	assert_sums(w);
}

static void the_lead_of_a_stopped_campaign_is_not_called_again(void **state)
{
	struct call_world *w = *state;
	const char *id = one_call(w);

	redis(w, "HSET", KEY_CAMPAIGN CAMPAIGN, "state", "stopped", NULL);
	tell(w, id, (struct call_news){ .status = "busy" });
	assert_done(w, "stopped");
}

static void an_answered_call_of_a_stopped_campaign_counts(void **state)
{
	struct call_world *w = *state;
	const char *id = one_call(w);

	redis(w, "HSET", KEY_CAMPAIGN CAMPAIGN, "state", "stopped", NULL);
	tell(w, id, (struct call_news){ .status = "completed", .outcome = "interested" });
	assert_done(w, "interested");
}

static void a_call_that_is_not_ours_is_missing(void **state)
{
	struct call_world *w = *state;
	struct err err = { 0 };
	bool changed;

	assert_int_equal(call_tell(&w->app, "nobody", &(struct call_news){ .status = "busy" }, &changed, NULL, &err), -1);
	assert_int_equal(err.kind, ERR_MISSING);
}

int main(void)
{
#define IN_CAMPAIGN(test) cmocka_unit_test_setup_teardown(test, call_setup, call_teardown)
	const struct CMUnitTest tests[] = {
		IN_CAMPAIGN(a_call_that_was_heard_to_its_end_is_answered),
		IN_CAMPAIGN(news_behind_the_known_and_repeated_ones_change_nothing),
		IN_CAMPAIGN(busy_waits_for_its_retry_and_ends_after_the_last),
		IN_CAMPAIGN(the_outcome_of_a_key_stays_and_an_opt_out_wins),
		IN_CAMPAIGN(a_machine_is_voicemail_and_called_again_unless_it_took_a_message),
		IN_CAMPAIGN(a_message_that_was_left_is_delivered),
		IN_CAMPAIGN(a_machine_that_nobody_minds_has_answered),
		IN_CAMPAIGN(a_number_that_cannot_be_called_is_never_tried_again),
		IN_CAMPAIGN(a_call_canceled_before_it_rang_was_none),
		IN_CAMPAIGN(so_was_one_canceled_while_it_rang),
		IN_CAMPAIGN(what_we_lost_does_not_count_but_waits_a_little),
		IN_CAMPAIGN(what_we_lose_again_and_again_counts_from_the_second_time_on),
		IN_CAMPAIGN(a_campaign_that_loses_call_after_call_pauses),
		IN_CAMPAIGN(an_unknown_call_is_settled_by_what_is_heard_of_it_later),
		IN_CAMPAIGN(what_was_never_placed_may_be_called_at_once),
		IN_CAMPAIGN(the_lead_of_a_stopped_campaign_is_not_called_again),
		IN_CAMPAIGN(an_answered_call_of_a_stopped_campaign_counts),
		IN_CAMPAIGN(a_call_that_is_not_ours_is_missing),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
