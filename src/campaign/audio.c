/* See audio.h. */
#include "campaign/audio.h"

#include <stdio.h>
#include <unistd.h>

#include "app.h"
#include "vendors/elevenlabs_speech.h"

static int buy(struct app *app, const struct audio_wish *wish, struct audio *audio, struct err *err)
{
	const struct elevenlabs vendor = { app->http, app->clock, app->cfg.elevenlabs_base_url,
					   app->cfg.elevenlabs_api_key };
	const struct elevenlabs_words words = { .voice_id = wish->voice_id, .model_id = wish->model_id,
						.format = wish->format, .settings = wish->settings, .text = wish->text };
	struct str bytes;

	if (elevenlabs_speech(&vendor, app->mem, &words, &bytes, err) ||
	    audio_write(app->mem, app->cfg.state_dir, audio->name, bytes, err))
		return -1;
	audio->bytes = (int64_t)bytes.len;
	audio->cached = false;
	log_event(&app->log, LOG_INFO, "audio.bought", LOG_TEXT("audio", audio->name), LOG_NUM("bytes", audio->bytes));
	return 0;
}

int audio_get_or_make(struct app *app, const struct audio_wish *wish, struct audio *audio, struct err *err)
{
	const struct str parts[] = { wish->text, str_from(wish->voice_id), str_from(wish->model_id),
				     str_from(wish->settings), str_from(wish->format) };
	bool wav = str_starts(str_from(wish->format), STR("wav_"));
	char hash[AUDIO_HASH_SIZE];
	int fd, rc;

	audio_hash(app->mem, parts, ARRAY_LEN(parts), hash);
	*audio = (struct audio){ .content_type = wav ? "audio/wav" : "audio/mpeg", .cached = true };
	snprintf(audio->name, sizeof(audio->name), "%s.%s", hash, wav ? "wav" : "mp3");
	if (audio_exists(app->mem, app->cfg.state_dir, audio->name, &audio->bytes))
		return 0;
	if (audio_lock(app->mem, app->cfg.state_dir, hash, &fd, err))
		return -1;
	/* Another may have bought it while this one waited. */
	rc = audio_exists(app->mem, app->cfg.state_dir, audio->name, &audio->bytes) ? 0 : buy(app, wish, audio, err);
	close(fd);
	return rc;
}
