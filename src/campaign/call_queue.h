/* The queue of calls (design 2 "A call"): which leads come next, and taking them.
 *
 * Retries that are due come before leads that were never called, those in the order of
 * their numbers, over all groups whose hours are open.  A claim is one script that checks again
 * whatever must hold together, and writes the attempt before anything is dialled; the pace is
 * kept there too: each claimed call has its own moment, none earlier than the pace allows, and
 * idleness saves nothing up.
 */
#ifndef PARLEY_CAMPAIGN_CALL_QUEUE_H
#define PARLEY_CAMPAIGN_CALL_QUEUE_H

#include "campaign/call.h"
#include "campaign/call_plan.h"
#include "campaign/eligibility.h"
#include "campaign/lead.h"

enum {
	CLAIM_MOST = 100,          /* candidates of one claim */
	CLAIM_AHEAD_US = 100000,   /* a claimed call is dialled within this time */
};

enum claim_verdict { CLAIM_NOT_REACHED, CLAIM_TAKEN, CLAIM_GONE, CLAIM_SUPPRESSED, CLAIM_HELD };

struct candidate {
	struct lead lead;
	const char *audio; /* file name; NULL: none is needed */
	char id[CALL_ID_LENGTH + 1];
	enum claim_verdict verdict;
	int64_t delay_us; /* of a taken one: until its dial */
};

enum claim_stop {
	CLAIM_ALL,     /* every candidate was looked at */
	CLAIM_CHANGED, /* the campaign does not run, or has other settings now */
	CLAIM_CLOSED,  /* the hours end */
	CLAIM_FULL,    /* no line is free */
	CLAIM_CAP,     /* no more calls today */
	CLAIM_PACE,    /* not yet: the account's pace; wait_us says how long */
	CLAIM_OWN,     /* the same, the campaign's own pace */
	CLAIM_SLOW,    /* Twilio asked us to wait */
};

struct claim {
	enum claim_stop stop;
	int64_t wait_us;
};

/* The leads that come next, at most `most`, in order, in app->mem. */
int call_queue_next(struct app *app, const struct call_plan *plan, size_t most, struct lead **leads, size_t *count,
		    struct err *err);

/* Takes as many of the candidates as may be called now, in their order (at most CLAIM_MOST). */
int call_queue_claim(struct app *app, const struct call_plan *plan, struct candidate *candidates, size_t count,
		     struct claim *claim, struct err *err);

/* The same in two steps on a connection of its own, between which the caller can work; the candidates and
 * app->mem must stay. */
void call_queue_claim_begin(struct app *app, struct store *store, const struct call_plan *plan,
			    const struct candidate *candidates, size_t count, struct command *c);
int call_queue_claim_end(struct store *store, const struct command *c, struct candidate *candidates, size_t count,
			 struct claim *claim, struct err *err);

/* The row of a candidate just taken, as the script wrote it. */
void call_queue_row(struct app *app, const struct call_plan *plan, const struct candidate *candidate, struct call *call);

struct placed_call {
	const struct call *call;
	const char *sid;
};

/* Calls that Twilio took; the caller fills in the first two. */
struct placed_batch {
	struct placed_call *calls;
	size_t count; /* not 0 */
	struct command *commands;
	size_t command_count;
};

/* Notes them, by one script for each campaign, in two steps as above; the first reorders the calls.  Where
 * something was heard of one before, that is completed instead. */
void call_queue_placed_begin(struct app *app, struct store *store, struct placed_batch *batch);
int call_queue_placed_end(struct app *app, struct store *store, const struct placed_batch *batch, struct err *err);

/* Twilio surely never saw it (429, no connection): it leaves no trace; an attempt of which
 * something was heard meanwhile stays. */
int call_queue_withdraw(struct app *app, const struct call *call, struct err *err);

/* The script cannot be spoken for this lead (BLOCK_MISSING_VARIABLE, BLOCK_TEXT_REFUSED): it is looked at
 * again when the agent changes. */
int call_queue_hold(struct app *app, const struct call_plan *plan, const struct lead *lead, enum block block, struct err *err);

/* Puts back in line what was held and may be looked at again; `refused_too`: also whose text was refused
 * and has not changed since. */
int call_queue_release(struct app *app, const struct call_plan *plan, bool refused_too, struct err *err);

#endif
