/* What is left of erased candidates: that something was erased, and when. */
#ifndef PARLEY_SCREENING_ERASED_H
#define PARLEY_SCREENING_ERASED_H

#include <stdbool.h>
#include <stdint.h>

#include "app.h"
#include "base/err.h"

/* When the session of that id was erased; 0: it was not. */
int erased_time(struct app *app, const char *session_id, int64_t *at_ms, struct err *err);

/* What comes late of an erased conversation is dropped. */
int erased_conversation(struct app *app, const char *conversation_id, bool *erased, struct err *err);

#endif
