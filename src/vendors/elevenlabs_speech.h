/* ElevenLabs' voices and text to speech (vendors/elevenlabs.md 8).
 *
 * Failures as in elevenlabs.h.  A speech is billed: the call is never repeated
 * here, and after ERR_UNKNOWN it may have been paid for.
 */
#ifndef PARLEY_VENDORS_ELEVENLABS_SPEECH_H
#define PARLEY_VENDORS_ELEVENLABS_SPEECH_H

#include "base/str.h"
#include "vendors/elevenlabs.h"

/* Which voices are wanted; what is NULL or empty does not matter. */
struct elevenlabs_filter {
	const char *search, *category, *gender, *age, *language, *accent, *use_case;
	const char *cursor;
	int page_size; /* 1 to 100; 0: 100 */
};

/* One page of voices, as the vendor gives them; *next is the cursor of the next page, NULL at the end. */
int elevenlabs_voices(const struct elevenlabs *e, struct arena *mem, const struct elevenlabs_filter *filter,
		      struct json_object **voices, const char **next, struct err *err);

int elevenlabs_voice(const struct elevenlabs *e, struct arena *mem, const char *voice_id, struct json_object **voice,
		     struct err *err);

/* The models, and the account's plan with what is used of it, as the vendor gives them. */
int elevenlabs_models(const struct elevenlabs *e, struct arena *mem, struct json_object **models, struct err *err);
int elevenlabs_subscription(const struct elevenlabs *e, struct arena *mem, struct json_object **subscription,
			    struct err *err);

struct elevenlabs_words {
	const char *voice_id, *model_id, *format; /* format: the vendor's output_format */
	const char *language;                     /* ISO 639-1; NULL: the model finds out */
	const char *settings;                     /* voice_settings as JSON; NULL: the voice's own */
	struct str text;
};

/* The multilingual models refuse a language; others ignore one that they do not know. */
bool elevenlabs_model_takes_language(const char *model_id);

/* The whole file in *audio, at most LIMIT_AUDIO bytes, and the credits that it cost, -1 when that is not
 * told.  An answer that is no audio is ERR_UPSTREAM. */
int elevenlabs_speech(const struct elevenlabs *e, struct arena *mem, const struct elevenlabs_words *words,
		      struct str *audio, int64_t *cost, struct err *err);

#endif
