/* The campaign runner's four kinds of work, each a loop of about a minute in a process of its
 * own (design 3.5).  Any number of hosts may run them, and they may be killed at any instruction:
 * what they claimed stands in Redis, and the next one goes on. */
#ifndef PARLEY_CAMPAIGN_RUNNER_H
#define PARLEY_CAMPAIGN_RUNNER_H

#include <signal.h>
#include <stdbool.h>
#include <stdint.h>

#include "app.h"

#define CAMPAIGN_RUNNER_DUTY "campaign" /* store/duty.h */

struct campaign_runner {
	struct app *app;
	const char *token;
	int64_t until_ms; /* monotonic */
	volatile const sig_atomic_t *stopping;
	int64_t seen_ms; /* when it last told that it works (KEY_CAMPAIGN_RUNNER_SEEN); 0 at the start */
};

/* Each returns an exit code. */
int campaign_runner_dial(struct campaign_runner *r);      /* claims and dials */
int campaign_runner_speak(struct campaign_runner *r);     /* buys the speech of the calls to come */
int campaign_runner_reconcile(struct campaign_runner *r); /* sets right what nobody told us */

/* All of it in turns, until nothing is due: for hosts that allow no longer programs. */
int campaign_runner_once(struct campaign_runner *r);

#endif
