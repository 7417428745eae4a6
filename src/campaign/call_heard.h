/* What a called person pressed or said while Redis was away: kept on the disk until it is
 * back.  Twilio asks again only for a few seconds, and nobody presses "never call again" twice.
 *
 * One file an attempt, {state_dir}/heard/ID, in the form of a query; readable by its owner
 * only, and gone with the first turn that could store it.
 */
#ifndef PARLEY_CAMPAIGN_CALL_HEARD_H
#define PARLEY_CAMPAIGN_CALL_HEARD_H

#include <stdbool.h>

#include "app.h"
#include "base/err.h"

/* Keeps it, durably; the last one of an attempt stays.  `digits` and `speech` may be NULL.  -1 with errno. */
int call_heard_keep(struct app *app, const char *attempt, const char *sid, const char *digits, const char *speech);

/* Does what call_gathered() would have done, for all that is kept.  *idle: there was nothing. */
int call_heard_take(struct app *app, bool *idle, struct err *err);

#endif
