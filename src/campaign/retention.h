/* How long campaigns are kept: CAMPAIGN_KEEP_SECONDS after its end (completed or stopped) a campaign is deleted with its
 * leads, calls and events, as by hand.  Drafts and what runs or is paused never are; nor is the do-not-call list. */
#ifndef PARLEY_CAMPAIGN_RETENTION_H
#define PARLEY_CAMPAIGN_RETENTION_H

#include "app.h"
#include "base/err.h"

/* Looks once an hour, whichever of the runners comes first.  Bears being run by several at once. */
int retention_turn(struct app *app, struct err *err);

#endif
