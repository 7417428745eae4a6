/* Whether this installation can do its work: looked at by /readyz and by
 * `parley doctor`, so that both say the same.  A failure means that requests
 * cannot be served; a warning that something deserves a person's eye. */
#ifndef PARLEY_SCREENING_READINESS_H
#define PARLEY_SCREENING_READINESS_H

#include "app.h"
#include "base/err.h"
#include "screening/findings.h"

enum { RUNNER_LATE_S = 180 };

/* Redis answers and takes writes; how durably it keeps them.  The first is both. */
void readiness_redis(struct app *app, struct findings *f);
void readiness_redis_writes(struct app *app, struct findings *f);
void readiness_redis_durability(struct app *app, struct findings *f);

/* The state directory takes files, and has room for them. */
void readiness_disk(struct app *app, struct findings *f);

/* The templates that pages and mails are made of are installed. */
void readiness_templates(struct app *app, struct findings *f);

/* Which vendors the settings name. */
void readiness_settings(struct app *app, struct findings *f);

/* When a screening runner last took a turn. */
void readiness_runner(struct app *app, struct findings *f);

/* Milliseconds of the runner's last turn; 0 when none is known. */
int readiness_runner_seen(struct app *app, int64_t *seen_ms, struct err *err);

#endif
