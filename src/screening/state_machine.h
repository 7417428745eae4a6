/* What a move in Linear sets off.
 *
 * A webhook is a hint: the issue is asked for again, and only one that is in the
 * screening state now is invited.  Of several moves of one issue the newest
 * counts.  Each move invites once: session, mail and comments are steps of one
 * job whose id is the move.
 */
#ifndef PARLEY_SCREENING_STATE_MACHINE_H
#define PARLEY_SCREENING_STATE_MACHINE_H

#include "app.h"
#include "base/err.h"

/* Adds the jobs that look for moves whose webhook never came. */
int linear_sweep(struct app *app, struct err *err);

#endif
