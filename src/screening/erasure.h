/* Erasing a candidate: everything personal of theirs here and at ElevenLabs.
 *
 * It begins with the job that will see to the end of it, and then takes away at once what can be
 * reached: all interviews of the person (same issue or same e-mail address) with their links, talks,
 * evaluations, mails and waiting jobs.  The job repeats that, looks for what was left behind by work
 * that was done or under way, and has ElevenLabs delete the conversations.  What stays says only that
 * something was erased (erased.h).  Linear and mails that were sent are out of reach.
 */
#ifndef PARLEY_SCREENING_ERASURE_H
#define PARLEY_SCREENING_ERASURE_H

#include <stdbool.h>

#include "app.h"
#include "base/err.h"
#include "screening/session.h"

enum { ERASURE_SESSIONS = 100, ERASURE_CONVERSATIONS = 1000 };

/* True while one of the session's conversations may still be going on. */
int erasure_would_interrupt(struct app *app, const char *session_id, bool *talking, struct err *err);

/* *sessions: how many interviews went. */
int erasure_begin(struct app *app, const struct session_row *row, size_t *sessions, struct err *err);

/* Erases one conversation that was not known when its session was erased. */
int erasure_of_conversation(struct app *app, const char *conversation_id, struct err *err);

/* ---- for the job ---- */

/* What goes, by names that tell nothing about a person. */
struct erasure {
	int64_t at_ms;
	const char *sessions[ERASURE_SESSIONS];
	const char *secrets[ERASURE_SESSIONS]; /* "" when the link is gone already */
	const char *issues[ERASURE_SESSIONS];  /* workspace:issue, or "" */
	size_t session_count;
	const char *conversations[ERASURE_CONVERSATIONS];
	size_t conversation_count;
};

/* True when the job belongs to it: by its id and, unless it is done, what it is to do. */
bool erasure_owns_job(const struct erasure *e, struct arena *mem, const char *id, struct str payload, int64_t created_ms);

/* Takes away what can be named; may be repeated. */
int erasure_local(struct app *app, const struct erasure *e, struct err *err);

#endif
