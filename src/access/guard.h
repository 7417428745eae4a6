/* Who may do what: the guards of programs (struct pages), in one place, so that handlers do
 * not check access themselves.
 *
 * Looking (GET, HEAD) needs a viewer, everything else an operator; a route may ask for an
 * administrator, let everyone who signed in, or be open (struct route).  The actor is found by the bearer key, or
 * by the console's session: then a change also needs the session's token in X-CSRF-Token, and may
 * not come from another site.  What is allowed and changes something is written to the audit trail
 * when it has succeeded.  What a viewer is answered in JSON is masked once more (mask.h).
 */
#ifndef PARLEY_ACCESS_GUARD_H
#define PARLEY_ACCESS_GUARD_H

#include "web/route.h"

/* Refuses in JSON: 401, 403. */
int guard_api(struct app *app, struct request *req, struct response *res, struct err *err);

/* Sends somebody who has not signed in to /login, and from there back; else refuses by the
 * program's page of failure, with 403. */
int guard_page(struct app *app, struct request *req, struct response *res, struct err *err);

/* The text of `next` when it is an address of ours that one can be sent to, else "/console/". */
const char *local_address(const char *next);

#endif
