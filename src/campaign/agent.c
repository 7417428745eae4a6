/* See agent.h. */
#include "campaign/agent.h"

#include <string.h>

#include "base/crypto.h"
#include "base/limits.h"
#include "campaign/script_text.h"
#include "campaign/voice_settings.h"
#include "campaign/voice_wish.h"
#include "store/keys.h"
#include "store/scripts.h"

enum { ID_MOST = 64, EDITION_LENGTH = 20 };

/* ---- what is given ---- */

struct reading {
	struct app *app;
	struct agent *agent;
	const char **field, **sentence;
};

static bool wrong(struct reading *r, const char *field, const char *sentence)
{
	*r->field = field;
	*r->sentence = sentence;
	return false;
}

static bool read_name(struct reading *r, struct json_object *value)
{
	const char *text = json_text(value, "");

	if (!text || !str_trim(str_from(text)).len || strlen(text) > LIMIT_NAME || str_has_control(str_from(text)))
		return wrong(r, "name", "name must be text of 1 to 200 bytes in one line.");
	r->agent->name = text;
	return true;
}

static bool read_script(struct reading *r, struct json_object *value)
{
	const char *text = json_text(value, "");

	if (!text)
		return wrong(r, "script", "script must be a text.");
	if (str_characters(str_from(text)) > LIMIT_SCRIPT)
		return wrong(r, "script", "script must have at most 5000 characters.");
	if (!script_is_well_formed(str_from(text)))
		return wrong(r, "script", SCRIPT_MALFORMED);
	r->agent->script = text;
	return true;
}

static bool read_language(struct reading *r, struct json_object *value)
{
	const char *text = json_text(value, "");

	if (value && (!text || strlen(text) != 2 || strspn(text, "abcdefghijklmnopqrstuvwxyz") != 2))
		return wrong(r, "language", "language must be a code of ISO 639-1, such as en.");
	r->agent->language = text;
	return true;
}

/* null is as good as the default. */
static bool read_id(struct reading *r, const char *field, struct json_object *value, const char *otherwise, const char **id)
{
	const char *text = json_text(value, "");

	if (value && (!text || !str_is_token(str_from(text), 1, ID_MOST)))
		return wrong(r, field, "This must be an id of 1 to 64 letters, digits, - or _.");
	*id = text ? text : otherwise;
	return true;
}

static const char *default_voice(const struct app *app)
{
	return app->cfg.elevenlabs_voice_id ? app->cfg.elevenlabs_voice_id : "";
}

static bool read_member(struct reading *r, const char *name, struct json_object *value)
{
	if (!strcmp(name, "name"))
		return read_name(r, value);
	if (!strcmp(name, "script"))
		return read_script(r, value);
	if (!strcmp(name, "language"))
		return read_language(r, value);
	if (!strcmp(name, "voice_id"))
		return read_id(r, "voice_id", value, default_voice(r->app), &r->agent->voice_id);
	if (!strcmp(name, "model_id"))
		return read_id(r, "model_id", value, VOICE_MODEL, &r->agent->model_id);
	if (!strcmp(name, "elevenlabs_agent_id"))
		return read_id(r, "elevenlabs_agent_id", value, NULL, &r->agent->elevenlabs_agent_id);
	if (strcmp(name, "voice_settings"))
		return wrong(r, arena_strdup(r->app->mem, name), "This member is not known here.");
	r->agent->voice_settings = NULL;
	return !value || voice_settings_read(r->app->mem, value, &r->agent->voice_settings, r->field, r->sentence);
}

bool agent_read(struct app *app, struct json_object *given, struct agent *agent, const char **field, const char **sentence)
{
	struct reading r = { app, agent, field, sentence };

	if (!agent->id)
		*agent = (struct agent){ .voice_id = default_voice(app), .model_id = VOICE_MODEL };
	json_object_object_foreach(given, name, value) {
		if (!read_member(&r, name, value))
			return false;
	}
	if (!agent->name)
		return wrong(&r, "name", "name is missing.");
	if (!agent->script && !agent->elevenlabs_agent_id)
		return wrong(&r, "script", "script is missing.");
	if (!agent->script)
		agent->script = "";
	/* An agent of ElevenLabs brings its own words. */
	return str_trim(str_from(agent->script)).len || agent->elevenlabs_agent_id ||
	       wrong(&r, "script", "script must not be blank.");
}

/* ---- what is stored ---- */

static const char *const texts[] = { "name", "voice_id", "model_id", "language", "script", "elevenlabs_agent_id" };

static const char **member(struct agent *a, size_t i)
{
	const char **members[ARRAY_LEN(texts)] = { &a->name, &a->voice_id, &a->model_id, &a->language, &a->script,
						   &a->elevenlabs_agent_id };

	return members[i];
}

static struct json_object *members_json(struct app *app, const struct agent *agent)
{
	struct json_object *o = json_owned(app->mem, json_object_new_object()), *settings = NULL;
	struct agent a = *agent;
	struct err ignored = { 0 };

	if (a.id)
		json_put(o, "id", a.id);
	for (size_t i = 0; i < ARRAY_LEN(texts); i++)
		json_put(o, texts[i], *member(&a, i));
	if (!*a.voice_id)
		json_put(o, "voice_id", NULL);
	if (a.voice_settings)
		settings = json_read(app->mem, str_from(a.voice_settings), &ignored);
	json_object_object_add(o, "voice_settings", json_object_get(settings));
	return o;
}

const char *agent_edition(struct app *app, const struct agent *agent)
{
	char hex[2 * SHA256_SIZE + 1];
	unsigned char digest[SHA256_SIZE];
	struct agent a = *agent;

	a.id = NULL;
	sha256(str_from(json_write(members_json(app, &a))), digest);
	hex_encode(digest, sizeof(digest), hex);
	return arena_strndup(app->mem, hex, EDITION_LENGTH);
}

struct json_object *agent_json(struct app *app, const struct agent *agent)
{
	struct json_object *o = members_json(app, agent);
	char at[ISO_TIME_SIZE];

	iso_time_format(agent->created_ms, at);
	json_put(o, "created_at", at);
	iso_time_format(agent->changed_ms, at);
	json_put(o, "updated_at", at);
	json_put(o, "revision", agent_edition(app, agent));
	return o;
}

bool agent_of(struct app *app, const char *id, const struct reply *row, struct agent *agent)
{
	const char *json = reply_field(row, "json");
	struct err bad = { 0 };
	struct json_object *o = json ? json_read(app->mem, str_from(json), &bad) : NULL;
	const char *field, *sentence;

	*agent = (struct agent){ .id = arena_strdup(app->mem, id) };
	if (!o)
		return false;
	for (size_t i = 0; i < ARRAY_LEN(texts); i++)
		*member(agent, i) = json_text(o, texts[i]);
	if (!agent->name || !agent->script || !agent->model_id)
		return false;
	if (!agent->voice_id)
		agent->voice_id = default_voice(app);
	/* read once more, for the spelling that audio files are named by */
	if (json_get(o, "voice_settings") &&
	    !voice_settings_read(app->mem, json_get(o, "voice_settings"), &agent->voice_settings, &field, &sentence))
		return false;
	agent->revision = reply_field_int(row, "revision", 0);
	agent->created_ms = reply_field_int(row, "created", 0);
	agent->changed_ms = reply_field_int(row, "changed", 0);
	return true;
}

int agent_load(struct app *app, const char *id, struct agent *agent, struct err *err)
{
	struct reply row;

	if (store_call(app->store, app->mem, &row, err, "HGETALL", key_of(app->mem, KEY_AGENT, id), NULL))
		return -1;
	if (!row.count)
		return err_set(err, ERR_MISSING, "no such agent");
	return agent_of(app, id, &row, agent) ? 0 : err_set(err, ERR_SYSTEM, "an agent that cannot be read");
}

int agent_write(struct app *app, struct agent *agent, bool *changed, struct err *err)
{
	struct command c = script_new(app->mem, &script_agent_write, 3);
	int64_t now = clock_wall_ms(app->clock);
	const char *id = agent->id ? agent->id : random_id(app->mem);
	struct json_object *members;
	struct reply r;

	agent->id = NULL; /* it stands in the key */
	members = members_json(app, agent);
	agent->id = id;
	command_text(&c, key_of(app->mem, KEY_AGENT, id));
	command_text(&c, KEY_AGENTS);
	command_text(&c, KEY_AGENT_REVISION);
	command_text(&c, id);
	command_text(&c, json_write(members));
	command_int(&c, now);
	command_int(&c, agent->revision);
	if (script_run(app->store, &script_agent_write, &c, &r, err))
		return -1;
	if (r.type != REPLY_NUMBER || r.number < 0)
		return err_set(err, ERR_MISSING, "no such agent");
	*changed = r.number == 0;
	if (*changed)
		return 0;
	if (!agent->revision)
		agent->created_ms = now;
	agent->changed_ms = now;
	agent->revision = r.number;
	return 0;
}

int agent_delete(struct app *app, const char *id, int64_t *campaigns, struct err *err)
{
	struct command c = script_new(app->mem, &script_agent_delete, 3);
	struct reply r;

	command_text(&c, key_of(app->mem, KEY_AGENT, id));
	command_text(&c, KEY_AGENTS);
	command_text(&c, key_of(app->mem, KEY_AGENT_CAMPAIGNS, id));
	command_text(&c, id);
	if (script_run(app->store, &script_agent_delete, &c, &r, err))
		return -1;
	*campaigns = r.number;
	return 0;
}
