/* See voice_api.h. */
#include "campaign/voice_api.h"

#include "access/audit.h"
#include "access/guard.h"
#include "app.h"
#include "base/json.h"
#include "base/limits.h"
#include "campaign/audio.h"
#include "campaign/price.h"
#include "campaign/recording_upload.h"
#include "campaign/recordings.h"
#include "campaign/voice_lists.h"
#include "campaign/voice_preview.h"
#include "campaign/voice_wish.h"
#include "web/api.h"

/* By the credits that ElevenLabs has taken, else by the characters. */
static void put_price(struct app *app, struct json_object *answer, const struct voice_wish *wish, const struct audio *audio)
{
	int64_t bought = audio->cached ? 0 : audio->cost >= 0 ? audio->cost : (int64_t)wish->characters;
	double price;
	bool known = price_of_speech(&app->cfg, bought, &price);

	price_put(answer, &app->cfg, known, price);
}

static int speak(struct app *app, struct request *req, struct response *res, const struct voice_wish *wish, const char *base_url,
		 struct err *err)
{
	struct json_object *answer = json_owned(app->mem, json_object_new_object());
	struct audio audio;

	if (audio_get_or_make(app, &wish->audio, &audio, err))
		return voice_upstream(err);
	audit_say(req, audio.cached ? "speech.hear" : "speech.buy", wish->audio.voice_id,
		  arena_printf(app->mem, "%zu characters", wish->characters));
	json_put(answer, "audio_url", arena_printf(app->mem, "%s/audio/%s", base_url, audio.name));
	json_put(answer, "content_type", audio.content_type);
	json_put_int(answer, "bytes", audio.bytes);
	json_put_int(answer, "characters", (int64_t)wish->characters);
	json_put(answer, "voice_id", wish->audio.voice_id);
	json_put(answer, "model_id", wish->audio.model_id);
	json_put_flag(answer, "cached", audio.cached);
	if (audio.cost >= 0)
		json_put_int(answer, "cost", audio.cost);
	else
		json_put(answer, "cost", NULL);
	put_price(app, answer, wish, &audio);
	response_json(res, 200, str_from(json_write(answer)));
	return 0;
}

static int voice_test(struct app *app, struct request *req, struct response *res, struct err *err)
{
	struct voice_wish wish;

	if (!voice_wish_read(req, res, app->cfg.elevenlabs_voice_id, "mp3_44100_128", false, &wish) ||
	    voice_not_configured(app, res))
		return 0;
	return speak(app, req, res, &wish, app->cfg.public_base_url, err);
}

static int voice_generate(struct app *app, struct request *req, struct response *res, struct err *err)
{
	struct voice_wish wish;

	if (!voice_wish_read(req, res, app->cfg.elevenlabs_voice_id, "wav_8000", true, &wish) || voice_not_configured(app, res))
		return 0;
	return speak(app, req, res, &wish, app->cfg.webhook_base_url, err);
}

static const struct route routes[] = {
	{ .method = "GET", .path = "/api/voice/voices", .handler = voice_list },
	{ .method = "GET", .path = "/api/voice/voices/:id", .handler = voice_show },
	{ .method = "GET", .path = "/api/voice/voices/:id/preview", .handler = voice_preview },
	{ .method = "GET", .path = "/api/voice/models", .handler = voice_models },
	{ .method = "GET", .path = "/api/voice/usage", .handler = voice_usage },
	{ .method = "POST", .path = "/api/voice/test", .handler = voice_test, .max_body = LIMIT_BODY_API },
	{ .method = "POST", .path = "/api/voice/generate", .handler = voice_generate, .max_body = LIMIT_BODY_API },
	{ .method = "GET", .path = "/api/voice/recordings", .handler = recordings_list },
	{ .method = "POST", .path = "/api/voice/recordings", .handler = recording_create, .max_body = LIMIT_AUDIO, .streams = true },
};

const struct pages voice_pages = { .routes = routes, .count = ARRAY_LEN(routes), .guard = guard_api, .fail = api_fail };
