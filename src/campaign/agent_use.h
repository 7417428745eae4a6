/* Where agents are used: the campaigns that name them. */
#ifndef PARLEY_CAMPAIGN_AGENT_USE_H
#define PARLEY_CAMPAIGN_AGENT_USE_H

#include "app.h"
#include "base/err.h"
#include "base/json.h"

/* Campaigns of one agent that are told by name; there may be more. */
enum { AGENT_USES_TOLD = 10 };

struct agent_use {
	const char *id, *name, *state;
};

struct agent_uses {
	struct agent_use told[AGENT_USES_TOLD];
	size_t count, total; /* told; all */
};

/* uses[i] is of the agent ids[i]; two round trips, however many. */
int agent_uses_load(struct app *app, const char *const *ids, size_t count, struct agent_uses *uses, struct err *err);

/* Adds "campaigns" (those told) and "campaign_count" to the agent's object. */
void agent_uses_put(struct json_object *agent, const struct agent_uses *uses);

#endif
