/* See agents_api.h.  What helps to write a script: nothing here is stored. */
#include "campaign/agents_api.h"

#include "app.h"
#include "base/json.h"
#include "base/limits.h"
#include "campaign/agent.h"
#include "campaign/agent_variables.h"
#include "campaign/price.h"
#include "campaign/script_text.h"
#include "web/api.h"

int agents_variables(struct app *app, struct request *req, struct response *res, struct err *err)
{
	const char *id = request_param(req, "id").len ? api_id(req) : NULL;
	struct agent agent = { .script = "" };
	struct agent_variables variables;

	if (request_param(req, "id").len && !id)
		return err_set(err, ERR_MISSING, "no id of an agent");
	if ((id && agent_load(app, id, &agent, err)) ||
	    agent_variables_load(app, id, str_from(agent.script), &variables, err))
		return -1;
	response_json(res, 200, str_from(json_write(agent_variables_json(app, &variables))));
	return 0;
}

/* For script_render(): ctx is the object of the variables. */
static const char *given(void *ctx, const char *name)
{
	return json_text(json_get(ctx, name), ""); /* a name may be longer than json_path() takes */
}

/* False when it was answered with 400. */
static bool read_variables(struct app *app, struct response *res, struct json_object *variables)
{
	if (variables && !json_object_is_type(variables, json_type_object))
		return api_refuse(res, "variables", "variables must be an object of texts."), false;
	if (variables && json_object_object_length(variables) > LIMIT_COLUMNS)
		return api_refuse(res, "variables", "variables must be at most 100."), false;
	if (!variables)
		return true;
	json_object_object_foreach(variables, name, value) {
		const char *text = json_text(value, "");

		if (value && (!text || strlen(text) > LIMIT_VARIABLE))
			return api_refuse(res, arena_printf(app->mem, "variables.%s", name),
					  "This must be a text of at most 2000 bytes."), false;
	}
	return true;
}

/* False when it was answered with 400. */
static bool read_body(struct app *app, struct response *res, struct json_object *body, struct str *script,
		      struct json_object **variables)
{
	json_object_object_foreach(body, name, value) {
		(void)value;
		if (strcmp(name, "script") != 0 && strcmp(name, "variables") != 0)
			return api_refuse(res, arena_strdup(app->mem, name), "This member is not known here."), false;
	}
	*script = str_from(json_text(body, "script"));
	*variables = json_get(body, "variables");
	if (!json_text(body, "script"))
		return api_refuse(res, "script", "script must be a text."), false;
	if (str_characters(*script) > LIMIT_SCRIPT)
		return api_refuse(res, "script", "script must have at most 5000 characters."), false;
	if (!script_is_well_formed(*script))
		return api_refuse(res, "script", SCRIPT_MALFORMED), false;
	return read_variables(app, res, *variables);
}

static bool holds(struct json_object *list, const char *name)
{
	for (size_t i = 0; i < json_object_array_length(list); i++)
		if (!strcmp(json_object_get_string(json_object_array_get_idx(list, i)), name))
			return true;
	return false;
}

/* The names without value or default, each once, in their order. */
static struct json_object *missing_of(struct app *app, struct str script, struct json_object *variables)
{
	struct json_object *missing = json_object_new_array();
	struct script_part part;

	while (script.len && script_next(&script, &part)) {
		const char *name;

		if (!script_lacks(app->mem, &part, given, variables))
			continue;
		name = arena_strndup(app->mem, part.name.ptr, part.name.len);
		if (!holds(missing, name))
			json_object_array_add(missing, json_object_new_string(name));
	}
	return missing;
}

int agents_preview(struct app *app, struct request *req, struct response *res, struct err *err)
{
	struct json_object *body = api_body(req, res), *variables, *answer;
	struct str script;
	const char *text;
	int64_t characters;
	double price;
	bool known;

	(void)err;
	req->after = NULL; /* nothing is changed, so there is nothing for the trail */
	if (!body || !read_body(app, res, body, &script, &variables))
		return 0;
	text = script_preview(app->mem, script, given, variables);
	if (!text)
		return api_refuse(res, "script", "With these variables the script becomes too long to be spoken.");
	characters = (int64_t)str_characters(str_from(text));
	known = price_of_speech(&app->cfg, characters, &price);
	answer = json_owned(app->mem, json_object_new_object());
	json_put(answer, "text", text);
	json_object_object_add(answer, "missing", missing_of(app, script, variables));
	json_put_int(answer, "characters", characters);
	json_put_int(answer, "script_characters", (int64_t)str_characters(script));
	price_put(answer, &app->cfg, known, price);
	response_json(res, 200, str_from(json_write(answer)));
	return 0;
}
