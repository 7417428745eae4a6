/* See agent_variables.h. */
#include "campaign/agent_variables.h"

#include "base/limits.h"
#include "campaign/script_text.h"
#include "store/keys.h"
#include "store/store.h"

enum { CAMPAIGNS = 20, COLUMNS = 200, SCRIPT_NAMES = 200 };

static struct agent_variable *add(struct agent_variables *v, const char *name)
{
	for (size_t i = 0; i < v->count; i++)
		if (!strcmp(v->items[i].name, name))
			return &v->items[i];
	v->items[v->count].name = name;
	return &v->items[v->count++];
}

/* The campaigns whose columns count; *own: they are the agent's. */
static int load_campaigns(struct app *app, const char *agent, struct reply *ids, bool *own, struct err *err)
{
	*own = false;
	if (agent) {
		if (store_call(app->store, app->mem, ids, err, "SMEMBERS", key_of(app->mem, KEY_AGENT_CAMPAIGNS, agent), NULL))
			return -1;
		*own = ids->count > 0;
		if (*own)
			return 0;
	}
	return store_call(app->store, app->mem, ids, err, "ZREVRANGE", KEY_CAMPAIGNS, "0", "19", NULL);
}

static int load_columns(struct app *app, const struct reply *ids, struct agent_variables *v, struct err *err)
{
	struct command commands[CAMPAIGNS];
	struct reply names[CAMPAIGNS];
	size_t count = ids->count < CAMPAIGNS ? ids->count : CAMPAIGNS, most = v->count + COLUMNS;

	for (size_t i = 0; i < count; i++) {
		commands[i] = command_new(app->mem, "ZRANGE");
		command_text(&commands[i], key_of(app->mem, KEY_VARIABLES, reply_text(&ids->items[i])));
		command_int(&commands[i], 0);
		command_int(&commands[i], COLUMNS - 1);
	}
	if (count && store_pipeline(app->store, commands, count, names, err))
		return -1;
	for (size_t i = 0; i < count; i++)
		for (size_t n = 0; n < names[i].count && v->count < most; n++)
			if (script_is_name(names[i].items[n].text))
				add(v, reply_text(&names[i].items[n]))->column = true;
	return 0;
}

static void add_script(struct app *app, struct str script, struct agent_variables *v)
{
	size_t most = v->count + SCRIPT_NAMES;
	struct script_part part;

	while (script.len && script_next(&script, &part) && v->count < most) {
		struct agent_variable *variable;

		if (!part.name.ptr)
			continue;
		variable = add(v, arena_strndup(app->mem, part.name.ptr, part.name.len));
		variable->in_script = true;
		variable->required |= !part.fallback.ptr;
	}
}

int agent_variables_load(struct app *app, const char *agent, struct str script, struct agent_variables *v, struct err *err)
{
	static const char *const always[] = { "first_name", "name", "phone" };
	struct reply ids;

	*v = (struct agent_variables){ 0 };
	v->items = arena_alloc(app->mem, (ARRAY_LEN(always) + COLUMNS + SCRIPT_NAMES) * sizeof(*v->items));
	for (size_t i = 0; i < ARRAY_LEN(always); i++)
		add(v, always[i])->of_lead = true;
	if (load_campaigns(app, agent, &ids, &v->of_campaigns, err) || load_columns(app, &ids, v, err))
		return -1;
	v->columns = v->count - ARRAY_LEN(always);
	add_script(app, script, v);
	return 0;
}

struct json_object *agent_variables_json(struct app *app, const struct agent_variables *v)
{
	struct json_object *answer = json_owned(app->mem, json_object_new_object()), *items = json_object_new_array();

	json_object_object_add(answer, "items", items);
	for (size_t i = 0; i < v->count; i++) {
		const struct agent_variable *variable = &v->items[i];
		struct json_object *item = json_object_new_object();

		json_object_array_add(items, item);
		json_put(item, "name", variable->name);
		json_put(item, "source", variable->of_lead ? "lead" : variable->column ? "column" : "script");
		json_put_flag(item, "in_script", variable->in_script);
		json_put_flag(item, "required", variable->required);
	}
	json_put(answer, "columns_of", v->of_campaigns ? "campaigns" : "newest");
	json_put(answer, "next_cursor", NULL);
	return answer;
}
