/* The groups of a campaign's leads (lead.h): which time zones must allow a call. */
#ifndef PARLEY_CAMPAIGN_GROUP_H
#define PARLEY_CAMPAIGN_GROUP_H

#include "campaign/campaign.h"

struct group {
	int number;
	const char *name;
	struct window *windows; /* of the recipients; none when the campaign asks for none */
	size_t count;
	bool unknown;           /* one of its zones cannot be read: closed */
};

/* All groups, from KEY_GROUPS; everything lives in app->mem, and points into the campaign. */
int groups_load(struct app *app, const struct campaign *c, struct group **groups, size_t *count, struct err *err);

/* The group of a number (no Redis); NULL when there is none. */
const struct group *group_numbered(const struct group *groups, size_t count, int number);

/* Whether its recipients' hours allow a call, and if so until when. */
bool group_is_open(const struct group *g, int64_t now_ms, int64_t *until_ms);

#endif
