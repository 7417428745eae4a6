/* Calls by the JSON API (contract 3.3): a campaign's, one of them, those of all campaigns. */
#ifndef PARLEY_CAMPAIGN_CALLS_API_H
#define PARLEY_CAMPAIGN_CALLS_API_H

#include "web/route.h"

/* GET calls?lead=&limit=&cursor=: the newest first. */
handler_fn calls_list;

/* GET calls/:call: the call with what happened to it step by step, and what was said. */
handler_fn calls_show;

/* GET /api/calls?outcome=&status=&phone=&campaign=&from=&to=&limit=&cursor=: the newest first. */
handler_fn calls_all;

#endif
