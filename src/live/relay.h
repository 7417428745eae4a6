/* Carries the campaigns' events from Redis to nchan, whose subscribers are the readers of
 * the live feed (contract 3.5).  One relay a host, a worker of campaign-runner.
 *
 * For each campaign that KEY_LIVE hints at it sends the new events in their order, and after
 * them, at most every RELAY_STATUS_MS, a status; one also when a reader joins, and every
 * RELAY_REFRESH_MS while there are readers.  Before a status, all events up to its seq are
 * sent, so what follows a status of seq S is S + 1.
 *
 * Two runners overlap when one hands over to the next, so the relay works under a lock
 * (live.lock in the run directory).  One that ends in order writes what it has sent into that
 * file, and the next goes on there; one that was killed leaves nothing, and the next begins
 * every campaign anew, with a status.
 *
 * nginx away: nothing waits for it and nothing is kept.  Readers come back with it, and get a
 * status.
 */
#ifndef PARLEY_LIVE_RELAY_H
#define PARLEY_LIVE_RELAY_H

#include <signal.h>
#include <stdbool.h>
#include <stdint.h>

#include "app.h"
#include "base/err.h"
#include "base/json.h"
#include "live/feed.h"
#include "live/publisher.h"

enum { RELAY_STATUS_MS = 300, RELAY_REFRESH_MS = 5000 };

/* Makes a campaign's status object, with its "seq".  ERR_MISSING: there is no such campaign. */
typedef int relay_status_fn(struct app *app, const char *campaign, struct json_object **status, struct err *err);

struct relay {
	struct app *app;         /* with an HTTP client of its own */
	relay_status_fn *status;
	const char *run_dir;     /* PARLEY_RUN_DIR: holds live.lock, and live.sock of nginx */
	int64_t until_ms;        /* monotonic: when to end */
	const volatile sig_atomic_t *stopping; /* ends it before */

	/* the relay's own; zero at the start */
	struct publisher publisher;
	struct feeds feeds;
	char cursor[CURSOR_SIZE], socket[108];
	int lock;
	bool away;       /* nginx did not answer last */
	int64_t away_ms; /* and is left alone until then */
};

/* Waits for the lock and works until it is time to end.  0, or EXIT_SYSTEM when the run
 * directory cannot be used. */
int relay_work(struct relay *r);

/* Its parts, for tests.  *got false: another relay has the lock. */
int relay_open(struct relay *r, bool *got, struct err *err);
/* Waits at most wait_ms for hints, then sends what is due.  -1: Redis is away. */
int relay_turn(struct relay *r, int wait_ms, struct err *err);
/* Hands over and gives the lock back. */
void relay_close(struct relay *r);

#endif
