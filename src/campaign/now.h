/* What a campaign is doing at this moment: its calls, and how near it is to its limits. */
#ifndef PARLEY_CAMPAIGN_NOW_H
#define PARLEY_CAMPAIGN_NOW_H

#include "base/json.h"
#include "campaign/campaign.h"
#include "web/route.h"

/* {"calls":[call with "phone" and "lead_name", the newest first, at most NOW_CALLS],"calls_total","max_concurrent_calls",
 * "calls_per_second","account_calls_per_second","placed_last_minute","placed_today","daily_cap"} */
enum { NOW_CALLS = 50 };
int now_json(struct app *app, const struct request *req, const struct campaign *c, struct json_object **now, struct err *err);

/* GET /api/campaigns/:id/now */
handler_fn campaign_now;

#endif
