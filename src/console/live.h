/* A campaign while it runs, its leads and calls: /console/campaigns/ID, .../leads/N, .../calls/CALL. */
#ifndef PARLEY_CONSOLE_LIVE_H
#define PARLEY_CONSOLE_LIVE_H

#include "web/route.h"

extern const struct route_table live_routes;

/* Their handlers, each in a file of its own. */
handler_fn live_campaign_page, live_lead_page, live_call_page;

#endif
