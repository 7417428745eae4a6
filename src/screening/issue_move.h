/* A move of an issue in Linear: known once, its job stored.
 *
 * Apart from what the runner does about it (state_machine.h), so that the program
 * that takes webhooks carries no vendor's client and no templates.
 */
#ifndef PARLEY_SCREENING_ISSUE_MOVE_H
#define PARLEY_SCREENING_ISSUE_MOVE_H

#include <stdbool.h>
#include <stdint.h>

#include "app.h"
#include "base/err.h"

/* A webhook is repeated after a minute; until then it is not called lost. */
enum { SWEEP_GRACE_MS = 150000 };

/* What moves are known by: workspace:issue. */
char *issue_word(struct app *app, const char *workspace, const char *issue_id);

/* Stores the invitation job of one move, and that this move is known; *added is
 * false for a move or delivery seen before.  `delivery` may be NULL. */
int issue_entered(struct app *app, const char *workspace, const char *issue_id, int64_t at_ms, const char *delivery,
		  bool *added, struct err *err);

/* The same for a webhook: a move that the sweep has found already is known. */
int issue_announced(struct app *app, const char *workspace, const char *issue_id, int64_t at_ms, const char *delivery,
		    bool *added, struct err *err);

#endif
