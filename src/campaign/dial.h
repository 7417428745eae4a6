/* One dial: the request to Twilio for an attempt, and what its answer means. */
#ifndef PARLEY_CAMPAIGN_DIAL_H
#define PARLEY_CAMPAIGN_DIAL_H

#include "campaign/call.h"
#include "campaign/campaign.h"
#include "net/http.h"
#include "vendors/twilio.h"

/* Twilio by the program's settings. */
struct twilio twilio_of(const struct app *app);

/* The request; what it points to lives in `mem`.  ERR_INPUT when it would be too long. */
int dial_request(struct app *app, struct arena *mem, const struct campaign *c, const struct call *call,
		 struct http_call *request, struct err *err);

enum dial_result {
	DIAL_PLACED,
	DIAL_REFUSED,  /* this number cannot be called: the lead is done */
	DIAL_UNKNOWN,  /* the call may exist; the reconciler asks */
	DIAL_LATER,    /* Twilio asks us to wait: not an attempt */
	DIAL_FAILED,   /* nothing was sent: not an attempt */
	DIAL_DENIED,   /* account, caller id or request refused: the campaign must stop */
};

enum { DIAL_WHY = 320 };

/* What became of the request.  A placed call has its CallSid in *sid (app->mem), which the caller stores
 * (call_queue.h); everything else is stored here, and `why` says it in words. */
int dial_settle(struct app *app, const struct call *call, int rc, const struct http_reply *reply, const struct err *failure,
		enum dial_result *result, const char **sid, char why[DIAL_WHY], struct err *err);

#endif
