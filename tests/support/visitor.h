/* Somebody who has signed in to the console, for tests over tests/support/api.h. */
#ifndef PARLEY_TESTS_SUPPORT_VISITOR_H
#define PARLEY_TESTS_SUPPORT_VISITOR_H

#include "access/actor.h"
#include "tests/support/api.h"

struct visitor {
	const char *email, *password;
	const char *cookie; /* as a browser sends it */
	const char *csrf;
};

/* Makes the operator, unless there is one of that address, and signs in. */
struct visitor come_in(struct world *w, const char *email, enum role role);

/* Signs in with that password; *res is the answer. */
struct visitor sign_in_as(struct world *w, const char *email, const char *password, struct response **res);

/* The same request by that visitor: with the cookie, and for a change with the token. */
struct response *ask_as(struct world *w, const struct visitor *v, struct ask a);

/* A header of an answer; "" when it is not there. */
const char *header_of(struct world *w, const struct response *res, const char *name);

#endif
