/* Who asks: an operator who has signed in, or whoever holds the bearer key. */
#ifndef PARLEY_ACCESS_ACTOR_H
#define PARLEY_ACCESS_ACTOR_H

/* Each may do what the one before it may. */
enum role { ROLE_VIEWER, ROLE_OPERATOR, ROLE_ADMIN };

struct actor {
	const char *email; /* "key" for the bearer key */
	enum role role;
	const char *csrf; /* of the session; NULL for the key, which no browser sends by itself */
};

#endif
