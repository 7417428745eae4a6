/* Conversation pointers: 3 to 5 things the interviewer should ask about, specific
 * to candidate and job, written by Cerebras. */
#ifndef PARLEY_SCREENING_POINTERS_H
#define PARLEY_SCREENING_POINTERS_H

#include <stdbool.h>

#include "app.h"
#include "base/err.h"
#include "base/str.h"

struct pointers {
	const char *text; /* "1. …\n2. …" */
	bool generic;
};

/* ERR_UPSTREAM, ERR_UNKNOWN or ERR_LIMIT: worth another try; anything else: take
 * generic ones. */
int pointers_write(struct app *app, const char *job_title, struct str job, struct str application,
		   struct pointers *p, struct err *err);

/* What is asked when the model cannot be. */
void pointers_generic(struct pointers *p);

#endif
