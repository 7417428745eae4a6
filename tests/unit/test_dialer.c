/* The dialer against a Twilio that answers in every way it can. */
#include "tests/support/check.h"

#include <string.h>

#include "campaign/call_audio.h"
#include "campaign/dialer.h"
#include "store/keys.h"
#include "tests/support/call_world.h"
#include "tests/support/fake_many.h"

#define CREATED "{\"sid\":\"CA0123456789abcdef0123456789abcdef\",\"status\":\"queued\",\"to\":\"+14155550001\",\"from\":\"+14155550100\"}"

enum { LINES = 20 };

struct desk {
	struct call_world *w;
	struct fake_many many;
	struct dialer *dialer;
	struct arena *mem; /* of the fake: longer than a turn */
};

/* A campaign that needs no audio: what it says is another test's. */
static int desk_setup(void **state)
{
	struct desk *d = calloc(1, sizeof(*d));
	void *w;

	call_setup(&w);
	d->w = w;
	d->mem = arena_new();
	change_settings(d->w, "{\"mode\":\"conversation\"}");
	fake_many_init(&d->many, d->mem, LINES);
	d->dialer = dialer_new(&d->w->app, &d->many.base, LINES);
	*state = d;
	return 0;
}

static int desk_teardown(void **state)
{
	struct desk *d = *state;
	void *w = d->w;

	dialer_free(d->dialer);
	arena_free(d->mem);
	free(d);
	return call_teardown(&w);
}

static void turns(struct desk *d, int count)
{
	bool idle;

	for (int i = 0; i < count; i++) {
		struct err err = { 0 };

		assert_int_equal(dialer_turn(d->dialer, 0, &idle, &err), 0);
	}
}

static const char *state_of_campaign(struct desk *d)
{
	struct reply r = redis(d->w, "HGET", KEY_CAMPAIGN CAMPAIGN, "state", NULL, NULL);

	return reply_text(&r);
}

static const char *only_call(struct desk *d, const char *field)
{
	struct reply all = redis(d->w, "ZRANGE", KEY_CALLS CAMPAIGN, "0", "0", NULL), r;

	if (!all.count)
		return "(none)";
	r = redis(d->w, "HGET", key_of(d->w->app.mem, KEY_CALL, reply_text(&all.items[0])), field, NULL, NULL);
	return reply_text(&r) ? reply_text(&r) : "";
}

static void a_lead_is_dialled_once_and_its_call_known(void **state)
{
	struct desk *d = *state;
	const struct http_call *call = &d->many.started[0];

	add_lead(d->w, 1);
	fake_http_answer(&d->many.http, 201, CREATED);
	turns(d, 3);
	assert_int_equal(d->many.started_count, 1);
	assert_string_equal(call->method, "POST");
	assert_non_null(str_find(call->body, STR("To=%2B14155550001&From=%2B14155550100")));
	assert_non_null(str_find(call->body, STR("MachineDetection=Enable")));
	assert_non_null(str_find(call->body, str_from(arena_printf(d->mem, "answer%%3Fatt%%3D%s", lead_field(d->w, 1, "q")))));
	assert_non_null(str_find(call->body, STR("%23rc%3D3%26rp%3D5xx%2Cct%2Crt")));
	assert_string_equal(only_call(d, "sid"), "CA0123456789abcdef0123456789abcdef");
	assert_int_equal(count_of(d->w, "calling"), 1);
	assert_sums(d->w);
}

static void an_unclear_answer_is_never_dialled_again(void **state)
{
	struct desk *d = *state;

	add_lead(d->w, 1);
	fake_http_fail(&d->many.http, ERR_UNKNOWN);
	turns(d, 5);
	assert_int_equal(d->many.started_count, 1);
	assert_string_equal(only_call(d, "status"), "unknown");
	assert_int_equal(count_of(d->w, "calling"), 1);
	assert_sums(d->w);
}

static void a_server_error_is_unclear_too(void **state)
{
	struct desk *d = *state;

	add_lead(d->w, 1);
	fake_http_answer(&d->many.http, 500, "<html>");
	turns(d, 5);
	assert_int_equal(d->many.started_count, 1);
	assert_string_equal(only_call(d, "status"), "unknown");
}

static void too_many_requests_is_no_attempt_and_everybody_waits(void **state)
{
	struct desk *d = *state;

	add_lead(d->w, 1);
	fake_http_answer(&d->many.http, 429, "{\"code\":20429,\"message\":\"\",\"status\":429}");
	fake_http_header(&d->many.http, "retry-after", "60");
	turns(d, 5);
	assert_int_equal(d->many.started_count, 1);
	assert_string_equal(only_call(d, "status"), "(none)");
	assert_int_equal(count_of(d->w, "attempts"), 0);
	assert_int_equal(count_of(d->w, "pending"), 1);
	assert_true(redis_number(d->w, "PTTL", KEY_TWILIO_SLOW, NULL, NULL) > 50000);
	assert_sums(d->w);
}

static void a_refused_number_ends_its_lead_only(void **state)
{
	struct desk *d = *state;

	add_lead(d->w, 1);
	fake_http_answer(&d->many.http, 400, "{\"code\":21211,\"message\":\"\",\"status\":400}");
	turns(d, 3);
	assert_string_equal(lead_field(d->w, 1, "o"), "invalid_number");
	assert_string_equal(state_of_campaign(d), "running");
	assert_sums(d->w);
}

static void a_refused_caller_id_pauses_the_campaign_and_leaves_its_leads(void **state)
{
	struct desk *d = *state;
	struct reply reason;

	add_lead(d->w, 1);
	fake_http_answer(&d->many.http, 400, "{\"code\":21210,\"message\":\"\",\"status\":400}");
	turns(d, 5);
	assert_int_equal(d->many.started_count, 1);
	assert_string_equal(state_of_campaign(d), "paused");
	reason = redis(d->w, "HGET", KEY_CAMPAIGN CAMPAIGN, "reason", NULL, NULL);
	assert_non_null(strstr(reply_text(&reason), "21210"));
	assert_int_equal(count_of(d->w, "pending"), 1);
	assert_int_equal(count_of(d->w, "attempts"), 0);
}

static void failures_in_a_row_pause_the_campaign(void **state)
{
	struct desk *d = *state;

	for (int64_t n = 1; n <= 9; n++)
		add_lead(d->w, n);
	change_settings(d->w, "{\"max_concurrent_calls\":9}");
	for (int i = 0; i < 9; i++)
		fake_http_answer(&d->many.http, 503, "");
	turns(d, 5);
	assert_string_equal(state_of_campaign(d), "paused");
}

static void no_more_is_claimed_than_can_be_sent(void **state)
{
	struct desk *d = *state;

	for (int64_t n = 1; n <= 30; n++)
		add_lead(d->w, n);
	change_settings(d->w, "{\"max_concurrent_calls\":100}");
	for (int i = 0; i < 10000 && d->many.started_count < LINES; i++)
		turns(d, 1); /* nobody answers; each call waits for its moment */
	turns(d, 5);
	assert_int_equal(d->many.started_count, LINES);
	assert_int_equal(count_of(d->w, "calling"), LINES);
	assert_int_equal(count_of(d->w, "attempts"), LINES);
	assert_sums(d->w);
}

static void a_paused_campaign_is_not_dialled(void **state)
{
	struct desk *d = *state;

	add_lead(d->w, 1);
	redis(d->w, "HSET", KEY_CAMPAIGN CAMPAIGN, "state", "paused", NULL);
	turns(d, 3);
	assert_int_equal(d->many.started_count, 0);
}

static void a_lead_without_audio_waits_for_it(void **state)
{
	struct desk *d = *state;

	change_settings(d->w, "{\"mode\":\"broadcast\"}");
	add_lead(d->w, 1);
	turns(d, 3);
	assert_int_equal(d->many.started_count, 0);
	assert_int_equal(count_of(d->w, "pending"), 1);
}

static void a_script_that_cannot_be_filled_holds_its_lead_back(void **state)
{
	struct desk *d = *state;

	redis(d->w, "HSET", KEY_AGENT AGENT, "json",
	      "{\"name\":\"Ada\",\"voice_id\":\"v\",\"model_id\":\"m\",\"language\":null,\"script\":\"Hello {{city}}.\","
	      "\"voice_settings\":null,\"elevenlabs_agent_id\":null}", NULL);
	add_lead(d->w, 1);
	add_lead(d->w, 2);
	redis(d->w, "HSET", lead_key(d->w->app.mem, CAMPAIGN, 2), "v:city", "Ulm", NULL);
	fake_http_answer(&d->many.http, 201, CREATED);
	turns(d, 3);
	assert_int_equal(d->many.started_count, 1);
	assert_string_equal(lead_field(d->w, 1, "h"), "missing_variable");
	assert_string_equal(lead_field(d->w, 2, "s"), "c");
	assert_sums(d->w);
}

static struct audio audio_of(struct desk *d, int64_t number)
{
	struct app *app = &d->w->app;
	struct call_plan plan;
	struct err err = { 0 };
	const char *missing;
	struct audio audio;
	struct lead lead;
	bool ready;

	assert_int_equal(call_plan_make(app, CAMPAIGN, &plan, &err), 0);
	assert_int_equal(lead_load(app, CAMPAIGN, number, &lead, &err), 0);
	assert_int_equal(call_audio_script(app, &plan.campaign, &plan.agent, &lead, CALL_AUDIO_LOOK, &audio, &ready, &missing, &err), 0);
	return audio;
}

static void refused_texts_hold_their_leads_back_and_nobody_else(void **state)
{
	enum { REFUSED = 70 };
	struct desk *d = *state;
	struct arena *mem = d->w->app.mem;
	struct err err = { 0 };

	change_settings(d->w, "{\"mode\":\"broadcast\"}");
	redis(d->w, "HSET", KEY_AGENT AGENT, "json",
	      "{\"name\":\"Ada\",\"voice_id\":\"v\",\"model_id\":\"m\",\"language\":null,\"script\":\"Hello {{city}}.\","
	      "\"voice_settings\":null,\"elevenlabs_agent_id\":null}", NULL);
	for (int64_t n = 1; n <= REFUSED + 1; n++) {
		add_lead(d->w, n);
		redis(d->w, "HSET", lead_key(mem, CAMPAIGN, n), "v:city", arena_printf(mem, "Ulm %d", (int)n), NULL);
		if (n <= REFUSED)
			redis(d->w, "SET", key_of(mem, KEY_AUDIO_FAILED, audio_of(d, n).hash), "refused", NULL, NULL);
	}
	assert_int_equal(audio_keep(&d->w->app, audio_of(d, REFUSED + 1).name, STR("RIFF"), &err), 0);
	fake_http_answer(&d->many.http, 201, CREATED);
	turns(d, 10);
	assert_int_equal(d->many.started_count, 1);
	assert_string_equal(lead_field(d->w, REFUSED + 1, "s"), "c");
	assert_string_equal(lead_field(d->w, 1, "h"), "text_refused");
	assert_int_equal(redis_number(d->w, "ZCARD", held_key(mem, CAMPAIGN, 0, "text_refused"), NULL, NULL), REFUSED);
	assert_sums(d->w);
	assert_int_equal(system(arena_printf(mem, "rm -rf '%s/audio'", d->w->app.cfg.state_dir)), 0);
}

/* ---- several at once ---- */

enum { CROWD_MOST = 256, CROWD_PACE = 200, CROWD_LINES = 130, CROWD_LEADS = 160 };

/* When each call was sent, whoever sent it. */
struct crowd {
	int64_t sent_us[CROWD_MOST];
	size_t count;
};

static void note_sent(struct crowd *crowd, int64_t at_us)
{
	assert_true(crowd->count < CROWD_MOST);
	crowd->sent_us[crowd->count++] = at_us;
}

static void on_start(struct fake_many *f)
{
	note_sent(f->arg, clock_monotonic_us(&system_clock));
}

static int by_time(const void *a, const void *b)
{
	int64_t x = *(const int64_t *)a, y = *(const int64_t *)b;

	return (x > y) - (x < y);
}

/* Another one who claims, as a dialer of another host; its calls go out at their moments. */
static void claim_one(struct call_world *w, struct crowd *crowd)
{
	struct candidate taken[1];
	struct claim claim;

	if (claim_next(w, 1, taken, &claim))
		note_sent(crowd, clock_monotonic_us(&system_clock) + taken[0].delay_us);
}

/* Lets both work until nobody could claim for a while; the longest time in which one of them could not send. */
static int64_t let_them_dial(struct desk *d, struct dialer *other, struct crowd *crowd)
{
	int64_t begin, last = 0, longest = 0, end = clock_monotonic_us(&system_clock) + 20 * 1000000, quiet = 0, next_claim = 0;
	size_t known = 0;
	bool idle;

	for (size_t i = 0; (begin = clock_monotonic_us(&system_clock)) < end; i++) {
		struct err err = { 0 };

		longest = last && begin - last > longest ? begin - last : longest;
		last = begin;
		assert_int_equal(dialer_turn(i % 2 ? other : d->dialer, 0, &idle, &err), 0);
		assert_int_equal(dialer_turn(i % 2 ? d->dialer : other, 0, &idle, &err), 0);
		if (begin >= next_claim) {
			claim_one(d->w, crowd);
			next_claim = begin + 30000;
		}
		arena_reset(d->w->app.mem);
		if (crowd->count != known)
			quiet = begin;
		else if (begin - quiet > 300000)
			break;
		known = crowd->count;
	}
	return longest;
}

static void several_dialers_keep_pace_and_lines_together(void **state)
{
	struct desk *d = *state;
	struct app other_app = d->w->app;
	struct crowd crowd = { .count = 0 };
	struct fake_many other_many;
	struct dialer *other;
	int64_t longest;

	d->w->app.cfg.twilio_calls_per_second = other_app.cfg.twilio_calls_per_second = CROWD_PACE;
	change_settings(d->w, arena_printf(d->mem, "{\"max_concurrent_calls\":%d}", CROWD_LINES));
	for (int64_t n = 1; n <= CROWD_LEADS; n++)
		add_lead(d->w, n);
	other_app.mem = d->w->app.mem;
	other_app.store = store_twin(d->w->app.store);
	fake_many_init(&other_many, d->mem, CROWD_MOST);
	other = dialer_new(&other_app, &other_many.base, CROWD_MOST);
	dialer_free(d->dialer);
	fake_many_init(&d->many, d->mem, CROWD_MOST);
	d->dialer = dialer_new(&d->w->app, &d->many.base, CROWD_MOST);
	d->many.on_start = other_many.on_start = on_start;
	d->many.arg = other_many.arg = &crowd;
	longest = let_them_dial(d, other, &crowd);

	assert_int_equal(crowd.count, CROWD_LINES);
	assert_int_equal(count_of(d->w, "calling"), CROWD_LINES);
	assert_true(d->many.started_count + other_many.started_count > CROWD_LINES / 2);
	assert_sums(d->w);
	/* Of any hundred calls the last came half a second after the one before the first, but for what the machine
	 * kept this one from being sent. */
	qsort(crowd.sent_us, crowd.count, sizeof(*crowd.sent_us), by_time);
	for (size_t i = 100; i < crowd.count; i++)
		assert_true(crowd.sent_us[i] - crowd.sent_us[i - 100] + longest >= 100 * 1000000 / CROWD_PACE);
	dialer_free(other);
	store_free(other_app.store);
}

int main(void)
{
#define AT_DESK(test) cmocka_unit_test_setup_teardown(test, desk_setup, desk_teardown)
	const struct CMUnitTest tests[] = {
		AT_DESK(a_lead_is_dialled_once_and_its_call_known),
		AT_DESK(an_unclear_answer_is_never_dialled_again),
		AT_DESK(a_server_error_is_unclear_too),
		AT_DESK(too_many_requests_is_no_attempt_and_everybody_waits),
		AT_DESK(a_refused_number_ends_its_lead_only),
		AT_DESK(a_refused_caller_id_pauses_the_campaign_and_leaves_its_leads),
		AT_DESK(failures_in_a_row_pause_the_campaign),
		AT_DESK(no_more_is_claimed_than_can_be_sent),
		AT_DESK(a_paused_campaign_is_not_dialled),
		AT_DESK(a_lead_without_audio_waits_for_it),
		AT_DESK(a_script_that_cannot_be_filled_holds_its_lead_back),
		AT_DESK(refused_texts_hold_their_leads_back_and_nobody_else),
		AT_DESK(several_dialers_keep_pace_and_lines_together),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
