/* The ElevenLabs agent as the doctor sees it: it must exist, be closed to
 * strangers, take no orders from the candidate's browser, and speak of what an
 * interview gives it. */
#include <stdio.h>
#include <string.h>

#include "base/json.h"
#include "doctor/checks.h"
#include "vendors/elevenlabs.h"

/* What a session gives the agent (contract 3.1). */
static const char *const variables[] = {
	"company_name", "candidate_name", "job_description", "job_application", "conversation_pointers",
};

static void look_at_auth(struct findings *f, struct json_object *agent)
{
	bool enabled = false;

	if (json_flag(agent, "platform_settings.auth.enable_auth", &enabled) && enabled)
		findings_add(f, FINDING_OK, "elevenlabs", NULL, "The agent talks only with a signed URL.");
	else
		findings_add(f, FINDING_FAILURE, "elevenlabs", "Switch on authentication in the agent's security settings.",
			     "This is a public agent: anyone who knows its id can talk at your expense.");
}

/* The path of the first override that is switched on; NULL: none. */
static const char *allowed_override(struct arena *mem, struct json_object *o, const char *path)
{
	if (json_object_is_type(o, json_type_boolean))
		return json_object_get_boolean(o) ? path : NULL;
	if (!json_object_is_type(o, json_type_object))
		return NULL;
	json_object_object_foreach(o, name, value) {
		const char *found = allowed_override(mem, value, arena_printf(mem, "%s%s%s", path, *path ? "." : "", name));

		if (found)
			return found;
	}
	return NULL;
}

static void look_at_overrides(struct findings *f, struct json_object *agent)
{
	struct json_object *overrides = json_path(agent, "platform_settings.overrides");
	const char *open = allowed_override(f->mem, json_get(overrides, "conversation_config_override"), "");

	if (open)
		findings_add(f, FINDING_WARNING, "elevenlabs", "Switch off overrides in the agent's security settings.",
			     "A candidate's browser may override %s.", open);
	else
		findings_add(f, FINDING_OK, "elevenlabs", NULL, "A candidate's browser can override nothing.");
}

/* {{name}}, with or without blanks inside the braces. */
static bool names_variable(struct arena *mem, const char *text, const char *name)
{
	return text && (strstr(text, arena_printf(mem, "{{%s}}", name)) || strstr(text, arena_printf(mem, "{{ %s }}", name)));
}

static void look_at_variables(struct findings *f, struct json_object *agent)
{
	const char *first = json_text(agent, "conversation_config.agent.first_message");
	const char *prompt = json_text(agent, "conversation_config.agent.prompt.prompt");
	struct buf *missing = buf_in(f->mem, 512);

	for (size_t i = 0; i < ARRAY_LEN(variables); i++)
		if (!names_variable(f->mem, first, variables[i]) && !names_variable(f->mem, prompt, variables[i]))
			buf_printf(missing, "%s%s", missing->len ? ", " : "", variables[i]);
	if (missing->len)
		findings_add(f, FINDING_WARNING, "elevenlabs", "Write them as {{name}} into the agent's prompt or first message.",
			     "The agent is never told: %s.", missing->ptr);
	else
		findings_add(f, FINDING_OK, "elevenlabs", NULL, "The agent uses all that an interview gives it.");
}

void doctor_agent(struct app *app, struct findings *f)
{
	const struct elevenlabs e = { app->http, app->clock, app->cfg.elevenlabs_base_url, app->cfg.elevenlabs_api_key };
	struct json_object *agent;
	struct err err = { 0 };

	if (!app->cfg.have_elevenlabs)
		return;
	if (!elevenlabs_agent(&e, app->mem, app->cfg.elevenlabs_agent_id, &agent, &err)) {
		findings_add(f, FINDING_OK, "elevenlabs", NULL, "The agent exists.");
		look_at_auth(f, agent);
		look_at_overrides(f, agent);
		look_at_variables(f, agent);
	} else if (err.kind == ERR_DENIED) {
		findings_add(f, FINDING_FAILURE, "elevenlabs", "Put a valid key into ELEVENLABS_API_KEY.",
			     "The key is not accepted.");
	} else if (err.kind == ERR_MISSING) {
		findings_add(f, FINDING_FAILURE, "elevenlabs", "Put the id of an agent of this account into ELEVENLABS_AGENT_ID.",
			     "There is no such agent.");
	} else {
		findings_add(f, FINDING_FAILURE, "elevenlabs", "Look at the vendor's status page and the account; then try again.",
			     "%s.", err.msg);
	}
}
