/* A new draft with the settings of another campaign, and some or all of its leads. */
#ifndef PARLEY_CAMPAIGN_CAMPAIGN_COPY_H
#define PARLEY_CAMPAIGN_CAMPAIGN_COPY_H

#include "campaign/campaign.h"
#include "campaign/lead.h"
#include "campaign/lead_import.h"

/* Whether a lead goes along. */
typedef bool copied_lead_fn(void *ctx, const struct lead *lead);

struct campaign_copy {
	const char *name;        /* NULL: "Copy of ..." */
	copied_lead_fn *takes;   /* NULL: no lead goes along */
	void *ctx;

	/* what comes out */
	const char *id;
	struct lead_import_counts leads;
	const char *field, *sentence; /* why not; NULL: it is made */
};

/* Leads come with number, name, time zone and variables, as if they were imported anew: those of the do-not-call list are
 * done from the start.  When it fails half-way there is no new campaign. */
int campaign_copy(struct app *app, const struct campaign *from, struct campaign_copy *copy, struct err *err);

/* For `takes`: every lead. */
bool copied_lead_any(void *ctx, const struct lead *lead);

#endif
