/* A campaign's status (contract 3.5): counts, outcomes, why leads are not called now. */
#ifndef PARLEY_CAMPAIGN_STATUS_H
#define PARLEY_CAMPAIGN_STATUS_H

#include "campaign/campaign.h"
#include "campaign/group.h"
#include "campaign/lead.h"

/* Where the leads of a group stand that are neither called nor done. */
struct standing {
	int64_t number, due, later, later_first_ms; /* later: those of the due ones whose time has not come */
	int64_t held[HELD_BLOCKS], held_first_ms[HELD_BLOCKS]; /* first times are 0 when there is none */
};

/* A campaign and its counts, all of one moment. */
struct status_snapshot {
	struct campaign campaign;
	struct reply counts, outcomes; /* as by HGETALL */
	int64_t placed_today;
	struct standing *standings;
	size_t count;
};

/* ERR_MISSING. */
int status_snapshot(struct app *app, const char *id, int64_t now_ms, struct status_snapshot *s, struct err *err);

/* The object of GET /api/campaigns/{id}/status, all of one moment.  Every lead that cannot be called now
 * counts under the first reason against it, in the order of the eligibility's.  ERR_MISSING. */
int status_json(struct app *app, const char *campaign, struct json_object **status, struct err *err);

/* What the reasons of all leads of a campaign have in common. */
struct lead_reasons {
	const struct campaign *campaign;
	struct group *groups; /* this and the script only while it runs */
	size_t group_count;
	const char *script;   /* NULL: none is spoken */
};
int lead_reasons_load(struct app *app, const struct campaign *c, struct lead_reasons *reasons, struct err *err);

/* Why this lead is not called right now, one sentence; NULL when it is done or in a call.  `next_ms`
 * (may be NULL): when it may be, 0 when that cannot be told. */
int lead_reason(struct app *app, const struct lead_reasons *reasons, const struct lead *lead, const char **reason,
		int64_t *next_ms, struct err *err);

/* KEY_PLACED of the campaign's present day. */
const char *placed_key(struct app *app, const struct campaign *c, int64_t now_ms);

#endif
