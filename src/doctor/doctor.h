/* The doctor: every setting and vendor looked at, live, and what to do about each failure.
 *
 * `parley doctor` prints what is found; the console shows it, from Redis, where each result
 * is kept by its name (KEY_CHECK).  Names are part of the product: a campaign does not start while one that it needs
 * is red (campaign/start_gate.h).
 *
 * All checks run at once, each in a thread with memory, connections and a deadline of its own;
 * none sends, spends or changes anything, and none tells a secret.
 */
#ifndef PARLEY_DOCTOR_DOCTOR_H
#define PARLEY_DOCTOR_DOCTOR_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "app.h"
#include "base/err.h"
#include "screening/findings.h"

struct http_client;

enum check_state { CHECK_OFF, CHECK_OK, CHECK_WARN, CHECK_FAIL };

struct check {
	const char *name;  /* "twilio.account" */
	const char *group; /* in words: "Twilio" */
	const char *title; /* what is looked at: "Account" */
	void (*look)(struct app *app, struct findings *f);
	bool (*applies)(const struct config *cfg); /* NULL: to every installation */
	const char *off, *off_todo;                /* why nothing is looked at when it does not apply */
};

/* The groups that are not of one vendor, but need some. */
#define DOCTOR_RUNNERS "Runners"
#define DOCTOR_ADDRESSES "Public addresses"

extern const struct check doctor_checks[];
extern const size_t doctor_check_count;

/* What became of a check: of several findings the worst decide state, sentence and todo. */
struct check_result {
	enum check_state state;
	const char *sentence, *todo; /* todo: NULL when there is nothing to do */
	int64_t took_ms, at_ms;      /* at_ms 0: it has never run */
};

const char *check_state_name(enum check_state state); /* ok, warn, fail, off */

struct check_result check_judge(struct arena *mem, const struct config *cfg, const struct check *c, const struct findings *f);

/* Runs all of them at once; findings[i] is of doctor_checks[i], in app->mem.  With `keep` each
 * result is stored as soon as it is there.  `http` makes a client for each check; NULL: http_curl_new. */
void doctor_run(struct app *app, bool keep, struct http_client *(*http)(void), struct findings **findings);

/* The same, at most one at a time over all processes and at most every few seconds.
 * *begun false: another is running, or has just run; its results are as good. */
int doctor_run_once(struct app *app, bool *begun, struct err *err);
int doctor_is_running(struct app *app, bool *running, struct err *err);

int check_keep(struct app *app, const struct check *c, const struct check_result *result, struct err *err);
/* The kept results: (*results)[i] is of doctor_checks[i]. */
int check_results(struct app *app, struct check_result **results, struct err *err);
/* The vendors that were looked for and are not set up, as "Linear, Twilio"; NULL: none is missing. */
const char *doctor_not_set_up(struct arena *mem, const struct check_result *results);

#endif
