/* Recordings of talks, when ElevenLabs is asked to send them: MP3 files below the
 * state directory, readable by nobody else. */
#ifndef PARLEY_SCREENING_RECORDING_H
#define PARLEY_SCREENING_RECORDING_H

#include "app.h"
#include "base/err.h"
#include "base/str.h"

/* Decodes and stores it durably under the conversation's id (already checked); a
 * second one replaces the first.  ERR_INPUT: no base64. */
int recording_store(struct app *app, const char *conversation_id, struct str base64, struct err *err);

#endif
