/* See agents.h. */
#include "console/agents.h"

#include "access/actor.h"
#include "access/mask.h"
#include "app.h"
#include "base/limits.h"
#include "campaign/agent.h"
#include "campaign/agent_use.h"
#include "campaign/agent_variables.h"
#include "campaign/newest.h"
#include "console/options.h"
#include "console/page.h"
#include "console/voices.h"
#include "store/keys.h"
#include "web/api.h"

enum { EXCERPT = 140, NAME_KEPT = LIMIT_NAME - 8 };

static void fill_uses(struct app *app, struct view *v, const struct agent_uses *uses)
{
	for (size_t i = 0; i < uses->count; i++) {
		struct view *use = view_add(v, "USE");

		view_set(use, "ID", uses->told[i].id);
		view_set(use, "NAME", uses->told[i].name);
		view_set(use, "STATE", uses->told[i].state);
	}
	if (!uses->total)
		view_show(v, "UNUSED");
	if (uses->total > uses->count)
		view_set(view_add(v, "MORE"), "COUNT", arena_printf(app->mem, "%zu", uses->total - uses->count));
}

/* ---- the list ---- */

/* The script's beginning in one line. */
static const char *excerpt(struct app *app, const struct agent *agent)
{
	struct str script = str_trim(str_from(agent->script));
	size_t len = str_utf8_prefix(script, EXCERPT);

	return arena_printf(app->mem, "%.*s%s", (int)len, script.ptr, len < script.len ? " …" : "");
}

static void fill_row(struct app *app, struct view *row, const struct agent *agent, const struct agent_uses *uses)
{
	view_set(row, "ID", agent->id);
	view_set(row, "NAME", agent->name);
	view_set(row, "VOICE_ID", agent->voice_id);
	view_set(row, "LANGUAGE", agent->language ? language_words(agent->language) : "");
	view_set(row, "SCRIPT", excerpt(app, agent));
	if (agent->elevenlabs_agent_id)
		view_set(view_add(row, "TALKS"), "AGENT_ID", agent->elevenlabs_agent_id);
	page_time(row, "CHANGED", agent->changed_ms);
	fill_uses(app, row, uses);
}

static int fill_list(struct app *app, const struct request *req, struct view *v, const struct newest_page *list, struct err *err)
{
	struct agent_uses *uses = arena_alloc(app->mem, (list->count + 1) * sizeof(*uses));
	const char **ids = arena_alloc(app->mem, (list->count + 1) * sizeof(*ids));
	struct view *some;

	for (size_t i = 0; i < list->count; i++)
		ids[i] = reply_text(&list->rows[2 * i]);
	if (agent_uses_load(app, ids, list->count, uses, err))
		return -1;
	if (!list->count) {
		view_show(v, "NONE");
		return 0;
	}
	some = view_add(v, "SOME");
	for (size_t i = 0; i < list->count; i++) {
		struct agent agent;

		if (!agent_of(app, ids[i], &list->rows[2 * i + 1], &agent))
			return err_set(err, ERR_SYSTEM, "an agent that cannot be read");
		agent.name = shown_text(req, agent.name);
		agent.script = shown_text(req, agent.script);
		fill_row(app, view_add(some, "AGENT"), &agent, &uses[i]);
	}
	return 0;
}

static int agents_page(struct app *app, struct request *req, struct response *res, struct err *err)
{
	struct page p = page_begin(app, req, res, "agents", "Agents", "agents", "agents");
	struct newest_page list;
	struct newest newest;
	struct form form = { 0 };

	if (request_query(req, &form, err))
		return -1;
	if (!newest_read(app, &form, res, &newest))
		return err_set(err, ERR_INPUT, "a cursor or limit that is none");
	if (newest_page(app, KEY_AGENTS, KEY_AGENT, &newest, NULL, &list, err) || fill_list(app, req, p.view, &list, err))
		return -1;
	page_pager(p.view, NULL, list.next);
	return page_send(&p, err);
}

/* ---- one ---- */

static const char *words_of(const struct agent_variable *variable)
{
	if (variable->of_lead)
		return "of every lead";
	return variable->column ? "column of the leads" : "only in this script";
}

static int fill_variables(struct app *app, struct view *v, const struct agent *agent, struct err *err)
{
	struct agent_variables variables;

	if (agent_variables_load(app, agent->id, str_from(agent->script), &variables, err))
		return -1;
	for (size_t i = 0; i < variables.count; i++) {
		struct view *one;

		if (!variables.items[i].of_lead && !variables.items[i].column)
			continue;
		one = view_add(v, "VARIABLE");
		view_set(one, "NAME", variables.items[i].name);
		view_set(one, "WORDS", words_of(&variables.items[i]));
	}
	view_show(v, !variables.columns ? "COLUMNS_NONE" : variables.of_campaigns ? "COLUMNS_OWN" : "COLUMNS_OTHERS");
	return 0;
}

static void fill_agent(struct page *p, const struct agent *agent)
{
	struct view *v = p->view;

	view_set(v, "NAME", shown_text(p->req, agent->name));
	view_set(v, "SCRIPT", shown_text(p->req, agent->script));
	view_set(v, "VOICE_ID", agent->voice_id);
	view_set(v, "MODEL_ID", agent->model_id);
	view_set(v, "VOICE_SETTINGS", agent->voice_settings ? agent->voice_settings : "");
	view_set(v, "ELEVENLABS_AGENT_ID", agent->elevenlabs_agent_id);
	view_set(v, "STANDARD_AGENT", p->app->cfg.have_elevenlabs ? p->app->cfg.elevenlabs_agent_id : "none is set");
	view_set_int(v, "SCRIPT_MOST", LIMIT_SCRIPT);
	options_fill(v, "LANGUAGE", option_languages, option_language_count, agent->language);
	speech_values(p->app, v);
	if (!p->app->cfg.have_elevenlabs)
		page_part(v, "OFF", "voices-off");
	if (p->req->actor->role < ROLE_OPERATOR)
		view_show(v, "READONLY");
}

/* ?from= is an agent to begin with, ?voice= a voice; both only begin. */
static int begin_new(struct app *app, const struct form *form, struct agent *agent, struct err *err)
{
	const char *from = form_get(form, "from"), *voice = form_get(form, "voice"), *field, *sentence;
	struct err gone = { 0 };

	*agent = (struct agent){ 0 };
	if (from && str_is_token(str_from(from), 1, 64) && !agent_load(app, from, agent, &gone)) {
		agent->name = arena_printf(app->mem, "Copy of %.*s", (int)str_utf8_prefix(str_from(agent->name), NAME_KEPT), agent->name);
	} else if (gone.kind == ERR_SYSTEM) {
		*err = gone;
		return -1;
	} else {
		/* Nothing is given, so it is refused; what stays are the defaults. */
		agent_read(app, json_owned(app->mem, json_object_new_object()), agent, &field, &sentence);
		agent->name = agent->script = "";
	}
	if (voice && str_is_token(str_from(voice), 1, 64))
		agent->voice_id = voice;
	agent->id = NULL;
	return 0;
}

static int agent_new(struct app *app, struct request *req, struct response *res, struct err *err)
{
	struct page p = page_begin(app, req, res, "agent", "New agent", "agents", "agent");
	struct form form = { 0 };
	struct agent agent;

	if (request_query(req, &form, err) || begin_new(app, &form, &agent, err) || fill_variables(app, p.view, &agent, err))
		return -1;
	fill_agent(&p, &agent);
	view_show(p.view, "NEW");
	view_show(p.view, "UNUSED");
	return page_send(&p, err);
}

static int agent_page(struct app *app, struct request *req, struct response *res, struct err *err)
{
	const char *id = api_id(req);
	struct agent_uses uses;
	struct agent agent;
	struct view *stored;
	struct page p;

	if (!id)
		return err_set(err, ERR_MISSING, "no id of an agent");
	if (agent_load(app, id, &agent, err) || agent_uses_load(app, &agent.id, 1, &uses, err))
		return -1;
	p = page_begin(app, req, res, "agent", agent.name, "agents", "agent");
	if (fill_variables(app, p.view, &agent, err))
		return -1;
	fill_agent(&p, &agent);
	view_set(p.view, "ID", agent.id);
	view_set(p.view, "REVISION", agent_edition(app, &agent));
	view_set_int(p.view, "USES", (long long)uses.total);
	stored = view_add(p.view, "STORED");
	fill_uses(app, stored, &uses);
	fill_uses(app, p.view, &uses);
	page_time(stored, "CHANGED", agent.changed_ms);
	return page_send(&p, err);
}

static const struct route routes[] = {
	{ .method = "GET", .path = "/console/agents", .handler = agents_page },
	{ .method = "GET", .path = "/console/agents/new", .handler = agent_new },
	{ .method = "GET", .path = "/console/agents/:id", .handler = agent_page },
};

const struct route_table agents_routes = { routes, ARRAY_LEN(routes) };
