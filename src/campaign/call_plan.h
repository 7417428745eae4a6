/* What the dialer knows about one campaign for a moment: its settings, its agent, and
 * which of its leads' zones allow a call now and until when.  A plan is made anew several times
 * a second; what must not be stale is checked again by the claim (call_queue.h). */
#ifndef PARLEY_CAMPAIGN_CALL_PLAN_H
#define PARLEY_CAMPAIGN_CALL_PLAN_H

#include "campaign/agent.h"
#include "campaign/campaign.h"
#include "campaign/group.h"

struct call_plan {
	struct campaign campaign;
	struct agent agent;
	struct group *groups;
	size_t group_count;
	const struct group **open; /* those whose leads may be called now, as the eligibility says */
	size_t open_count;
	int64_t until_ms;          /* when the first of all open hours ends, or the campaign's day */
	char day[DAY_SIZE];        /* the campaign's */
};

/* Everything lives in app->mem.  ERR_MISSING when campaign or agent is gone. */
int call_plan_make(struct app *app, const char *campaign, struct call_plan *plan, struct err *err);

#endif
