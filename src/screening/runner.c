/* See runner.h. */
#include "screening/runner.h"

#include <inttypes.h>
#include <time.h>

#include "base/die.h"
#include "screening/conversation.h"
#include "screening/jobs.h"
#include "screening/recording.h"
#include "screening/state_machine.h"
#include "store/duty.h"
#include "store/keys.h"
#include "store/store.h"

enum { WAIT_MS = 1000, SWEEP_MS = 5000, AWAY_MS = 500, PRUNE_SWEEPS = 720 /* of files: hourly */ };

static bool is_relieved(struct runner *r)
{
	return !r->once && duty_is_relieved(r->app->store, r->app->mem, RUNNER_DUTY, r->token);
}

/* Lists by time lose what is older than the records they name. */
static int prune_lists(struct app *app, struct err *err)
{
	static const char *const lists[] = { KEY_SESSIONS, KEY_ENTERED, KEY_ORPHANS };
	const char *before = arena_printf(app->mem, "(%" PRId64, clock_wall_ms(app->clock) - app->cfg.interview_keep_s * (int64_t)1000);
	struct reply reply;

	for (size_t i = 0; i < ARRAY_LEN(lists); i++)
		if (store_call(app->store, app->mem, &reply, err, "ZREMRANGEBYSCORE", lists[i], "-inf", before, NULL))
			return -1;
	return 0;
}

static void sweep(struct runner *r)
{
	struct app *app = r->app;
	struct err err = { 0 };
	struct queue queue = screening_queue(app);
	struct reply reply;

	if (queue_free_gone(&queue, app->mem, &err) || conversation_sweep(app, &err) || linear_sweep(app, &err) ||
	    prune_lists(app, &err) ||
	    store_call(app->store, app->mem, &reply, &err, "SET", KEY_RUNNER_SEEN,
		       arena_printf(app->mem, "%" PRId64, clock_wall_ms(app->clock)), NULL))
		log_event(&app->log, LOG_WARNING, "runner.sweep_failed", LOG_TEXT("reason", err.msg));
	if (r->once || clock_wall_ms(app->clock) / SWEEP_MS % PRUNE_SWEEPS == 0)
		recording_prune(app);
	arena_reset(app->mem);
}

/* Redis is away: wait a moment, without spinning.  SIGTERM ends the pause. */
static void pause_ms(int ms)
{
	struct timespec t = { ms / 1000, (ms % 1000) * 1000000L };

	nanosleep(&t, NULL);
}

/* One job, if one is due.  *idle: none was; *wait_ms: until the next.  -1 when the
 * queue could not be asked. */
static int turn(struct runner *r, bool *idle, int64_t *wait_ms)
{
	struct queue queue = screening_queue(r->app);
	struct err err = { 0 };
	struct job job = { 0 };
	bool got = false;

	*idle = true;
	*wait_ms = -1;
	if (queue_claim(&queue, r->app->mem, r->app->cfg.job_lease_s * 1000, &job, &got, wait_ms, &err)) {
		log_event(&r->app->log, LOG_ERROR, "runner.no_queue", LOG_TEXT("reason", err.msg));
		if (!r->once)
			pause_ms(AWAY_MS);
		return -1;
	} else if (job.buried) {
		*idle = false;
		job_note_buried(r->app, job.buried);
	} else if (got) {
		*idle = false;
		job_run(r->app, &queue, &job);
	}
	return 0;
}

static void wait_for_work(struct runner *r, int64_t wait_ms)
{
	struct queue queue = screening_queue(r->app);
	struct err err = { 0 };
	int timeout = wait_ms >= 0 && wait_ms < WAIT_MS ? (int)wait_ms + 1 : WAIT_MS;

	if (queue_wait(&queue, r->app->mem, timeout, &err))
		pause_ms(AWAY_MS);
}

int runner_work(struct runner *r)
{
	int64_t next_sweep = 0, wait_ms;
	bool idle;

	while (!*r->stopping) {
		int64_t now = clock_monotonic_ms(r->app->clock);

		if (!r->once && (now >= r->until_ms || is_relieved(r)))
			break;
		if (r->sweeps && now >= next_sweep) {
			sweep(r);
			next_sweep = now + SWEEP_MS;
		}
		if (turn(r, &idle, &wait_ms) && r->once)
			return EXIT_SYSTEM;
		if (idle && r->once)
			break;
		if (idle && !*r->stopping)
			wait_for_work(r, wait_ms);
		arena_reset(r->app->mem);
	}
	return 0;
}
