/* May a lead be called now: each reason, their order, and the next possible time. */
#include "tests/support/check.h"

#include <string.h>

#include "campaign/eligibility.h"

/* Friday, 20 November 2026, 15:00 UTC: 10:00 in New York, 07:00 in Los Angeles. */
#define NOW_MS 1795186800000LL
#define HOUR_MS 3600000LL

struct scene {
	struct arena *mem;
	const struct zone *new_york, *los_angeles;
	struct calling_hours week, day;
	struct holidays today, none;
	struct window west;
	struct eligibility_facts facts;
};

static void scene_open(struct scene *s)
{
	static const char *const days[] = { "2026-11-20" };
	struct err err = { 0 };

	memset(s, 0, sizeof(*s));
	s->mem = arena_new();
	assert_int_equal(zone_load(s->mem, "America/New_York", &s->new_york, &err), 0);
	assert_int_equal(zone_load(s->mem, "America/Los_Angeles", &s->los_angeles, &err), 0);
	s->week = (struct calling_hours){ .days = 0x1f, .start_min = 9 * 60, .end_min = 20 * 60, .set = true };
	s->day = (struct calling_hours){ .days = 0x7f, .start_min = 8 * 60, .end_min = 21 * 60, .set = true };
	s->today = (struct holidays){ days, 1 };
	s->west = (struct window){ &s->day, s->los_angeles, NULL };
	s->facts = (struct eligibility_facts){ .now_ms = NOW_MS, .running = true, .daily_cap = 10, .max_attempts = 3,
					       .next_day_ms = NOW_MS + 14 * HOUR_MS };
	s->facts.campaign = (struct window){ &s->week, s->new_york, NULL };
}

static void check(struct scene *s, enum block block, int64_t next_ms)
{
	struct eligibility e = eligibility(&s->facts);

	assert_string_equal(block_code(e.block), block_code(block));
	assert_int_equal(e.next_ms, next_ms);
}

/* Each row blocks for one reason more than the one before, and that one goes first. */
static void the_first_reason_in_order_is_told(void **state)
{
	struct scene s;
	struct eligibility_facts *f = &s.facts;

	(void)state;
	scene_open(&s);
	check(&s, BLOCK_NONE, NOW_MS);
	f->contact_limit_until_ms = NOW_MS + 3 * HOUR_MS;
	check(&s, BLOCK_CONTACT_LIMIT, NOW_MS + 3 * HOUR_MS);
	f->contact_gap_until_ms = NOW_MS + HOUR_MS;
	check(&s, BLOCK_CONTACT_GAP, NOW_MS + 3 * HOUR_MS);
	f->number_busy = true;
	check(&s, BLOCK_NUMBER_BUSY, 0);
	f->retry_ms = NOW_MS + 2 * HOUR_MS;
	check(&s, BLOCK_RETRY_DELAY, NOW_MS + 3 * HOUR_MS);
	f->attempts = 3;
	check(&s, BLOCK_ATTEMPTS, 0);
	f->text_refused = true;
	check(&s, BLOCK_TEXT_REFUSED, 0);
	f->missing_variable = "city";
	check(&s, BLOCK_MISSING_VARIABLE, 0);
	f->placed_today = 10;
	/* tomorrow is Saturday: Monday, 9:00 in New York */
	check(&s, BLOCK_DAILY_CAP, NOW_MS + 71 * HOUR_MS);
	f->recipient = &s.west;
	f->recipient_count = 1;
	check(&s, BLOCK_RECIPIENT_HOURS, NOW_MS + 73 * HOUR_MS);
	f->zone_unknown = true;
	check(&s, BLOCK_UNKNOWN_TIMEZONE, 0);
	f->campaign.holidays = &s.today;
	check(&s, BLOCK_HOLIDAY, 0);
	f->now_ms += 12 * HOUR_MS;
	check(&s, BLOCK_OUTSIDE_HOURS, 0);
	f->suppressed = true;
	check(&s, BLOCK_SUPPRESSED, 0);
	f->calling = true;
	check(&s, BLOCK_CALLING, 0);
	f->running = false;
	check(&s, BLOCK_NOT_RUNNING, 0);
	f->done = true;
	check(&s, BLOCK_DONE, 0);
	arena_free(s.mem);
}

static void the_next_time_is_open_on_both_sides(void **state)
{
	struct scene s;

	(void)state;
	scene_open(&s);
	s.facts.recipient = &s.west;
	s.facts.recipient_count = 1;
	/* 8:00 in Los Angeles is one hour ahead */
	check(&s, BLOCK_RECIPIENT_HOURS, NOW_MS + HOUR_MS);
	/* a retry at 20:00 in New York (17:00 in Los Angeles) waits for Monday 11:00 there */
	s.facts.now_ms = NOW_MS + HOUR_MS;
	s.facts.retry_ms = NOW_MS + 10 * HOUR_MS;
	check(&s, BLOCK_RETRY_DELAY, NOW_MS + 73 * HOUR_MS);
	arena_free(s.mem);
}

static void a_holiday_ends_with_its_day(void **state)
{
	struct scene s;

	(void)state;
	scene_open(&s);
	s.facts.campaign.holidays = &s.today;
	check(&s, BLOCK_HOLIDAY, NOW_MS + 71 * HOUR_MS);
	arena_free(s.mem);
}

static void every_reason_has_its_word_and_its_sentence(void **state)
{
	struct arena *mem = arena_new();

	(void)state;
	for (int i = BLOCK_NONE + 1; i < BLOCK_COUNT; i++) {
		const char *sentence = block_sentence(mem, (enum block)i, NULL);

		assert_true(*block_code((enum block)i));
		assert_int_equal(sentence[strlen(sentence) - 1], '.');
		for (int k = BLOCK_NONE; k < i; k++)
			assert_string_not_equal(block_code((enum block)k), block_code((enum block)i));
	}
	assert_non_null(strstr(block_sentence(mem, BLOCK_MISSING_VARIABLE, "city"), "{{city}}"));
	arena_free(mem);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_first_reason_in_order_is_told),
		cmocka_unit_test(the_next_time_is_open_on_both_sides),
		cmocka_unit_test(a_holiday_ends_with_its_day),
		cmocka_unit_test(every_reason_has_its_word_and_its_sentence),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
