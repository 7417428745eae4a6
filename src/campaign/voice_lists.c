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

enum { FRESH_MS = 5 * 60 * 1000, USAGE_FRESH_MS = 60 * 1000, CURSOR_MOST = 1024, PAGE_MOST = 100 };

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

/* How a new answer is got. */
struct question {
	const char *key;
	int64_t fresh_ms;
	int (*ask)(struct app *app, const struct question *q, struct json_object *answer, struct err *err);
	struct elevenlabs_filter filter; /* of the voices */
	const char *voice_id;            /* of the one voice */
};

struct page {
	bool found, fresh;
	int64_t at_ms;
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
	page.at_ms = ms;
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

/* The old page, marked, with the time at which it was new; NULL when it cannot be read. */
static struct json_object *stale(struct app *app, const struct page *page)
{
	struct err bad = { 0 };
	struct json_object *answer = json_read(app->mem, page->json, &bad);
	char at[ISO_TIME_SIZE];

	if (!answer)
		return NULL;
	iso_time_format(page->at_ms, at);
	json_put_flag(answer, "stale", true);
	json_put(answer, "as_of", at);
	return answer;
}

/* That there is no such voice is an answer, which an old one must not hide. */
static int answer_of(struct app *app, const struct question *q, struct json_object **got, struct err *err)
{
	struct page page = remembered(app, q);
	struct err cause = { 0 };

	*got = page.fresh ? json_read(app->mem, page.json, &cause) : NULL;
	if (*got)
		return 0;
	*got = json_owned(app->mem, json_object_new_object());
	cause = (struct err){ 0 };
	if (!q->ask(app, q, *got, &cause)) {
		remember(app, q->key, json_write(*got));
		return 0;
	}
	*got = page.found && !(q->voice_id && cause.kind == ERR_MISSING) ? stale(app, &page) : NULL;
	if (!*got) {
		*err = cause;
		return -1;
	}
	log_event(&app->log, LOG_WARNING, "voices.stale", LOG_TEXT("reason", cause.msg));
	return 0;
}

static int answer(struct app *app, struct response *res, const struct question *q, struct err *err)
{
	struct json_object *got;

	if (answer_of(app, q, &got, err))
		return voice_upstream(err);
	response_json(res, 200, str_from(json_write(got)));
	return 0;
}

static struct elevenlabs vendor_of(const struct app *app)
{
	return (struct elevenlabs){ app->http, app->clock, app->cfg.elevenlabs_base_url, app->cfg.elevenlabs_api_key };
}

/* ---- the voices ---- */

/* The members of the contract, null where the vendor has none; the rest grows monthly. */
static void put_voice(struct json_object *voice, struct json_object *given)
{
	static const char *const texts[] = { "voice_id", "name", "category", "preview_url", "description" };
	struct json_object *labels = json_get(given, "labels");

	for (size_t i = 0; i < ARRAY_LEN(texts); i++)
		json_put(voice, texts[i], json_text(given, texts[i]));
	json_object_object_add(voice, "labels", json_object_is_type(labels, json_type_object) ?
						json_object_get(labels) : json_object_new_object());
}

static int ask_voices(struct app *app, const struct question *q, struct json_object *made, struct err *err)
{
	const struct elevenlabs vendor = vendor_of(app);
	struct json_object *given, *voices = json_object_new_array();
	const char *next;

	json_object_object_add(made, "voices", voices);
	if (elevenlabs_voices(&vendor, app->mem, &q->filter, &given, &next, err))
		return -1;
	for (size_t i = 0; i < json_object_array_length(given); i++) {
		struct json_object *item = json_object_array_get_idx(given, i);

		struct json_object *voice;

		if (!json_text(item, "voice_id"))
			continue;
		voice = json_object_new_object();
		json_object_array_add(voices, voice);
		put_voice(voice, item);
	}
	json_put(made, "next_cursor", next);
	return 0;
}

/* The filters by their names in the address. */
static const struct filter_name {
	const char *name;
	size_t at;
} filter_names[] = {
	{ "search", offsetof(struct elevenlabs_filter, search) },
	{ "category", offsetof(struct elevenlabs_filter, category) },
	{ "gender", offsetof(struct elevenlabs_filter, gender) },
	{ "age", offsetof(struct elevenlabs_filter, age) },
	{ "language", offsetof(struct elevenlabs_filter, language) },
	{ "accent", offsetof(struct elevenlabs_filter, accent) },
	{ "use_case", offsetof(struct elevenlabs_filter, use_case) },
};

/* ElevenLabs refuses others, and would be to blame for it. */
static bool is_category(const char *s)
{
	static const char *const known[] = { "premade", "cloned", "generated", "professional" };

	for (size_t i = 0; i < ARRAY_LEN(known); i++)
		if (!strcmp(s, known[i]))
			return true;
	return false;
}

/* False when it was answered with 400. */
static bool read_filter(struct app *app, const struct form *form, struct response *res, struct elevenlabs_filter *filter)
{
	const char *limit = form_get(form, "limit");
	long long size = limit ? str_number(str_from(limit), PAGE_MOST) : PAGE_MOST;

	for (size_t i = 0; i < ARRAY_LEN(filter_names); i++) {
		const char *name = filter_names[i].name, *value = form_get(form, name);

		if (!str_is_utf8(str_from(value)) || str_from(value).len > LIMIT_NAME)
			return api_refuse(res, name, arena_printf(app->mem, "%s must be text of at most 200 bytes.", name)), false;
		*(const char **)((char *)filter + filter_names[i].at) = value && *value ? value : NULL;
	}
	if (filter->category && !is_category(filter->category))
		return api_refuse(res, "category", "category must be premade, cloned, generated or professional."), false;
	if (size < 1)
		return api_refuse(res, "limit", "limit must be a whole number from 1 to 100."), false;
	filter->page_size = (int)size;
	filter->cursor = form_get(form, "cursor");
	if (!str_is_utf8(str_from(filter->cursor)) || str_from(filter->cursor).len > CURSOR_MOST)
		return api_refuse(res, "cursor", "cursor must be a next_cursor of an earlier answer."), false;
	return true;
}

/* One key for what asks the same. */
static const char *key_of_filter(struct app *app, const struct elevenlabs_filter *filter)
{
	struct str parts[ARRAY_LEN(filter_names) + 2];
	char hash[AUDIO_HASH_SIZE];
	size_t count = 0;

	for (; count < ARRAY_LEN(filter_names); count++)
		parts[count] = str_from(*(const char *const *)((const char *)filter + filter_names[count].at));
	parts[count++] = str_from(filter->cursor);
	parts[count++] = str_from(arena_printf(app->mem, "%d", filter->page_size));
	audio_hash(app->mem, parts, count, hash);
	return key_of(app->mem, KEY_VOICES, hash);
}

int voice_list(struct app *app, struct request *req, struct response *res, struct err *err)
{
	struct question q = { .fresh_ms = FRESH_MS, .ask = ask_voices };
	struct form form = { 0 };
	struct err bad = { 0 };

	if (request_query(req, &form, &bad))
		return api_refuse(res, NULL, "The query could not be understood.");
	if (!read_filter(app, &form, res, &q.filter) || voice_not_configured(app, res))
		return 0;
	q.key = key_of_filter(app, &q.filter);
	return answer(app, res, &q, err);
}

/* ---- one voice ---- */

static int ask_voice(struct app *app, const struct question *q, struct json_object *made, struct err *err)
{
	const struct elevenlabs vendor = vendor_of(app);
	struct json_object *given;

	if (elevenlabs_voice(&vendor, app->mem, q->voice_id, &given, err))
		return -1;
	if (!json_text(given, "voice_id"))
		return err_set(err, ERR_UPSTREAM, "ElevenLabs: a voice without its id");
	put_voice(made, given);
	return 0;
}

int voice_find(struct app *app, const char *voice_id, struct json_object **voice, struct err *err)
{
	const struct question q = { .key = key_of(app->mem, KEY_VOICES, arena_join(app->mem, "one:", voice_id)),
				    .fresh_ms = FRESH_MS, .ask = ask_voice, .voice_id = voice_id };

	if (!answer_of(app, &q, voice, err))
		return 0;
	return err->kind == ERR_MISSING ? -1 : voice_upstream(err);
}

int voice_show(struct app *app, struct request *req, struct response *res, struct err *err)
{
	const char *id = api_id(req);
	struct json_object *voice;

	if (!id)
		return err_set(err, ERR_MISSING, "no id of a voice");
	if (voice_not_configured(app, res))
		return 0;
	if (voice_find(app, id, &voice, err))
		return -1;
	response_json(res, 200, str_from(json_write(voice)));
	return 0;
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
