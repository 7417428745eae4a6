/* How long calls take at a pace, caps and hours. */
#include "tests/support/check.h"

#include "campaign/review_time.h"

static int64_t at(const char *text)
{
	int64_t ms;

	assert_true(iso_time_parse(str_from(text), &ms));
	return ms;
}

static const struct zone *zone(struct arena *a, const char *name)
{
	const struct zone *z;
	struct err err = { 0 };

	assert_int_equal(zone_load(a, name, &z, &err), 0);
	return z;
}

static const struct calling_hours nine_to_five = { 0x1f, 540, 1020, true };

/* A Friday, at noon in UTC. */
static struct review_plan friday(struct arena *a, double pace, int64_t cap)
{
	return (struct review_plan){ .campaign = { &nine_to_five, zone(a, "UTC"), NULL }, .calls_per_second = pace,
				     .daily_cap = cap, .now_ms = at("2026-11-27T12:00:00Z") };
}

static void rows_of_plans(void **state)
{
	static const struct {
		const char *name;
		double pace;
		int64_t cap, placed, calls;
		const char *begins, *ends;
		int days;
		bool capped;
	} rows[] = {
		{ "one call", 1, 0, 0, 1, "2026-11-27T12:00:00Z", "2026-11-27T12:00:01Z", 1, false },
		{ "an hour's calls", 1, 0, 0, 3600, "2026-11-27T12:00:00Z", "2026-11-27T13:00:00Z", 1, false },
		{ "over the weekend", 1, 0, 0, 5 * 3600 + 600, "2026-11-27T12:00:00Z", "2026-11-30T09:10:00Z", 2, false },
		{ "a cap", 1, 100, 0, 250, "2026-11-27T12:00:00Z", "2026-12-01T09:00:50Z", 3, true },
		{ "a cap that is used up", 1, 100, 100, 50, "2026-11-30T09:00:00Z", "2026-11-30T09:00:50Z", 1, false },
		{ "a slow pace", 0.001, 0, 0, 2, "2026-11-27T12:15:00Z", "2026-11-27T12:35:00Z", 1, false },
	};
	struct arena *a = arena_new();

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		struct review_plan plan = friday(a, rows[i].pace, rows[i].cap);
		const struct review_load load = { NULL, 0, rows[i].calls };
		struct review_time t;

		plan.placed_today = rows[i].placed;
		t = review_time(&plan, &load, 1);
		check_row(rows[i].name, t.begins_ms == at(rows[i].begins));
		/* Within a second: fractions of a call are not counted. */
		check_row(rows[i].name, llabs(t.ends_ms - at(rows[i].ends)) <= (rows[i].pace < 1 ? 300000 : 1000));
		check_row(rows[i].name, t.days == rows[i].days);
		check_row(rows[i].name, t.capped == rows[i].capped);
		check_row(rows[i].name, t.never == 0);
	}
	arena_free(a);
}

static void people_elsewhere_are_called_in_their_own_hours(void **state)
{
	static const struct calling_hours day = { 0x7f, 480, 1260, true };
	struct arena *a = arena_new();
	const struct window west = { &day, zone(a, "America/Los_Angeles"), NULL }, here = { &day, zone(a, "UTC"), NULL };
	struct review_plan plan = friday(a, 1, 0);
	const struct review_load loads[] = { { &west, 1, 60 }, { &here, 1, 60 } };
	struct review_time t = review_time(&plan, loads, 2);

	(void)state;
	/* those here at noon, those in the west at 8 there, which is 16 UTC */
	assert_int_equal(t.begins_ms, at("2026-11-27T12:00:00Z"));
	assert_int_equal(t.ends_ms, at("2026-11-27T16:01:00Z"));
	assert_int_equal(t.never, 0);
	arena_free(a);
}

static void hours_that_never_meet_are_told(void **state)
{
	static const struct calling_hours night = { 0x7f, 1320, 1380, true };
	struct arena *a = arena_new();
	const struct window there = { &night, zone(a, "UTC"), NULL };
	struct review_plan plan = friday(a, 1, 0);
	const struct review_load loads[] = { { &there, 1, 7 }, { NULL, 0, 3 } };
	struct review_time t = review_time(&plan, loads, 2);

	(void)state;
	assert_false(review_hours_overlap(&plan, &loads[0]));
	assert_true(review_hours_overlap(&plan, &loads[1]));
	assert_int_equal(t.never, 7);
	assert_int_equal(t.ends_ms, at("2026-11-27T12:00:03Z"));
	t = review_time(&plan, loads, 1);
	assert_int_equal(t.begins_ms, 0);
	assert_int_equal(t.ends_ms, 0);
	arena_free(a);
}

static void what_does_not_end_within_a_year_has_no_end(void **state)
{
	struct arena *a = arena_new();
	struct review_plan plan = friday(a, 1, 1);
	const struct review_load load = { NULL, 0, 1000 };
	struct review_time t = review_time(&plan, &load, 1);

	(void)state;
	assert_int_equal(t.ends_ms, 0);
	assert_true(t.days > 250 && t.capped);
	arena_free(a);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(rows_of_plans),
		cmocka_unit_test(people_elsewhere_are_called_in_their_own_hours),
		cmocka_unit_test(hours_that_never_meet_are_told),
		cmocka_unit_test(what_does_not_end_within_a_year_has_no_end),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
