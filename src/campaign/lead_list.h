/* Leads of a campaign with what is said of them, filtered: for the JSON API and the console. */
#ifndef PARLEY_CAMPAIGN_LEAD_LIST_H
#define PARLEY_CAMPAIGN_LEAD_LIST_H

#include "base/json.h"
#include "campaign/campaign.h"
#include "web/form.h"
#include "web/request.h"

struct lead_filter {
	const char *state, *outcome; /* NULL: any */
	const char *search;          /* part of a name or number, or a whole number; NULL: any */
	int64_t after;               /* the lead's number: the cursor */
	size_t limit;
};

/* ?state=&outcome=&search=&limit=&cursor=; empty ones ask for nothing.  NULL, or a sentence about *field. */
const char *lead_filter_read(const struct form *form, struct lead_filter *filter, const char **field);

/* Adds the leads that pass to the items (contract 3.3); a call looks at no more than LIMIT_SCAN leads, so there may be few, even
 * none, with a cursor that leads on.  *next is NULL at the end.  A whole number is found at once. */
int lead_list_json(struct app *app, const struct request *req, const struct campaign *c, const struct lead_filter *filter,
		   struct json_object *items, const char **next, struct err *err);

/* One lead with its calls, the newest first, under "calls", and its entry of the do-not-call list or null under
 * "do_not_call".  ERR_MISSING. */
int lead_show_json(struct app *app, const struct request *req, const struct campaign *c, int64_t number,
		   struct json_object **lead, struct err *err);

#endif
