/* /api/do-not-call (contract 3.3). */
#ifndef PARLEY_CAMPAIGN_DO_NOT_CALL_API_H
#define PARLEY_CAMPAIGN_DO_NOT_CALL_API_H

#include "base/json.h"
#include "campaign/do_not_call.h"
#include "web/form.h"
#include "web/route.h"

/* GET ?search=&reason=&limit=&cursor=: `search` is a number or its first digits, `reason` words of its reason or source. */
handler_fn do_not_call_list;
handler_fn do_not_call_create, do_not_call_delete;

/* POST /api/do-not-call/import?dry_run=&country=&reason=: CSV with a column "phone" (and "reason"), or a number a line; reads the
 * body itself.  {"added","already","rejected":[{"row","value","reason"}],"rejected_count","dry_run"}: good rows are kept, bad rows told. */
handler_fn do_not_call_import;

/* GET /api/do-not-call.csv */
handler_fn do_not_call_export;

/* What the list's page shares.  NULL, or a sentence about *field. */
const char *do_not_call_filter_read(struct app *app, const struct request *req, const struct form *form,
				    struct do_not_call_filter *filter, const char **field);
/* Where a page goes on, as the reader may know it: the number, or for who sees them masked its place.  NULL: nowhere. */
int do_not_call_cursor(struct app *app, const struct request *req, const char *next, const char **cursor, struct err *err);
/* Numbers as the reader may see them. */
void do_not_call_mask(const struct request *req, struct json_object *items);

#endif
