/* See audio.h. */
#include "campaign/audio.h"

#include <stdio.h>

#include "app.h"
#include "vendors/elevenlabs_speech.h"

int audio_keep(struct app *app, const char *name, struct str bytes, struct err *err)
{
	return audio_write(app->mem, app->cfg.state_dir, name, bytes, err);
}

static int buy(struct app *app, const struct audio_wish *wish, struct audio *audio, struct err *err)
{
	const struct elevenlabs vendor = { app->http, app->clock, app->cfg.elevenlabs_base_url,
					   app->cfg.elevenlabs_api_key };
	const struct elevenlabs_words words = { .voice_id = wish->voice_id, .model_id = wish->model_id,
						.format = wish->format, .language = wish->language,
						.settings = wish->settings, .text = wish->text };
	struct str bytes;

	if (audio_room(app->mem, app->cfg.state_dir, err) ||
	    elevenlabs_speech(&vendor, app->mem, &words, &bytes, &audio->cost, err) || audio_keep(app, audio->name, bytes, err))
		return -1;
	audio->bytes = (int64_t)bytes.len;
	audio->cached = false;
	log_event(&app->log, LOG_INFO, "audio.bought", LOG_TEXT("audio", audio->name), LOG_NUM("bytes", audio->bytes),
		  LOG_NUM("cost", audio->cost));
	return 0;
}

bool audio_find(struct app *app, const struct audio_wish *wish, struct audio *audio)
{
	const struct str parts[] = { wish->text, str_from(wish->voice_id), str_from(wish->model_id),
				     str_from(wish->language), str_from(wish->settings), str_from(wish->format) };
	bool wav = str_starts(str_from(wish->format), STR("wav_"));

	*audio = (struct audio){ .content_type = wav ? "audio/wav" : "audio/mpeg", .cached = true };
	audio_hash(app->mem, parts, ARRAY_LEN(parts), audio->hash);
	snprintf(audio->name, sizeof(audio->name), "%s.%s", audio->hash, wav ? "wav" : "mp3");
	return audio_exists(app->mem, app->cfg.state_dir, audio->name, &audio->bytes);
}

int audio_make(struct app *app, const struct audio_wish *wish, bool wait, struct audio *audio, struct err *err)
{
	const char *state_dir = app->cfg.state_dir;
	int lock, rc;

	if (audio_lock(app->mem, state_dir, audio->hash, wait, &lock, err))
		return -1;
	/* Another may have bought it while this one waited. */
	rc = audio_exists(app->mem, state_dir, audio->name, &audio->bytes) ? 0 : buy(app, wish, audio, err);
	audio_unlock(app->mem, state_dir, audio->hash, lock);
	return rc;
}

int audio_get_or_make(struct app *app, const struct audio_wish *wish, struct audio *audio, struct err *err)
{
	return audio_find(app, wish, audio) ? 0 : audio_make(app, wish, true, audio, err);
}
