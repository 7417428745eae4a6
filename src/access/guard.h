/* Who comes in (contract 3.3, 3.6): the bearer key, or an operator's session with, for changes, its CSRF header.
 *
 * Reading needs a viewer, changing an operator; a route may ask for more or less (web/route.h).  Both set
 * req->actor. */
#ifndef PARLEY_ACCESS_GUARD_H
#define PARLEY_ACCESS_GUARD_H

#include "access/actor.h"
#include "web/route.h"

/* For struct pages.guard of a JSON API: 401 and 403. */
int guard_api(struct app *app, struct request *req, struct response *res, struct err *err);

/* The same for pages that a person opens: without a session the answer is the way to /login. */
int guard_page(struct app *app, struct request *req, struct response *res, struct err *err);

#endif
