/* See dial.h. */
#include "campaign/dial.h"

#include <stdio.h>
#include <string.h>

#include "campaign/call_queue.h"
#include "store/keys.h"
#include "store/store.h"

enum {
	RING_S = 25,              /* short of what most voicemail waits */
	BROADCAST_MOST_S = 600,
	CONVERSATION_MOST_S = 1800,
	SLOW_S = 1,               /* after a 429 that does not say how long */
};

struct twilio twilio_of(const struct app *app)
{
	return (struct twilio){ .http = app->http, .clock = app->clock, .base_url = app->cfg.twilio_base_url,
				.account_sid = app->cfg.twilio_account_sid, .auth_token = app->cfg.twilio_auth_token, .events = app->events };
}

/* The attempt's id in each address is signed with it (vendors/twilio.md 3).  Without the rules in the
 * fragment a request that met a closed door would not come again (6.1): a call would end with an
 * error message, a callback would be lost. */
static const char *address(const struct app *app, struct arena *mem, const char *step, const char *id)
{
	return arena_printf(mem, "%s/api/twilio/webhook/%s?att=%s#rc=3&rp=5xx,ct,rt", app->cfg.webhook_base_url, step, id);
}

int dial_request(struct app *app, struct arena *mem, const struct campaign *c, const struct call *call,
		 struct http_call *request, struct err *err)
{
	const struct twilio twilio = twilio_of(app);
	struct twilio_dial dial = {
		.to = call->phone,
		.from = call->from,
		.url = address(app, mem, "answer", call->id),
		.status_url = address(app, mem, "status", call->id),
		.ring_s = RING_S,
		.most_s = c->conversation ? CONVERSATION_MOST_S : BROADCAST_MOST_S,
	};

	if (c->voicemail != VOICEMAIL_IGNORE) {
		dial.machine_detection = c->voicemail == VOICEMAIL_LEAVE_MESSAGE ? "DetectMessageEnd" : "Enable";
		dial.machine_url = address(app, mem, "amd", call->id);
	}
	return twilio_dial_call(&twilio, mem, &dial, request, err);
}

/* ---- what the answer means ---- */

static enum dial_result result_of(const struct err *failure)
{
	switch (twilio_error_of(failure)) {
	case TWILIO_NUMBER_PERMANENT:
		return DIAL_REFUSED;
	case TWILIO_RETRY_LATER:
		return failure->kind == ERR_LIMIT ? DIAL_LATER : DIAL_FAILED;
	case TWILIO_UNKNOWN:
		return DIAL_UNKNOWN;
	default:
		return DIAL_DENIED;
	}
}

/* Nobody dials before that time. */
static int slow_down(struct app *app, int seconds, struct err *err)
{
	int64_t ms = (int64_t)(seconds > 0 ? seconds : SLOW_S) * 1000;
	struct reply r;

	return store_call(app->store, app->mem, &r, err, "SET", KEY_TWILIO_SLOW,
			  arena_printf(app->mem, "%lld", (long long)(clock_wall_ms(app->clock) + ms)), "PX",
			  arena_printf(app->mem, "%lld", (long long)ms), NULL);
}

static int store_unknown(struct app *app, const struct call *call, const struct err *failure, struct err *err)
{
	const struct call_news news = { .status = "unknown" };
	bool changed;

	log_event(&app->log, LOG_WARNING, "call.unknown_outcome", LOG_TEXT("campaign", call->campaign),
		  LOG_NUM("lead", call->lead), LOG_TEXT("call", call->id), LOG_TEXT("reason", failure->msg));
	return call_tell(app, call->id, &news, &changed, NULL, err);
}

static int store_refused(struct app *app, const struct call *call, const struct err *failure, struct err *err)
{
	const struct call_news news = { .status = "failed", .outcome = "invalid_number", .error = failure->code };
	bool changed;

	return call_tell(app, call->id, &news, &changed, NULL, err);
}

static int store_result(struct app *app, const struct call *call, enum dial_result result, const struct err *failure,
			struct err *err)
{
	switch (result) {
	case DIAL_REFUSED:
		return store_refused(app, call, failure, err);
	case DIAL_UNKNOWN:
		return store_unknown(app, call, failure, err);
	case DIAL_LATER:
	case DIAL_FAILED:
		if (slow_down(app, failure->retry_after, err))
			return -1;
		return call_queue_withdraw(app, call, err);
	default:
		return call_queue_withdraw(app, call, err);
	}
}

int dial_settle(struct app *app, const struct call *call, int rc, const struct http_reply *reply, const struct err *failure,
		enum dial_result *result, const char **sid, char why[DIAL_WHY], struct err *err)
{
	const struct twilio twilio = twilio_of(app);
	struct twilio_call placed;
	struct err refused = { 0 };

	*why = '\0';
	if (rc == 0 && twilio_dial_reply(&twilio, app->mem, reply, &placed, &refused) == 0) {
		*result = DIAL_PLACED;
		*sid = placed.sid;
		return 0;
	}
	if (rc != 0)
		refused = *failure;
	*result = result_of(&refused);
	snprintf(why, DIAL_WHY, "%s%s%s", refused.msg, *refused.code ? ", code " : "", refused.code);
	log_event(&app->log, *result == DIAL_REFUSED ? LOG_INFO : LOG_WARNING, "call.dial_failed",
		  LOG_TEXT("campaign", call->campaign), LOG_NUM("lead", call->lead), LOG_TEXT("call", call->id),
		  LOG_TEXT("reason", why));
	return store_result(app, call, *result, &refused, err);
}
