/* Leads of a campaign by the JSON API (contract 3.3): the import, the list, one. */
#ifndef PARLEY_CAMPAIGN_LEADS_API_H
#define PARLEY_CAMPAIGN_LEADS_API_H

#include "web/route.h"

/* POST leads: CSV or JSON; reads the body itself. */
handler_fn leads_create;

/* GET leads?state=&outcome=&limit=&cursor=: in the order of their numbers.  A request looks at no more
 * than LIMIT_SCAN leads: a page may be short, and even empty, with a cursor that leads on. */
handler_fn leads_list;

/* GET leads/:lead */
handler_fn leads_show;

#endif
