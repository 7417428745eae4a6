/* A campaign's settings: defaults, changes, and what is wrong by its name. */
#include "tests/support/check.h"

#include <string.h>

#include "campaign/campaign_settings.h"

#define LEAST "\"name\":\"Spring survey\",\"agent_id\":\"a1\",\"timezone\":\"America/New_York\""

#define CALLER "+14155550100"

static struct json_object *parse(struct arena *mem, const char *text)
{
	struct err err = { 0 };
	struct json_object *o = json_read(mem, str_from(text), &err);

	assert_non_null(o);
	return o;
}

static void what_is_not_given_takes_the_defaults(void **state)
{
	struct arena *mem = arena_new();
	struct settings_problem problem;
	struct json_object *s = campaign_settings_read(mem, parse(mem, "{" LEAST "}"), NULL, CALLER, &problem);

	(void)state;
	assert_non_null(s);
	assert_string_equal(json_text(s, "mode"), "broadcast");
	assert_string_equal(json_text(s, "caller_id"), "+14155550100");
	assert_string_equal(json_text(s, "recipient_hours.start"), "08:00");
	assert_string_equal(json_text(s, "recipient_hours.end"), "21:00");
	assert_string_equal(json_text(s, "voicemail"), "hang_up");
	arena_free(mem);
}

static void a_change_keeps_what_it_does_not_name(void **state)
{
	struct arena *mem = arena_new();
	struct settings_problem problem;
	struct json_object *former, *s;
	int64_t cap = 0;

	(void)state;
	former = campaign_settings_read(mem, parse(mem, "{" LEAST ",\"daily_cap\":7,\"recipient_hours\":null}"), NULL, CALLER,
					&problem);
	assert_non_null(former);
	s = campaign_settings_read(mem, parse(mem, "{\"name\":\"Autumn\"}"), former, CALLER, &problem);
	assert_non_null(s);
	assert_string_equal(json_text(s, "name"), "Autumn");
	assert_true(json_int(s, "daily_cap", &cap));
	assert_int_equal(cap, 7);
	/* null is a value: no hours of the recipients', not the default again */
	assert_null(json_get(s, "recipient_hours"));
	arena_free(mem);
}

static void windows_may_run_over_midnight_and_to_its_end(void **state)
{
	static const char *const rows[] = {
		"{\"days\":[\"mon\"],\"start\":\"22:00\",\"end\":\"02:00\"}",
		"{\"days\":[\"sun\",\"mon\"],\"start\":\"00:00\",\"end\":\"24:00\"}",
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		struct arena *mem = arena_new();
		struct settings_problem problem = { 0 };
		const char *body = arena_printf(mem, "{" LEAST ",\"calling_hours\":%s}", rows[i]);

		check_row(rows[i], campaign_settings_read(mem, parse(mem, body), NULL, CALLER, &problem));
		arena_free(mem);
	}
}

static void the_first_problem_is_told_by_its_path(void **state)
{
	static const struct {
		const char *body, *field;
	} rows[] = {
		{ "{\"agent_id\":\"a\",\"timezone\":\"America/New_York\"}", "name" },
		{ "{\"name\":\"x\",\"timezone\":\"America/New_York\"}", "agent_id" },
		{ "{\"name\":\"x\",\"agent_id\":\"a\"}", "timezone" },
		{ "{" LEAST ",\"timezone\":\"Mars/Base\"}", "timezone" },
		{ "{" LEAST ",\"timezone\":\"../../etc/passwd\"}", "timezone" },
		{ "{" LEAST ",\"timezone\":7}", "timezone" },
		{ "{" LEAST ",\"name\":\"  \"}", "name" },
		{ "{" LEAST ",\"name\":7}", "name" },
		{ "{" LEAST ",\"name\":\"a\\u0000b\"}", "name" },
		{ "{" LEAST ",\"colour\":1}", "colour" },
		{ "{" LEAST ",\"mode\":\"loud\"}", "mode" },
		{ "{" LEAST ",\"voicemail\":null}", "voicemail" },
		{ "{" LEAST ",\"caller_id\":\"(415) 555-0100\"}", "caller_id" },
		{ "{" LEAST ",\"daily_cap\":0}", "daily_cap" },
		{ "{" LEAST ",\"daily_cap\":1.5}", "daily_cap" },
		{ "{" LEAST ",\"max_concurrent_calls\":\"10\"}", "max_concurrent_calls" },
		{ "{" LEAST ",\"calls_per_second\":0}", "calls_per_second" },
		{ "{" LEAST ",\"calls_per_second\":-1}", "calls_per_second" },
		{ "{" LEAST ",\"calls_per_second\":true}", "calls_per_second" },
		{ "{" LEAST ",\"speech\":\"yes\"}", "speech" },
		{ "{" LEAST ",\"calling_hours\":null}", "calling_hours" },
		{ "{" LEAST ",\"calling_hours\":{\"start\":\"09:00\",\"end\":\"20:00\"}}", "calling_hours.days" },
		{ "{" LEAST ",\"calling_hours\":{\"days\":[],\"start\":\"09:00\",\"end\":\"20:00\"}}", "calling_hours.days" },
		{ "{" LEAST ",\"calling_hours\":{\"days\":[\"mon\",\"mon\"],\"start\":\"09:00\",\"end\":\"20:00\"}}", "calling_hours.days" },
		{ "{" LEAST ",\"calling_hours\":{\"days\":[\"mon\"],\"start\":\"9:00\",\"end\":\"20:00\"}}", "calling_hours.start" },
		{ "{" LEAST ",\"calling_hours\":{\"days\":[\"mon\"],\"start\":\"24:00\",\"end\":\"20:00\"}}", "calling_hours.start" },
		{ "{" LEAST ",\"calling_hours\":{\"days\":[\"mon\"],\"start\":\"09:00\",\"end\":\"24:01\"}}", "calling_hours.end" },
		{ "{" LEAST ",\"calling_hours\":{\"days\":[\"mon\"],\"start\":\"09:00\",\"end\":\"09:60\"}}", "calling_hours.end" },
		{ "{" LEAST ",\"calling_hours\":{\"days\":[\"mon\"],\"start\":\"09:00\",\"end\":\"09:00\"}}", "calling_hours.end" },
		{ "{" LEAST ",\"recipient_hours\":{\"days\":[\"mon\"],\"start\":\"09:00\",\"end\":\"10:00\"}}", "recipient_hours.days" },
		{ "{" LEAST ",\"holidays\":[\"2026-02-29\"]}", "holidays" },
		{ "{" LEAST ",\"holidays\":[\"2026-13-01\"]}", "holidays" },
		{ "{" LEAST ",\"holidays\":[\"2026-12-1T\"]}", "holidays" },
		{ "{" LEAST ",\"holidays\":[7]}", "holidays" },
		{ "{" LEAST ",\"retry\":{\"max_attempts\":0,\"delays_seconds\":{}}}", "retry.max_attempts" },
		{ "{" LEAST ",\"retry\":{\"max_attempts\":3}}", "retry.delays_seconds" },
		{ "{" LEAST ",\"retry\":{\"max_attempts\":3,\"delays_seconds\":{\"answered\":[1]}}}", "retry.delays_seconds.answered" },
		{ "{" LEAST ",\"retry\":{\"max_attempts\":3,\"delays_seconds\":{\"busy\":[0]}}}", "retry.delays_seconds.busy" },
		{ "{" LEAST ",\"keys\":{\"12\":{\"outcome\":\"x\"}}}", "keys.12" },
		{ "{" LEAST ",\"keys\":{\"1\":{\"say\":\"x\"}}}", "keys.1.outcome" },
		{ "{" LEAST ",\"keys\":{\"1\":{\"outcome\":\"x\",\"say\":7}}}", "keys.1.say" },
		{ "[]", "" },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		struct arena *mem = arena_new();
		struct settings_problem problem = { "(none)", "" };

		check_row(rows[i].body, !campaign_settings_read(mem, parse(mem, rows[i].body), NULL, CALLER, &problem));
		check_row_text(rows[i].body, problem.field, rows[i].field);
		check_row(rows[i].body, *problem.sentence);
		arena_free(mem);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_is_not_given_takes_the_defaults),
		cmocka_unit_test(a_change_keeps_what_it_does_not_name),
		cmocka_unit_test(windows_may_run_over_midnight_and_to_its_end),
		cmocka_unit_test(the_first_problem_is_told_by_its_path),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
