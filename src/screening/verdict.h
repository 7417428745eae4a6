/* From the transcript to Linear: attach, evaluate, move, comment; each exactly
 * once, through crashes and vendor failures (design 2). */
#ifndef PARLEY_SCREENING_VERDICT_H
#define PARLEY_SCREENING_VERDICT_H

#include "app.h"
#include "base/err.h"

/* A conversation of the session ended (with a transcript or void): judges when no
 * newer conversation is open. */
int verdict_request(struct app *app, const char *session_id, const char *conversation_id, struct err *err);

/* Judges once more, by a person's wish.  ERR_CONFLICT without a transcript. */
int verdict_reevaluate(struct app *app, const char *session_id, struct err *err);

#endif
