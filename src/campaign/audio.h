/* Speech as a file: bought once, then taken from the store. */
#ifndef PARLEY_CAMPAIGN_AUDIO_H
#define PARLEY_CAMPAIGN_AUDIO_H

#include "campaign/audio_store.h"

struct app;

struct audio_wish {
	struct str text;
	const char *voice_id, *model_id;
	const char *settings; /* canonical JSON; NULL: none */
	const char *format;   /* wav_* or mp3_* */
};

struct audio {
	char name[AUDIO_NAME_SIZE]; /* of the file: /audio/NAME */
	const char *content_type;
	int64_t bytes;
	bool cached; /* nothing was bought now */
};

/* Of several processes that want the same, one buys.  Failures of ElevenLabs as in
 * elevenlabs_speech.h, of the disk ERR_SYSTEM. */
int audio_get_or_make(struct app *app, const struct audio_wish *wish, struct audio *audio, struct err *err);

#endif
