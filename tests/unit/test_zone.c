/* Time zones: offsets around transitions, after the file's last, and names. */
#include "tests/support/check.h"

#include "base/zone.h"

static int64_t at(const char *text)
{
	int64_t ms;

	assert_true(iso_time_parse(str_from(text), &ms));
	return ms;
}

static void offsets(void **state)
{
	static const struct {
		const char *zone, *utc;
		int minutes;
	} rows[] = {
		{ "America/New_York", "2026-03-08T06:59:59Z", -300 }, { "America/New_York", "2026-03-08T07:00:00Z", -240 },
		{ "America/New_York", "2026-11-01T05:59:59Z", -240 }, { "America/New_York", "2026-11-01T06:00:00Z", -300 },
		{ "America/New_York", "2050-03-13T06:59:59Z", -300 }, { "America/New_York", "2050-03-13T07:00:00Z", -240 },
		{ "Europe/Berlin", "2026-03-29T00:59:59Z", 60 },      { "Europe/Berlin", "2026-03-29T01:00:00Z", 120 },
		{ "Europe/Berlin", "2050-10-30T00:59:59Z", 120 },     { "Europe/Berlin", "2050-10-30T01:00:00Z", 60 },
		{ "Australia/Lord_Howe", "2026-01-10T00:00:00Z", 660 }, { "Australia/Lord_Howe", "2026-07-10T00:00:00Z", 630 },
		{ "Australia/Lord_Howe", "2050-01-10T00:00:00Z", 660 }, { "Australia/Lord_Howe", "2050-07-10T00:00:00Z", 630 },
		{ "Asia/Kathmandu", "2026-07-10T00:00:00Z", 345 },    { "Asia/Kathmandu", "2050-07-10T00:00:00Z", 345 },
		{ "Etc/UTC", "2050-07-10T00:00:00Z", 0 },
	};
	struct arena *a = arena_new();

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		const struct zone *z;
		struct err err = { 0 };

		check_row(rows[i].zone, zone_load(a, rows[i].zone, &z, &err) == 0);
		check_row(rows[i].utc, zone_offset_s(z, at(rows[i].utc) / 1000) == rows[i].minutes * 60);
	}
	arena_free(a);
}

static void instants(void **state)
{
	static const struct {
		const char *zone;
		int year, month, day, minute;
		const char *utc;
	} rows[] = {
		{ "America/New_York", 2026, 3, 8, 150, "2026-03-08T07:00:00Z" },
		{ "America/New_York", 2026, 11, 1, 90, "2026-11-01T05:30:00Z" },
		{ "America/New_York", 2026, 11, 1, 120, "2026-11-01T07:00:00Z" },
		{ "America/New_York", 2050, 7, 1, 540, "2050-07-01T13:00:00Z" },
		{ "Australia/Lord_Howe", 2026, 10, 4, 135, "2026-10-03T15:30:00Z" },
		{ "Asia/Kathmandu", 2026, 1, 1, 0, "2025-12-31T18:15:00Z" },
	};
	struct arena *a = arena_new();

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		const struct zone *z;
		struct err err = { 0 };
		char have[ISO_TIME_SIZE], want[ISO_TIME_SIZE];

		assert_int_equal(zone_load(a, rows[i].zone, &z, &err), 0);
		iso_time_format(zone_instant(z, rows[i].year, rows[i].month, rows[i].day, rows[i].minute), have);
		iso_time_format(at(rows[i].utc), want);
		check_row_text(rows[i].utc, have, want);
	}
	arena_free(a);
}

static void local_reading(void **state)
{
	struct arena *a = arena_new();
	const struct zone *z;
	struct err err = { 0 };
	struct civil c;
	char day[DAY_SIZE];

	(void)state;
	assert_int_equal(zone_load(a, "America/New_York", &z, &err), 0);
	zone_local(z, at("2026-03-09T03:59:58Z"), &c);
	assert_int_equal(c.day, 8);
	assert_int_equal(c.hour, 23);
	assert_int_equal(c.second, 58);
	assert_int_equal(c.weekday, 6);
	zone_day(z, at("2026-03-09T03:59:58Z"), day);
	assert_string_equal(day, "2026-03-08");
	arena_free(a);
}

static void unknown_names_fail(void **state)
{
	static const char *const rows[] = { "", "Mars/Base", "/etc/passwd", "../../../etc/passwd", "America", "tzdata.zi",
					    "America/New York", "zone.tab" };
	struct arena *a = arena_new();

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		const struct zone *z;
		struct err err = { 0 };

		check_row(rows[i], zone_load(a, rows[i], &z, &err) == -1);
		check_row(rows[i], err.kind == ERR_INPUT);
	}
	arena_free(a);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(offsets),
		cmocka_unit_test(instants),
		cmocka_unit_test(local_reading),
		cmocka_unit_test(unknown_names_fail),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
