/* The groups of a campaign's leads (lead.h): which time zones must allow a call. */
#ifndef PARLEY_CAMPAIGN_GROUP_H
#define PARLEY_CAMPAIGN_GROUP_H

#include "campaign/campaign.h"
#include "campaign/eligibility.h"

struct group {
	int number;
	const char *name;
	struct window *windows; /* of the recipients; none when the campaign asks for none */
	size_t count;
	bool unknown;           /* one of its zones cannot be read: closed */
};

/* All groups, from KEY_GROUPS; everything lives in app->mem, and points into the campaign. */
int groups_load(struct app *app, const struct campaign *c, struct group **groups, size_t *count, struct err *err);

/* The group of that name, which need not be one of the campaign's. */
void group_named(struct app *app, const struct campaign *c, const char *name, struct group *group);

/* The group of a number (no Redis); NULL when there is none. */
const struct group *group_numbered(const struct group *groups, size_t count, int number);

/* What holds for every lead of a group (NULL: there is none of its number). */
struct eligibility_facts group_facts(const struct campaign *c, const struct group *g, int64_t placed_today, int64_t now_ms);

/* Whether a lead of the group against which nothing else speaks may be called at that time. */
bool group_may_be_called(const struct campaign *c, const struct group *g, int64_t at_ms);

/* When the first of its recipients' hours that are open now closes. */
int64_t group_open_until(const struct group *g, int64_t now_ms);

#endif
