/* See call_conversation.h. */
#include "campaign/call_conversation.h"

#include "campaign/lead.h"
#include "campaign/script_text.h"
#include "vendors/elevenlabs_register.h"

static void put_filled(struct app *app, struct json_object *variables, const char *name, const struct lead *lead)
{
	struct lead copy = *lead;
	const char *missing, *value;

	value = script_render(app->mem, str_from(arena_printf(app->mem, "{{%s}}", name)), lead_lookup, &copy, &missing);
	if (value)
		json_put(variables, name, value);
}

static struct json_object *variables_of(struct app *app, const struct lead *lead, const char *attempt)
{
	struct json_object *variables = json_owned(app->mem, json_object_new_object());

	for (size_t i = 0; i < lead->variable_count; i++)
		json_put(variables, lead->variables[i].name, lead->variables[i].value);
	put_filled(app, variables, "name", lead);
	put_filled(app, variables, "first_name", lead);
	put_filled(app, variables, "phone", lead);
	/* Last: no lead's variable stands for it. */
	json_put(variables, "parley_call", attempt);
	return variables;
}

int call_conversation(struct app *app, const struct agent *agent, const struct call *call, struct str *twiml, struct err *err)
{
	const struct elevenlabs vendor = { app->http, app->clock, app->cfg.elevenlabs_base_url, app->cfg.elevenlabs_api_key };
	struct elevenlabs_phone_call wish = { .agent_id = agent->elevenlabs_agent_id, .from = call->from, .to = call->phone };
	struct lead lead;

	if (!wish.agent_id)
		wish.agent_id = app->cfg.elevenlabs_agent_id;
	if (!app->cfg.have_elevenlabs || !wish.agent_id)
		return err_set(err, ERR_MISSING, "no agent of ElevenLabs' is set");
	if (lead_load(app, call->campaign, call->lead, &lead, err))
		return -1;
	wish.variables = variables_of(app, &lead, call->id);
	return elevenlabs_register_call(&vendor, app->mem, &wish, twiml, err);
}
