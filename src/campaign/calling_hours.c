/* See calling_hours.h.  Whether a window is open changes only where the local
 * clock reads its start, its end or midnight, or where the clock is moved: the
 * searches step from one such time to the next. */
#include "campaign/calling_hours.h"

enum { DAY_S = 86400 };

/* `day` counts from 1970-01-01, a Thursday. */
static bool starts_on(const struct calling_hours *h, const struct holidays *off, int64_t day)
{
	int64_t weekday = ((day + 3) % 7 + 7) % 7;
	char text[DAY_SIZE];

	if (!(h->days >> weekday & 1))
		return false;
	if (!off || !off->count)
		return true;
	utc_day(day * DAY_S * 1000, text);
	for (size_t i = 0; i < off->count; i++) {
		if (!strcmp(off->days[i], text))
			return false;
	}
	return true;
}

static bool open_at(const struct calling_hours *h, const struct zone *z, const struct holidays *off, int64_t s)
{
	int64_t local, day, rest;

	if (!h->set)
		return true;
	local = s + zone_offset_s(z, s);
	day = floor_div(local, DAY_S);
	rest = local - day * DAY_S;
	if (h->start_min <= h->end_min)
		return rest >= h->start_min * 60 && rest < h->end_min * 60 && starts_on(h, off, day);
	return (rest >= h->start_min * 60 && starts_on(h, off, day)) ||
	       (rest < h->end_min * 60 && starts_on(h, off, day - 1));
}

/* The next time after s at which something may change. */
static int64_t next_edge(const struct calling_hours *h, const struct zone *z, int64_t s)
{
	const int edges[] = { 0, h->start_min * 60, h->end_min * 60 };
	int64_t local = s + zone_offset_s(z, s), next = zone_change_s(z, s);

	for (size_t i = 0; i < ARRAY_LEN(edges); i++) {
		int64_t wait = ((edges[i] - local) % DAY_S + DAY_S) % DAY_S;
		int64_t at = s + (wait ? wait : DAY_S);

		if (at < next)
			next = at;
	}
	return next;
}

/* The first time from now on at which the window is as wanted. */
static int64_t search(const struct window *w, int64_t now_ms, bool open, int64_t otherwise)
{
	int64_t s = floor_div(now_ms, 1000), last = s + (int64_t)CALLING_HOURS_DAYS * DAY_S;

	if (open_at(w->hours, w->zone, w->holidays, s) == open)
		return now_ms;
	if (!w->hours->set)
		return otherwise;
	for (s = next_edge(w->hours, w->zone, s); s <= last; s = next_edge(w->hours, w->zone, s)) {
		if (open_at(w->hours, w->zone, w->holidays, s) == open)
			return s * 1000;
	}
	return otherwise;
}

bool calling_hours_open(const struct calling_hours *h, const struct zone *z, const struct holidays *off, int64_t now_ms)
{
	return open_at(h, z, off, floor_div(now_ms, 1000));
}

int64_t calling_hours_until(const struct calling_hours *h, const struct zone *z, const struct holidays *off,
			    int64_t now_ms)
{
	return search(&(struct window){ h, z, off }, now_ms, false, now_ms + (int64_t)CALLING_HOURS_DAYS * DAY_S * 1000);
}

int64_t calling_hours_next_all(const struct window *windows, size_t n, int64_t now_ms)
{
	const int64_t last = now_ms + (int64_t)CALLING_HOURS_DAYS * DAY_S * 1000;
	int64_t at = now_ms;

	for (size_t agreed = 0, i = 0; agreed < n; i = (i + 1) % n) {
		int64_t next = search(&windows[i], at, true, -1);

		if (next < 0 || next > last)
			return -1;
		agreed = next == at ? agreed + 1 : 1;
		at = next;
	}
	return at;
}
