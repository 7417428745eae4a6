/* A person decides otherwise than the model: recorded beside its verdict, never in its
 * place, told to Linear by the queue.
 *
 * JSON in KEY_OVERRIDES: {"result","reason","by","at" (ms),"model" (the model's result then),
 * "moved" (issue_settle.h, or "no-issue", "no-workspace"; absent: not told yet),"state"}.
 */
#ifndef PARLEY_SCREENING_OVERRIDE_H
#define PARLEY_SCREENING_OVERRIDE_H

#include "app.h"
#include "base/err.h"
#include "screening/session.h"

#define OVERRIDE_NO_ISSUE "no-issue"
#define OVERRIDE_NO_WORKSPACE "no-workspace"

/* Two equal wishes within ten seconds are one.  `by` is who decided, for people. */
int override_request(struct app *app, const struct session_row *row, const char *result, struct str reason, const char *by,
		     struct err *err);

#endif
