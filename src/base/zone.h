/* A time zone, read from the system's compiled tz database (RFC 8536), without
 * the process's own TZ.  Times after the file's last transition follow its rule.
 */
#ifndef PARLEY_BASE_ZONE_H
#define PARLEY_BASE_ZONE_H

#include <stdint.h>

#include "base/arena.h"
#include "base/clock.h"
#include "base/err.h"

struct zone;

/* By its name in the tz database, "America/New_York".  ERR_INPUT when there is
 * none of that name.  *z lives as long as the arena. */
int zone_load(struct arena *a, const char *name, const struct zone **z, struct err *err);

/* Seconds that local time is ahead of UTC. */
int zone_offset_s(const struct zone *z, int64_t utc_s);

/* The first transition after utc_s; INT64_MAX when there is none. */
int64_t zone_change_s(const struct zone *z, int64_t utc_s);

/* What the local clock reads, and the local date "YYYY-MM-DD". */
void zone_local(const struct zone *z, int64_t ms, struct civil *out);
void zone_day(const struct zone *z, int64_t ms, char out[DAY_SIZE]);

/* The first time (UTC, ms) at which the local clock reads at least this: of a
 * repeated hour the first, for a skipped one the transition. */
int64_t zone_instant(const struct zone *z, int year, int month, int day, int minute_of_day);

#endif
