/* Campaigns over the JSON API (contract 3.3 to 3.5). */
#ifndef PARLEY_CAMPAIGN_CAMPAIGNS_API_H
#define PARLEY_CAMPAIGN_CAMPAIGNS_API_H

#include "web/route.h"

handler_fn campaigns_list, campaigns_create, campaigns_show, campaigns_change, campaigns_delete, campaigns_start,
	campaigns_pause, campaigns_resume, campaigns_stop, campaigns_status;

#endif
