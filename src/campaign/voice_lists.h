/* What ElevenLabs tells about itself and the account, remembered for a while: an operator's
 * page asks often, and an old answer, marked "stale", is better than none. */
#ifndef PARLEY_CAMPAIGN_VOICE_LISTS_H
#define PARLEY_CAMPAIGN_VOICE_LISTS_H

#include "base/json.h"
#include "web/route.h"

int voice_list(struct app *app, struct request *req, struct response *res, struct err *err);   /* five minutes */
int voice_show(struct app *app, struct request *req, struct response *res, struct err *err);   /* five minutes */
int voice_models(struct app *app, struct request *req, struct response *res, struct err *err); /* five minutes */
int voice_usage(struct app *app, struct request *req, struct response *res, struct err *err);  /* one minute */

/* One voice as voice_show() tells it.  ERR_MISSING, else as voice_upstream(). */
int voice_find(struct app *app, const char *voice_id, struct json_object **voice, struct err *err);

/* True when the request was answered with 503. */
bool voice_not_configured(const struct app *app, struct response *res);

/* What a failure of ElevenLabs is to the asker; -1. */
int voice_upstream(struct err *err);

#endif
