/* See campaigns_api.h. */
#include "campaign/campaigns_api.h"

#include "access/audit.h"
#include "app.h"
#include "base/json.h"
#include "campaign/campaign.h"
#include "campaign/campaign_settings.h"
#include "campaign/newest.h"
#include "campaign/obstacles.h"
#include "campaign/status.h"
#include "store/keys.h"
#include "web/api.h"

enum {
	CHANGE_TRIES = 10, /* against others who change the same campaign */
	BATCHES = 20,      /* that a request waits for; the runner does the rest */
};

static void answer(struct app *app, struct response *res, int status, const struct campaign *c)
{
	response_json(res, status, str_from(json_write(campaign_json(app, c))));
}

/* The campaign that the path names; ERR_MISSING. */
static int find(struct app *app, const struct request *req, struct campaign *c, struct err *err)
{
	const char *id = api_id(req);

	if (!id || campaign_load(app, id, c, err))
		return id ? -1 : err_set(err, ERR_MISSING, "no id of a campaign");
	return c->test_of ? err_set(err, ERR_MISSING, "a test call is no campaign") : 0;
}

/* ---- the list ---- */

/* One that cannot be read hides none of the others. */
static struct json_object *unreadable_json(struct app *app, const char *id, const struct reply *row)
{
	struct json_object *o = json_owned(app->mem, json_object_new_object());

	json_put(o, "id", id);
	json_put(o, "name", "(cannot be read)");
	json_put(o, "state", reply_field(row, "state"));
	json_put(o, "state_reason", "What is stored of this campaign cannot be read; the log says why.");
	return o;
}

static void answer_page(struct app *app, struct response *res, const struct newest_page *page)
{
	struct json_object *list = json_owned(app->mem, json_object_new_object()), *items = json_object_new_array();

	json_object_object_add(list, "items", items);
	for (size_t i = 0; i < page->count; i++) {
		const char *id = reply_text(&page->rows[2 * i]);
		struct json_object *item;
		struct err bad = { 0 };
		struct campaign c;

		if (!campaign_of_row(app, id, &page->rows[2 * i + 1], &c, &bad)) {
			item = campaign_json(app, &c);
		} else if (bad.kind == ERR_MISSING) {
			continue; /* deleted meanwhile */
		} else {
			log_event(&app->log, LOG_ERROR, "campaign.unreadable", LOG_TEXT("campaign", id), LOG_TEXT("reason", bad.msg));
			item = unreadable_json(app, id, &page->rows[2 * i + 1]);
		}
		json_object_array_add(items, json_object_get(item));
	}
	json_put(list, "next_cursor", page->next);
	response_json(res, 200, str_from(json_write(list)));
}

int campaigns_list(struct app *app, struct request *req, struct response *res, struct err *err)
{
	struct newest_page page;
	struct newest newest;
	struct form form = { 0 };
	struct err bad = { 0 };
	enum campaign_state known;
	const char *state;

	if (request_query(req, &form, &bad))
		return api_refuse(res, NULL, "The query could not be understood.");
	state = form_get(&form, "state");
	if (state && !campaign_state_read(state, &known))
		return api_refuse(res, "state", "state must be draft, running, paused, completed or stopped.");
	if (!newest_read(app, &form, res, &newest))
		return 0;
	if (newest_page(app, KEY_CAMPAIGNS, KEY_CAMPAIGN, &newest, state, &page, err))
		return -1;
	answer_page(app, res, &page);
	return 0;
}

/* ---- one ---- */

static int no_agent(struct response *res)
{
	return api_refuse(res, "agent_id", "There is no such agent.");
}

int campaigns_create(struct app *app, struct request *req, struct response *res, struct err *err)
{
	struct json_object *body = api_body(req, res), *settings;
	struct settings_problem problem;
	enum campaign_written written;
	struct campaign c;
	const char *id;

	if (!body)
		return 0;
	settings = campaign_settings_read(app->mem, body, NULL, app->cfg.twilio_caller_id, &problem);
	if (!settings)
		return api_refuse(res, problem.field, problem.sentence);
	if (campaign_write(app, NULL, settings, &id, &written, err))
		return -1;
	if (written != CAMPAIGN_WRITTEN)
		return no_agent(res);
	if (campaign_load(app, id, &c, err))
		return -1;
	audit_say(req, "campaign.create", id, c.name);
	answer(app, res, 201, &c);
	return 0;
}

int campaigns_show(struct app *app, struct request *req, struct response *res, struct err *err)
{
	struct campaign c;

	if (find(app, req, &c, err))
		return -1;
	answer(app, res, 200, &c);
	return 0;
}

int campaigns_change(struct app *app, struct request *req, struct response *res, struct err *err)
{
	struct json_object *body = api_body(req, res), *settings;
	enum campaign_written written = CAMPAIGN_CHANGED_SINCE;
	struct settings_problem problem;
	struct campaign c;
	const char *id;

	if (!body)
		return 0;
	for (int i = 0; written == CAMPAIGN_CHANGED_SINCE && i < CHANGE_TRIES; i++) {
		if (find(app, req, &c, err))
			return -1;
		settings = campaign_settings_read(app->mem, body, c.settings, NULL, &problem);
		if (!settings)
			return api_refuse(res, problem.field, problem.sentence);
		if (campaign_write(app, &c, settings, &id, &written, err))
			return -1;
	}
	if (written == CAMPAIGN_WITHOUT_AGENT)
		return no_agent(res);
	if (written == CAMPAIGN_CHANGED_SINCE)
		return api_conflict(res, "This campaign is being changed by others; try again.");
	audit_say(req, "campaign.change", c.id, c.name);
	return campaigns_show(app, req, res, err);
}

int campaigns_delete(struct app *app, struct request *req, struct response *res, struct err *err)
{
	enum campaign_deleted deleted;
	struct campaign c;
	bool more = true;

	if (find(app, req, &c, err) || campaign_delete(app, c.id, &deleted, err))
		return -1;
	if (deleted == CAMPAIGN_IS_RUNNING)
		return api_conflict(res, "The campaign is running: stop it before it is deleted.");
	if (deleted == CAMPAIGN_IS_CALLING)
		return api_conflict(res, "A call of the campaign has not ended yet: delete it when it has.");
	if (deleted == CAMPAIGN_IS_COPIED)
		return api_conflict(res, "The campaign's leads are being copied into another one: delete it when they are.");
	log_event(&app->log, LOG_INFO, "campaign.deleted", LOG_TEXT("campaign", c.id));
	audit_say(req, "campaign.delete", c.id, c.name);
	for (int i = 0; more && i < BATCHES; i++)
		if (campaign_delete_batch(app, c.id, &more, err))
			return -1;
	res->status = 204;
	return 0;
}

/* ---- its state ---- */

enum { FROM_RUNNING = 1 << CAMPAIGN_RUNNING, FROM_PAUSED = 1 << CAMPAIGN_PAUSED, FROM_DRAFT = 1 << CAMPAIGN_DRAFT };

/* Whether an action that has it running applies; else it was answered and *can is false.  What is missing
 * may have been taken away while it was paused. */
static int can_run(struct app *app, struct response *res, const struct campaign *c, bool *can, struct err *err)
{
	struct obstacles obstacles;
	struct campaign_facts facts;

	*can = false;
	if (campaign_facts_load(app, c->id, &facts, err) || obstacles_find(app, &facts, &obstacles, err))
		return -1;
	if (!obstacles.count) {
		*can = true;
		return 0;
	}
	if (obstacles.list[0].is_not_configured)
		response_error(res, 503, "not_configured", obstacles.list[0].sentence, NULL);
	else
		api_conflict(res, obstacles.list[0].sentence);
	return 0;
}

static int refuse_state(struct response *res, const struct campaign *c, const char *otherwise)
{
	return api_conflict(res, arena_printf(res->mem, "The campaign is %s; %s", campaign_state_name(c->state), otherwise));
}

struct action {
	unsigned from;
	enum campaign_state to;
	const char *reason, *otherwise, *event;
};

/* Moves it, unless that does not apply: then it was answered and *moved is false. */
static int act(struct app *app, struct request *req, struct response *res, const struct action *a, struct campaign *c,
	       bool *moved, struct err *err)
{
	bool can;

	*moved = false;
	if (find(app, req, c, err))
		return -1;
	if (!(a->from >> c->state & 1))
		return refuse_state(res, c, a->otherwise);
	if (a->to == CAMPAIGN_RUNNING) {
		if (can_run(app, res, c, &can, err))
			return -1;
		if (!can)
			return 0;
	}
	if (campaign_move(app, c->id, a->from, a->to, a->reason, moved, err))
		return -1;
	if (!*moved)
		return campaign_load(app, c->id, c, err) ? -1 : refuse_state(res, c, a->otherwise);
	log_event(&app->log, LOG_INFO, a->event, LOG_TEXT("campaign", c->id));
	audit_say(req, a->event, c->id, c->name);
	return 0;
}

static int act_and_show(struct app *app, struct request *req, struct response *res, const struct action *a,
			struct err *err)
{
	struct campaign c;
	bool moved;

	if (act(app, req, res, a, &c, &moved, err))
		return -1;
	return moved ? campaigns_show(app, req, res, err) : 0;
}

int campaigns_start(struct app *app, struct request *req, struct response *res, struct err *err)
{
	static const struct action action = { FROM_DRAFT, CAMPAIGN_RUNNING, "Started by an operator.",
					      "only a draft can be started.", "campaign.started" };

	return act_and_show(app, req, res, &action, err);
}

int campaigns_pause(struct app *app, struct request *req, struct response *res, struct err *err)
{
	static const struct action action = { FROM_RUNNING, CAMPAIGN_PAUSED, "Paused by an operator.",
					      "only a running one can be paused.", "campaign.paused" };

	return act_and_show(app, req, res, &action, err);
}

int campaigns_resume(struct app *app, struct request *req, struct response *res, struct err *err)
{
	static const struct action action = { FROM_PAUSED, CAMPAIGN_RUNNING, "Resumed by an operator.",
					      "only a paused one can be resumed.", "campaign.resumed" };

	return act_and_show(app, req, res, &action, err);
}

int campaigns_stop(struct app *app, struct request *req, struct response *res, struct err *err)
{
	static const struct action action = { FROM_RUNNING | FROM_PAUSED, CAMPAIGN_STOPPED, "Stopped by an operator.",
					      "only a running or paused one can be stopped.", "campaign.stopped" };
	struct campaign c;
	bool moved, more = true;

	if (act(app, req, res, &action, &c, &moved, err))
		return -1;
	if (!moved)
		return 0;
	for (int i = 0; more && i < BATCHES; i++)
		if (campaign_sweep(app, c.id, &more, err))
			return -1;
	return campaigns_show(app, req, res, err);
}

int campaigns_status(struct app *app, struct request *req, struct response *res, struct err *err)
{
	const char *id = api_id(req);
	struct json_object *status;

	if (!id)
		return err_set(err, ERR_MISSING, "no id of a campaign");
	if (status_json(app, id, &status, err))
		return -1;
	response_json(res, 200, str_from(json_write(status)));
	return 0;
}
