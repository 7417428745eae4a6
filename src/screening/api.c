/* See api.h.  The table and who may come in; the handlers are in
 * interviews_api.c and health.c. */
#include "screening/api.h"

#include "access/guard.h"
#include "app.h"
#include "base/limits.h"
#include "screening/health.h"
#include "screening/interviews_api.h"
#include "screening/orphans_api.h"
#include "screening/recording_api.h"
#include "web/api.h"

/* A monitoring agent on this machine.  A proxy on this machine has loopback's
 * address too, but says for whom it asks. */
static bool is_local(const struct request *req)
{
	struct str from = str_from(req->remote_addr);

	return (str_starts(from, STR("127.")) || str_eq(from, STR("::1"))) &&
	       !request_header(req, "X-Forwarded-For") && !request_header(req, "Forwarded");
}

static int guard(struct app *app, struct request *req, struct response *res, struct err *err)
{
	if (str_eq(req->path, STR("/healthz")) || str_eq(req->path, STR("/readyz")))
		return 0;
	if (str_eq(req->path, STR("/metrics")) && is_local(req))
		return 0;
	return guard_api(app, req, res, err);
}

static const struct route routes[] = {
	{ .method = "GET", .path = "/healthz", .handler = health_alive },
	{ .method = "GET", .path = "/readyz", .handler = health_ready },
	{ .method = "GET", .path = "/metrics", .handler = health_metrics },
	{ .method = "GET", .path = "/api/interviews", .handler = interviews_list },
	{ .method = "GET", .path = "/api/interviews/orphans", .handler = orphans_list },
	{ .method = "POST", .path = "/api/interviews/orphans/:conversation/attach", .handler = orphans_attach, .max_body = LIMIT_BODY_ACTION },
	{ .method = "POST", .path = "/api/interviews/orphans/:conversation/discard", .handler = orphans_discard, .max_body = LIMIT_BODY_ACTION },
	{ .method = "GET", .path = "/api/interviews/:id", .handler = interviews_show },
	{ .method = "DELETE", .path = "/api/interviews/:id", .handler = interviews_erase, .max_body = LIMIT_BODY_ACTION },
	{ .method = "POST", .path = "/api/interviews/:id/override", .handler = interviews_override, .max_body = LIMIT_BODY_ACTION },
	{ .method = "GET", .path = "/api/interviews/:id/conversations/:conversation/recording", .handler = interviews_recording },
	{ .method = "POST", .path = "/api/interviews/:id/resend", .handler = interviews_resend, .max_body = LIMIT_BODY_ACTION },
	{ .method = "POST", .path = "/api/interviews/:id/revoke", .handler = interviews_revoke, .max_body = LIMIT_BODY_ACTION },
	{ .method = "POST", .path = "/api/interviews/:id/re-evaluate", .handler = interviews_reevaluate, .max_body = LIMIT_BODY_ACTION },
};

const struct pages api_pages = { .routes = routes, .count = ARRAY_LEN(routes), .guard = guard, .fail = api_fail };
