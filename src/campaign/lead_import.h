/* Takes rows of leads into a campaign, whatever they come from (contract 3.3).
 *
 * Rows are checked here and stored in batches; each batch is one step (leads_add.lua), so
 * whatever ends an import early, every lead that was stored is whole, counted and
 * in its place.  A number is in a campaign once.  A number of the do-not-call list
 * becomes a lead that is done from the start, `suppressed`: it counts as accepted too.
 */
#ifndef PARLEY_CAMPAIGN_LEAD_IMPORT_H
#define PARLEY_CAMPAIGN_LEAD_IMPORT_H

#include <stdbool.h>
#include <stdint.h>

#include "app.h"
#include "base/err.h"
#include "base/json.h"
#include "base/str.h"

struct lead_import;

struct lead_field {
	struct str name, value;
};

struct lead_row {
	int64_t number;                   /* of the row, for the report */
	struct str phone, name, timezone; /* empty: none */
	const struct lead_field *variables; /* empty ones are not stored */
	size_t variable_count;
};

/* `country` reads national numbers (NULL: none are read); with `dry_run` nothing is stored.  The
 * import belongs to app->mem. */
struct lead_import *lead_import_new(struct app *app, const char *campaign, const char *country, bool dry_run);

/* A bad row is rejected, which is no failure.  Failures: ERR_MISSING (no such campaign),
 * ERR_CONFLICT (it has ended), ERR_LIMIT (too many rows), ERR_SYSTEM; after one of them no further rows.
 * The answer to a batch is awaited when the next is full: until lead_import_end() nothing
 * else may be asked of the store. */
int lead_import_row(struct lead_import *import, const struct lead_row *row, struct err *err);

/* A row that could not even be read; `value` is its telephone number, as far as is known. */
void lead_import_reject(struct lead_import *import, int64_t number, struct str value, const char *why);

/* Is told of every rejected row, also of those that the report has no room for.  `field`: phone, name, timezone or a
 * variable's name; NULL when it is not one of them. */
typedef void lead_rejected_fn(void *ctx, int64_t number, const char *field, const char *why);
void lead_import_on_reject(struct lead_import *import, lead_rejected_fn *fn, void *ctx);

/* Is called about twice a second, while nothing is asked of the store. */
typedef void lead_progress_fn(void *ctx, const struct lead_import *import);
void lead_import_on_progress(struct lead_import *import, lead_progress_fn *fn, void *ctx);

/* Waits for what is under way: then something else may be asked of the store. */
int lead_import_settle(struct lead_import *import, struct err *err);

/* Stores what is still held back.  Needed once, at the end, also to hear of a campaign that is missing
 * when there were no rows, and after ERR_LIMIT. */
int lead_import_end(struct lead_import *import, struct err *err);

/* What became of the rows so far. */
struct lead_import_counts {
	int64_t rows, accepted, duplicates, suppressed, rejected;
};
struct lead_import_counts lead_import_counts(const struct lead_import *import);

/* {"accepted","duplicates","suppressed","rejected":[{"row","value","reason","field"}],"rejected_count","dry_run"}; the
 * list holds the first LIMIT_REJECTED. */
struct json_object *lead_import_report(const struct lead_import *import);

#endif
