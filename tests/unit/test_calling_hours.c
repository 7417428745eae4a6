/* Calling hours by the local clock: days, midnight, holidays, moved clocks. */
#include "tests/support/check.h"

#include "campaign/calling_hours.h"

static int64_t at(const char *text)
{
	int64_t ms;

	assert_true(iso_time_parse(str_from(text), &ms));
	return ms;
}

static const char *const off_days[] = { "2026-12-25" };
static const struct holidays off = { off_days, 1 };
enum { WEEKDAYS = 0x1f, ALL = 0x7f, FRIDAY = 0x10 };

static void openings(void **state)
{
	static const struct {
		const char *zone;
		struct calling_hours hours;
		const char *now, *next; /* next NULL: never; the same: open */
		const char *until;
	} rows[] = {
		{ "America/New_York", { WEEKDAYS, 540, 1200, true }, "2026-11-25T14:00:00Z", "2026-11-25T14:00:00Z", "2026-11-26T01:00:00Z" },
		{ "America/New_York", { WEEKDAYS, 540, 1200, true }, "2026-11-28T01:00:00Z", "2026-11-30T14:00:00Z", NULL },
		{ "America/New_York", { ALL, 150, 300, true }, "2026-03-08T06:59:59Z", "2026-03-08T07:00:00Z", NULL },
		{ "America/New_York", { ALL, 90, 120, true }, "2026-11-01T05:30:00Z", "2026-11-01T05:30:00Z", "2026-11-01T06:00:00Z" },
		{ "America/New_York", { ALL, 90, 120, true }, "2026-11-01T06:00:00Z", "2026-11-01T06:30:00Z", NULL },
		{ "Europe/Berlin", { FRIDAY, 1320, 120, true }, "2026-11-28T00:59:59Z", "2026-11-28T00:59:59Z", "2026-11-28T01:00:00Z" },
		{ "Europe/Berlin", { FRIDAY, 1320, 120, true }, "2026-11-27T00:30:00Z", "2026-11-27T21:00:00Z", NULL },
		{ "Europe/Berlin", { FRIDAY, 1320, 120, true }, "2026-12-25T23:30:00Z", "2027-01-01T21:00:00Z", NULL },
		{ "Europe/Berlin", { FRIDAY, 600, 1440, true }, "2026-11-27T22:59:59Z", "2026-11-27T22:59:59Z", "2026-11-27T23:00:00Z" },
		{ "Asia/Kathmandu", { ALL, 480, 1260, true }, "2050-01-01T00:00:00Z", "2050-01-01T02:15:00Z", NULL },
		{ "Etc/UTC", { 0, 480, 1260, true }, "2026-01-01T09:00:00Z", NULL, NULL },
		{ "Etc/UTC", { 0, 0, 0, false }, "2026-01-01T09:00:00Z", "2026-01-01T09:00:00Z", NULL },
	};
	struct arena *a = arena_new();

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		const struct calling_hours *h = &rows[i].hours;
		const struct zone *z;
		struct err err = { 0 };
		int64_t now = at(rows[i].now), next = rows[i].next ? at(rows[i].next) : -1;

		assert_int_equal(zone_load(a, rows[i].zone, &z, &err), 0);
		check_row(rows[i].now, calling_hours_open(h, z, &off, now) == (next == now));
		check_row(rows[i].now, calling_hours_next_all(&(struct window){ h, z, &off }, 1, now) == next);
		if (rows[i].until)
			check_row(rows[i].now, calling_hours_until(h, z, &off, now) == at(rows[i].until));
	}
	arena_free(a);
}

static void all_must_be_open(void **state)
{
	static const struct calling_hours day = { WEEKDAYS, 540, 1020, true }, late = { ALL, 480, 1260, true },
					  early = { ALL, 480, 540, true };
	struct arena *a = arena_new();
	const struct zone *york, *berlin;
	struct err err = { 0 };

	(void)state;
	assert_int_equal(zone_load(a, "America/New_York", &york, &err), 0);
	assert_int_equal(zone_load(a, "Europe/Berlin", &berlin, &err), 0);
	{
		const struct window both[] = { { &day, berlin, &off }, { &late, york, NULL } };
		const struct window never[] = { { &early, berlin, NULL }, { &early, york, NULL } };

		assert_true(calling_hours_next_all(both, 2, at("2026-11-27T16:00:00Z")) == at("2026-11-30T13:00:00Z"));
		assert_true(calling_hours_next_all(both, 2, at("2026-11-27T13:30:00Z")) == at("2026-11-27T13:30:00Z"));
		assert_true(calling_hours_next_all(never, 2, at("2026-11-27T13:30:00Z")) == -1);
		assert_true(calling_hours_next_all(never, 0, 5) == 5);
	}
	arena_free(a);
}

int main(void)
{
	const struct CMUnitTest tests[] = { cmocka_unit_test(openings), cmocka_unit_test(all_must_be_open) };

	return cmocka_run_group_tests(tests, NULL, NULL);
}
