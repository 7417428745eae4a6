/* A new run for the leads that an ended campaign did not reach.
 *
 * The new campaign is a draft with the settings of the old one.  Its leads are copied in pieces, by the request as far as it
 * has time, then by the runner; while that goes on the draft cannot be started, and the old campaign not be deleted.
 * A piece that is copied twice adds nothing: a number is in a campaign once.
 *
 * Fields of the new campaign's row: source (the old one), copy (outcomes, JSON), copied (last lead that was looked at), copying (1
 * until it is done); of the old one's: copies (how many are being made).  KEY_CAMPAIGNS_COPYING lists the pairs. */
#ifndef PARLEY_CAMPAIGN_REDIAL_H
#define PARLEY_CAMPAIGN_REDIAL_H

#include "campaign/campaign.h"
#include "web/route.h"

/* One piece of one copy.  *more: there are others.  One that lost its old or new campaign is given up. */
int redial_copy(struct app *app, const char *campaign, bool *more, struct err *err);

/* A piece of each copy, for the runner. */
int redial_turn(struct app *app, bool *idle, struct err *err);

/* POST /api/campaigns/:id/redial {"outcomes"?:[...],"name"?}: 201 with the new campaign. */
handler_fn campaign_redial;

#endif
