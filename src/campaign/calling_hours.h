/* When calls may be made: days of the week and hours of a time zone (contract
 * 3.4).  What counts is what the local clock reads.  A window belongs to the day
 * on which it starts; `end_min` is exclusive and may be 1440; a start after the
 * end runs over midnight; a start equal to the end is never open.
 */
#ifndef PARLEY_CAMPAIGN_CALLING_HOURS_H
#define PARLEY_CAMPAIGN_CALLING_HOURS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/zone.h"

enum { CALLING_HOURS_DAYS = 400 }; /* how far is looked ahead */

struct calling_hours {
	unsigned days; /* bit 0 is Monday */
	int start_min, end_min;
	bool set; /* false: always open */
};

/* Days "YYYY-MM-DD" on which no window starts. */
struct holidays {
	const char *const *days;
	size_t count;
};

struct window {
	const struct calling_hours *hours;
	const struct zone *zone;
	const struct holidays *holidays; /* NULL: none */
};

bool calling_hours_open(const struct calling_hours *h, const struct zone *z, const struct holidays *off, int64_t now_ms);

/* When the present window closes: now when it is closed, the last day looked at
 * when it does not close before. */
int64_t calling_hours_until(const struct calling_hours *h, const struct zone *z, const struct holidays *off,
			    int64_t now_ms);

/* The first time from now on at which all are open; -1 when there is none. */
int64_t calling_hours_next_all(const struct window *windows, size_t n, int64_t now_ms);

#endif
