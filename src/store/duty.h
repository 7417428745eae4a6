/* Which runner of a kind is on duty on this host: the newest.  Cron starts one every
 * minute; it takes duty, and its predecessor finishes what it has at hand and leaves. */
#ifndef PARLEY_STORE_DUTY_H
#define PARLEY_STORE_DUTY_H

#include <stdbool.h>

#include "store/store.h"

int duty_take(struct store *store, struct arena *mem, const char *kind, const char *token, struct err *err);

/* A successor has taken over.  When Redis does not tell, nobody has. */
bool duty_is_relieved(struct store *store, struct arena *mem, const char *kind, const char *token);

#endif
