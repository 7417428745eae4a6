/* See runner.h. */
#include "campaign/runner.h"

#include <inttypes.h>
#include <time.h>

#include "base/die.h"
#include "base/event.h"
#include "campaign/call_audio.h"
#include "campaign/dialer.h"
#include "campaign/reconcile.h"
#include "net/http_many.h"
#include "store/duty.h"
#include "store/keys.h"

enum {
	DIALS_MOST = 256,         /* requests to Twilio at once */
	DIAL_WAIT_MS = 100,
	IDLE_MS = 200,            /* of the speaking and the reconciling worker */
	AWAY_MS = 500,            /* Redis is away */
	DUTY_MS = 250,            /* between two looks whether a successor is here */
	FINISH_MS = 35 * 1000,    /* longer than a dial takes */
	SEEN_MS = 10 * 1000,      /* between two signs of life */
	ONCE_QUIET_MS = 1500,     /* nothing came up for so long: done */
};

/* SIGTERM ends the pause. */
static void pause_ms(int ms)
{
	struct timespec t = { ms / 1000, (ms % 1000) * 1000000L };

	nanosleep(&t, NULL);
}

static bool is_over(struct campaign_runner *r, int64_t *asked_ms)
{
	int64_t now = clock_monotonic_ms(r->app->clock);

	if (*r->stopping || now >= r->until_ms)
		return true;
	if (now < *asked_ms + DUTY_MS)
		return false;
	*asked_ms = now;
	return duty_is_relieved(r->app->store, r->app->mem, CAMPAIGN_RUNNER_DUTY, r->token);
}

static void note_failure(struct campaign_runner *r, const char *work, const struct err *err)
{
	log_event(&r->app->log, LOG_ERROR, "runner.turn_failed", LOG_TEXT("work", work), LOG_TEXT("reason", err->msg));
	if (!*r->stopping)
		pause_ms(AWAY_MS);
}

static struct dialer *dialer_of(struct app *app, struct http_many *many)
{
	app->events = event_reader_new(app->settings);
	return dialer_new(app, many, DIALS_MOST);
}

int campaign_runner_dial(struct campaign_runner *r)
{
	struct http_many *many = http_many_new(DIALS_MOST);
	struct dialer *dialer = dialer_of(r->app, many);
	int64_t asked_ms = 0;
	bool idle;

	while (!is_over(r, &asked_ms)) {
		struct err err = { 0 };

		if (dialer_turn(dialer, DIAL_WAIT_MS, &idle, &err))
			note_failure(r, "dial", &err);
		arena_reset(r->app->mem);
	}
	dialer_finish(dialer, clock_monotonic_ms(r->app->clock) + FINISH_MS);
	dialer_free(dialer);
	http_many_free(many);
	return 0;
}

/* For the doctor, who tells when nobody calls. */
static void show_life(struct campaign_runner *r)
{
	int64_t now = clock_monotonic_ms(r->app->clock);
	struct err unseen = { 0 };
	struct reply reply;

	if (r->seen_ms && now < r->seen_ms + SEEN_MS)
		return;
	r->seen_ms = now;
	store_call(r->app->store, r->app->mem, &reply, &unseen, "SET", KEY_CAMPAIGN_RUNNER_SEEN,
		   arena_printf(r->app->mem, "%" PRId64, clock_wall_ms(r->app->clock)), NULL);
}

typedef int turn_fn(struct app *app, bool *idle, struct err *err);

static int loop(struct campaign_runner *r, const char *work, turn_fn *turn)
{
	int64_t asked_ms = 0;

	while (!is_over(r, &asked_ms)) {
		struct err err = { 0 };
		bool idle = true;

		show_life(r);
		if (turn(r->app, &idle, &err))
			note_failure(r, work, &err);
		else if (idle && !*r->stopping)
			pause_ms(IDLE_MS);
		arena_reset(r->app->mem);
	}
	return 0;
}

int campaign_runner_speak(struct campaign_runner *r)
{
	return loop(r, "speak", audio_worker_turn);
}

int campaign_runner_reconcile(struct campaign_runner *r)
{
	return loop(r, "reconcile", reconcile_turn);
}

/* One turn of each; false when Redis did not answer. */
static bool turn_all(struct campaign_runner *r, struct dialer *dialer, bool *idle)
{
	bool spoke = true, dialled = true, reconciled = true;
	struct err err = { 0 };

	show_life(r);
	if (audio_worker_turn(r->app, &spoke, &err) || dialer_turn(dialer, DIAL_WAIT_MS, &dialled, &err) ||
	    reconcile_turn(r->app, &reconciled, &err)) {
		note_failure(r, "once", &err);
		return false;
	}
	*idle = spoke && dialled && reconciled;
	arena_reset(r->app->mem);
	return true;
}

int campaign_runner_once(struct campaign_runner *r)
{
	struct http_many *many = http_many_new(DIALS_MOST);
	struct dialer *dialer = dialer_of(r->app, many);
	int64_t busy_ms = clock_monotonic_ms(r->app->clock), now = busy_ms;
	bool idle, ok = true;

	while (ok && !*r->stopping && now < r->until_ms && now - busy_ms < ONCE_QUIET_MS) {
		ok = turn_all(r, dialer, &idle);
		now = clock_monotonic_ms(r->app->clock);
		if (ok && !idle)
			busy_ms = now;
	}
	dialer_finish(dialer, clock_monotonic_ms(r->app->clock) + FINISH_MS);
	dialer_free(dialer);
	http_many_free(many);
	return ok ? 0 : EXIT_SYSTEM;
}
