/* The audit trail: who changed what, when and from where.
 *
 * A handler only says what its change was; the guard writes an entry for every change that
 * succeeded, with method and route where nothing was said.  Entries are only ever added; about the
 * last AUDIT_KEPT stay.  The change comes first: when its entry cannot be written the change stands,
 * and the log has "audit.lost" as an error with all that the log may hold.
 */
#ifndef PARLEY_ACCESS_AUDIT_H
#define PARLEY_ACCESS_AUDIT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "app.h"
#include "base/err.h"
#include "web/request.h"
#include "web/response.h"

enum { AUDIT_KEPT = 1000000, AUDIT_DETAIL = 500 };

/* Says what the request changes: "campaign.pause", the campaign's id, "reason: ...".  object and
 * detail may be NULL; the texts are copied.  The last call holds. */
void audit_say(struct request *req, const char *action, const char *object, const char *detail);

/* Says that the request changes nothing, although its method could: it leaves no entry. */
void audit_nothing(struct request *req);

struct audit_entry {
	const char *id;    /* what a cursor names; also the time: "ms-number" */
	int64_t at_ms;
	const char *actor; /* address of an operator, "key", or "shell" */
	const char *role, *action, *object, *detail, *client, *request_id, *result; /* NULL: nothing to say */
};

/* Writes an entry by itself; time, client and request are filled in, actor and role from the
 * request's actor when NULL. */
void audit_record(struct app *app, const struct request *req, const struct audit_entry *entry);

/* For the guard: what a change that succeeded has to say. */
void audit_change(struct app *app, struct request *req, const struct response *res);

struct audit_filter {
	const char *actor;   /* NULL: all; so of all others */
	const char *action;  /* or what it begins with, as "campaign." */
	int64_t from_ms, to_ms; /* from inclusive, to exclusive; 0: open */
	const char *cursor;  /* of an earlier answer */
};

/* Fills the filter from a query (actor, action, from, to, cursor; times or days in UTC, a day of
 * "to" inclusive).  Returns NULL, or the name of the parameter that cannot be understood. */
const char *audit_filter_read(const struct form *form, struct audit_filter *filter);

/* At most `most` entries that fit, the newest first, in app->mem; *next is a cursor, NULL at the end.  One answer
 * looks at LIMIT_SCAN entries: it may hold few, or none, and still have a next. */
int audit_read(struct app *app, const struct audit_filter *filter, size_t most, struct audit_entry **list, size_t *count,
	       const char **next, struct err *err);

#endif
