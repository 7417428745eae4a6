/* The review of a campaign before it is started (or while it runs): whom it may call now and
 * why not the others, how many calls it may come to, how long they take and what they cost.
 *
 * It looks at leads one by one as the dialer does, at most LIMIT_SCAN of them; those behind are
 * judged by their hours alone, and `examined` says so. */
#ifndef PARLEY_CAMPAIGN_REVIEW_H
#define PARLEY_CAMPAIGN_REVIEW_H

#include "campaign/obstacles.h"

struct review {
	int64_t total, left;        /* leads, and those not done */
	int64_t examined;
	int64_t callable, blocked[BLOCK_COUNT];
	const char *missing;        /* a variable that leads lack; NULL: none */
	int64_t worst_calls;        /* every attempt used */
	int64_t calls_never;        /* of these: no hours allow them */

	bool speaks;                /* false: a conversation, which ElevenLabs speaks */
	int64_t texts_bought, texts_to_buy, characters_bought, characters_to_buy;
	bool characters_estimated;
	double seconds_per_call;    /* assumed */

	double calls_per_second;    /* the least of pace, account and slots */
	const char *limited_by;     /* "pace", "account" or "slots" */
	int64_t begins_ms, ends_ms, days;
	bool capped;
};

/* Everything lives in app->mem. */
int review_make(struct app *app, const struct campaign_facts *facts, struct review *review, struct err *err);

#endif
