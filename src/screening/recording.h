/* Recordings of talks: MP3 files below the state directory, readable by nobody else.
 *
 * ElevenLabs may send one by webhook; otherwise it is asked for the first time that somebody
 * wants to hear it, once for all who ask meanwhile, and kept while there is room.
 */
#ifndef PARLEY_SCREENING_RECORDING_H
#define PARLEY_SCREENING_RECORDING_H

#include <stdint.h>

#include "app.h"
#include "base/err.h"
#include "base/str.h"

/* Decodes and stores it durably under the conversation's id (already checked); a
 * second one replaces the first.  ERR_INPUT: no base64. */
int recording_store(struct app *app, const char *conversation_id, struct str base64, struct err *err);

/* Opens the recording, asking ElevenLabs for it when it is not here; the arena closes *fd.  Failures
 * as in elevenlabs_record.h; ERR_SYSTEM: the disk. */
int recording_open(struct app *app, const char *conversation_id, int *fd, int64_t *bytes, struct err *err);

/* Removes what is older here than interviews are kept. */
void recording_prune(struct app *app);

/* Removes what this machine has of it. */
void recording_forget(struct app *app, const char *conversation_id);

#endif
