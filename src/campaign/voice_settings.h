/* The voice_settings of ElevenLabs (vendors/elevenlabs.md 8): which there are, their bounds,
 * and one spelling for equal ones, because it is part of an audio file's name. */
#ifndef PARLEY_CAMPAIGN_VOICE_SETTINGS_H
#define PARLEY_CAMPAIGN_VOICE_SETTINGS_H

#include <stdbool.h>

#include "base/arena.h"
#include "base/json.h"

/* Canonical JSON in *text, NULL for an object without members.  False: *field ("voice_settings",
 * "voice_settings.speed") and *sentence say what is wrong; all in `mem`. */
bool voice_settings_read(struct arena *mem, struct json_object *given, const char **text, const char **field,
			 const char **sentence);

#endif
