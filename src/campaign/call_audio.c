/* See call_audio.h. */
#include "campaign/call_audio.h"

#include <stdio.h>

#include "campaign/script_text.h"
#include "store/keys.h"
#include "store/store.h"
#include "vendors/elevenlabs.h"
#include "vendors/elevenlabs_speech.h"

enum {
	UNKNOWN_S = 60,  /* perhaps paid for: not at once again */
	REFUSED_S = 600, /* until the vendor's or the text's owner may have changed something */
	RETRY_S = 5,
};

#define UNKNOWN_WORD "unknown"

/* Why this text was not bought a while ago; NULL: nothing is remembered. */
static int failed_before(struct app *app, const struct audio *audio, const char **word, struct err *err)
{
	struct reply r;

	if (store_call(app->store, app->mem, &r, err, "GET", key_of(app->mem, KEY_AUDIO_FAILED, audio->hash), NULL))
		return -1;
	*word = r.type == REPLY_TEXT ? reply_text(&r) : NULL;
	return 0;
}

/* Redis being away changes nothing about the failure itself. */
static void remember(struct app *app, const struct audio *audio, const struct err *why)
{
	bool unknown = why->kind == ERR_UNKNOWN;
	struct command c = command_new(app->mem, "SET");
	struct err ignored = { 0 };
	struct reply r;

	if (!unknown && (why->kind != ERR_REFUSED || elevenlabs_account_failed(why)))
		return;
	command_text(&c, key_of(app->mem, KEY_AUDIO_FAILED, audio->hash));
	command_text(&c, unknown ? UNKNOWN_WORD : *why->code ? why->code : "refused");
	command_text(&c, "EX");
	command_int(&c, unknown ? UNKNOWN_S : REFUSED_S);
	if (store_run(app->store, &c, &r, &ignored))
		log_event(&app->log, LOG_WARNING, "audio.not_remembered", LOG_TEXT("reason", ignored.msg));
}

static int buy_now(struct app *app, const struct audio_wish *wish, enum call_audio_buy buy, struct audio *audio,
		   struct err *err)
{
	struct err cause = { 0 };

	if (!app->cfg.have_elevenlabs)
		return err_set(err, ERR_DENIED, "ElevenLabs is not configured");
	if (!audio_make(app, wish, buy == CALL_AUDIO_BUY, audio, &cause))
		return 0;
	remember(app, audio, &cause);
	if (cause.kind == ERR_UPSTREAM && !cause.retry_after)
		cause.retry_after = RETRY_S;
	*err = cause;
	return -1;
}

static struct audio_wish wish_of(const struct agent *agent, const char *text)
{
	return (struct audio_wish){
		.text = str_from(text), .voice_id = agent->voice_id, .model_id = agent->model_id, .format = "wav_8000",
		.language = elevenlabs_model_takes_language(agent->model_id) ? agent->language : NULL,
		.settings = agent->voice_settings,
	};
}

bool call_audio_is_bought(struct app *app, const struct agent *agent, const char *text, struct audio *audio)
{
	const struct audio_wish wish = wish_of(agent, text);

	return audio_find(app, &wish, audio);
}

static int get(struct app *app, const struct agent *agent, const char *text, enum call_audio_buy buy,
	       struct audio *audio, bool *ready, struct err *err)
{
	const struct audio_wish wish = wish_of(agent, text);
	const char *word;

	*ready = false;
	if (!str_trim(wish.text).len)
		return err_set(err, ERR_INPUT, "there is nothing to say");
	*ready = audio_find(app, &wish, audio);
	if (*ready)
		return 0;
	if (failed_before(app, audio, &word, err))
		return -1;
	if (word && strcmp(word, UNKNOWN_WORD) != 0) {
		snprintf(err->code, sizeof(err->code), "%s", word);
		return err_set(err, ERR_REFUSED, "ElevenLabs refused this text (%s)", word);
	}
	if (buy == CALL_AUDIO_LOOK)
		return 0;
	if (word) {
		err->retry_after = UNKNOWN_S;
		return err_set(err, ERR_CONFLICT, "ElevenLabs may have spoken this text already: it is not asked again yet");
	}
	if (buy_now(app, &wish, buy, audio, err))
		return -1;
	*ready = true;
	return 0;
}

int call_audio_script(struct app *app, const struct campaign *c, const struct agent *agent, const struct lead *lead,
		      enum call_audio_buy buy, struct audio *audio, bool *ready, const char **missing, struct err *err)
{
	const char *text = script_render(app->mem, str_from(agent->script), lead_lookup, (void *)lead, missing);

	(void)c;
	*ready = false;
	if (*missing)
		return 0;
	if (!text)
		return err_set(err, ERR_INPUT, "the script is malformed or becomes too long");
	return get(app, agent, text, buy, audio, ready, err);
}

int call_audio_say(struct app *app, const struct agent *agent, const char *text, enum call_audio_buy buy,
		   struct audio *audio, bool *ready, struct err *err)
{
	return get(app, agent, text, buy, audio, ready, err);
}

char *call_audio_url(struct app *app, const char *name)
{
	return arena_printf(app->mem, "%s/audio/%s", app->cfg.webhook_base_url, name);
}
