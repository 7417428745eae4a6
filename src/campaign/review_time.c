/* See review_time.h. */
#include "campaign/review_time.h"

#include <stdlib.h>
#include <string.h>

#include "base/die.h"

enum { STEP_MS = 5 * 60 * 1000, DAY_MS = 86400000, WINDOWS_MOST = 64 };

struct walk {
	const struct review_plan *plan;
	const struct review_load *loads;
	int64_t *left; /* calls of each load */
	size_t count;
	int64_t rest, at_ms, today;
	double room; /* calls for which there was time, a fraction included */
	char day[DAY_SIZE], last_day[DAY_SIZE];
	struct review_time time;
};

static bool is_open(const struct window *w, int64_t at_ms)
{
	return calling_hours_open(w->hours, w->zone, w->holidays, at_ms);
}

static bool people_are_open(const struct review_load *load, int64_t at_ms)
{
	for (size_t i = 0; i < load->window_count; i++)
		if (!is_open(&load->windows[i], at_ms))
			return false;
	return true;
}

bool review_hours_overlap(const struct review_plan *plan, const struct review_load *load)
{
	struct window all[WINDOWS_MOST];

	if (load->window_count >= WINDOWS_MOST)
		return false;
	all[0] = plan->campaign;
	for (size_t i = 0; i < load->window_count; i++)
		all[i + 1] = load->windows[i];
	return calling_hours_next_all(all, load->window_count + 1, plan->now_ms) >= 0;
}

static int64_t least(int64_t a, int64_t b)
{
	return a < b ? a : b;
}

/* Calls of the step go to whoever may be called, in order. */
static void place(struct walk *w)
{
	int64_t most = (int64_t)w->room;
	bool placed = false, reached = false;

	if (w->plan->daily_cap && most > w->plan->daily_cap - w->today) {
		most = w->plan->daily_cap - w->today;
		reached = true;
	}
	for (size_t i = 0; i < w->count && most > 0; i++) {
		int64_t n = least(w->left[i], most);

		if (!n || !people_are_open(&w->loads[i], w->at_ms))
			continue;
		if (!w->time.begins_ms)
			w->time.begins_ms = w->at_ms;
		w->left[i] -= n;
		w->rest -= n;
		w->today += n;
		w->room -= (double)n;
		most -= n;
		placed = true;
	}
	w->time.capped |= reached && placed && !most && w->rest > 0;
	if (placed && strcmp(w->day, w->last_day) != 0) {
		memcpy(w->last_day, w->day, sizeof(w->day));
		w->time.days++;
	}
	if (!w->rest)
		w->time.ends_ms = w->at_ms + STEP_MS - (int64_t)(w->room / w->plan->calls_per_second * 1000);
	w->room -= (double)(int64_t)w->room; /* idleness saves nothing up */
}

static void turn_day(struct walk *w)
{
	char day[DAY_SIZE];

	zone_day(w->plan->campaign.zone, w->at_ms, day);
	if (!strcmp(day, w->day))
		return;
	w->today = *w->day ? 0 : w->plan->placed_today;
	memcpy(w->day, day, sizeof(day));
}

static void walk(struct walk *w)
{
	const int64_t until_ms = w->plan->now_ms + (int64_t)CALLING_HOURS_DAYS * DAY_MS;

	while (w->rest > 0 && w->at_ms < until_ms) {
		if (!is_open(&w->plan->campaign, w->at_ms)) {
			w->at_ms = calling_hours_next_all(&w->plan->campaign, 1, w->at_ms);
			if (w->at_ms < 0)
				return;
		}
		turn_day(w);
		w->room += w->plan->calls_per_second * STEP_MS / 1000;
		place(w);
		w->at_ms += STEP_MS;
	}
}

struct review_time review_time(const struct review_plan *plan, const struct review_load *loads, size_t count)
{
	struct walk w = { .plan = plan, .loads = loads, .count = count, .at_ms = plan->now_ms };

	w.left = calloc(count + 1, sizeof(*w.left));
	if (!w.left)
		die_out_of_memory();
	for (size_t i = 0; i < count; i++) {
		if (review_hours_overlap(plan, &loads[i]))
			w.rest += w.left[i] = loads[i].calls;
		else
			w.time.never += loads[i].calls;
	}
	walk(&w);
	free(w.left);
	return w.time;
}
