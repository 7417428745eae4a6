/* On whose behalf a request is answered, as the guard found out (guard.h). */
#ifndef PARLEY_ACCESS_ACTOR_H
#define PARLEY_ACCESS_ACTOR_H

#include <stdbool.h>

/* Each may do what those before it may. */
enum role { ROLE_VIEWER, ROLE_OPERATOR, ROLE_ADMIN };

struct actor {
	const char *email;   /* "key" for the bearer key */
	enum role role;
	const char *csrf;    /* what a change must carry in X-CSRF-Token; NULL for the key */
	const char *session; /* the session's id (session.h); NULL for the key */
};

/* "viewer", "operator", "admin": in Redis, on the command line and in JSON. */
const char *role_name(enum role role);
bool role_read(const char *name, enum role *role);

#endif
