/* What a move in Linear sets off.
 *
 * A webhook is a hint: the issue is asked for again, and only one that is in the
 * screening state now is invited.  Of several moves of one issue the newest
 * counts.  Each move invites once: session, mail and comments are steps of one
 * job whose id is the move.
 */
#ifndef PARLEY_SCREENING_STATE_MACHINE_H
#define PARLEY_SCREENING_STATE_MACHINE_H

#include <stdbool.h>
#include <stdint.h>

#include "app.h"
#include "base/err.h"
#include "base/json.h"

/* Whether a Linear event is an issue's entry into the state (or its creation there). */
bool linear_event_enters(struct json_object *event, const char *screening_state);

/* Stores the invitation job of one move, and that this move is known; *added is
 * false for a move or delivery seen before.  `delivery` may be NULL. */
int issue_entered(struct app *app, const char *workspace, const char *issue_id, int64_t at_ms, const char *delivery,
		  bool *added, struct err *err);

/* The same for a webhook: a move that the sweep has found already is known. */
int issue_announced(struct app *app, const char *workspace, const char *issue_id, int64_t at_ms, const char *delivery,
		    bool *added, struct err *err);

/* Adds the jobs that look for moves whose webhook never came. */
int linear_sweep(struct app *app, struct err *err);

#endif
