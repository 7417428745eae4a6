/* See voice_api.h. */
#include "campaign/voice_api.h"

#include "app.h"
#include "base/json.h"
#include "base/limits.h"
#include "campaign/audio.h"
#include "campaign/voice_wish.h"
#include "store/keys.h"
#include "store/store.h"
#include "vendors/elevenlabs_speech.h"
#include "web/access.h"
#include "web/api.h"

enum { FRESH_MS = 5 * 60 * 1000, CURSOR_MOST = 1024 };

static bool not_configured(const struct app *app, struct response *res)
{
	if (app->cfg.have_elevenlabs)
		return false;
	response_error(res, 503, "not_configured", "ElevenLabs is not configured.", NULL);
	return true;
}

/* That ElevenLabs refuses our key or knows no such voice says nothing about the
 * asker's key or address: 502.  "Too often" stays. */
static int upstream(struct err *err)
{
	if (err->kind == ERR_DENIED || err->kind == ERR_MISSING || err->kind == ERR_INPUT || err->kind == ERR_CONFLICT)
		err->kind = ERR_REFUSED;
	return -1;
}

/* ---- the list ---- */

struct page {
	bool found, fresh;
	struct str json;
};

/* A Redis that is away makes the list slower, not impossible. */
static struct page remembered(struct app *app, const char *key)
{
	struct err ignored = { 0 };
	struct page page = { 0 };
	struct reply r;
	struct str at;
	long long ms;

	if (store_call(app->store, app->mem, &r, &ignored, "GET", key, NULL) || r.type != REPLY_TEXT)
		return page;
	at = str_cut(r.text, ' ', &page.json);
	ms = str_number(at, 1LL << 52);
	page.found = ms >= 0 && page.json.ptr;
	page.fresh = page.found && clock_wall_ms(app->clock) - ms < FRESH_MS;
	return page;
}

static void remember(struct app *app, const char *key, const char *json)
{
	struct command c = command_new(app->mem, "SET");
	struct err ignored = { 0 };
	struct reply r;

	command_text(&c, key);
	command_text(&c, arena_printf(app->mem, "%lld %s", (long long)clock_wall_ms(app->clock), json));
	command_text(&c, "EX");
	command_int(&c, KEEP_VOICES_S);
	(void)store_run(app->store, &c, &r, &ignored);
}

/* The members of the contract, null where the vendor has none; the rest grows monthly. */
static struct json_object *voice_json(struct json_object *given)
{
	static const char *const texts[] = { "voice_id", "name", "category", "preview_url", "description" };
	struct json_object *voice = json_object_new_object(), *labels = json_get(given, "labels");

	for (size_t i = 0; i < ARRAY_LEN(texts); i++)
		json_put(voice, texts[i], json_text(given, texts[i]));
	json_object_object_add(voice, "labels", json_object_is_type(labels, json_type_object) ?
						json_object_get(labels) : json_object_new_object());
	return voice;
}

static int ask(struct app *app, const char *search, const char *cursor, const char **json, struct err *err)
{
	const struct elevenlabs vendor = { app->http, app->clock, app->cfg.elevenlabs_base_url,
					   app->cfg.elevenlabs_api_key };
	struct json_object *given, *voices, *answer = json_owned(app->mem, json_object_new_object());
	const char *next;

	if (elevenlabs_voices(&vendor, app->mem, search, cursor, &given, &next, err))
		return upstream(err);
	voices = json_object_new_array();
	json_object_object_add(answer, "voices", voices);
	for (size_t i = 0; i < json_object_array_length(given); i++) {
		struct json_object *item = json_object_array_get_idx(given, i);

		if (json_text(item, "voice_id"))
			json_object_array_add(voices, voice_json(item));
	}
	json_put(answer, "next_cursor", next);
	*json = json_write(answer);
	return 0;
}

/* The old page, marked; false when it cannot be read. */
static bool answer_stale(struct app *app, struct response *res, struct str json)
{
	struct err bad = { 0 };
	struct json_object *answer = json_read(app->mem, json, &bad);

	if (!answer)
		return false;
	json_put_flag(answer, "stale", true);
	response_json(res, 200, str_from(json_write(answer)));
	return true;
}

static int voices_list(struct app *app, struct request *req, struct response *res, struct err *err)
{
	struct form form = { 0 };
	struct err bad = { 0 };
	char hash[AUDIO_HASH_SIZE];
	const char *search, *cursor, *key, *json;
	struct page page;

	if (request_query(req, &form, &bad))
		return api_refuse(res, NULL, "The query could not be understood.");
	search = form_get(&form, "search");
	cursor = form_get(&form, "cursor");
	if (!str_is_utf8(str_from(search)) || str_from(search).len > LIMIT_NAME)
		return api_refuse(res, "search", "search must be text of at most 200 bytes.");
	if (!str_is_utf8(str_from(cursor)) || str_from(cursor).len > CURSOR_MOST)
		return api_refuse(res, "cursor", "cursor must be a next_cursor of an earlier answer.");
	if (not_configured(app, res))
		return 0;
	audio_hash(app->mem, (const struct str[]){ str_from(search), str_from(cursor) }, 2, hash);
	key = key_of(app->mem, KEY_VOICES, hash);
	page = remembered(app, key);
	if (page.fresh) {
		response_json(res, 200, page.json);
		return 0;
	}
	if (ask(app, search, cursor, &json, err)) {
		if (!page.found || !answer_stale(app, res, page.json))
			return -1;
		log_event(&app->log, LOG_WARNING, "voices.stale", LOG_TEXT("reason", err->msg));
		return 0;
	}
	remember(app, key, json);
	response_json(res, 200, str_from(json));
	return 0;
}

/* ---- speech ---- */

static int speak(struct app *app, struct response *res, const struct voice_wish *wish, const char *base_url,
		 struct err *err)
{
	struct json_object *answer = json_owned(app->mem, json_object_new_object());
	struct audio audio;

	if (audio_get_or_make(app, &wish->audio, &audio, err))
		return upstream(err);
	json_put(answer, "audio_url", arena_printf(app->mem, "%s/audio/%s", base_url, audio.name));
	json_put(answer, "content_type", audio.content_type);
	json_put_int(answer, "bytes", audio.bytes);
	json_put_int(answer, "characters", (int64_t)wish->characters);
	json_put(answer, "voice_id", wish->audio.voice_id);
	json_put(answer, "model_id", wish->audio.model_id);
	json_put_flag(answer, "cached", audio.cached);
	response_json(res, 200, str_from(json_write(answer)));
	return 0;
}

static int voice_test(struct app *app, struct request *req, struct response *res, struct err *err)
{
	struct voice_wish wish;

	if (!voice_wish_read(req, res, app->cfg.elevenlabs_voice_id, "mp3_44100_128", false, &wish) ||
	    not_configured(app, res))
		return 0;
	return speak(app, res, &wish, app->cfg.public_base_url, err);
}

static int voice_generate(struct app *app, struct request *req, struct response *res, struct err *err)
{
	struct voice_wish wish;

	if (!voice_wish_read(req, res, app->cfg.elevenlabs_voice_id, "wav_8000", true, &wish) || not_configured(app, res))
		return 0;
	return speak(app, res, &wish, app->cfg.webhook_base_url, err);
}

/* ---- the table and who may come in ---- */

static int guard(struct app *app, struct request *req, struct response *res, struct err *err)
{
	(void)res;
	return access_has_key(app, req) ? 0 : err_set(err, ERR_DENIED, "no or a wrong bearer key");
}

static const struct route routes[] = {
	{ .method = "GET", .path = "/api/voice/voices", .handler = voices_list },
	{ .method = "POST", .path = "/api/voice/test", .handler = voice_test, .max_body = LIMIT_BODY_API },
	{ .method = "POST", .path = "/api/voice/generate", .handler = voice_generate, .max_body = LIMIT_BODY_API },
};

const struct pages voice_pages = { routes, ARRAY_LEN(routes), guard, api_fail };
