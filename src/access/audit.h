/* The trail of who changed what.  A handler says what its change was; the line is written when it succeeded. */
#ifndef PARLEY_ACCESS_AUDIT_H
#define PARLEY_ACCESS_AUDIT_H

#include "web/request.h"

/* `action` is a constant like "campaign.pause"; `object` its id; `detail` may be NULL.  No personal data, no secret. */
void audit_say(struct request *req, const char *action, const char *object, const char *detail);

#endif
