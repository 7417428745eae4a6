/* See voice_lists.h. */
#include "campaign/voice_lists.h"

#include "app.h"
#include "base/json.h"
#include "base/limits.h"
#include "campaign/audio_store.h"
#include "store/keys.h"
#include "store/store.h"
#include "vendors/elevenlabs_speech.h"
#include "web/api.h"

enum { FRESH_MS = 5 * 60 * 1000, USAGE_FRESH_MS = 60 * 1000, CURSOR_MOST = 1024 };

bool voice_not_configured(const struct app *app, struct response *res)
{
	if (app->cfg.have_elevenlabs)
		return false;
	response_error(res, 503, "not_configured", "ElevenLabs is not configured.", NULL);
	return true;
}

/* That ElevenLabs refuses our key or knows no such voice says nothing about the
 * asker's key or address: 502.  "Too often" stays. */
int voice_upstream(struct err *err)
{
	if (err->kind == ERR_DENIED || err->kind == ERR_MISSING || err->kind == ERR_INPUT || err->kind == ERR_CONFLICT)
		err->kind = ERR_REFUSED;
	return -1;
}

/* ---- answers that are remembered ---- */

/* How a new answer is got; search and cursor are the voices'. */
struct question {
	const char *key;
	int64_t fresh_ms;
	int (*ask)(struct app *app, const struct question *q, struct json_object *answer, struct err *err);
	const char *search, *cursor;
};

struct page {
	bool found, fresh;
	struct str json;
};

/* A Redis that is away makes the answer slower, not impossible. */
static struct page remembered(struct app *app, const struct question *q)
{
	struct err ignored = { 0 };
	struct page page = { 0 };
	struct reply r;
	struct str at;
	long long ms;

	if (store_call(app->store, app->mem, &r, &ignored, "GET", q->key, NULL) || r.type != REPLY_TEXT)
		return page;
	at = str_cut(r.text, ' ', &page.json);
	ms = str_number(at, 1LL << 52);
	page.found = ms >= 0 && page.json.ptr;
	page.fresh = page.found && clock_wall_ms(app->clock) - ms < q->fresh_ms;
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

static int answer(struct app *app, struct response *res, const struct question *q, struct err *err)
{
	struct page page = remembered(app, q);
	struct json_object *made = json_owned(app->mem, json_object_new_object());
	const char *json;

	if (page.fresh) {
		response_json(res, 200, page.json);
		return 0;
	}
	if (q->ask(app, q, made, err)) {
		if (!page.found || !answer_stale(app, res, page.json))
			return voice_upstream(err);
		log_event(&app->log, LOG_WARNING, "voices.stale", LOG_TEXT("reason", err->msg));
		return 0;
	}
	json = json_write(made);
	remember(app, q->key, json);
	response_json(res, 200, str_from(json));
	return 0;
}

static struct elevenlabs vendor_of(const struct app *app)
{
	return (struct elevenlabs){ app->http, app->clock, app->cfg.elevenlabs_base_url, app->cfg.elevenlabs_api_key };
}

/* ---- the voices ---- */

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

static int ask_voices(struct app *app, const struct question *q, struct json_object *made, struct err *err)
{
	const struct elevenlabs vendor = vendor_of(app);
	struct json_object *given, *voices = json_object_new_array();
	const char *next;

	json_object_object_add(made, "voices", voices);
	if (elevenlabs_voices(&vendor, app->mem, q->search, q->cursor, &given, &next, err))
		return -1;
	for (size_t i = 0; i < json_object_array_length(given); i++) {
		struct json_object *item = json_object_array_get_idx(given, i);

		if (json_text(item, "voice_id"))
			json_object_array_add(voices, voice_json(item));
	}
	json_put(made, "next_cursor", next);
	return 0;
}

int voice_list(struct app *app, struct request *req, struct response *res, struct err *err)
{
	struct question q = { .fresh_ms = FRESH_MS, .ask = ask_voices };
	struct form form = { 0 };
	struct err bad = { 0 };
	char hash[AUDIO_HASH_SIZE];

	if (request_query(req, &form, &bad))
		return api_refuse(res, NULL, "The query could not be understood.");
	q.search = form_get(&form, "search");
	q.cursor = form_get(&form, "cursor");
	if (!str_is_utf8(str_from(q.search)) || str_from(q.search).len > LIMIT_NAME)
		return api_refuse(res, "search", "search must be text of at most 200 bytes.");
	if (!str_is_utf8(str_from(q.cursor)) || str_from(q.cursor).len > CURSOR_MOST)
		return api_refuse(res, "cursor", "cursor must be a next_cursor of an earlier answer.");
	if (voice_not_configured(app, res))
		return 0;
	audio_hash(app->mem, (const struct str[]){ str_from(q.search), str_from(q.cursor) }, 2, hash);
	q.key = key_of(app->mem, KEY_VOICES, hash);
	return answer(app, res, &q, err);
}

/* ---- the models ---- */

static struct json_object *model_json(struct json_object *given)
{
	struct json_object *model = json_object_new_object(), *languages = json_get(given, "languages");
	struct json_object *multiplier = json_path(given, "model_rates.character_cost_multiplier");
	int64_t most;

	json_put(model, "model_id", json_text(given, "model_id"));
	json_put(model, "name", json_text(given, "name"));
	json_put(model, "description", json_text(given, "description"));
	json_object_object_add(model, "languages", json_object_is_type(languages, json_type_array) ?
						   json_object_get(languages) : json_object_new_array());
	if (json_int(given, "maximum_text_length_per_request", &most))
		json_put_int(model, "maximum_text_length_per_request", most);
	else
		json_put(model, "maximum_text_length_per_request", NULL);
	json_object_object_add(model, "character_cost_multiplier", json_object_get(multiplier));
	return model;
}

static int ask_models(struct app *app, const struct question *q, struct json_object *made, struct err *err)
{
	const struct elevenlabs vendor = vendor_of(app);
	struct json_object *given, *models = json_object_new_array();

	(void)q;
	json_object_object_add(made, "models", models);
	if (elevenlabs_models(&vendor, app->mem, &given, err))
		return -1;
	for (size_t i = 0; i < json_object_array_length(given); i++) {
		struct json_object *item = json_object_array_get_idx(given, i);
		bool speaks = false;

		if (json_text(item, "model_id") && json_flag(item, "can_do_text_to_speech", &speaks) && speaks)
			json_object_array_add(models, model_json(item));
	}
	return 0;
}

int voice_models(struct app *app, struct request *req, struct response *res, struct err *err)
{
	const struct question q = { .key = key_of(app->mem, KEY_VOICE_ACCOUNT, "models"), .fresh_ms = FRESH_MS, .ask = ask_models };

	(void)req;
	return voice_not_configured(app, res) ? 0 : answer(app, res, &q, err);
}

/* ---- the account ---- */

static int ask_usage(struct app *app, const struct question *q, struct json_object *made, struct err *err)
{
	const struct elevenlabs vendor = vendor_of(app);
	struct json_object *given;
	int64_t used, most, reset_s;
	char reset[ISO_TIME_SIZE];

	(void)q;
	if (elevenlabs_subscription(&vendor, app->mem, &given, err))
		return -1;
	if (!json_int(given, "character_count", &used) || !json_int(given, "character_limit", &most))
		return err_set(err, ERR_UPSTREAM, "ElevenLabs: the subscription has no numbers");
	json_put(made, "tier", json_text(given, "tier"));
	json_put(made, "status", json_text(given, "status"));
	json_put_int(made, "characters_used", used);
	json_put_int(made, "characters_limit", most);
	json_put_int(made, "characters_remaining", most > used ? most - used : 0);
	if (json_int(given, "next_character_count_reset_unix", &reset_s) && reset_s > 0 && reset_s < INT64_C(253402300800))
		iso_time_format(reset_s * 1000, reset);
	else
		*reset = '\0';
	json_put(made, "resets_at", *reset ? reset : NULL);
	return 0;
}

int voice_usage(struct app *app, struct request *req, struct response *res, struct err *err)
{
	const struct question q = { .key = key_of(app->mem, KEY_VOICE_ACCOUNT, "usage"), .fresh_ms = USAGE_FRESH_MS, .ask = ask_usage };

	(void)req;
	return voice_not_configured(app, res) ? 0 : answer(app, res, &q, err);
}
