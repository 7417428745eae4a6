/* See live.h: the table. */
#include "console/live.h"

#include "base/str.h"

static const struct route routes[] = {
	{ .method = "GET", .path = "/console/campaigns/:id", .handler = live_campaign_page },
	{ .method = "GET", .path = "/console/campaigns/:id/leads/:lead", .handler = live_lead_page },
	{ .method = "GET", .path = "/console/campaigns/:id/calls/:call", .handler = live_call_page },
};

const struct route_table live_routes = { routes, ARRAY_LEN(routes) };
