/* The calls of all campaigns, the newest first, filtered: for the JSON API and the console.
 *
 * A page looks at no more than some thousand calls: it may be short, even empty, with a cursor that
 * leads on.  A cursor is the place of the last call that was looked at, so calls that come
 * meanwhile neither push one out nor show one twice. */
#ifndef PARLEY_CAMPAIGN_CALL_LOG_H
#define PARLEY_CAMPAIGN_CALL_LOG_H

#include "app.h"
#include "base/err.h"
#include "campaign/call.h"
#include "campaign/newest.h"
#include "campaign/phone.h"
#include "web/form.h"

struct call_filter {
	struct newest newest;                     /* limit and cursor */
	const char *outcome, *status, *campaign;  /* NULL: any */
	char phone[PHONE_SIZE];                   /* "": any */
	int64_t from_ms, to_ms;                   /* placed in [from, to); 0: open */
};

/* ?outcome=&status=&phone=&campaign=&from=&to=; empty ones ask for nothing.  NULL, or a sentence about *field. */
const char *call_filter_read(struct app *app, const struct form *form, struct call_filter *filter, const char **field);

struct call_log_page {
	struct call *calls;
	size_t count;
	const char *next; /* cursor; NULL: the end */
};

int call_log_page(struct app *app, const struct call_filter *filter, struct call_log_page *page, struct err *err);

/* All calls of a lead, the newest first, in app->mem. */
int call_log_of_lead(struct app *app, const char *campaign, int64_t lead, const char *last_call, struct call **calls,
		     size_t *count, struct err *err);

/* The name of each call's campaign, in the order of the calls; NULL for one that cannot be read. */
int call_log_campaigns(struct app *app, const struct call *calls, size_t count, const char ***names, struct err *err);

#endif
