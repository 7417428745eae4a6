/* Moves an issue to the state that a result asks for, as steps of a job.
 *
 * Never from a state that is not ours: while the issue is in the screening state, or where
 * we moved it ourselves; a person who moved it meanwhile is right.  The intent is written
 * first, so that after a crash our own move is known.
 */
#ifndef PARLEY_SCREENING_ISSUE_SETTLE_H
#define PARLEY_SCREENING_ISSUE_SETTLE_H

#include "app.h"
#include "base/err.h"
#include "screening/session.h"
#include "screening/workspace.h"
#include "store/queue.h"

/* What became of it (the job's step "move"). */
#define SETTLED_MOVED "moved"
#define SETTLED_STAYS "stays"           /* the result moves nothing */
#define SETTLED_CHANGED "changed"       /* the issue is in a state that is not ours */
#define SETTLED_NO_STATE "no-state"     /* the team has no state of that name */
#define SETTLED_REPLACED "replaced"     /* by a talk on a link that was replaced or withdrawn since */
#define SETTLED_OVERRIDDEN "overridden" /* a person has decided */

struct settling {
	struct app *app;
	const struct queue *queue;
	const struct job *job;
	const struct workspace *workspace;
	const struct session_row *row;
	const char *result;
	bool by_person; /* may move it from where we had moved it, and from a withdrawn link's talk */
};

/* The state that a result asks for; NULL: none. */
const char *settle_target(const struct workspace *w, const char *result);

/* Does it once; *outcome is one of the words above. */
int issue_settle(const struct settling *s, const char **outcome, struct err *err);

#endif
