/* Speech as a file: bought once, then taken from the store. */
#ifndef PARLEY_CAMPAIGN_AUDIO_H
#define PARLEY_CAMPAIGN_AUDIO_H

#include "campaign/audio_store.h"

struct app;

struct audio_wish {
	struct str text;
	const char *voice_id, *model_id;
	const char *language; /* ISO 639-1; NULL: none */
	const char *settings; /* canonical JSON (voice_settings.h); NULL: none */
	const char *format;   /* wav_* or mp3_* */
};

struct audio {
	char hash[AUDIO_HASH_SIZE];
	char name[AUDIO_NAME_SIZE]; /* of the file: /audio/NAME */
	const char *content_type;
	int64_t bytes;
	bool cached;  /* nothing was bought now */
	int64_t cost; /* ElevenLabs' credits for what was bought now; -1: it did not say */
};

/* Names the file of a wish; true when it is in the store, then `bytes` says its size. */
bool audio_find(struct app *app, const struct audio_wish *wish, struct audio *audio);

/* Buys what audio_find() has not found.  Of several processes that want the same, one buys and the
 * others wait for it, or, without `wait`, fail with ERR_CONFLICT.  Failures of ElevenLabs as in
 * elevenlabs_speech.h, of the disk ERR_SYSTEM. */
int audio_make(struct app *app, const struct audio_wish *wish, bool wait, struct audio *audio, struct err *err);

/* Both, waiting. */
int audio_get_or_make(struct app *app, const struct audio_wish *wish, struct audio *audio, struct err *err);

/* The one way of bytes into the store, under the lock of their hash.  ERR_SYSTEM. */
int audio_keep(struct app *app, const char *name, struct str bytes, struct err *err);

#endif
