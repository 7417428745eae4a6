/* Operators: who may sign in to the console, and as what.
 *
 * An address is kept in lower case; of a password only its argon2id hash.  Passwords
 * that we make have 100 random bits and are shown once.  Whatever takes rights away
 * (another password, another role, removal) gives the operator a new epoch, and with
 * that ends every session of theirs (session.h).  There is always an administrator:
 * the last one can be neither removed nor given a smaller role.
 */
#ifndef PARLEY_ACCESS_OPERATOR_H
#define PARLEY_ACCESS_OPERATOR_H

#include <stdbool.h>

#include "access/actor.h"
#include "app.h"
#include "base/err.h"

struct operator {
	const char *email;
	enum role role;
	const char *created; /* ISO 8601; NULL: not known */
	const char *epoch;   /* a session of another one is over; "" for operators of old */
};

enum { PASSWORD_LEAST = 12, PASSWORD_MOST = 200 };

/* The address as it is kept; NULL when it is none. */
const char *operator_address(struct arena *mem, const char *given);

/* Checks the password, in the same time whether or not there is such an operator; one that is
 * right is hashed anew when today's hashes cost more than the stored one.  ERR_DENIED: wrong. */
int operator_verify(struct app *app, const char *email, const char *password, struct operator *who, struct err *err);

/* Makes the operator and a password, unless there is one: then *made is false. */
int operator_add(struct app *app, const char *email, enum role role, const char **password, bool *made, struct err *err);

/* Makes a new password.  ERR_MISSING: no such operator; so of all below. */
int operator_reset(struct app *app, const char *email, const char **password, struct err *err);

/* What is wrong with a password that somebody chose, as a sentence; NULL: nothing. */
const char *password_problem(const char *password, const char *email);

/* The operator's own choice.  ERR_DENIED: the present one is wrong. */
int operator_choose_password(struct app *app, const char *email, const char *present, const char *chosen, struct err *err);

/* ERR_CONFLICT: that would leave no administrator. */
int operator_set_role(struct app *app, const char *email, enum role role, struct err *err);
int operator_remove(struct app *app, const char *email, struct err *err);

/* A new epoch: every session is over. */
int operator_renew(struct app *app, const char *email, struct err *err);

int operator_load(struct app *app, const char *email, struct operator *who, struct err *err);

/* All of them, by address; in app->mem. */
int operator_list(struct app *app, struct operator **list, size_t *count, struct err *err);

#endif
