/* GET /live/campaigns/{id} (contract 3.5): who may read a campaign's live feed.
 *
 * nginx keeps the connection of a reader (nginx/live.inc); this only lets it in, and tells the
 * relay that somebody waits for a status.
 */
#ifndef PARLEY_CAMPAIGN_LIVE_API_H
#define PARLEY_CAMPAIGN_LIVE_API_H

#include "web/request.h"
#include "web/response.h"

struct app;

int campaign_live(struct app *app, struct request *req, struct response *res, struct err *err);

#endif
