/* See api.h.  The table and who may come in. */
#include "campaign/api.h"

#include "access/guard.h"
#include "app.h"
#include "base/limits.h"
#include "campaign/agents_api.h"
#include "campaign/calls_api.h"
#include "campaign/campaigns_api.h"
#include "campaign/clone_api.h"
#include "campaign/do_not_call_api.h"
#include "campaign/events_api.h"
#include "campaign/export.h"
#include "campaign/imports_api.h"
#include "campaign/leads_api.h"
#include "campaign/live_api.h"
#include "campaign/now.h"
#include "campaign/redial.h"
#include "campaign/review_api.h"
#include "campaign/test_call_api.h"
#include "campaign/series.h"
#include "web/api.h"

static const struct route routes[] = {
	{ .method = "GET", .path = "/api/agents", .handler = agents_list },
	{ .method = "POST", .path = "/api/agents", .handler = agents_create, .max_body = LIMIT_BODY_API },
	{ .method = "GET", .path = "/api/agents/variables", .handler = agents_variables },
	{ .method = "POST", .path = "/api/agents/preview", .handler = agents_preview, .max_body = LIMIT_BODY_API, .anyone = true },
	{ .method = "GET", .path = "/api/agents/:id", .handler = agents_show },
	{ .method = "PATCH", .path = "/api/agents/:id", .handler = agents_change, .max_body = LIMIT_BODY_API },
	{ .method = "DELETE", .path = "/api/agents/:id", .handler = agents_delete },
	{ .method = "GET", .path = "/api/agents/:id/variables", .handler = agents_variables },

	{ .method = "GET", .path = "/api/campaigns", .handler = campaigns_list },
	{ .method = "POST", .path = "/api/campaigns", .handler = campaigns_create, .max_body = LIMIT_BODY_API },
	{ .method = "GET", .path = "/api/campaigns/:id", .handler = campaigns_show },
	{ .method = "PATCH", .path = "/api/campaigns/:id", .handler = campaigns_change, .max_body = LIMIT_BODY_API },
	{ .method = "DELETE", .path = "/api/campaigns/:id", .handler = campaigns_delete },
	{ .method = "POST", .path = "/api/campaigns/:id/start", .handler = campaigns_start, .max_body = LIMIT_BODY_ACTION },
	{ .method = "POST", .path = "/api/campaigns/:id/pause", .handler = campaigns_pause, .max_body = LIMIT_BODY_ACTION },
	{ .method = "POST", .path = "/api/campaigns/:id/resume", .handler = campaigns_resume, .max_body = LIMIT_BODY_ACTION },
	{ .method = "POST", .path = "/api/campaigns/:id/stop", .handler = campaigns_stop, .max_body = LIMIT_BODY_ACTION },
	{ .method = "GET", .path = "/api/campaigns/:id/now", .handler = campaign_now },
	{ .method = "POST", .path = "/api/campaigns/:id/redial", .handler = campaign_redial, .max_body = LIMIT_BODY_ACTION },
	{ .method = "GET", .path = "/api/campaigns/:id/status", .handler = campaigns_status },
	{ .method = "POST", .path = "/api/campaigns/:id/clone", .handler = campaigns_clone, .max_body = LIMIT_BODY_ACTION },
	{ .method = "POST", .path = "/api/campaigns/:id/test-call", .handler = test_call_create, .max_body = LIMIT_BODY_API },
	{ .method = "GET", .path = "/api/campaigns/:id/test-calls/:test", .handler = test_call_show },
	{ .method = "GET", .path = "/api/campaigns/:id/review", .handler = campaign_review },

	{ .method = "GET", .path = "/api/do-not-call", .handler = do_not_call_list },
	{ .method = "POST", .path = "/api/do-not-call", .handler = do_not_call_create, .max_body = LIMIT_BODY_ACTION },
	{ .method = "POST", .path = "/api/do-not-call/import", .handler = do_not_call_import, .max_body = LIMIT_BODY_DO_NOT_CALL, .streams = true },
	{ .method = "GET", .path = "/api/do-not-call.csv", .handler = do_not_call_export },
	{ .method = "DELETE", .path = "/api/do-not-call/:phone", .handler = do_not_call_delete },

	{ .method = "POST", .path = "/api/campaigns/:id/leads", .handler = leads_create, .max_body = LIMIT_BODY_LEADS, .streams = true },
	{ .method = "GET", .path = "/api/campaigns/:id/imports/:import", .handler = imports_show },
	{ .method = "GET", .path = "/api/campaigns/:id/imports/:import/rejected.csv", .handler = imports_rejected },
	{ .method = "GET", .path = "/api/campaigns/:id/leads", .handler = leads_list },
	{ .method = "GET", .path = "/api/campaigns/:id/leads/:lead", .handler = leads_show },
	{ .method = "GET", .path = "/api/campaigns/:id/leads.csv", .handler = leads_export },
	{ .method = "GET", .path = "/api/campaigns/:id/calls", .handler = calls_list },
	{ .method = "GET", .path = "/api/campaigns/:id/calls/:call", .handler = calls_show },
	{ .method = "GET", .path = "/api/calls", .handler = calls_all },
	{ .method = "GET", .path = "/api/campaigns/:id/series", .handler = campaign_series },
	{ .method = "GET", .path = "/api/campaigns/:id/calls.csv", .handler = calls_export },
	{ .method = "GET", .path = "/api/campaigns/:id/events", .handler = campaign_events },
	{ .method = "GET", .path = "/live/campaigns/:id", .handler = campaign_live },
};

const struct pages campaign_pages = { .routes = routes, .count = ARRAY_LEN(routes), .guard = guard_api, .fail = api_fail };
