/* One call with everything that is known of it, for the JSON API and the console. */
#ifndef PARLEY_CAMPAIGN_CALL_SHOW_H
#define PARLEY_CAMPAIGN_CALL_SHOW_H

#include "base/json.h"
#include "campaign/call.h"

/* call_json() and "campaign_id", "phone", "from", "lead_name", "previous_id", "timeline" (call_steps.h), "conversation_id",
 * "transcript": [{"role","at_seconds","text"}] of a call in which an agent talked, else null.  ERR_MISSING, also when the call is
 * of another campaign. */
int call_show_json(struct app *app, const char *campaign, const char *id, struct json_object **shown, struct call *call,
		   struct err *err);

#endif
