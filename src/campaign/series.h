/* A campaign's calls over time, for the chart: how many were placed, and how calls ended.
 *
 * Placed ones are counted in KEY_CALLS when they are asked for; how calls ended is counted when they
 * do (call_change.lua), by the minute for some days and by the hour for good.  So the memory follows
 * the time that a campaign takes, not its leads. */
#ifndef PARLEY_CAMPAIGN_SERIES_H
#define PARLEY_CAMPAIGN_SERIES_H

#include "campaign/campaign.h"
#include "web/route.h"

enum { SERIES_MOST = 1000 }; /* buckets of one answer */

struct series_wish {
	int64_t from_ms, to_ms, bucket_s; /* 0: as fits */
};

/* {"from","to","bucket_seconds","placed":[...],"outcomes":{"answered":[...],...}}: a number for each bucket. */
int series_json(struct app *app, const struct campaign *c, const struct series_wish *wish, struct json_object **series,
		struct err *err);

/* GET series?from=&to=&bucket= */
handler_fn campaign_series;

#endif
