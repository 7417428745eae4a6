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

/* The number's entry; *entry is NULL when it is not on the list. */
int do_not_call_find(struct app *app, const char *phone, struct json_object **entry, struct err *err);

struct do_not_call_filter {
	const char *prefix; /* of the numbers, with its plus; "": any */
	const char *words;  /* in an entry's reason or source, letter case aside; "": any */
	const char *after;  /* the number; "": from the start */
	size_t limit;
};

/* Adds the entries that pass to the JSON array, in the order of the numbers.  *next is where it goes on, NULL at the
 * end; some thousand are looked at, so with words there may be few, even none, and more to come. */
int do_not_call_page(struct app *app, const struct do_not_call_filter *filter, struct json_object *items, const char **next,
		     struct err *err);

/* The place of a number in the list's order, and what stands there: for who must not learn numbers by paging.
 * *place -1, *phone NULL: there is none. */
int do_not_call_place(struct app *app, const char *phone, int64_t *place, struct err *err);
int do_not_call_at(struct app *app, int64_t place, const char **phone, struct err *err);

/* Puts up to DO_NOT_CALL_BATCH numbers on the list in one step; added[i] says whether phones[i] is new.  `look`: only says so.
 * reasons[i] and source may be NULL. */
enum { DO_NOT_CALL_BATCH = 500 };
int do_not_call_add_many(struct app *app, const char *const *phones, const char *const *reasons, const char *source, size_t count,
			 bool look, bool *added, struct err *err);

#endif
