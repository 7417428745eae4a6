/* What ElevenLabs tells about itself and the account, remembered for a while: an operator's
 * page asks often, and an old answer, marked "stale", is better than none. */
#ifndef PARLEY_CAMPAIGN_VOICE_LISTS_H
#define PARLEY_CAMPAIGN_VOICE_LISTS_H

#include "web/route.h"

int voice_list(struct app *app, struct request *req, struct response *res, struct err *err);   /* five minutes */
int voice_models(struct app *app, struct request *req, struct response *res, struct err *err); /* five minutes */
int voice_usage(struct app *app, struct request *req, struct response *res, struct err *err);  /* one minute */

/* True when the request was answered with 503. */
bool voice_not_configured(const struct app *app, struct response *res);

/* What a failure of ElevenLabs is to the asker; -1. */
int voice_upstream(struct err *err);

#endif
