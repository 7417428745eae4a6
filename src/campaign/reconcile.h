/* Sets right what nobody told us (design 3.6): what was heard while Redis was away, calls of which nothing was heard, calls whose
 * dial was lost, calls that wait at Twilio while their campaign is paused, leads of campaigns that
 * have ended. */
#ifndef PARLEY_CAMPAIGN_RECONCILE_H
#define PARLEY_CAMPAIGN_RECONCILE_H

#include <stdbool.h>

#include "app.h"
#include "base/err.h"

/* Everything that is to be looked at now, in bounded steps.  *idle: there was nothing. */
int reconcile_turn(struct app *app, bool *idle, struct err *err);

#endif
