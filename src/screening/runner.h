/* The screening runner: a cron program that works for about a minute.
 *
 * Started every minute, it takes duty from its predecessor on the same host,
 * which finishes the job at hand and leaves: no gap, no pile.  It blocks on the
 * queue, so a job starts milliseconds after it was stored.  Any number of hosts
 * may run it, and it may be killed at any instruction. */
#ifndef PARLEY_SCREENING_RUNNER_H
#define PARLEY_SCREENING_RUNNER_H

#include <signal.h>
#include <stdbool.h>

#include "app.h"
#include "base/err.h"

struct runner {
	struct app *app;
	int64_t until_ms;   /* monotonic: when to leave in any case */
	const char *token;  /* of this runner's duty */
	bool once;          /* leave when nothing is due */
	bool sweeps;        /* this worker also looks for what never came */
	volatile const sig_atomic_t *stopping;
};

#define RUNNER_DUTY "screening" /* store/duty.h */

/* Works until it is time to leave; returns an exit code. */
int runner_work(struct runner *r);

#endif
