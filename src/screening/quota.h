/* Windows that bound what costs money: take one from several at once. */
#ifndef PARLEY_SCREENING_QUOTA_H
#define PARLEY_SCREENING_QUOTA_H

#include <stddef.h>

#include "app.h"
#include "base/err.h"

struct quota {
	const char *name; /* of the counter, below KEY_LIMIT */
	int limit, window_s;
};

/* Takes one from each or from none; ERR_LIMIT with retry_after when one is used up. */
int quota_take(struct app *app, const struct quota *quotas, size_t count, struct err *err);

/* Gives back what was taken, when it was not used after all. */
int quota_return(struct app *app, const struct quota *quotas, size_t count, struct err *err);

/* "NAME:ORG:2026-11-20", for a limit of a UTC day. */
char *quota_day(struct app *app, const char *name, const char *org);

#endif
