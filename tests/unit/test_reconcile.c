/* What nobody told us is asked for, and what was lost is found or given back. */
#include "tests/support/check.h"

#include <string.h>
#include <time.h>

#include "campaign/reconcile.h"
#include "store/keys.h"
#include "tests/support/call_world.h"
#include "tests/support/fake_http.h"

#define SID "CA0123456789abcdef0123456789abcdef"

static struct fake_http *twilio_of(struct call_world *w)
{
	struct fake_http *fake = arena_new_object(w->app.mem, struct fake_http);

	fake_http_init(fake, w->app.mem);
	w->app.http = &fake->base;
	return fake;
}

/* A claimed call that was placed so long ago. */
static const char *old_call(struct call_world *w, int64_t seconds, const char *sid)
{
	struct candidate *taken = arena_alloc(w->app.mem, CLAIM_MOST * sizeof(*taken));
	struct claim claim;
	const char *key;

	add_lead(w, 1);
	assert_int_equal(claim_next(w, 1, taken, &claim), 1);
	key = key_of(w->app.mem, KEY_CALL, taken[0].id);
	redis(w, "HSET", key, "placed",
	      arena_printf(w->app.mem, "%lld", (long long)(clock_wall_ms(w->app.clock) - seconds * 1000)), NULL);
	redis(w, "ZADD", KEY_CALLS_OPEN, "1", taken[0].id, NULL);
	if (sid)
		redis(w, "HSET", key, "sid", sid, NULL);
	return taken[0].id;
}

static void turn(struct call_world *w)
{
	struct err err = { 0 };
	bool idle;

	assert_int_equal(reconcile_turn(&w->app, &idle, &err), 0);
}

static const char *call_field(struct call_world *w, const char *id, const char *field)
{
	struct reply r = redis(w, "HGET", key_of(w->app.mem, KEY_CALL, id), field, NULL, NULL);

	return reply_text(&r) ? reply_text(&r) : "";
}

static void a_silent_call_is_asked_about_and_settled(void **state)
{
	struct call_world *w = *state;
	struct fake_http *twilio = twilio_of(w);
	const char *id = old_call(w, 40, SID);

	fake_http_answer(twilio, 200, "{\"sid\":\"" SID "\",\"status\":\"completed\",\"duration\":\"7\"}");
	turn(w);
	assert_int_equal(twilio->call_count, 1);
	assert_string_equal(call_field(w, id, "status"), "completed");
	assert_string_equal(call_field(w, id, "duration"), "7");
	assert_string_equal(lead_field(w, 1, "o"), "answered");
	assert_sums(w);
}

static void a_call_that_goes_on_is_asked_about_later(void **state)
{
	struct call_world *w = *state;
	struct fake_http *twilio = twilio_of(w);
	const char *id = old_call(w, 40, SID);

	fake_http_answer(twilio, 200, "{\"sid\":\"" SID "\",\"status\":\"in-progress\"}");
	turn(w);
	turn(w);
	assert_int_equal(twilio->call_count, 1);
	assert_string_equal(call_field(w, id, "status"), "in-progress");
	assert_true(redis_number(w, "ZSCORE", KEY_CALLS_OPEN, id, NULL) > clock_wall_ms(w->app.clock) + 10000);
}

static const char *listed(struct call_world *w, int64_t seconds_ago, const char *status)
{
	char date[64];
	time_t at = (time_t)(clock_wall_ms(w->app.clock) / 1000 - seconds_ago);
	struct tm tm;

	gmtime_r(&at, &tm);
	strftime(date, sizeof(date), "%a, %d %b %Y %H:%M:%S +0000", &tm);
	return arena_printf(w->app.mem,
			    "{\"calls\":[{\"sid\":\"" SID "\",\"status\":\"%s\",\"to\":\"+14155550001\",\"from\":\"+14155550100\","
			    "\"date_created\":\"%s\"}],\"next_page_uri\":null}", status, date);
}

static void a_lost_dial_is_found_among_the_calls_of_its_number(void **state)
{
	struct call_world *w = *state;
	struct fake_http *twilio = twilio_of(w);
	const char *id = old_call(w, 65, NULL);

	fake_http_answer(twilio, 200, listed(w, 64, "busy"));
	turn(w);
	assert_string_equal(call_field(w, id, "sid"), SID);
	assert_string_equal(call_field(w, id, "status"), "busy");
	assert_string_equal(lead_field(w, 1, "s"), "w");
	assert_sums(w);
}

static void a_call_of_another_attempt_or_time_is_not_taken_for_it(void **state)
{
	struct call_world *w = *state;
	struct fake_http *twilio = twilio_of(w);
	const char *id = old_call(w, 65, NULL);

	redis(w, "SET", KEY_SID SID, "another-attempt", NULL, NULL);
	fake_http_answer(twilio, 200, listed(w, 64, "completed"));
	turn(w);
	redis(w, "DEL", KEY_SID SID, NULL, NULL, NULL);
	redis(w, "ZADD", KEY_CALLS_OPEN, "1", id, NULL);
	fake_http_answer(twilio, 200, listed(w, 3600, "completed"));
	turn(w);
	assert_int_equal(twilio->call_count, 2);
	assert_string_equal(call_field(w, id, "sid"), "");
	assert_int_equal(count_of(w, "calling"), 1);
}

static void a_dial_that_twilio_never_saw_is_given_back_after_a_while(void **state)
{
	struct call_world *w = *state;
	struct fake_http *twilio = twilio_of(w);

	old_call(w, 95, NULL);
	fake_http_answer(twilio, 200, "{\"calls\":[],\"next_page_uri\":null}");
	turn(w);
	assert_int_equal(count_of(w, "pending"), 1);
	assert_int_equal(count_of(w, "attempts"), 0);
	assert_sums(w);
}

static void nothing_is_given_back_while_twilio_cannot_be_asked(void **state)
{
	struct call_world *w = *state;
	struct fake_http *twilio = twilio_of(w);

	old_call(w, 600, NULL);
	fake_http_fail(twilio, ERR_UPSTREAM);
	turn(w);
	assert_int_equal(twilio->call_count, 1);
	assert_int_equal(count_of(w, "calling"), 1);
}

static void what_waits_at_twilio_is_canceled_with_its_campaign(void **state)
{
	struct call_world *w = *state;
	struct fake_http *twilio = twilio_of(w);
	struct err err = { 0 };
	bool changed;

	old_call(w, 1, SID);
	redis(w, "ZADD", KEY_CALLS_OPEN, "99999999999999", lead_field(w, 1, "q"), NULL);
	assert_int_equal(campaign_move(&w->app, CAMPAIGN, 1 << CAMPAIGN_RUNNING, CAMPAIGN_PAUSED, "Paused.", &changed, &err), 0);
	fake_http_answer(twilio, 200, "{\"sid\":\"" SID "\",\"status\":\"canceled\"}");
	turn(w);
	assert_non_null(str_find(twilio->calls[0].body, STR("Status=canceled")));
	assert_int_equal(count_of(w, "pending"), 1);
	assert_int_equal(count_of(w, "attempts"), 0);
	assert_sums(w);
	turn(w);
	assert_int_equal(twilio->call_count, 1);
}

static void a_machine_that_was_not_hung_up_is_hung_up(void **state)
{
	struct call_world *w = *state;
	struct fake_http *twilio = twilio_of(w);
	const char *id = old_call(w, 40, SID);

	redis(w, "HSET", key_of(w->app.mem, KEY_CALL, id), "answered_by", "machine_start", NULL);
	fake_http_answer(twilio, 200, "{\"sid\":\"" SID "\",\"status\":\"in-progress\"}");
	fake_http_answer(twilio, 200, "{\"sid\":\"" SID "\",\"status\":\"completed\"}");
	turn(w);
	assert_int_equal(twilio->call_count, 2);
	assert_non_null(str_find(twilio->calls[1].body, STR("Status=completed")));
}

static void a_campaign_that_cannot_be_read_keeps_no_other_from_its_end(void **state)
{
	struct call_world *w = *state;
	struct reply r;

	(void)twilio_of(w);
	/* One before and one after in whatever order the set has. */
	for (int i = 0; i < 8; i++) {
		const char *id = arena_printf(w->app.mem, "broken-campaign-%d", i);

		redis(w, "HSET", key_of(w->app.mem, KEY_CAMPAIGN, id), "state", "running", NULL);
		redis(w, "SADD", KEY_CAMPAIGNS_ACTIVE, id, NULL, NULL);
	}
	add_lead(w, 1);
	redis(w, "DEL", due_key(w->app.mem, CAMPAIGN, 0), NULL, NULL, NULL);
	redis(w, "HSET", KEY_COUNTS CAMPAIGN, "pending", "0", NULL);
	redis(w, "HSET", KEY_COUNTS CAMPAIGN, "done", "1", NULL);
	turn(w);
	r = redis(w, "HGET", KEY_CAMPAIGN CAMPAIGN, "state", NULL, NULL);
	assert_string_equal(reply_text(&r), "completed");
}

int main(void)
{
#define IN_CAMPAIGN(test) cmocka_unit_test_setup_teardown(test, call_setup, call_teardown)
	const struct CMUnitTest tests[] = {
		IN_CAMPAIGN(a_silent_call_is_asked_about_and_settled),
		IN_CAMPAIGN(a_call_that_goes_on_is_asked_about_later),
		IN_CAMPAIGN(a_lost_dial_is_found_among_the_calls_of_its_number),
		IN_CAMPAIGN(a_call_of_another_attempt_or_time_is_not_taken_for_it),
		IN_CAMPAIGN(a_dial_that_twilio_never_saw_is_given_back_after_a_while),
		IN_CAMPAIGN(nothing_is_given_back_while_twilio_cannot_be_asked),
		IN_CAMPAIGN(what_waits_at_twilio_is_canceled_with_its_campaign),
		IN_CAMPAIGN(a_machine_that_was_not_hung_up_is_hung_up),
		IN_CAMPAIGN(a_campaign_that_cannot_be_read_keeps_no_other_from_its_end),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
