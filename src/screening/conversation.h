/* A conversation with the agent: from its start to its transcript.
 *
 * A transcript comes by webhook or, when that stays away, is fetched.  Either way
 * it becomes one job "transcript" by conversation id, which finds the session: by
 * the reverse key, else by the server-issued id among the dynamic variables.
 * Without a session it is kept as an orphan, and used when the browser's
 * association arrives later.
 */
#ifndef PARLEY_SCREENING_CONVERSATION_H
#define PARLEY_SCREENING_CONVERSATION_H

#include <stdbool.h>

#include "app.h"
#include "base/err.h"

/* The page says that the talk is over, so ElevenLabs is asked sooner; or that the
 * connection was `lost`, so the verdict waits a while for the candidate to come back. */
int conversation_ended(struct app *app, const char *conversation_id, const char *session_id, bool lost, struct err *err);

/* After an association: an orphaned transcript of that conversation is used now. */
int conversation_claim_orphan(struct app *app, const char *conversation_id, const char *session_id, struct err *err);

/* Asks ElevenLabs for a conversation whose transcript did not come: what is there
 * becomes a job; what never will be is marked void.  *open: it is still going on. */
int conversation_fetch(struct app *app, const char *conversation_id, bool *open, struct err *err);

/* Makes jobs for conversations that are overdue. */
int conversation_sweep(struct app *app, struct err *err);

#endif
