/* What happened to a call can be read step by step, and how calls ended is counted over time. */
#include "tests/support/check.h"

#include <string.h>

#include "access/actor.h"
#include "base/json.h"
#include "campaign/call_show.h"
#include "campaign/call_steps.h"
#include "campaign/now.h"
#include "campaign/series.h"
#include "store/keys.h"
#include "tests/support/call_world.h"

static void tell(struct call_world *w, const char *id, struct call_news news)
{
	struct err err = { 0 };
	bool changed;

	assert_int_equal(call_tell(&w->app, id, &news, &changed, NULL, &err), 0);
}

static struct json_object *shown(struct call_world *w, const char *id)
{
	struct json_object *o;
	struct err err = { 0 };
	struct call call;

	assert_int_equal(call_show_json(&w->app, CAMPAIGN, id, &o, &call, &err), 0);
	return o;
}

/* "event=value event ..." */
static const char *events(struct call_world *w, struct json_object *call)
{
	const char *text = "";
	size_t count;
	struct json_object *steps = json_list(call, "timeline", &count);

	for (size_t i = 0; i < count; i++) {
		struct json_object *step = json_object_array_get_idx(steps, i);
		const char *value = json_text(step, "value");

		text = arena_printf(w->app.mem, "%s%s%s%s%s", text, i ? " " : "", json_text(step, "event"), value ? "=" : "",
				    value ? value : "");
		assert_non_null(json_text(step, "at"));
		assert_non_null(json_text(step, "text"));
	}
	return text;
}

static struct json_object *last_step(struct json_object *call)
{
	size_t count;
	struct json_object *steps = json_list(call, "timeline", &count);

	return json_object_array_get_idx(steps, count - 1);
}

static void each_change_is_a_step_and_repeated_news_are_none(void **state)
{
	struct call_world *w = *state;
	const char *id = one_call(w);

	tell(w, id, (struct call_news){ .sid = "CA1", .status = "ringing" });
	tell(w, id, (struct call_news){ .sid = "CA1", .status = "ringing" });
	tell(w, id, (struct call_news){ .status = "in-progress", .answered_by = "human" });
	tell(w, id, (struct call_news){ .speech = "yes = \"why\" 50%" });
	tell(w, id, (struct call_news){ .digits = "1", .outcome = "interested" });
	tell(w, id, (struct call_news){ .status = "completed", .duration_s = 12 });
	assert_string_equal(events(w, shown(w, id)),
			    "claimed taken status=ringing status=in-progress answered_by=human speech=yes = \"why\" 50% "
			    "digits=1 outcome=interested status=completed settled=interested");
	assert_string_equal(json_text(last_step(shown(w, id)), "text"),
			    "Settled as interested: the lead is done, it is not called again.");
}

static void a_retry_says_when_and_after_how_many(void **state)
{
	struct call_world *w = *state;
	const char *id = one_call(w);
	struct json_object *step;

	tell(w, id, (struct call_news){ .status = "busy" });
	step = last_step(shown(w, id));
	assert_string_equal(json_text(step, "text"), "Settled as busy: attempt 1 of 3, so the lead waits for another call.");
	assert_non_null(json_text(step, "next_call_at"));
}

static void what_twilio_took_is_a_step_of_its_own(void **state)
{
	struct call_world *w = *state;
	const char *id = one_call(w);
	struct err err = { 0 };
	struct call call;
	struct placed_call placed = { &call, "CA1" };
	struct placed_batch batch = { .calls = &placed, .count = 1 };

	assert_int_equal(call_load(&w->app, id, &call, &err), 0);
	call_queue_placed_begin(&w->app, w->app.store, &batch);
	assert_int_equal(call_queue_placed_end(&w->app, w->app.store, &batch, &err), 0);
	tell(w, id, (struct call_news){ .not_placed = true });
	assert_string_equal(events(w, shown(w, id)), "claimed taken status=unknown settled=not_placed");
}

static void a_call_of_another_campaign_is_not_shown(void **state)
{
	struct call_world *w = *state;
	const char *id = one_call(w);
	struct json_object *o;
	struct err err = { 0 };
	struct call call;

	assert_int_equal(call_show_json(&w->app, "another", id, &o, &call, &err), -1);
	assert_int_equal(err.kind, ERR_MISSING);
}

static void what_was_said_to_an_agent_is_shown(void **state)
{
	struct call_world *w = *state;
	const char *id = one_call(w);
	struct json_object *o = shown(w, id), *turns;
	size_t count;

	assert_null(json_text(o, "conversation_id"));
	redis(w, "SET", key_of(w->app.mem, KEY_CALL_CONVERSATION, id), "conv_1", NULL, NULL);
	assert_null(json_list(shown(w, id), "transcript", &count));
	redis(w, "HSET", KEY_CONVERSATION "conv_1", "data",
	      "{\"transcript\":[{\"role\":\"agent\",\"message\":\"Hi <b>\",\"time_in_call_secs\":0},{\"role\":\"user\",\"message\":null},"
	      "7,{\"role\":\"user\",\"message\":\"Hello\",\"time_in_call_secs\":3}]}", NULL);
	turns = json_list(shown(w, id), "transcript", &count);
	assert_int_equal(count, 2);
	assert_string_equal(json_text(json_object_array_get_idx(turns, 0), "role"), "agent");
	assert_string_equal(json_text(json_object_array_get_idx(turns, 1), "text"), "Hello");
	assert_string_equal(json_text(json_object_array_get_idx(turns, 1), "role"), "person");
}

static void the_row_does_not_grow_for_ever(void **state)
{
	struct call_world *w = *state;
	const char *id = one_call(w);
	size_t count;

	for (int i = 0; i < 100; i++)
		tell(w, id, (struct call_news){ .digits = i % 2 ? "3" : "4" });
	json_list(shown(w, id), "timeline", &count);
	assert_int_equal(count, CALL_STEPS_MOST);
}

static void the_calls_over_time_count_each_end_once(void **state)
{
	struct call_world *w = *state;
	const char *id = one_call(w);
	struct json_object *series;
	struct campaign c;
	struct err err = { 0 };
	int64_t placed = 0, busy = 0;
	size_t count, buckets;

	tell(w, id, (struct call_news){ .status = "busy" });
	tell(w, id, (struct call_news){ .status = "completed" });
	assert_int_equal(campaign_load(&w->app, CAMPAIGN, &c, &err), 0);
	assert_int_equal(series_json(&w->app, &c, &(struct series_wish){ 0 }, &series, &err), 0);
	for (size_t i = 0; i < json_object_array_length(json_list(series, "placed", &count)); i++)
		placed += json_object_get_int64(json_object_array_get_idx(json_get(series, "placed"), i));
	for (size_t i = 0; i < json_object_array_length(json_list(series, "outcomes.busy", &buckets)); i++)
		busy += json_object_get_int64(json_object_array_get_idx(json_path(series, "outcomes.busy"), i));
	assert_int_equal(count, buckets);
	assert_int_equal(placed, 1);
	assert_int_equal(busy, 1);
	assert_null(json_path(series, "outcomes.answered"));
	/* by the hour too, for good */
	assert_int_equal(redis_number(w, "HLEN", KEY_SERIES CAMPAIGN, NULL, NULL), 1);
}

static struct json_object *now_for(struct call_world *w, const struct actor *actor)
{
	struct request req = { .mem = w->app.mem, .actor = actor };
	struct json_object *now;
	struct campaign c;
	struct err err = { 0 };

	assert_int_equal(campaign_load(&w->app, CAMPAIGN, &c, &err), 0);
	assert_int_equal(now_json(&w->app, &req, &c, &now, &err), 0);
	return now;
}

static void a_campaign_tells_its_calls_of_now_and_a_viewer_no_number(void **state)
{
	static const struct actor operator = { .email = "o", .role = ROLE_OPERATOR }, viewer = { .email = "v", .role = ROLE_VIEWER };
	struct call_world *w = *state;
	const char *id = one_call(w);
	struct json_object *now = now_for(w, &operator), *call;
	int64_t n = 0;
	size_t count;

	call = json_object_array_get_idx(json_list(now, "calls", &count), 0);
	assert_int_equal(count, 1);
	assert_string_equal(json_text(call, "id"), id);
	assert_string_equal(json_text(call, "phone"), phone_of(w, 1));
	assert_true(json_int(now, "placed_last_minute", &n) && n == 1);
	assert_true(json_int(now, "placed_today", &n) && n == 1);
	call = json_object_array_get_idx(json_list(now_for(w, &viewer), "calls", &count), 0);
	assert_string_not_equal(json_text(call, "phone"), phone_of(w, 1));
	assert_non_null(strstr(json_text(call, "phone"), "•••"));
	tell(w, id, (struct call_news){ .status = "busy" });
	json_list(now_for(w, &operator), "calls", &count);
	assert_int_equal(count, 0);
}

static void a_withdrawn_call_is_in_no_list(void **state)
{
	struct call_world *w = *state;
	const char *id = one_call(w);
	struct err err = { 0 };
	struct call call;

	assert_int_equal(redis_number(w, "ZCARD", KEY_CALLS_ALL, NULL, NULL), 1);
	assert_int_equal(call_load(&w->app, id, &call, &err), 0);
	assert_int_equal(call_queue_withdraw(&w->app, &call, &err), 0);
	assert_int_equal(redis_number(w, "ZCARD", KEY_CALLS_ALL, NULL, NULL), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(each_change_is_a_step_and_repeated_news_are_none, call_setup, call_teardown),
		cmocka_unit_test_setup_teardown(a_retry_says_when_and_after_how_many, call_setup, call_teardown),
		cmocka_unit_test_setup_teardown(what_twilio_took_is_a_step_of_its_own, call_setup, call_teardown),
		cmocka_unit_test_setup_teardown(a_call_of_another_campaign_is_not_shown, call_setup, call_teardown),
		cmocka_unit_test_setup_teardown(what_was_said_to_an_agent_is_shown, call_setup, call_teardown),
		cmocka_unit_test_setup_teardown(the_row_does_not_grow_for_ever, call_setup, call_teardown),
		cmocka_unit_test_setup_teardown(the_calls_over_time_count_each_end_once, call_setup, call_teardown),
		cmocka_unit_test_setup_teardown(a_campaign_tells_its_calls_of_now_and_a_viewer_no_number, call_setup, call_teardown),
		cmocka_unit_test_setup_teardown(a_withdrawn_call_is_in_no_list, call_setup, call_teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
