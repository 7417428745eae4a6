/* Agents over the JSON API (contract 3.3). */
#ifndef PARLEY_CAMPAIGN_AGENTS_API_H
#define PARLEY_CAMPAIGN_AGENTS_API_H

#include "web/route.h"

handler_fn agents_list, agents_create, agents_show, agents_change, agents_delete;

#endif
