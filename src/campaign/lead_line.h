/* The leads of a campaign in the order in which they are called: retries that are due before
 * leads that were never called, those by their numbers, over several groups. */
#ifndef PARLEY_CAMPAIGN_LEAD_LINE_H
#define PARLEY_CAMPAIGN_LEAD_LINE_H

#include "campaign/group.h"
#include "campaign/lead.h"

/* The first of the groups' leads that are due at `at_ms`, at most `most`, in app->mem. */
int lead_line_first(struct app *app, const char *campaign, const struct group *const *groups, size_t group_count,
		    int64_t at_ms, size_t most, struct lead **leads, size_t *count, struct err *err);

#endif
