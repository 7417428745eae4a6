/* From the transcript to Linear: attach, evaluate, move, comment; each exactly
 * once, through crashes and vendor failures (design 2). */
#ifndef PARLEY_SCREENING_VERDICT_H
#define PARLEY_SCREENING_VERDICT_H

#include "app.h"
#include "base/err.h"

/* A conversation of the session has a transcript: judges when none is open. */
int verdict_request(struct app *app, const char *session_id, const char *conversation_id, struct err *err);

/* The same for a conversation that will never bring a transcript: those before it
 * may have waited for it. */
int verdict_request_void(struct app *app, const char *session_id, const char *conversation_id, struct err *err);

/* Judges once more, by a person's wish.  ERR_CONFLICT without a transcript. */
int verdict_reevaluate(struct app *app, const char *session_id, struct err *err);

#endif
