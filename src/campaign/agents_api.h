/* Agents over the JSON API (contract 3.3). */
#ifndef PARLEY_CAMPAIGN_AGENTS_API_H
#define PARLEY_CAMPAIGN_AGENTS_API_H

#include "web/route.h"

handler_fn agents_list, agents_create, agents_show, agents_change, agents_delete;

/* GET /api/agents/variables (of a new one) and /api/agents/{id}/variables. */
handler_fn agents_variables;

/* POST /api/agents/preview {"script", "variables"}: what would be said, and which variables are missing. */
handler_fn agents_preview;

#endif
