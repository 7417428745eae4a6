/* The review of a campaign: whom it may call, how many calls, what keeps it from starting. */
#include "tests/support/check.h"

#include <string.h>

#include "base/json.h"
#include "campaign/api.h"
#include "campaign/start_gate.h"
#include "doctor/doctor.h"
#include "store/keys.h"
#include "tests/support/campaign_world.h"

/* The clock stands on a Thursday at 10:00 UTC. */
#define OPEN ",\"calling_hours\":{\"days\":[\"thu\"],\"start\":\"09:00\",\"end\":\"12:00\"},\"recipient_hours\":null"

static struct response *review(struct world *w, const char *id)
{
	struct response *res = at(w, "GET", arena_printf(w->app.mem, "/api/campaigns/%s/review", id), NULL);

	assert_int_equal(res->status, 200);
	return res;
}

static struct response *start(struct world *w, const char *id)
{
	return at(w, "POST", arena_printf(w->app.mem, "/api/campaigns/%s/start", id), NULL);
}

static void leads(struct world *w, const char *id, const char *csv)
{
	struct response *res = ask(w, (struct ask){ .method = "POST", .type = "text/csv", .body = csv, .pages = &campaign_pages,
						    .uri = arena_printf(w->app.mem, "/api/campaigns/%s/leads", id) });

	assert_int_equal(res->status, 200);
}

/* "code count" of the entries of a list, joined. */
static const char *codes(struct world *w, const struct response *res, const char *list)
{
	struct buf *out = buf_in(w->app.mem, 4096);
	size_t n;
	struct json_object *all = json_list(json_of(w, res), list, &n);

	for (size_t i = 0; i < n; i++) {
		struct json_object *one = json_object_array_get_idx(all, i);
		int64_t count = -1;

		buf_printf(out, "%s%s", i ? ", " : "", json_text(one, "code"));
		if (json_int(one, "count", &count))
			buf_printf(out, " %d", (int)count);
		assert_non_null(json_text(one, "sentence"));
	}
	return out->ptr ? out->ptr : "";
}

static void leads_count_under_what_keeps_them(void **state)
{
	struct world *w = *state;
	const char *id = new_campaign(w, new_agent(w, "Hi {{first_name}} of {{city}}"), OPEN);
	struct response *res;

	leads(w, id, "phone,name,city\n+14155550101,Ada,Rome\n+14155550102,Bob,\n+14155550103,Cy,Oslo\n+14155550104,Dee,Bonn\n"
		     "+14155550105,Eve,Lyon\n");
	at(w, "POST", "/api/do-not-call", "{\"phone\":\"+14155550103\"}");
	redis_number(w, "HSET " KEY_NUMBERS_LIVE " +14155550104 another-call");
	res = review(w, id);
	assert_int_equal(number_of(w, res, "total"), 5);
	assert_int_equal(number_of(w, res, "examined"), 5);
	assert_int_equal(number_of(w, res, "callable"), 2);
	assert_string_equal(codes(w, res, "blocked"), "suppressed 1, missing_variable 1, number_busy 1");
	assert_true(body_has(res, "{{city}}"));
	/* three attempts for each of the three that can be called at some time */
	assert_int_equal(number_of(w, res, "worst_case_calls"), 9);
	assert_string_equal(codes(w, res, "obstacles"), "");
	assert_string_equal(codes(w, res, "warnings"), "missing_variable, no_opt_out");
	/* three texts: "Hi Ada of Rome", "Hi Dee of Bonn", "Hi Eve of Lyon" */
	assert_int_equal(number_of(w, res, "speech.texts_to_buy"), 3);
	assert_int_equal(number_of(w, res, "speech.characters_to_buy"), 3 * 14);
	assert_int_equal(number_of(w, res, "speech.texts_bought"), 0);
}

static void hours_and_caps_block_as_they_do_the_dialer(void **state)
{
	struct world *w = *state;
	const char *agent = new_agent(w, "Hi");
	const char *closed = new_campaign(w, agent, ",\"calling_hours\":{\"days\":[\"fri\"],\"start\":\"09:00\",\"end\":\"12:00\"}");
	const char *asleep = new_campaign(w, agent, ",\"calling_hours\":{\"days\":[\"thu\",\"fri\"],\"start\":\"00:00\",\"end\":\"24:00\"}");
	const char *full = new_campaign(w, agent, OPEN ",\"daily_cap\":1");

	leads(w, closed, "phone\n+14155550101\n");
	assert_string_equal(codes(w, review(w, closed), "blocked"), "outside_hours 1");
	leads(w, asleep, "phone\n+14155550101\n+442079460958\n"); /* two in the night in California */
	assert_string_equal(codes(w, review(w, asleep), "blocked"), "recipient_hours 1");
	assert_int_equal(number_of(w, review(w, asleep), "callable"), 1);
	leads(w, full, "phone\n+14155550101\n");
	redis_number(w, arena_printf(w->app.mem, "SET " KEY_PLACED "%s:2025-11-20 1", full));
	assert_string_equal(codes(w, review(w, full), "blocked"), "daily_cap 1");
	assert_string_equal(text_of(w, review(w, full), "time.begins_at"), "2025-11-27T09:00:00.000Z");
}

static void money_is_shown_when_prices_are_known(void **state)
{
	struct world *w = *state;
	const char *id = new_campaign(w, new_agent(w, "0123456789"), OPEN ",\"keys\":{\"9\":{\"outcome\":\"opt_out\",\"say\":\"01234567890123456789\"}}");
	struct response *res;

	leads(w, id, "phone\n+14155550101\n+14155550102\n");
	assert_true(body_has(review(w, id), "\"cost\":null"));
	w->app.cfg.call_price_per_minute = 0.5;
	w->app.cfg.speech_price_per_1000 = 10;
	w->app.cfg.price_currency = "EUR";
	res = review(w, id);
	assert_string_equal(text_of(w, res, "cost.currency"), "EUR");
	assert_string_equal(text_of(w, res, "cost.calls"), "3.00"); /* six calls of a minute */
	assert_string_equal(text_of(w, res, "cost.speech"), "0.30"); /* the script once, and the words after 9 */
	assert_string_equal(text_of(w, res, "cost.total"), "3.30");
	assert_string_equal(codes(w, res, "warnings"), "");
}

static void conversations_buy_no_speech(void **state)
{
	struct world *w = *state;
	const char *id = new_campaign(w, new_agent(w, "Hi"), OPEN ",\"mode\":\"conversation\"");

	leads(w, id, "phone\n+14155550101\n");
	assert_true(body_has(review(w, id), "\"speech\":null"));
}

static void what_keeps_it_from_starting_is_told_and_refused(void **state)
{
	struct world *w = *state;
	const char *never = new_campaign(w, new_agent(w, "Hi"),
					 ",\"calling_hours\":{\"days\":[\"thu\"],\"start\":\"09:00\",\"end\":\"10:00\"},"
					 "\"recipient_hours\":{\"start\":\"20:00\",\"end\":\"21:00\"}");
	const char *id = new_campaign(w, new_agent(w, "Hi"), OPEN);
	struct response *res = review(w, id);

	assert_string_equal(codes(w, res, "obstacles"), "no_leads");
	assert_true(body_has(res, "edit?step=2"));
	leads(w, never, "phone,timezone\n+14155550101,UTC\n");
	assert_string_equal(codes(w, review(w, never), "obstacles"), "");
	assert_true(strstr(codes(w, review(w, never), "warnings"), "hours_never_overlap"));
	assert_int_equal(start(w, never)->status, 200); /* it is allowed, and calls nobody */
	leads(w, id, "phone\n+14155550101\n");
	w->app.cfg.have_twilio = false;
	assert_string_equal(codes(w, review(w, id), "obstacles"), "twilio_not_configured");
	assert_int_equal(start(w, id)->status, 503);
	w->app.cfg.have_twilio = true;
	assert_int_equal(start(w, id)->status, 200);
}

static void a_red_check_keeps_it_from_starting_for_three_minutes(void **state)
{
	struct world *w = *state;
	const char *id = new_campaign(w, new_agent(w, "Hi"), OPEN);
	struct response *res;

	leads(w, id, "phone\n+14155550101\n");
	run_redis(w, "HSET", KEY_CHECK "twilio.account", "state", "fail");
	run_redis(w, "HSET", KEY_CHECK "twilio.account", "sentence", "Twilio refuses the token.");
	run_redis(w, "HSET", KEY_CHECK "twilio.account", "todo", "Look at TWILIO_AUTH_TOKEN.");
	run_redis(w, "HSET", KEY_CHECK "twilio.account", "at", arena_printf(w->app.mem, "%lld", API_NOW_MS - START_GATE_AGE_MS));
	assert_string_equal(codes(w, review(w, id), "obstacles"), ""); /* too old */
	run_redis(w, "HSET", KEY_CHECK "twilio.account", "at", arena_printf(w->app.mem, "%lld", API_NOW_MS - 1000));
	assert_string_equal(codes(w, review(w, id), "obstacles"), "check_failed");
	res = start(w, id);
	assert_int_equal(res->status, 409);
	assert_true(body_has(res, "Twilio refuses the token. Look at TWILIO_AUTH_TOKEN."));
	run_redis(w, "HSET", KEY_CHECK "twilio.account", "state", "warn");
	assert_int_equal(start(w, id)->status, 200);
}

/* A check that the doctor calls otherwise would hold nothing back. */
static void the_checks_that_are_needed_are_the_doctors(void **state)
{
	(void)state;
	for (size_t i = 0; start_gate_check(i); i++) {
		bool known = false;

		for (size_t n = 0; n < doctor_check_count; n++)
			known |= !strcmp(doctor_checks[n].name, start_gate_check(i));
		check_row(start_gate_check(i), known);
	}
}

static void many_leads_are_judged_by_their_hours(void **state)
{
	struct world *w = *state;
	const char *id = new_campaign(w, new_agent(w, "Hi {{name}}"), OPEN);
	struct buf *csv = buf_in(w->app.mem, 1 << 20);
	struct response *res;

	buf_puts(csv, "phone,name\n");
	for (int i = 0; i < 10010; i++)
		buf_printf(csv, "+1415556%04d,N%d\n", i % 10000, i);
	leads(w, id, csv->ptr);
	csv = buf_in(w->app.mem, 1 << 20);
	buf_puts(csv, "phone\n");
	for (int i = 0; i < 10; i++)
		buf_printf(csv, "+1415557%04d\n", i);
	leads(w, id, csv->ptr);
	res = review(w, id);
	assert_int_equal(number_of(w, res, "total"), 10010);
	assert_int_equal(number_of(w, res, "examined"), 10000);
	assert_int_equal(number_of(w, res, "callable"), 10010);
	assert_int_equal(number_of(w, res, "worst_case_calls"), 30030);
	assert_true(body_has(res, "\"estimated\":true"));
}

#define test(f) cmocka_unit_test_setup_teardown(f, campaign_world_setup, api_teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		test(leads_count_under_what_keeps_them),
		test(hours_and_caps_block_as_they_do_the_dialer),
		test(money_is_shown_when_prices_are_known),
		test(conversations_buy_no_speech),
		test(what_keeps_it_from_starting_is_told_and_refused),
		test(a_red_check_keeps_it_from_starting_for_three_minutes),
		cmocka_unit_test(the_checks_that_are_needed_are_the_doctors),
		test(many_leads_are_judged_by_their_hours),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
