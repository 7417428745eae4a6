/* See live_api.h. */
#include "campaign/live_api.h"

#include "access/mask.h"
#include "app.h"
#include "store/keys.h"
#include "store/store.h"
#include "web/api.h"

/* Anything else nchan would answer with a bare 403. */
static bool wants_feed(const struct request *req)
{
	struct str upgrade = str_trim(str_from(request_header(req, "Upgrade")));

	return str_eq(req->method, STR("GET")) &&
	       (str_eq_nocase(upgrade, STR("websocket")) ||
		str_find(str_from(request_header(req, "Accept")), STR("text/event-stream")));
}

int campaign_live(struct app *app, struct request *req, struct response *res, struct err *err)
{
	struct str id = request_param(req, "id");
	const char *campaign = arena_strndup(req->mem, id.ptr, id.len);
	struct reply reply;

	if (!wants_feed(req))
		return api_refuse(res, NULL, "Ask by WebSocket, or with Accept: text/event-stream.");
	if (!str_is_token(id, 1, 64))
		return err_set(err, ERR_MISSING, "no campaign has such an id");
	if (store_call(app->store, app->mem, &reply, err, "HGET", key_of(app->mem, KEY_CAMPAIGN, campaign), "state", NULL))
		return -1;
	if (!reply_text(&reply) || str_eq(reply.text, STR("deleting")))
		return err_set(err, ERR_MISSING, "no such campaign");
	if (store_call(app->store, app->mem, &reply, err, "XADD", KEY_LIVE, "MAXLEN", "~", "10000", "*", "c", campaign, NULL))
		return -1;
	response_header(res, "Cache-Control", "no-store");
	response_header(res, "X-Accel-Redirect",
			arena_join(req->mem, shows_masked(req) ? "/-live/viewers/" : "/-live/campaigns/", campaign));
	return 0;
}
