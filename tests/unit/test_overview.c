/* What the overview makes of sessions, dead letters, orphans and checks, over a private Redis. */
#include "tests/support/check.h"

#include <string.h>

#include "base/json.h"
#include "console/overview.h"
#include "doctor/doctor.h"
#include "store/keys.h"
#include "store/store.h"
#include "tests/support/api.h"

static struct json_object *overview(struct world *w, const char *zone)
{
	struct json_object *o;
	struct err err = { 0 };

	assert_int_equal(overview_json(&w->app, zone, &o, &err), 0);
	return o;
}

/* The sentence of a kind; "" when nothing of it needs anybody. */
static const char *need_of(struct world *w, const char *kind)
{
	size_t len;
	struct json_object *list = json_list(overview(w, NULL), "attention", &len);

	for (size_t i = 0; i < len; i++) {
		struct json_object *one = json_object_array_get_idx(list, i);

		if (!strcmp(json_text(one, "kind"), kind))
			return json_text(one, "sentence");
	}
	return "";
}

static int64_t number(struct world *w, const char *path)
{
	int64_t n = -1;

	assert_true(json_int(overview(w, NULL), path, &n));
	return n;
}

static void an_empty_install_is_led_on(void **state)
{
	struct world *w = *state;
	struct json_object *o = overview(w, NULL);
	size_t len;

	assert_non_null(json_list(o, "first_steps", &len));
	assert_true(len >= 5);
	assert_string_equal(need_of(w, "jobs"), "");
	assert_non_null(strstr(need_of(w, "check"), "not been checked"));
	assert_int_equal(number(w, "calls.placed_today"), 0);
}

static void the_day_begins_where_the_reader_is(void **state)
{
	struct world *w = *state;

	/* The clock stands at 2025-11-20T10:00Z. */
	assert_string_equal(json_text(overview(w, "UTC"), "today_from"), "2025-11-20T00:00:00.000Z");
	assert_string_equal(json_text(overview(w, "Asia/Tokyo"), "today_from"), "2025-11-19T15:00:00.000Z");
	assert_string_equal(json_text(overview(w, "America/New_York"), "today_from"), "2025-11-20T05:00:00.000Z");
	assert_string_equal(json_text(overview(w, "No/Where"), "timezone"), "UTC");
}

static void calls_of_today_are_counted(void **state)
{
	struct world *w = *state;

	run_redis(w, "ZADD", KEY_CALLS_ALL, "1763596800000", "midnight");
	run_redis(w, "ZADD", KEY_CALLS_ALL, "1763596799999", "before");
	run_redis(w, "ZADD", KEY_CALLS_ALL, "1763632799000", "now");
	run_redis(w, "ZADD", KEY_CALLS_OPEN, "1763632799000", "now");
	assert_int_equal(number(w, "calls.placed_today"), 2);
	assert_int_equal(number(w, "calls.under_way"), 1);
}

static void set_field(struct world *w, const char *session, const char *field, const char *value)
{
	run_redis(w, "HSET", key_of(w->app.mem, KEY_SESSION, session), field, value);
}

static void interviews_are_counted_and_lost_mails_told(void **state)
{
	struct world *w = *state;
	const char *first = add_session(w, "issue-1", NULL), *second = add_session(w, "issue-2", NULL);

	assert_null(json_get(overview(w, NULL), "first_steps"));
	assert_int_equal(number(w, "interviews.invited_today"), 2);
	assert_int_equal(number(w, "interviews.waiting"), 2);
	assert_string_equal(need_of(w, "mail"), "");
	set_field(w, first, "email_state", "bounced");
	assert_string_equal(need_of(w, "mail"), "One invitation did not reach its candidate.");
	set_field(w, second, "email_state", "failed");
	assert_string_equal(need_of(w, "mail"), "2 invitations did not reach their candidates.");
	set_field(w, second, "started", "1763632700000");
	set_field(w, second, "ended", "1763632710000");
	set_field(w, second, "evaluated", "1763632720000");
	set_field(w, second, "result", "pass");
	assert_int_equal(number(w, "interviews.started_today"), 1);
	assert_int_equal(number(w, "interviews.passed_today"), 1);
	assert_int_equal(number(w, "interviews.waiting"), 1);
}

static void what_is_broken_comes_first(void **state)
{
	struct world *w = *state;
	struct check_result red = { .state = CHECK_FAIL, .sentence = "Twilio is away.", .at_ms = API_NOW_MS };
	struct err err = { 0 };
	struct json_object *list;
	size_t len;

	run_redis(w, "ZADD", KEY_ORPHANS, "1", "conv_1");
	run_redis(w, "ZADD", KEY_QUEUE "screening:dead", "1", "job_1");
	for (size_t i = 0; i < doctor_check_count; i++)
		if (!strcmp(doctor_checks[i].name, "twilio.account"))
			assert_int_equal(check_keep(&w->app, &doctor_checks[i], &red, &err), 0);
	list = json_list(overview(w, NULL), "attention", &len);
	assert_int_equal(len, 3);
	for (size_t i = 0; i < len; i++)
		assert_string_equal(json_text(json_object_array_get_idx(list, i), "tone"), i < 2 ? "bad" : "warn");
	assert_string_equal(need_of(w, "check"), "Twilio, Account: Twilio is away.");
	assert_string_equal(need_of(w, "jobs"), "1 piece of work was given up.");
	assert_string_equal(need_of(w, "orphans"), "1 transcript belongs to no interview.");
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, api_setup, api_teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(an_empty_install_is_led_on),
		TEST(the_day_begins_where_the_reader_is),
		TEST(calls_of_today_are_counted),
		TEST(interviews_are_counted_and_lost_mails_told),
		TEST(what_is_broken_comes_first),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
