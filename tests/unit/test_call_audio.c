/* What calls say: found without a purchase, bought ahead in the order of the calls, and what
 * becomes of a campaign that cannot be spoken. */
#include "tests/support/check.h"

#include <inttypes.h>
#include <string.h>

#include "base/json.h"
#include "campaign/call_audio.h"
#include "store/keys.h"
#include "tests/support/campaign_world.h"
#include "tests/support/fake_http.h"

#define WAV "RIFF\4\0\0\0WAVEdata"
#define ALWAYS ",\"calling_hours\":{\"days\":[\"thu\"],\"start\":\"00:00\",\"end\":\"24:00\"}" /* it is Thursday, 10:00 */
#define ALL_DAY ALWAYS ",\"recipient_hours\":null,\"calls_per_second\":1"

static struct fake_http *fake_of(struct world *w)
{
	return (struct fake_http *)w->app.http;
}

static int setup(void **state)
{
	struct world *w;
	struct fake_http *fake = calloc(1, sizeof(*fake));

	campaign_world_setup(state);
	w = *state;
	fake_http_init(fake, w->app.mem);
	w->app.http = &fake->base;
	w->app.cfg.elevenlabs_api_key = "xi_key";
	w->app.cfg.elevenlabs_base_url = "https://api.elevenlabs.io";
	w->app.cfg.webhook_base_url = "https://hooks.example";
	w->app.cfg.twilio_calls_per_second = 10;
	return 0;
}

static int teardown(void **state)
{
	struct world *w = *state;

	free(fake_of(w));
	assert_int_equal(system(arena_printf(w->app.mem, "rm -rf '%s/audio'", w->state_dir)), 0);
	return api_teardown(state);
}

static void speak(struct world *w, int times)
{
	while (times--)
		fake_http_answer_bytes(fake_of(w), 200, (struct str){ WAV, sizeof(WAV) - 1 });
}

/* What ElevenLabs was asked to say in its nth call. */
static const char *said(struct world *w, size_t n)
{
	struct err err = { 0 };

	assert_true(n < fake_of(w)->call_count);
	return json_text(json_read(w->app.mem, fake_of(w)->calls[n].body, &err), "text");
}

static const char *running(struct world *w, const char *script, const char *more)
{
	const char *id = new_campaign(w, new_agent(w, script), arena_join(w->app.mem, ALL_DAY, more));

	redis_number(w, arena_printf(w->app.mem, "HSET " KEY_CAMPAIGN "%s state running", id));
	redis_number(w, arena_printf(w->app.mem, "SADD " KEY_CAMPAIGNS_ACTIVE " %s", id));
	return id;
}

static int64_t add(struct world *w, const char *campaign, const char *city, int64_t next_ms)
{
	int64_t number = add_lead(w, campaign, "", next_ms, NULL);

	redis_number(w, arena_printf(w->app.mem, "HSET %s v:city %s", lead_key(w->app.mem, campaign, number), city));
	return number;
}

static bool turn(struct world *w)
{
	struct err err = { 0 };
	bool idle = false;

	if (audio_worker_turn(&w->app, &idle, &err))
		fail_msg("%s", err.msg);
	return idle;
}

struct world_of_one {
	struct campaign c;
	struct agent agent;
	struct lead lead;
};

static void load(struct world *w, const char *campaign, int64_t number, struct world_of_one *one)
{
	struct err err = { 0 };

	assert_int_equal(campaign_load(&w->app, campaign, &one->c, &err), 0);
	assert_int_equal(agent_load(&w->app, one->c.agent_id, &one->agent, &err), 0);
	assert_int_equal(lead_load(&w->app, campaign, number, &one->lead, &err), 0);
}

static const char *state_of(struct world *w, const char *campaign, const char *field)
{
	return redis_text(w, arena_printf(w->app.mem, "HGET " KEY_CAMPAIGN "%s %s", campaign, field));
}

/* ---- one call ---- */

static void a_script_is_found_without_a_purchase_and_bought_on_demand(void **state)
{
	struct world *w = *state;
	const char *id = running(w, "Hello from {{city}}!", ""), *missing;
	struct world_of_one one;
	struct audio looked, bought;
	struct err err = { 0 };
	bool ready = true;

	load(w, id, add(w, id, "Bonn", 0), &one);
	assert_int_equal(call_audio_script(&w->app, &one.c, &one.agent, &one.lead, CALL_AUDIO_LOOK, &looked, &ready, &missing, &err), 0);
	assert_false(ready);
	assert_null(missing);
	assert_int_equal(fake_of(w)->call_count, 0);
	speak(w, 1);
	assert_int_equal(call_audio_script(&w->app, &one.c, &one.agent, &one.lead, CALL_AUDIO_BUY, &bought, &ready, &missing, &err), 0);
	assert_true(ready);
	assert_string_equal(said(w, 0), "Hello from Bonn!");
	assert_string_equal(fake_of(w)->calls[0].url,
			    "https://api.elevenlabs.io/v1/text-to-speech/voice-of-the-settings?output_format=wav_8000");
	assert_string_equal(bought.name, looked.name);
	assert_string_equal(call_audio_url(&w->app, bought.name),
			    arena_printf(w->app.mem, "https://hooks.example/audio/%s.wav", bought.hash));
	assert_int_equal(call_audio_script(&w->app, &one.c, &one.agent, &one.lead, CALL_AUDIO_LOOK, &looked, &ready, &missing, &err), 0);
	assert_true(ready);
	assert_int_equal(fake_of(w)->call_count, 1);
}

static void a_variable_that_the_lead_lacks_is_named_and_nothing_is_bought(void **state)
{
	struct world *w = *state;
	const char *id = running(w, "Hello {{first_name}} from {{city}}", ""), *missing = NULL;
	struct world_of_one one;
	struct audio audio;
	struct err err = { 0 };
	bool ready;

	load(w, id, add(w, id, "Bonn", 0), &one);
	assert_int_equal(call_audio_script(&w->app, &one.c, &one.agent, &one.lead, CALL_AUDIO_BUY, &audio, &ready, &missing, &err), 0);
	assert_false(ready);
	assert_string_equal(missing, "first_name");
	assert_true(turn(w));
	assert_int_equal(fake_of(w)->call_count, 0);
	assert_string_equal(state_of(w, id, "state"), "running");
}

static void a_language_is_told_to_the_models_that_take_one(void **state)
{
	static const struct {
		const char *model, *sent;
	} rows[] = { { "eleven_flash_v2_5", "de" }, { "eleven_multilingual_v2", NULL } };
	struct world *w = *state;

	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		const struct agent agent = { .voice_id = "v", .model_id = rows[i].model, .language = "de" };
		struct audio audio;
		struct err err = { 0 };
		const char *sent;
		bool ready;

		speak(w, 1);
		assert_int_equal(call_audio_say(&w->app, &agent, "Danke", CALL_AUDIO_BUY, &audio, &ready, &err), 0);
		sent = json_text(json_read(w->app.mem, fake_of(w)->calls[i].body, &err), "language_code");
		check_row(rows[i].model, rows[i].sent ? sent && !strcmp(sent, rows[i].sent) : !sent);
	}
}

/* ---- ahead of the calls ---- */

static void retries_that_are_due_go_first_then_the_lowest_numbers(void **state)
{
	static const char *const expected[] = { "Berlin", "Essen", "Aachen", "Celle", "Dresden" };
	struct world *w = *state;
	const char *id = running(w, "{{city}}", "");

	add(w, id, "Aachen", 0);
	add(w, id, "Berlin", API_NOW_MS - 5000);
	add(w, id, "Celle", 0);
	add(w, id, "Dresden", 0);
	add(w, id, "Essen", API_NOW_MS + 59 * 1000);
	add(w, id, "Fulda", API_NOW_MS + 61 * 1000);
	speak(w, ARRAY_LEN(expected));
	assert_false(turn(w));
	assert_int_equal(fake_of(w)->call_count, ARRAY_LEN(expected));
	for (size_t i = 0; i < ARRAY_LEN(expected); i++)
		assert_string_equal(said(w, i), expected[i]);
	assert_true(turn(w));
	assert_int_equal(fake_of(w)->unanswered, 0);
}

static void what_all_hear_is_bought_once_the_words_of_the_keys_too(void **state)
{
	struct world *w = *state;
	const char *id = running(w, "The same for all.", ",\"keys\":{\"1\":{\"outcome\":\"interested\",\"say\":\"Thank you.\"},"
						       "\"2\":{\"outcome\":\"later\"},\"9\":{\"outcome\":\"opt_out\",\"say\":\"Bye.\"}}");

	for (int i = 0; i < 60; i++)
		add(w, id, "Bonn", 0);
	speak(w, 3);
	assert_false(turn(w));
	assert_true(turn(w));
	assert_int_equal(fake_of(w)->call_count, 3);
	assert_string_equal(said(w, 0), "Thank you.");
	assert_string_equal(said(w, 1), "Bye.");
	assert_string_equal(said(w, 2), "The same for all.");
}

static void a_turn_buys_ten_and_looks_a_minute_of_calls_ahead(void **state)
{
	static const size_t bought[] = { 10, 20, 30, 40, 50, 60, 60 };
	struct world *w = *state;
	const char *id = running(w, "{{city}}", "");

	for (int i = 0; i < 100; i++)
		add(w, id, arena_printf(w->app.mem, "C%d", i), 0);
	speak(w, 100);
	for (size_t i = 0; i < ARRAY_LEN(bought); i++) {
		turn(w);
		assert_int_equal(fake_of(w)->call_count, bought[i]);
	}
}

static void only_running_broadcasts_are_spoken(void **state)
{
	static const char *const states[] = { "draft", "paused", "stopped", "completed" };
	struct world *w = *state;
	const char *id = running(w, "Hello", "");

	add(w, id, "Bonn", 0);
	for (size_t i = 0; i < ARRAY_LEN(states); i++) {
		redis_number(w, arena_printf(w->app.mem, "HSET " KEY_CAMPAIGN "%s state %s", id, states[i]));
		check_row(states[i], turn(w) && !fake_of(w)->call_count);
	}
	id = running(w, "Hello", ",\"mode\":\"conversation\"");
	add(w, id, "Bonn", 0);
	redis_number(w, "SADD " KEY_CAMPAIGNS_ACTIVE " no-such-campaign");
	assert_true(turn(w));
	assert_int_equal(fake_of(w)->call_count, 0);
}

static void hours_that_begin_in_two_minutes_are_prepared_for_and_no_others(void **state)
{
	static const struct {
		const char *name, *hours;
		bool prepared;
	} rows[] = {
		{ "open", "\"start\":\"09:00\",\"end\":\"20:00\"", true },
		{ "in two minutes", "\"start\":\"10:02\",\"end\":\"20:00\"", true },
		{ "in three minutes", "\"start\":\"10:03\",\"end\":\"20:00\"", false },
		{ "over", "\"start\":\"08:00\",\"end\":\"10:00\"", false },
	};
	struct world *w = *state;

	for (size_t i = 0; i < ARRAY_LEN(rows) * 2; i++) {
		bool recipients = i >= ARRAY_LEN(rows), prepared = rows[i % ARRAY_LEN(rows)].prepared;
		const char *hours = rows[i % ARRAY_LEN(rows)].hours;
		const char *more = recipients ?
			arena_printf(w->app.mem, ALWAYS ",\"recipient_hours\":{%s}", hours) :
			arena_printf(w->app.mem, ",\"calling_hours\":{\"days\":[\"thu\"],%s},\"recipient_hours\":null", hours);
		const char *id = new_campaign(w, new_agent(w, arena_printf(w->app.mem, "Number %zu", i)), more);
		size_t before = fake_of(w)->call_count;

		redis_number(w, arena_printf(w->app.mem, "HSET " KEY_CAMPAIGN "%s state running", id));
		redis_number(w, "DEL " KEY_CAMPAIGNS_ACTIVE);
		redis_number(w, arena_printf(w->app.mem, "SADD " KEY_CAMPAIGNS_ACTIVE " %s", id));
		add(w, id, "Bonn", 0);
		if (prepared)
			speak(w, 1);
		turn(w);
		check_row(rows[i % ARRAY_LEN(rows)].name, fake_of(w)->call_count - before == prepared);
	}
}

static void what_another_process_buys_is_not_waited_for(void **state)
{
	struct world *w = *state;
	const char *id = running(w, "{{city}}", ""), *missing;
	struct world_of_one one;
	struct audio audio;
	struct err err = { 0 };
	bool ready;
	int lock;

	load(w, id, add(w, id, "Bonn", 0), &one);
	add(w, id, "Ulm", 0);
	assert_int_equal(call_audio_script(&w->app, &one.c, &one.agent, &one.lead, CALL_AUDIO_LOOK, &audio, &ready, &missing, &err), 0);
	assert_int_equal(audio_lock(w->app.mem, w->state_dir, audio.hash, false, &lock, &err), 0);
	speak(w, 1);
	assert_false(turn(w));
	assert_int_equal(fake_of(w)->call_count, 1);
	assert_string_equal(said(w, 0), "Ulm");
	audio_unlock(w->app.mem, w->state_dir, audio.hash, lock);
	speak(w, 1);
	assert_false(turn(w));
	assert_string_equal(said(w, 1), "Bonn");
}

/* ---- what goes wrong ---- */

static void a_failure_pauses_the_campaign_or_makes_all_wait(void **state)
{
	static const struct {
		const char *name;
		int status;
		const char *body, *reason; /* NULL: it goes on running */
		int slow_s;
	} rows[] = {
		{ "key", 401, "{}", "ElevenLabs refused the key; look at ELEVENLABS_API_KEY.", 0 },
		{ "credits", 402, "{\"detail\":{\"code\":\"insufficient_credits\"}}", "ElevenLabs' credits are used up.", 0 },
		{ "credits, as before", 401, "{\"detail\":{\"status\":\"quota_exceeded\"}}", "ElevenLabs' credits are used up.", 0 },
		{ "voice", 404, "{\"detail\":{\"code\":\"voice_not_found\"}}",
		  "ElevenLabs does not know the voice or the model of the agent.", 0 },
		{ "text for all", 400, "{\"detail\":{\"code\":\"text_too_long\"}}",
		  "ElevenLabs refused to speak for the campaign: text_too_long.", 0 },
		{ "too often", 429, "{}", NULL, 7 },
		{ "broken", 500, "{}", NULL, 5 },
	};
	struct world *w = *state;

	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		const char *id = running(w, arena_printf(w->app.mem, "Text %zu", i), "");
		int64_t ttl;

		add(w, id, "Bonn", 0);
		fake_http_answer(fake_of(w), rows[i].status, rows[i].body);
		if (rows[i].status == 429)
			fake_http_header(fake_of(w), "retry-after", "7");
		check_row(rows[i].name, turn(w) && turn(w));
		check_row(rows[i].name, fake_of(w)->call_count == i + 1);
		check_row_text(rows[i].name, state_of(w, id, "state"), rows[i].reason ? "paused" : "running");
		if (rows[i].reason)
			check_row_text(rows[i].name, state_of(w, id, "reason"), rows[i].reason);
		ttl = redis_number(w, "TTL " KEY_AUDIO_SLOW);
		check_row(rows[i].name, rows[i].slow_s ? ttl > 0 && ttl <= rows[i].slow_s : ttl < 0);
		redis_number(w, "DEL " KEY_AUDIO_SLOW);
		redis_number(w, "DEL " KEY_CAMPAIGNS_ACTIVE);
	}
}

static void without_elevenlabs_a_campaign_that_must_buy_is_paused(void **state)
{
	struct world *w = *state;
	const char *id = running(w, "Hello", "");

	add(w, id, "Bonn", 0);
	w->app.cfg.have_elevenlabs = false;
	assert_true(turn(w));
	assert_int_equal(fake_of(w)->call_count, 0);
	assert_string_equal(state_of(w, id, "state"), "paused");
}

static void what_may_have_been_paid_for_is_not_bought_again_for_a_minute(void **state)
{
	struct world *w = *state;
	const char *id = running(w, "{{city}}", ""), *missing, *key;
	struct world_of_one one;
	struct audio audio;
	struct err err = { 0 };
	bool ready;

	load(w, id, add(w, id, "Bonn", 0), &one);
	fake_http_fail(fake_of(w), ERR_UNKNOWN);
	assert_true(turn(w));
	assert_true(redis_number(w, "TTL " KEY_AUDIO_SLOW) > 0);
	redis_number(w, "DEL " KEY_AUDIO_SLOW);
	add(w, id, "Ulm", 0);
	speak(w, 1);
	assert_false(turn(w));
	assert_int_equal(fake_of(w)->call_count, 2);
	assert_string_equal(said(w, 1), "Ulm");
	assert_string_equal(state_of(w, id, "state"), "running");

	assert_int_equal(call_audio_script(&w->app, &one.c, &one.agent, &one.lead, CALL_AUDIO_LOOK, &audio, &ready, &missing, &err), 0);
	assert_false(ready);
	assert_int_equal(call_audio_script(&w->app, &one.c, &one.agent, &one.lead, CALL_AUDIO_BUY, &audio, &ready, &missing, &err), -1);
	assert_int_equal(err.kind, ERR_CONFLICT);
	key = arena_join(w->app.mem, KEY_AUDIO_FAILED, audio.hash);
	assert_in_range(redis_number(w, arena_join(w->app.mem, "TTL ", key)), 50, 60);
	redis_number(w, arena_join(w->app.mem, "DEL ", key));
	speak(w, 1);
	assert_false(turn(w));
	assert_string_equal(said(w, 2), "Bonn");
}

static void a_text_refused_for_one_lead_stops_only_that_one_and_is_remembered(void **state)
{
	struct world *w = *state;
	const char *id = running(w, "{{city}}", ""), *missing;
	struct world_of_one one;
	struct audio audio;
	struct err err = { 0 };
	bool ready;

	load(w, id, add(w, id, "Bonn", 0), &one);
	add(w, id, "Ulm", 0);
	fake_http_answer(fake_of(w), 400, "{\"detail\":{\"code\":\"text_too_long\"}}");
	speak(w, 1);
	assert_false(turn(w));
	assert_string_equal(said(w, 1), "Ulm");
	assert_true(turn(w));
	assert_int_equal(fake_of(w)->call_count, 2);
	assert_string_equal(state_of(w, id, "state"), "running");
	assert_int_equal(call_audio_script(&w->app, &one.c, &one.agent, &one.lead, CALL_AUDIO_LOOK, &audio, &ready, &missing, &err), -1);
	assert_int_equal(err.kind, ERR_REFUSED);
	assert_string_equal(err.code, "text_too_long");
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(a_script_is_found_without_a_purchase_and_bought_on_demand),
		TEST(a_variable_that_the_lead_lacks_is_named_and_nothing_is_bought),
		TEST(a_language_is_told_to_the_models_that_take_one),
		TEST(retries_that_are_due_go_first_then_the_lowest_numbers),
		TEST(what_all_hear_is_bought_once_the_words_of_the_keys_too),
		TEST(a_turn_buys_ten_and_looks_a_minute_of_calls_ahead),
		TEST(only_running_broadcasts_are_spoken),
		TEST(hours_that_begin_in_two_minutes_are_prepared_for_and_no_others),
		TEST(what_another_process_buys_is_not_waited_for),
		TEST(a_failure_pauses_the_campaign_or_makes_all_wait),
		TEST(without_elevenlabs_a_campaign_that_must_buy_is_paused),
		TEST(what_may_have_been_paid_for_is_not_bought_again_for_a_minute),
		TEST(a_text_refused_for_one_lead_stops_only_that_one_and_is_remembered),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
