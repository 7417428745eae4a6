/* The list of numbers that must not be called, over all campaigns (contract 3.3).
 *
 * A number is on it once; what was said first stays.  Both keys change in one
 * step: KEY_DO_NOT_CALL holds the entries, KEY_DO_NOT_CALL_LIST their order.
 */
#ifndef PARLEY_CAMPAIGN_DO_NOT_CALL_H
#define PARLEY_CAMPAIGN_DO_NOT_CALL_H

#include <stdbool.h>

#include "app.h"
#include "base/err.h"
#include "base/json.h"

/* Puts a number on the list.  `reason` and `source` may be NULL.  *added is false
 * when it was there; *entry is the number's entry as JSON (arena), either way. */
int do_not_call_add(struct app *app, const char *phone, const char *reason, const char *source, bool *added,
		    struct json_object **entry, struct err *err);

/* Takes it off; *found is false when it was not on the list. */
int do_not_call_remove(struct app *app, const char *phone, bool *found, struct err *err);

/* Adds at most `limit` entries after the number `after` ("" from the start), in the
 * order of the numbers, to the JSON array; *next is the last one when more follow,
 * else NULL. */
int do_not_call_page(struct app *app, const char *after, size_t limit, struct json_object *items, const char **next,
		     struct err *err);

#endif
