/* What keeps any campaign from being started because a check of the surroundings is red.
 *
 * The checks run elsewhere (src/doctor) and leave their results in KEY_CHECK; campaigns know
 * nothing else of them.  A result that is older than three minutes, or of a check that never ran,
 * keeps nobody from anything. */
#ifndef PARLEY_CAMPAIGN_START_GATE_H
#define PARLEY_CAMPAIGN_START_GATE_H

#include "app.h"
#include "base/err.h"

enum { START_GATE_AGE_MS = 180 * 1000 };

struct red_check {
	const char *name;     /* NULL: nothing is red */
	const char *sentence; /* what is wrong, and what to do about it */
};

/* The name of a check that some campaign needs, counted from 0; NULL after the last. */
const char *start_gate_check(size_t i);

/* The first red check of what a campaign of this kind needs, in app->mem. */
int start_gate(struct app *app, bool conversation, struct red_check *red, struct err *err);

#endif
