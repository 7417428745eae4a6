/* What ElevenLabs keeps of a conversation: its recording, and the end of it all
 * (vendors/elevenlabs.md 5).  Failures as in elevenlabs.h; ERR_MISSING: it keeps nothing (any more).
 */
#ifndef PARLEY_VENDORS_ELEVENLABS_RECORD_H
#define PARLEY_VENDORS_ELEVENLABS_RECORD_H

#include "base/str.h"
#include "vendors/elevenlabs.h"

/* The whole MP3, at most LIMIT_TALK_AUDIO bytes. */
int elevenlabs_recording(const struct elevenlabs *e, struct arena *mem, const char *conversation_id, struct str *audio,
			 struct err *err);

/* Deletes transcript and recording; may be repeated. */
int elevenlabs_conversation_delete(const struct elevenlabs *e, struct arena *mem, const char *conversation_id, struct err *err);

#endif
