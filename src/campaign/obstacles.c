/* See obstacles.h. */
#include "campaign/obstacles.h"

#include "campaign/script_text.h"
#include "campaign/start_gate.h"

struct finding {
	struct app *app;
	const struct campaign_facts *of;
	struct obstacles *out;
};

int64_t standing_leads(const struct standing *s)
{
	int64_t leads = s->due;

	for (size_t i = 0; i < HELD_BLOCKS; i++)
		leads += s->held[i];
	return leads;
}

static struct obstacle *put(struct finding *f, const char *code, const char *href, const char *sentence)
{
	struct obstacle *o = &f->out->list[f->out->count];

	if (f->out->count < OBSTACLES_MOST)
		f->out->count++;
	*o = (struct obstacle){ .code = code, .sentence = sentence, .href = href };
	return o;
}

static const char *step(struct finding *f, int number)
{
	return arena_printf(f->app->mem, "/console/campaigns/%s/edit?step=%d", f->of->snapshot.campaign.id, number);
}

static void look_at_leads(struct finding *f)
{
	if (f->of->snapshot.campaign.copying)
		put(f, "copying", step(f, 2), "The campaign's leads are still being copied.");
	else if (!f->of->snapshot.campaign.leads)
		put(f, "no_leads", step(f, 2), "The campaign has no leads to call.");
}

static void look_at_agent(struct finding *f)
{
	const struct campaign *c = &f->of->snapshot.campaign;
	const struct agent *agent = &f->of->agent;
	const char *form;

	if (!f->of->has_agent) {
		put(f, "no_agent", step(f, 1), "The campaign has no agent: the one it names was deleted.");
		return;
	}
	form = arena_join(f->app->mem, "/console/agents/", agent->id);
	if (c->conversation && !agent->elevenlabs_agent_id && !f->app->cfg.elevenlabs_agent_id)
		put(f, "no_elevenlabs_agent", form,
		    "The campaign is a conversation, but neither its agent nor the settings name an agent of ElevenLabs.");
	if (c->conversation)
		return;
	if (!str_trim(str_from(agent->script)).len)
		put(f, "no_script", form, "The campaign is a broadcast, but its agent has no script.");
	else if (!script_is_well_formed(str_from(agent->script)))
		put(f, "bad_script", form, "The agent's script holds a placeholder that cannot be read.");
}

static void look_at_settings(struct finding *f)
{
	if (!f->app->cfg.have_twilio)
		put(f, "twilio_not_configured", "/console/settings", "Twilio is not configured.")->is_not_configured = true;
	if (!f->app->cfg.have_elevenlabs)
		put(f, "elevenlabs_not_configured", "/console/settings", "ElevenLabs is not configured.")->is_not_configured = true;
}

static int look_at_checks(struct finding *f, struct err *err)
{
	struct red_check red;

	if (start_gate(f->app, f->of->snapshot.campaign.conversation, &red, err))
		return -1;
	if (red.name)
		put(f, "check_failed", "/console/settings", red.sentence);
	return 0;
}

int campaign_facts_load(struct app *app, const char *id, struct campaign_facts *facts, struct err *err)
{
	struct campaign_facts *f = facts;
	struct err missing = { 0 };

	/* Groups only come: those read last hold all that were read first. */
	if (status_snapshot(app, id, clock_wall_ms(app->clock), &f->snapshot, err) ||
	    groups_load(app, &f->snapshot.campaign, &f->groups, &f->group_count, err))
		return -1;
	f->has_agent = !agent_load(app, f->snapshot.campaign.agent_id, &f->agent, &missing);
	return f->has_agent || missing.kind == ERR_MISSING ? 0 : err_set(err, missing.kind, "%s", missing.msg);
}

int obstacles_find(struct app *app, const struct campaign_facts *of, struct obstacles *obstacles, struct err *err)
{
	struct finding f = { app, of, obstacles };

	obstacles->count = 0;
	look_at_leads(&f);
	look_at_agent(&f);
	look_at_settings(&f);
	return look_at_checks(&f, err);
}

struct json_object *obstacles_json(const struct obstacles *obstacles)
{
	struct json_object *list = json_object_new_array();

	for (size_t i = 0; i < obstacles->count; i++) {
		struct json_object *one = json_object_new_object();

		json_put(one, "code", obstacles->list[i].code);
		json_put(one, "sentence", obstacles->list[i].sentence);
		json_put(one, "href", obstacles->list[i].href);
		json_object_array_add(list, one);
	}
	return list;
}
