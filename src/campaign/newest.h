/* Lists of what was created, the newest first, in pages (contract 3.3: limit, cursor).
 *
 * A cursor is the place of the page's last row, its time and id, so it stays good when
 * that row is deleted.  With a state asked for, a page may be short, even empty, and
 * still have a next one: the search for it ends after some rows. */
#ifndef PARLEY_CAMPAIGN_NEWEST_H
#define PARLEY_CAMPAIGN_NEWEST_H

#include <stdbool.h>

#include "app.h"
#include "base/err.h"
#include "store/store.h"
#include "web/form.h"
#include "web/response.h"

struct newest {
	size_t limit;
	const char *from_ms, *from_id; /* "+inf", "": from the newest on */
};

struct newest_page {
	const struct reply *rows; /* id, row as by HGETALL, id, row ... */
	size_t count;             /* of rows: half as many as entries */
	const char *next;         /* cursor; NULL: the end */
};

/* Reads ?limit=&cursor=; false when it was answered with 400. */
bool newest_read(struct app *app, const struct form *form, struct response *res, struct newest *newest);

/* `order` is the sorted set of ids by ms, `prefix` that of their hashes; `state` (NULL: any) what their
 * field "state" must be. */
int newest_page(struct app *app, const char *order, const char *prefix, const struct newest *newest, const char *state,
		struct newest_page *page, struct err *err);

#endif
