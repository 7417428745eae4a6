/* See clock.h.  The civil calendar is computed here rather than by timegm():
 * pure, and the same on every system. */
#include "base/clock.h"

#include <stdio.h>
#include <time.h>

static int64_t read_clock_us(clockid_t id)
{
	struct timespec ts;

	clock_gettime(id, &ts);
	return (int64_t)ts.tv_sec * 1000000 + ts.tv_nsec / 1000;
}

static int64_t system_wall_ms(const struct clock *self)
{
	(void)self;
	return read_clock_us(CLOCK_REALTIME) / 1000;
}

static int64_t system_monotonic_us(const struct clock *self)
{
	(void)self;
	return read_clock_us(CLOCK_MONOTONIC);
}

const struct clock system_clock = { system_wall_ms, system_monotonic_us };

static int64_t fixed_now_ms(const struct clock *self)
{
	return ((const struct fixed_clock *)self)->now_ms;
}

static int64_t fixed_now_us(const struct clock *self)
{
	return fixed_now_ms(self) * 1000;
}

void fixed_clock_init(struct fixed_clock *c, int64_t now_ms)
{
	c->base.wall_ms = fixed_now_ms;
	c->base.monotonic_us = fixed_now_us;
	c->now_ms = now_ms;
}

/* Days since 1970-01-01 of a proleptic Gregorian date (era of 400 years). */
int64_t days_from_civil(int64_t y, int m, int d)
{
	int64_t era;
	int yoe, doy, doe;

	y -= m <= 2;
	era = (y >= 0 ? y : y - 399) / 400;
	yoe = (int)(y - era * 400);
	doy = (153 * (m + (m > 2 ? -3 : 9)) + 2) / 5 + d - 1;
	doe = yoe * 365 + yoe / 4 - yoe / 100 + doy;
	return era * 146097 + doe - 719468;
}

struct civil civil_from_ms(int64_t ms)
{
	int64_t days = floor_div(ms, 86400000);
	int64_t rest = ms - days * 86400000, z = days + 719468;
	int64_t era = (z >= 0 ? z : z - 146096) / 146097;
	int doe = (int)(z - era * 146097);
	int yoe = (doe - doe / 1460 + doe / 36524 - doe / 146096) / 365;
	int doy = doe - (365 * yoe + yoe / 4 - yoe / 100), mp = (5 * doy + 2) / 153;
	struct civil c;

	c.day = doy - (153 * mp + 2) / 5 + 1;
	c.month = mp < 10 ? mp + 3 : mp - 9;
	c.year = yoe + era * 400 + (c.month <= 2);
	c.hour = (int)(rest / 3600000);
	c.minute = (int)(rest / 60000 % 60);
	c.second = (int)(rest / 1000 % 60);
	c.millisecond = (int)(rest % 1000);
	c.weekday = (int)(((days % 7) + 10) % 7);
	return c;
}

void iso_time_format(int64_t ms, char out[ISO_TIME_SIZE])
{
	struct civil c = civil_from_ms(ms);

	snprintf(out, ISO_TIME_SIZE, "%04d-%02d-%02dT%02d:%02d:%02d.%03dZ", (int)(c.year % 10000), c.month % 100,
		 c.day % 100, c.hour % 100, c.minute % 100, c.second % 100, c.millisecond % 1000);
}

void utc_day(int64_t ms, char out[DAY_SIZE])
{
	struct civil c = civil_from_ms(ms);

	snprintf(out, DAY_SIZE, "%04d-%02d-%02d", (int)(c.year % 10000), c.month % 100, c.day % 100);
}

void time_words(int64_t ms, char out[TIME_WORDS_SIZE])
{
	static const char *const days[] = { "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday" };
	static const char *const months[] = { "January", "February", "March", "April", "May", "June", "July",
					      "August", "September", "October", "November", "December" };
	struct civil c = civil_from_ms(ms);

	snprintf(out, TIME_WORDS_SIZE, "%s, %d %s %d, %02d:%02d UTC", days[c.weekday], c.day, months[c.month - 1],
		 (int)(c.year % 10000), c.hour, c.minute);
}

/* Reads exactly `digits` decimal digits. */
static bool take_number(struct str *s, size_t digits, int *value)
{
	long long n;

	if (s->len < digits)
		return false;
	n = str_number((struct str){ s->ptr, digits }, 9999);
	if (n < 0)
		return false;
	*value = (int)n;
	s->ptr += digits;
	s->len -= digits;
	return true;
}

static bool take_char(struct str *s, const char *any_of)
{
	if (!s->len || !s->ptr[0] || !strchr(any_of, s->ptr[0]))
		return false;
	s->ptr++;
	s->len--;
	return true;
}

/* ".123456" → 123 */
static bool take_fraction(struct str *s, int *millisecond)
{
	int scale = 100;
	bool any = false;

	*millisecond = 0;
	if (!take_char(s, "."))
		return true;
	while (s->len && s->ptr[0] >= '0' && s->ptr[0] <= '9') {
		*millisecond += (s->ptr[0] - '0') * scale;
		scale /= 10;
		any = true;
		s->ptr++;
		s->len--;
	}
	return any;
}

static bool take_offset(struct str *s, int *minutes)
{
	int sign, h, m;

	*minutes = 0;
	if (take_char(s, "Zz"))
		return true;
	if (!s->len)
		return false;
	sign = s->ptr[0] == '-' ? -1 : 1;
	if (!take_char(s, "+-") || !take_number(s, 2, &h))
		return false;
	take_char(s, ":");
	if (!take_number(s, 2, &m) || h > 23 || m > 59)
		return false;
	*minutes = sign * (h * 60 + m);
	return true;
}

static int days_in_month(int year, int month)
{
	static const int days[] = { 31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31 };
	bool leap = (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;

	return days[month - 1] + (month == 2 && leap);
}

bool iso_time_parse(struct str s, int64_t *ms)
{
	int year, month, day, hour, minute, second, milli, offset;

	if (!take_number(&s, 4, &year) || !take_char(&s, "-") || !take_number(&s, 2, &month) ||
	    !take_char(&s, "-") || !take_number(&s, 2, &day) || !take_char(&s, "Tt ") ||
	    !take_number(&s, 2, &hour) || !take_char(&s, ":") || !take_number(&s, 2, &minute) ||
	    !take_char(&s, ":") || !take_number(&s, 2, &second) || !take_fraction(&s, &milli) ||
	    !take_offset(&s, &offset) || s.len)
		return false;
	if (month < 1 || month > 12 || day < 1 || day > days_in_month(year, month) || hour > 23 || minute > 59 ||
	    second > 60)
		return false;
	*ms = ((days_from_civil(year, month, day) * 24 + hour) * 60 + minute - offset) * 60000 +
	      (int64_t)second * 1000 + milli;
	return true;
}
