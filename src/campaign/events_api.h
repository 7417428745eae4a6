/* GET /api/campaigns/{id}/events?after=SEQ&limit= (contract 3.5): what a reader of the live
 * feed has missed. */
#ifndef PARLEY_CAMPAIGN_EVENTS_API_H
#define PARLEY_CAMPAIGN_EVENTS_API_H

#include "web/request.h"
#include "web/response.h"

struct app;

/* {"items":[...]}, oldest first; 410 "gone" when some are not kept any more. */
int campaign_events(struct app *app, struct request *req, struct response *res, struct err *err);

#endif
