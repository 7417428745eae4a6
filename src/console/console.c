/* See console.h. */
#include "console/console.h"

#include "access/api.h"
#include "access/guard.h"
#include "access/session.h"
#include "app.h"
#include "console/account_page.h"
#include "console/agents.h"
#include "console/audit_page.h"
#include "console/call_log.h"
#include "console/campaigns.h"
#include "console/doctor_api.h"
#include "console/jobs_api.h"
#include "console/live.h"
#include "console/interviews.h"
#include "console/login.h"
#include "console/operators_page.h"
#include "console/overview.h"
#include "console/page.h"
#include "console/settings_page.h"
#include "console/voices.h"
#include "console/workspaces_api.h"
#include "web/api.h"

static bool is_api(const struct request *req)
{
	return str_starts(req->path, STR("/api/"));
}

static int guard(struct app *app, struct request *req, struct response *res, struct err *err)
{
	return is_api(req) ? guard_api(app, req, res, err) : guard_page(app, req, res, err);
}

static void fail(struct app *app, struct request *req, struct response *res, int status, const char *code,
		 const char *sentence, int retry_after)
{
	struct err ignored = { 0 };

	if (is_api(req)) {
		api_fail(app, req, res, status, code, sentence, retry_after);
		return;
	}
	/* An address that no route knows has passed no guard: who is signed in keeps the frame. */
	if (!req->route && access_session_actor(app, req, &req->actor, &ignored))
		req->actor = NULL;
	page_fail(app, req, res, status, code, sentence, retry_after);
}

static int redirect_home(struct app *app, struct request *req, struct response *res, struct err *err)
{
	(void)app;
	(void)req;
	(void)err;
	res->status = 308;
	response_header(res, "Location", "/console/");
	return 0;
}

static const struct route routes[] = {
	{ .method = "GET", .path = "/console", .handler = redirect_home, .open = true },
};

/* One line a part, in the order of the navigation. */
static const struct route_table *const parts[] = {
	&campaigns_routes,
	&interviews_routes,
	&agents_routes,
	&voices_routes,
	&login_routes,
	&account_api_routes,
	&operators_api_routes,
	&audit_api_routes,
	&account_page_routes,
	&operators_page_routes,
	&audit_page_routes,
	&overview_routes,
	&doctor_routes,
	&job_routes,
	&workspace_routes,
	&settings_routes,
	&live_routes,
	&call_log_routes,
	NULL,
};

const struct pages console_pages = {
	.routes = routes, .count = ARRAY_LEN(routes), .guard = guard, .fail = fail, .parts = parts
};
