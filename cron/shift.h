/* What the cron programs share: a shift of about a minute, worked by several processes
 * with one connection to Redis each, that hands over to its successor (store/duty.h). */
#ifndef PARLEY_CRON_SHIFT_H
#define PARLEY_CRON_SHIFT_H

#include <signal.h>
#include <stdbool.h>
#include <stdint.h>

#include "app.h"

struct shift {
	const char *token;  /* of its duty */
	bool once;          /* do what is due and leave */
	int worker;         /* number of this process, from 0 */
	int64_t until_ms;   /* monotonic: when to leave in any case */
	volatile const sig_atomic_t *stopping;
};

/* Returns an exit code. */
typedef int shift_work(struct app *app, const struct shift *shift);

enum { SHIFT_WORKERS_MOST = 16 };

struct shift_plan {
	const struct app_options *app;
	const char *usage, *duty;     /* duty: the kind of runner */
	shift_work *work[SHIFT_WORKERS_MOST]; /* one process each; the first one empty ends the list */
	shift_work *work_once;        /* with --once: in one process */
	/* An argument that only this program knows, at argv[*i]; may change the plan.  May be NULL. */
	bool (*take_argument)(struct shift_plan *plan, int argc, char **argv, int *i);
};

/* Reads the command line, forks the workers, replaces those that are killed, passes SIGTERM on to
 * them, waits; returns an exit code. */
int shift_run(struct shift_plan *plan, int argc, char **argv);

#endif
