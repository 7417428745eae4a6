/* GET /api/campaigns/{id}/review. */
#ifndef PARLEY_CAMPAIGN_REVIEW_API_H
#define PARLEY_CAMPAIGN_REVIEW_API_H

#include "web/route.h"

handler_fn campaign_review;

#endif
