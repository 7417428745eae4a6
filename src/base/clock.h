/* Time comes from a clock object, so that tests can set it (design 3.8).
 *
 * Wall-clock times are milliseconds since 1970-01-01 UTC in an int64_t named
 * ..._ms, or seconds named ..._s.  Deadlines use the monotonic clock.
 */
#ifndef PARLEY_BASE_CLOCK_H
#define PARLEY_BASE_CLOCK_H

#include <stdbool.h>
#include <stdint.h>

#include "base/str.h"

struct clock {
	int64_t (*wall_ms)(const struct clock *self);
	int64_t (*monotonic_us)(const struct clock *self);
};

extern const struct clock system_clock;

/* For tests: stands still until moved. */
struct fixed_clock {
	struct clock base;
	int64_t now_ms;
};
void fixed_clock_init(struct fixed_clock *c, int64_t now_ms);

static inline int64_t clock_wall_ms(const struct clock *c)
{
	return c->wall_ms(c);
}

static inline int64_t clock_monotonic_ms(const struct clock *c)
{
	return c->monotonic_us(c) / 1000;
}

static inline int64_t clock_monotonic_us(const struct clock *c)
{
	return c->monotonic_us(c);
}

/* "2026-11-20T09:30:00.123Z" (milliseconds always) and back; reading accepts an
 * offset and any fraction (RFC 3339) and answers false for anything else. */
enum { ISO_TIME_SIZE = 32 };
void iso_time_format(int64_t ms, char out[ISO_TIME_SIZE]);
bool iso_time_parse(struct str s, int64_t *ms);

/* "Friday, 27 November 2026, 12:00 UTC" */
enum { TIME_WORDS_SIZE = 64 };
void time_words(int64_t ms, char out[TIME_WORDS_SIZE]);

/* "2026-11-20" in UTC, for counters of a day. */
enum { DAY_SIZE = 16 };
void utc_day(int64_t ms, char out[DAY_SIZE]);

/* Rounds down, also before 1970. */
static inline int64_t floor_div(int64_t a, int64_t b)
{
	return a / b - (a % b < 0);
}

/* The proleptic Gregorian calendar. */
struct civil {
	int64_t year;
	int month, day, hour, minute, second, millisecond, weekday; /* weekday: 0 is Monday */
};
struct civil civil_from_ms(int64_t ms);
/* Days since 1970-01-01. */
int64_t days_from_civil(int64_t year, int month, int day);

#endif
