/* How long a number of calls takes at a campaign's pace, caps and hours.  Pure.
 *
 * It walks through the hours from now on in steps, and in each gives the calls that fit to the groups whose
 * people may be called then.  Waits between the attempts to one person are not in it: the answer
 * is the least time, not a promise. */
#ifndef PARLEY_CAMPAIGN_REVIEW_TIME_H
#define PARLEY_CAMPAIGN_REVIEW_TIME_H

#include <stddef.h>
#include <stdint.h>

#include "campaign/calling_hours.h"

/* Calls to people whose hours are the same. */
struct review_load {
	const struct window *windows; /* of the recipients; all must allow */
	size_t window_count;
	int64_t calls;
};

struct review_plan {
	struct window campaign;
	double calls_per_second; /* the least of pace and slots */
	int64_t daily_cap;       /* 0: none */
	int64_t placed_today;
	int64_t now_ms;
};

struct review_time {
	int64_t begins_ms, ends_ms; /* 0: never, or not within CALLING_HOURS_DAYS */
	int64_t days;               /* of the campaign on which calls are placed */
	int64_t never;              /* calls that no hours allow */
	bool capped;                /* on some day the cap is reached */
};

struct review_time review_time(const struct review_plan *plan, const struct review_load *loads, size_t count);

/* Whether there is any time at which both the campaign's and the people's hours are open. */
bool review_hours_overlap(const struct review_plan *plan, const struct review_load *load);

#endif
