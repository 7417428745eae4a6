/* POST /api/campaigns/{id}/clone {"name"?, "leads"?: true}: 201 with the new draft, and in "copied" what
 * became of the leads. */
#ifndef PARLEY_CAMPAIGN_CLONE_API_H
#define PARLEY_CAMPAIGN_CLONE_API_H

#include "web/route.h"

handler_fn campaigns_clone;

#endif
