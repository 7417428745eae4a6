/* See agents_api.h. */
#include "campaign/agents_api.h"

#include <inttypes.h>

#include "access/audit.h"
#include "app.h"
#include "base/json.h"
#include "campaign/agent.h"
#include "campaign/agent_use.h"
#include "campaign/newest.h"
#include "store/keys.h"
#include "web/api.h"

enum { CHANGE_TRIES = 10 }; /* against others who change the same agent */

static void answer(struct app *app, struct response *res, int status, const struct agent *agent)
{
	response_json(res, status, str_from(json_write(agent_json(app, agent))));
}

/* The agent that the path names; ERR_MISSING. */
static int find(struct app *app, const struct request *req, struct agent *agent, struct err *err)
{
	const char *id = api_id(req);

	return id ? agent_load(app, id, agent, err) : err_set(err, ERR_MISSING, "no id of an agent");
}

int agents_list(struct app *app, struct request *req, struct response *res, struct err *err)
{
	struct json_object *list = json_owned(app->mem, json_object_new_object()), *items = json_object_new_array();
	struct agent_uses *uses;
	struct newest_page page;
	struct newest newest;
	struct form form = { 0 };
	struct err bad = { 0 };
	const char **ids;

	json_object_object_add(list, "items", items);
	if (request_query(req, &form, &bad))
		return api_refuse(res, NULL, "The query could not be understood.");
	if (!newest_read(app, &form, res, &newest))
		return 0;
	if (newest_page(app, KEY_AGENTS, KEY_AGENT, &newest, NULL, &page, err))
		return -1;
	ids = arena_alloc(app->mem, (page.count + 1) * sizeof(*ids));
	uses = arena_alloc(app->mem, (page.count + 1) * sizeof(*uses));
	for (size_t i = 0; i < page.count; i++)
		ids[i] = reply_text(&page.rows[2 * i]);
	if (agent_uses_load(app, ids, page.count, uses, err))
		return -1;
	for (size_t i = 0; i < page.count; i++) {
		struct json_object *item;
		struct agent agent;

		if (!agent_of(app, ids[i], &page.rows[2 * i + 1], &agent))
			return err_set(err, ERR_SYSTEM, "an agent that cannot be read");
		item = agent_json(app, &agent);
		agent_uses_put(item, &uses[i]);
		json_object_array_add(items, json_object_get(item));
	}
	json_put(list, "next_cursor", page.next);
	response_json(res, 200, str_from(json_write(list)));
	return 0;
}

int agents_create(struct app *app, struct request *req, struct response *res, struct err *err)
{
	struct json_object *body = api_body(req, res);
	struct agent agent = { 0 };
	const char *field, *sentence;
	bool changed;

	if (!body)
		return 0;
	if (!agent_read(app, body, &agent, &field, &sentence))
		return api_refuse(res, field, sentence);
	if (agent_write(app, &agent, &changed, err))
		return -1;
	audit_say(req, "agent.create", agent.id, NULL);
	answer(app, res, 201, &agent);
	return 0;
}

int agents_show(struct app *app, struct request *req, struct response *res, struct err *err)
{
	struct agent_uses uses;
	struct json_object *json;
	struct agent agent;

	if (find(app, req, &agent, err) || agent_uses_load(app, &agent.id, 1, &uses, err))
		return -1;
	json = agent_json(app, &agent);
	agent_uses_put(json, &uses);
	response_json(res, 200, str_from(json_write(json)));
	return 0;
}

/* Takes "revision" out of the body: the edition that the change was made for, NULL when any will do.  False
 * when it was answered with 400. */
static bool take_edition(struct request *req, struct response *res, struct json_object *body, const char **edition)
{
	*edition = NULL;
	if (!json_object_object_get_ex(body, "revision", NULL))
		return true;
	*edition = arena_strdup(req->mem, json_text(body, "revision"));
	if (!*edition)
		return api_refuse(res, "revision", "revision must be the text that was read with the agent."), false;
	json_object_object_del(body, "revision");
	return true;
}

static int refuse_edition(struct response *res)
{
	response_error(res, 409, "conflict", "Somebody else has changed this agent since you opened it.", "revision");
	return 0;
}

int agents_change(struct app *app, struct request *req, struct response *res, struct err *err)
{
	struct json_object *body = api_body(req, res);
	struct agent agent;
	const char *field, *sentence, *edition, *before;
	bool changed = true;

	if (!body || !take_edition(req, res, body, &edition))
		return 0;
	for (int i = 0; changed && i < CHANGE_TRIES; i++) {
		if (find(app, req, &agent, err))
			return -1;
		before = agent_edition(app, &agent);
		if (!agent_read(app, body, &agent, &field, &sentence))
			return api_refuse(res, field, sentence);
		/* What is as wanted already needs no agreement: a change whose answer was lost is sent again. */
		if (edition && strcmp(edition, before) != 0 && strcmp(agent_edition(app, &agent), before) != 0)
			return refuse_edition(res);
		if (agent_write(app, &agent, &changed, err))
			return -1;
	}
	if (changed)
		return api_conflict(res, "This agent is being changed by others; try again.");
	audit_say(req, "agent.change", agent.id, NULL);
	answer(app, res, 200, &agent);
	return 0;
}

int agents_delete(struct app *app, struct request *req, struct response *res, struct err *err)
{
	struct agent agent;
	int64_t campaigns;

	if (find(app, req, &agent, err) || agent_delete(app, agent.id, &campaigns, err))
		return -1;
	if (campaigns)
		return api_conflict(res, arena_printf(app->mem, "%" PRId64 " %s this agent.", campaigns,
						      campaigns == 1 ? "campaign uses" : "campaigns use"));
	audit_say(req, "agent.delete", agent.id, NULL);
	res->status = 204;
	return 0;
}
