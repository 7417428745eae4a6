/* /api/do-not-call (contract 3.3). */
#ifndef PARLEY_CAMPAIGN_DO_NOT_CALL_API_H
#define PARLEY_CAMPAIGN_DO_NOT_CALL_API_H

#include "web/route.h"

handler_fn do_not_call_list, do_not_call_create, do_not_call_delete;

#endif
