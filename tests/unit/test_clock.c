/* Time: our own calendar against the system's, and the texts it is read from and
 * written to. */
#include "tests/support/check.h"

#include <time.h>

#include "base/clock.h"

static const int64_t day_ms = 86400000;

static void check_against_system(int64_t ms)
{
	char want[64], have[ISO_TIME_SIZE], day[DAY_SIZE];
	int64_t rest = ((ms % 1000) + 1000) % 1000, back;
	time_t seconds = (ms - rest) / 1000;
	struct tm tm;

	assert_non_null(gmtime_r(&seconds, &tm));
	snprintf(want, sizeof(want), "%04d-%02d-%02dT%02d:%02d:%02d.%03dZ", tm.tm_year + 1900, tm.tm_mon + 1,
		 tm.tm_mday, tm.tm_hour, tm.tm_min, tm.tm_sec, (int)rest);
	iso_time_format(ms, have);
	assert_string_equal(have, want);
	assert_true(iso_time_parse(str_from(have), &back));
	assert_true(back == ms);
	utc_day(ms, day);
	assert_memory_equal(day, want, 10);
	assert_int_equal(strlen(day), 10);
}

/* 400 years are one era of the calendar; what holds for it holds for all. */
static void every_day_agrees_with_gmtime(void **state)
{
	(void)state;
	for (int64_t day = -250 * 366; day < 250 * 366; day++) {
		check_against_system(day * day_ms);
		check_against_system(day * day_ms + day_ms - 1);
	}
}

static void odd_instants_agree_with_gmtime(void **state)
{
	static const int64_t rows[] = { 0, -1, 1, 999, -999, -1000, -1001, 951782399999, 951782400000, 4107542399999,
					1709164800123, 253402300799999, -62135596800000 };

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(rows); i++)
		check_against_system(rows[i]);
}

static void iso_texts_are_read(void **state)
{
	static const struct {
		const char *text;
		int64_t ms;
	} rows[] = {
		{ "1970-01-01T00:00:00Z", 0 },
		{ "2026-11-20T09:30:00.123Z", 1795167000123 },
		{ "2026-11-20T09:30:00.123456789Z", 1795167000123 },
		{ "2026-11-20T09:30:00.1Z", 1795167000100 },
		{ "2026-11-20t09:30:00z", 1795167000000 },
		{ "2026-11-20 09:30:00Z", 1795167000000 },
		{ "2026-11-20T11:30:00+02:00", 1795167000000 },
		{ "2026-11-20T11:30:00+0200", 1795167000000 },
		{ "2026-11-20T04:00:00-05:30", 1795167000000 },
		{ "2026-11-21T09:29:00+23:59", 1795167000000 },
		{ "2024-02-29T00:00:00Z", 1709164800000 },
		{ "2016-12-31T23:59:60Z", 1483228800000 }, /* a leap second counts as the next one */
	};
	int64_t ms;

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		ms = -1;
		check_row(rows[i].text, iso_time_parse(str_from(rows[i].text), &ms));
		check_row(rows[i].text, ms == rows[i].ms);
	}
}

static void other_texts_are_refused(void **state)
{
	static const char *const rows[] = {
		"", "2026", "2026-11-20", "2026-11-20T09:30Z", "2026-11-20T09:30:00", "2026-11-20T09:30:00.Z",
		"2026-11-20T09:30:00Zx", " 2026-11-20T09:30:00Z", "2026-13-01T00:00:00Z", "2026-00-01T00:00:00Z",
		"2026-11-00T00:00:00Z", "2026-11-32T00:00:00Z", "2026-11-31T00:00:00Z", "2026-02-29T00:00:00Z",
		"1900-02-29T00:00:00Z", "2026-11-20T24:00:00Z", "2026-11-20T09:60:00Z", "2026-11-20T09:30:61Z",
		"2026-11-20T09:30:00+24:00", "2026-11-20T09:30:00+01:60", "2026-11-20T09:30:00+1", "2026-11-20T09:30:00+",
		"+026-11-20T09:30:00Z", "2026/11/20T09:30:00Z", "26-11-20T09:30:00Z", "1795167000", "Friday", "-",
	};
	int64_t ms;

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(rows); i++)
		check_row(rows[i], !iso_time_parse(str_from(rows[i]), &ms));
	assert_false(iso_time_parse(STR("2026-11-20T09:30:00Z\0"), &ms));
	assert_false(iso_time_parse(STR("2026-11-20\0" "09:30:00Z"), &ms));
}

static void words_name_the_day_of_the_week(void **state)
{
	static const struct {
		int64_t ms;
		const char *words;
	} rows[] = {
		{ 0, "Thursday, 1 January 1970, 00:00 UTC" },
		{ -1, "Wednesday, 31 December 1969, 23:59 UTC" },
		{ 1795780800000, "Friday, 27 November 2026, 12:00 UTC" },
		{ 1709164800000, "Thursday, 29 February 2024, 00:00 UTC" },
		{ 946684799999, "Friday, 31 December 1999, 23:59 UTC" },
		{ 1790467199000, "Saturday, 26 September 2026, 23:59 UTC" },
	};
	char words[TIME_WORDS_SIZE];

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		time_words(rows[i].ms, words);
		check_row_text(rows[i].words, words, rows[i].words);
	}
	for (int64_t day = -1000; day < 40000; day++) {
		time_t seconds = (time_t)(day * 86400);
		char want[32];
		struct tm tm;

		strftime(want, sizeof(want), "%A, ", gmtime_r(&seconds, &tm));
		time_words(day * day_ms, words);
		assert_memory_equal(words, want, strlen(want));
	}
}

static void a_fixed_clock_stands_still(void **state)
{
	struct fixed_clock c;

	(void)state;
	fixed_clock_init(&c, 1234);
	assert_true(clock_wall_ms(&c.base) == 1234);
	assert_true(clock_monotonic_ms(&c.base) == 1234);
	c.now_ms += 1000;
	assert_true(clock_wall_ms(&c.base) == 2234);
}

static void the_system_clock_is_the_systems(void **state)
{
	int64_t before = (int64_t)time(NULL) * 1000 - 1000, now = clock_wall_ms(&system_clock);
	int64_t first = clock_monotonic_ms(&system_clock);

	(void)state;
	assert_true(now > before && now < before + 60000);
	assert_true(clock_monotonic_ms(&system_clock) >= first);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_day_agrees_with_gmtime),
		cmocka_unit_test(odd_instants_agree_with_gmtime),
		cmocka_unit_test(iso_texts_are_read),
		cmocka_unit_test(other_texts_are_refused),
		cmocka_unit_test(words_name_the_day_of_the_week),
		cmocka_unit_test(a_fixed_clock_stands_still),
		cmocka_unit_test(the_system_clock_is_the_systems),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
