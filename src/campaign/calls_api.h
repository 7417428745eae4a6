/* A campaign's calls by the JSON API (contract 3.3). */
#ifndef PARLEY_CAMPAIGN_CALLS_API_H
#define PARLEY_CAMPAIGN_CALLS_API_H

#include "web/route.h"

/* GET calls?lead=&limit=&cursor=: the newest first. */
handler_fn calls_list;

#endif
