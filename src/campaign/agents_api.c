/* See agents_api.h. */
#include "campaign/agents_api.h"

#include <inttypes.h>

#include "app.h"
#include "base/json.h"
#include "campaign/agent.h"
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
	struct newest_page page;
	struct newest newest;
	struct form form = { 0 };
	struct err bad = { 0 };

	json_object_object_add(list, "items", items);
	if (request_query(req, &form, &bad))
		return api_refuse(res, NULL, "The query could not be understood.");
	if (!newest_read(app, &form, res, &newest))
		return 0;
	if (newest_page(app, KEY_AGENTS, KEY_AGENT, &newest, NULL, &page, err))
		return -1;
	for (size_t i = 0; i < page.count; i++) {
		struct agent agent;

		if (!agent_of(app, reply_text(&page.rows[2 * i]), &page.rows[2 * i + 1], &agent))
			return err_set(err, ERR_SYSTEM, "an agent that cannot be read");
		json_object_array_add(items, json_object_get(agent_json(app, &agent)));
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
	answer(app, res, 201, &agent);
	return 0;
}

int agents_show(struct app *app, struct request *req, struct response *res, struct err *err)
{
	struct agent agent;

	if (find(app, req, &agent, err))
		return -1;
	answer(app, res, 200, &agent);
	return 0;
}

int agents_change(struct app *app, struct request *req, struct response *res, struct err *err)
{
	struct json_object *body = api_body(req, res);
	struct agent agent;
	const char *field, *sentence;
	bool changed = true;

	if (!body)
		return 0;
	for (int i = 0; changed && i < CHANGE_TRIES; i++) {
		if (find(app, req, &agent, err))
			return -1;
		if (!agent_read(app, body, &agent, &field, &sentence))
			return api_refuse(res, field, sentence);
		if (agent_write(app, &agent, &changed, err))
			return -1;
	}
	if (changed)
		return api_conflict(res, "This agent is being changed by others; try again.");
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
	res->status = 204;
	return 0;
}
