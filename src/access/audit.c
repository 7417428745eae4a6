/* See audit.h. */
#include "access/audit.h"

void audit_say(struct request *req, const char *action, const char *object, const char *detail)
{
	req->said.action = action;
	req->said.object = object ? arena_strdup(req->mem, object) : NULL;
	req->said.detail = detail ? arena_strdup(req->mem, detail) : NULL;
}
