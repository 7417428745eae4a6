/* What keeps a campaign from being started or resumed, and what speaks against it though it
 * may be: the review shows both, the start refuses for the former. */
#ifndef PARLEY_CAMPAIGN_OBSTACLES_H
#define PARLEY_CAMPAIGN_OBSTACLES_H

#include "campaign/agent.h"
#include "campaign/group.h"
#include "campaign/status.h"

struct obstacle {
	const char *code, *sentence;
	const char *href;         /* where it is mended, in the console */
	bool is_not_configured;   /* 503 instead of 409 (contract 2) */
};

enum { OBSTACLES_MOST = 12 };

struct obstacles {
	struct obstacle list[OBSTACLES_MOST];
	size_t count;
};

/* What is known of a campaign at one moment. */
struct campaign_facts {
	struct status_snapshot snapshot;
	struct agent agent;
	bool has_agent; /* false: it is gone */
	struct group *groups;
	size_t group_count;
};

/* ERR_MISSING when there is no such campaign.  Everything lives in app->mem. */
int campaign_facts_load(struct app *app, const char *id, struct campaign_facts *facts, struct err *err);

int obstacles_find(struct app *app, const struct campaign_facts *facts, struct obstacles *obstacles, struct err *err);

/* [{"code","sentence","href"}] */
struct json_object *obstacles_json(const struct obstacles *obstacles);

/* Leads of a standing: those that are neither called nor done. */
int64_t standing_leads(const struct standing *s);

#endif
