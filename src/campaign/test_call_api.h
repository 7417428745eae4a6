/* POST /api/campaigns/{id}/test-call {"phone","name"?,"variables"?,"own_number"?}: 202 with its beginning;
 * GET /api/campaigns/{id}/test-calls/{test} tells how it goes on. */
#ifndef PARLEY_CAMPAIGN_TEST_CALL_API_H
#define PARLEY_CAMPAIGN_TEST_CALL_API_H

#include "web/route.h"

handler_fn test_call_create;
handler_fn test_call_show;

#endif
