/* The pages that list and make campaigns.  What a running one does is shown by its own page (campaign_live.h). */
#ifndef PARLEY_CONSOLE_CAMPAIGNS_H
#define PARLEY_CONSOLE_CAMPAIGNS_H

#include "web/route.h"

extern const struct route_table campaigns_routes;

/* /console/campaigns/new and /console/campaigns/ID/edit?step= (campaign_edit.c) */
handler_fn page_campaign_new;
handler_fn page_campaign_edit;

#endif
