/* See zone.h.  The file: a block with 32-bit times, passed over, then one with
 * 64-bit times, then a POSIX TZ string between newlines. */
#include "base/zone.h"

#include <stdbool.h>
#include <stdio.h>

#include "base/limits.h"

static const char zone_directory[] = "/usr/share/zoneinfo/";
static const int64_t day_s = 86400;

enum { HEADER = 44, TYPE_SIZE = 6 };

/* One change of the year: "M3.2.0/2", "J60", "59". */
struct change {
	char form; /* 'M', 'J' (29 February is not counted) or '0' */
	int month, week, day;
	int time_s;
};

struct zone {
	size_t count;
	const int64_t *at;
	const int *offset; /* offset[i] holds from at[i] on */
	int before;        /* holds before the first */
	bool ruled, daylight;
	int standard_s, daylight_s;
	struct change start, end;
};

struct counts {
	size_t isut, isstd, leap, time, type, chars;
};

static uint32_t read_32(const unsigned char *p)
{
	return (uint32_t)p[0] << 24 | (uint32_t)p[1] << 16 | (uint32_t)p[2] << 8 | p[3];
}

static int64_t read_64(const unsigned char *p)
{
	return (int64_t)((uint64_t)read_32(p) << 32 | read_32(p + 4));
}

/* The counts of a header, when its data fit into what follows. */
static bool read_header(const unsigned char *p, size_t len, size_t time_size, struct counts *c, size_t *size)
{
	size_t *const to[] = { &c->isut, &c->isstd, &c->leap, &c->time, &c->type, &c->chars };

	if (len < HEADER || memcmp(p, "TZif", 4) || p[4] < '2')
		return false;
	for (size_t i = 0; i < ARRAY_LEN(to); i++) {
		*to[i] = read_32(p + 20 + 4 * i);
		if (*to[i] > LIMIT_ZONE_FILE)
			return false;
	}
	*size = HEADER + c->time * (time_size + 1) + c->type * TYPE_SIZE + c->chars + c->leap * (time_size + 4) +
		c->isstd + c->isut;
	return *size <= len && c->type;
}

static bool take(const char **p, char c)
{
	if (**p != c)
		return false;
	(*p)++;
	return true;
}

static bool take_int(const char **p, int max, int *n)
{
	const char *from = *p;

	for (*n = 0; **p >= '0' && **p <= '9'; (*p)++) {
		*n = *n * 10 + (**p - '0');
		if (*n > max)
			return false;
	}
	return *p != from;
}

/* "-3", "+5:45", "167:59:59" */
static bool take_time(const char **p, int *seconds)
{
	int h, m = 0, s = 0;
	bool negative = take(p, '-');

	if (!negative)
		take(p, '+');
	if (!take_int(p, 167, &h) || (take(p, ':') && (!take_int(p, 59, &m) || (take(p, ':') && !take_int(p, 59, &s)))))
		return false;
	*seconds = (h * 60 + m) * 60 + s;
	if (negative)
		*seconds = -*seconds;
	return true;
}

static bool take_name(const char **p)
{
	const char *from = *p;

	if (take(p, '<')) {
		while (**p && **p != '>')
			(*p)++;
		return take(p, '>');
	}
	while ((**p >= 'A' && **p <= 'Z') || (**p >= 'a' && **p <= 'z'))
		(*p)++;
	return *p != from;
}

static bool take_change(const char **p, struct change *c)
{
	bool ok;

	if (!take(p, ','))
		return false;
	c->form = '0';
	c->time_s = 2 * 3600;
	if (take(p, 'M')) {
		c->form = 'M';
		ok = take_int(p, 12, &c->month) && c->month && take(p, '.') && take_int(p, 5, &c->week) && c->week &&
		     take(p, '.') && take_int(p, 6, &c->day);
	} else {
		if (take(p, 'J'))
			c->form = 'J';
		ok = take_int(p, 365, &c->day) && (c->form == '0' || c->day);
	}
	return ok && (!take(p, '/') || take_time(p, &c->time_s));
}

/* "EST5EDT,M3.2.0,M11.1.0": POSIX counts west of Greenwich as positive. */
static bool read_rule(const char *p, struct zone *z)
{
	int west_s;

	if (!take_name(&p) || !take_time(&p, &z->standard_s))
		return false;
	z->standard_s = -z->standard_s;
	z->ruled = true;
	if (!*p)
		return true;
	west_s = -(z->standard_s + 3600);
	if (!take_name(&p) || (*p != ',' && !take_time(&p, &west_s)))
		return false;
	z->daylight_s = -west_s;
	z->daylight = true;
	return take_change(&p, &z->start) && take_change(&p, &z->end) && !*p;
}

static int64_t change_at(const struct change *c, int64_t year, int offset_s)
{
	int64_t day = days_from_civil(year, 1, 1);

	if (c->form == 'M') {
		int64_t first = days_from_civil(year, c->month, 1);
		int64_t next = c->month == 12 ? days_from_civil(year + 1, 1, 1) : days_from_civil(year, c->month + 1, 1);

		/* 1970-01-01 was a Thursday, 4 */
		day = first + ((c->day - (first + 4) % 7) % 7 + 7) % 7 + 7 * (c->week - 1);
		while (day >= next)
			day -= 7;
	} else if (c->form == 'J') {
		bool leap = days_from_civil(year, 3, 1) - day == 60;

		day += c->day - 1 + (leap && c->day >= 60);
	} else {
		day += c->day;
	}
	return day * day_s + c->time_s - offset_s;
}

static int rule_offset(const struct zone *z, int64_t s)
{
	int64_t year, start, end;
	bool in;

	if (!z->daylight)
		return z->standard_s;
	year = civil_from_ms((s + z->standard_s) * 1000).year;
	start = change_at(&z->start, year, z->standard_s);
	end = change_at(&z->end, year, z->daylight_s);
	in = start < end ? s >= start && s < end : !(s >= end && s < start);
	return in ? z->daylight_s : z->standard_s;
}

/* How many transitions are at or before s. */
static size_t passed(const struct zone *z, int64_t s)
{
	size_t low = 0, high = z->count;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (z->at[middle] <= s)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

int zone_offset_s(const struct zone *z, int64_t utc_s)
{
	size_t n = passed(z, utc_s);

	if (n == z->count && z->ruled)
		return rule_offset(z, utc_s);
	return n ? z->offset[n - 1] : z->before;
}

int64_t zone_change_s(const struct zone *z, int64_t utc_s)
{
	size_t n = passed(z, utc_s);
	int64_t next = INT64_MAX, year;

	if (n < z->count)
		return z->at[n];
	if (!z->ruled || !z->daylight)
		return next;
	year = civil_from_ms(utc_s * 1000).year;
	for (int64_t y = year - 1; y <= year + 1; y++) {
		int64_t start = change_at(&z->start, y, z->standard_s), end = change_at(&z->end, y, z->daylight_s);

		if (start > utc_s && start < next)
			next = start;
		if (end > utc_s && end < next)
			next = end;
	}
	return next;
}

static bool read_zone(struct arena *a, const unsigned char *p, size_t len, struct zone *z)
{
	struct counts c;
	size_t size;
	const unsigned char *types;
	int64_t *at;
	int *offset;
	const char *footer, *end;

	if (!read_header(p, len, 4, &c, &size))
		return false;
	p += size;
	len -= size;
	if (!read_header(p, len, 8, &c, &size))
		return false;
	types = p + HEADER + c.time * 9;
	at = arena_alloc(a, (c.time + 1) * sizeof(*at));
	offset = arena_alloc(a, (c.time + 1) * sizeof(*offset));
	for (size_t i = 0; i < c.time; i++) {
		size_t type = p[HEADER + c.time * 8 + i];

		if (type >= c.type)
			return false;
		at[i] = read_64(p + HEADER + i * 8);
		offset[i] = (int)(int32_t)read_32(types + type * TYPE_SIZE);
	}
	z->count = c.time;
	z->at = at;
	z->offset = offset;
	z->before = (int)(int32_t)read_32(types);
	footer = (const char *)p + size;
	len -= size;
	if (len < 2 || footer[0] != '\n' || !(end = memchr(footer + 1, '\n', len - 1)))
		return false;
	return end == footer + 1 || read_rule(arena_strndup(a, footer + 1, (size_t)(end - footer - 1)), z);
}

static bool name_is_sound(const char *name)
{
	size_t len = strlen(name);

	return len && len <= LIMIT_ZONE_NAME && name[0] != '/' && !strstr(name, "..") &&
	       strspn(name, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_+-/") == len;
}

int zone_load(struct arena *a, const char *name, const struct zone **z, struct err *err)
{
	struct zone *made = arena_new_object(a, struct zone);
	unsigned char *data;
	size_t len;
	FILE *f;

	if (!name || !name_is_sound(name))
		return err_set(err, ERR_INPUT, "not the name of a time zone");
	f = fopen(arena_join(a, zone_directory, name), "rbe");
	if (!f)
		return err_set(err, ERR_INPUT, "no time zone %s", name);
	data = arena_alloc(a, LIMIT_ZONE_FILE);
	len = fread(data, 1, LIMIT_ZONE_FILE, f);
	fclose(f);
	if (len == LIMIT_ZONE_FILE || !read_zone(a, data, len, made))
		return err_set(err, ERR_INPUT, "%s is no time zone", name);
	*z = made;
	return 0;
}

void zone_local(const struct zone *z, int64_t ms, struct civil *out)
{
	*out = civil_from_ms(ms + (int64_t)zone_offset_s(z, floor_div(ms, 1000)) * 1000);
}

void zone_day(const struct zone *z, int64_t ms, char out[DAY_SIZE])
{
	utc_day(ms + (int64_t)zone_offset_s(z, floor_div(ms, 1000)) * 1000, out);
}

int64_t zone_instant(const struct zone *z, int year, int month, int day, int minute_of_day)
{
	int64_t local = days_from_civil(year, month, day) * day_s + (int64_t)minute_of_day * 60;
	int64_t s = local - 26 * 3600; /* no offset is as large */

	for (;;) {
		int offset = zone_offset_s(z, s);
		int64_t change = zone_change_s(z, s);

		if (s + offset >= local)
			return s * 1000;
		if (local - offset < change)
			return (local - offset) * 1000;
		s = change;
	}
}
