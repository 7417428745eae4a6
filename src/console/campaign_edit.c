/* See campaigns.h: a campaign is made and changed in steps, each of which is saved by itself through the
 * JSON API.  What can be shown without a script is written here. */
#include "console/campaigns.h"

#include <stdio.h>
#include <string.h>

#include "access/actor.h"
#include "access/mask.h"
#include "app.h"
#include "campaign/agent.h"
#include "campaign/newest.h"
#include "campaign/obstacles.h"
#include "campaign/script_text.h"
#include "console/page.h"
#include "console/words.h"
#include "store/keys.h"
#include "web/api.h"

enum { STEPS = 7, AGENTS_MOST = 100, TEST_VARIABLES_MOST = 20 };

/* What every step is filled from. */
struct editing {
	struct app *app;
	struct request *req;
	struct view *v;                     /* the step's part */
	const struct campaign_facts *facts; /* NULL: a new campaign */
	const struct campaign *c;           /* the same */
	bool editable;
	int step;                           /* from 1 */
};

static struct json_object *setting(const struct editing *e, const char *path)
{
	return e->c ? json_path(e->c->settings, path) : NULL;
}

static void set_text(const struct editing *e, const char *name, const char *path)
{
	const char *text = e->c ? json_text(e->c->settings, path) : NULL;

	view_set(e->v, name, text ? text : "");
}

static void set_json(const struct editing *e, const char *name, const char *path)
{
	struct json_object *value = setting(e, path);

	view_set(e->v, name, value ? json_write(value) : "null");
}

/* ---- 1: basics ---- */

static void add_agent(struct editing *e, const char *id, const char *name, bool selected)
{
	struct view *option = view_add(e->v, "AGENT");

	view_set(option, "VALUE", id);
	view_set(option, "LABEL", name);
	if (selected)
		view_show(option, "SELECTED");
}

static int fill_agents(struct editing *e, const char *chosen, struct err *err)
{
	const struct newest newest = { .limit = AGENTS_MOST, .from_ms = "+inf", .from_id = "" };
	struct newest_page page;
	bool there = false;

	if (newest_page(e->app, KEY_AGENTS, KEY_AGENT, &newest, NULL, &page, err))
		return -1;
	for (size_t i = 0; i < page.count; i++) {
		const char *id = reply_text(&page.rows[2 * i]);
		bool selected = chosen && !strcmp(id, chosen);
		struct agent agent;

		if (!agent_of(e->app, id, &page.rows[2 * i + 1], &agent))
			continue;
		add_agent(e, id, agent.name, selected);
		there |= selected;
	}
	if (e->facts && e->facts->has_agent && !there)
		add_agent(e, e->facts->agent.id, e->facts->agent.name, true);
	if (!e->c && !there)
		view_show(e->v, "CHOOSE");
	return 0;
}

static const char *asked_agent(struct request *req)
{
	struct form form = { 0 };
	struct err bad = { 0 };

	return request_query(req, &form, &bad) ? NULL : form_get(&form, "agent");
}

static int fill_basics(struct editing *e, struct err *err)
{
	const char *caller = e->c ? e->c->caller_id : e->app->cfg.have_twilio ? e->app->cfg.twilio_caller_id : "";

	set_text(e, "NAME", "name");
	view_set(e->v, "CALLER_ID", shown_phone(e->req, caller));
	view_show(e->v, e->c && e->c->conversation ? "CONVERSATION" : "BROADCAST");
	if (e->facts && e->facts->has_agent)
		view_set(view_add(e->v, "HAS_AGENT"), "AGENT_ID", e->facts->agent.id);
	return fill_agents(e, e->c ? e->c->agent_id : asked_agent(e->req), err);
}

/* ---- 2: leads ---- */

static int fill_leads(struct editing *e, struct err *err)
{
	const struct reply *counts = &e->facts->snapshot.counts;
	int64_t total = reply_field_int(counts, "total", 0);
	int64_t suppressed = reply_field_int(&e->facts->snapshot.outcomes, "suppressed", 0);
	struct reply names;
	struct view *have, *list;

	view_set(e->v, "ID", e->c->id);
	if (!total) {
		view_show(e->v, "NONE");
		return 0;
	}
	have = view_add(e->v, "HAVE");
	view_set_int(have, "TOTAL", total);
	if (suppressed)
		view_set_int(view_add(have, "SUPPRESSED"), "COUNT", suppressed);
	if (store_call(e->app->store, e->app->mem, &names, err, "ZRANGE", key_of(e->app->mem, KEY_VARIABLES, e->c->id), "0", "49", NULL))
		return -1;
	list = names.count ? view_add(have, "VARIABLES") : NULL;
	for (size_t i = 0; i < names.count; i++)
		view_set(view_add(list, "VARIABLE"), "WORD", arena_printf(e->app->mem, "{{%s}}", reply_text(&names.items[i])));
	return 0;
}

/* ---- 3: hours ---- */

/* "24:00" is midnight, which the browser's field calls 00:00. */
static void set_time(const struct editing *e, const char *name, const char *path, const char *otherwise)
{
	const char *text = json_text(e->c->settings, path);

	text = text ? text : otherwise;
	view_set(e->v, name, strcmp(text, "24:00") ? text : "00:00");
}

static bool has_day(const struct editing *e, const char *day)
{
	size_t count;
	struct json_object *days = json_list(e->c->settings, "calling_hours.days", &count);

	for (size_t i = 0; i < count; i++)
		if (!strcmp(json_object_get_string(json_object_array_get_idx(days, i)), day))
			return true;
	return false;
}

static int fill_hours(struct editing *e, struct err *err)
{
	static const char *const days[][2] = { { "mon", "Monday" }, { "tue", "Tuesday" }, { "wed", "Wednesday" },
					       { "thu", "Thursday" }, { "fri", "Friday" }, { "sat", "Saturday" },
					       { "sun", "Sunday" } };

	(void)err;
	set_text(e, "TIMEZONE", "timezone");
	set_json(e, "HOURS_JSON", "holidays");
	for (size_t i = 0; i < ARRAY_LEN(days); i++) {
		struct view *day = view_add(e->v, "DAY");

		view_set(day, "VALUE", days[i][0]);
		view_set(day, "LABEL", days[i][1]);
		if (has_day(e, days[i][0]))
			view_show(day, "CHECKED");
	}
	set_time(e, "START", "calling_hours.start", "09:00");
	set_time(e, "END", "calling_hours.end", "20:00");
	if (e->c->recipient_hours.set)
		view_show(e->v, "RECIPIENT");
	set_time(e, "RECIPIENT_START", "recipient_hours.start", "08:00");
	set_time(e, "RECIPIENT_END", "recipient_hours.end", "21:00");
	return 0;
}

/* ---- 4: pace, 5: retries, 6: keys ---- */

static int fill_pace(struct editing *e, struct err *err)
{
	(void)err;
	view_set(e->v, "PACE", arena_printf(e->app->mem, "%g", e->c->calls_per_second));
	view_set(e->v, "ACCOUNT_PACE", arena_printf(e->app->mem, "%g", e->app->cfg.twilio_calls_per_second));
	view_set_int(e->v, "SLOTS", e->c->max_concurrent_calls);
	view_set_int(e->v, "CAP", e->c->daily_cap);
	return 0;
}

static int fill_retries(struct editing *e, struct err *err)
{
	static const char *const delays[][2] = { { "no_answer", "After no answer" }, { "busy", "After busy" },
						 { "voicemail", "After a machine" }, { "failed", "After a failure" } };
	static const char *const voicemail[] = { "HANG_UP", "LEAVE_MESSAGE", "IGNORE" };

	(void)err;
	set_json(e, "RETRY_JSON", "retry");
	view_set_int(e->v, "ATTEMPTS", e->c->retry.max_attempts);
	for (size_t i = 0; i < ARRAY_LEN(delays); i++) {
		struct view *delay = view_add(e->v, "DELAY");

		view_set(delay, "CODE", delays[i][0]);
		view_set(delay, "LABEL", delays[i][1]);
	}
	view_show(e->v, voicemail[e->c->voicemail]);
	return 0;
}

static int fill_keys(struct editing *e, struct err *err)
{
	(void)err;
	set_json(e, "KEYS_JSON", "keys");
	if (e->c->speech)
		view_show(e->v, "SPEECH");
	if (e->c->conversation)
		view_show(e->v, "CONVERSATION");
	return 0;
}

/* ---- 7: review ---- */

static const char *note_name(void *ctx, const char *name)
{
	struct json_object *names = ctx;

	json_object_object_add(names, name, NULL);
	return "x"; /* every variable is there: each of them is asked for */
}

/* What the script names is asked for before a test call. */
static int fill_review(struct editing *e, struct err *err)
{
	struct json_object *names = json_owned(e->app->mem, json_object_new_object());
	const char *missing;
	size_t count = 0;

	(void)err;
	view_set(e->v, "TEST_VARIABLES", "");
	if (!e->facts->has_agent || e->c->conversation)
		return 0;
	(void)script_render(e->app->mem, str_from(e->facts->agent.script), note_name, names, &missing);
	json_object_object_foreach(names, name, value) {
		struct view *one;
		(void)value;
		if (!strcmp(name, "phone") || count++ == TEST_VARIABLES_MOST)
			continue;
		one = view_add(e->v, "TEST_VARIABLE");
		view_set(one, "NAME", name);
		view_set(one, "SAMPLE", "");
	}
	return 0;
}

/* ---- the steps ---- */

static const struct step {
	const char *name, *label, *template;
	int (*fill)(struct editing *e, struct err *err);
	bool has_form;
} steps[STEPS] = {
	{ "basics", "Basics", "campaign-basics", fill_basics, true },
	{ "leads", "Leads", "campaign-leads", fill_leads, false },
	{ "hours", "Hours", "campaign-hours", fill_hours, true },
	{ "pace", "Pace", "campaign-pace", fill_pace, true },
	{ "retries", "Retries", "campaign-retries", fill_retries, true },
	{ "keys", "Keys and speech", "campaign-keys", fill_keys, true },
	{ "review", "Review", "campaign-review", fill_review, false },
};

/* By its name or number; the first for anything else. */
static int read_step(struct request *req)
{
	struct form form = { 0 };
	struct err bad = { 0 };
	const char *step = request_query(req, &form, &bad) ? NULL : form_get(&form, "step");
	long long number = step ? str_number(str_from(step), STEPS) : 0;

	for (int i = 0; step && i < STEPS; i++)
		if (!strcmp(step, steps[i].name))
			return i + 1;
	return number >= 1 ? (int)number : 1;
}

static const char *href(struct app *app, const char *id, int step)
{
	return arena_printf(app->mem, "/console/campaigns/%s/edit?step=%s", id, steps[step - 1].name);
}

/* A step with something that keeps the campaign from starting. */
static bool needs_attention(const struct obstacles *obstacles, int step)
{
	for (size_t i = 0; i < obstacles->count; i++) {
		const char *at = strstr(obstacles->list[i].href, "/edit?step=");

		if (at && at[strlen("/edit?step=")] == '0' + step)
			return true;
	}
	return false;
}

static void fill_steps(struct app *app, struct view *v, const char *id, int current, const struct obstacles *obstacles)
{
	for (int i = 1; i <= STEPS; i++) {
		struct view *link = view_add(v, "STEP_LINK"), *inner;

		view_set_int(link, "NUMBER", i);
		view_set(link, "LABEL", steps[i - 1].label);
		inner = view_add(link, id ? "OPEN" : "SHUT");
		if (id)
			view_set(inner, "HREF", href(app, id, i));
		if (i == current)
			view_show(inner, "CURRENT");
		if (id && needs_attention(obstacles, i))
			view_show(inner, "ATTENTION");
	}
}

static void fill_save(struct editing *e)
{
	struct view *save = page_part(e->v, "SAVE", "campaign-save"), *editable;

	if (!e->editable)
		return;
	editable = view_add(save, "EDITABLE");
	view_show(editable, e->c ? "LATER" : "FIRST");
	if (e->c && e->step > 1)
		view_set(view_add(editable, "BACK"), "HREF", href(e->app, e->c->id, e->step - 1));
}

static int fill_step(struct page *p, struct editing *e, struct err *err)
{
	const struct step *step = &steps[e->step - 1];

	e->v = page_part(p->view, "STEP", step->template);
	if (e->c)
		view_set(e->v, "ID", e->c->id);
	view_show(e->v, e->editable ? "EDITABLE" : "READONLY");
	view_set(p->view, "STEP_NAME", step->name);
	if (e->editable)
		view_show(p->view, "EDITABLE");
	if (step->has_form)
		fill_save(e);
	return step->fill(e, err);
}

/* ---- the pages ---- */

static bool may_change(const struct request *req)
{
	return req->actor->role >= ROLE_OPERATOR;
}

static const char *state_words(const struct campaign *c)
{
	switch (c->state) {
	case CAMPAIGN_DRAFT:
		return "A draft: nobody is called before it is started. Each step is saved by itself; leave and go on at any time.";
	case CAMPAIGN_RUNNING:
		return "It is running: what you save holds from the next call on.";
	case CAMPAIGN_PAUSED:
		return "It is paused: what you save holds when it is resumed.";
	default:
		return "It has ended.";
	}
}

int page_campaign_new(struct app *app, struct request *req, struct response *res, struct err *err)
{
	struct editing e = { .app = app, .req = req, .step = 1, .editable = may_change(req) };
	struct obstacles none = { .count = 0 };
	struct page p = page_begin(app, req, res, "campaign-edit", "New campaign", "campaigns", "campaign-edit");

	view_show(p.view, "NEW");
	view_set(p.view, "ID", "");
	view_set(p.view, "STATE_CODE", "");
	if (!e.editable)
		view_set(view_add(p.view, "READONLY"), "READONLY_WORDS", "Your role lets you look, but not change.");
	fill_steps(app, p.view, NULL, 1, &none);
	return fill_step(&p, &e, err) ? -1 : page_send(&p, err);
}

int page_campaign_edit(struct app *app, struct request *req, struct response *res, struct err *err)
{
	struct editing e = { .app = app, .req = req, .step = read_step(req) };
	const char *id = api_id(req);
	struct obstacles obstacles;
	struct campaign_facts facts;
	const struct campaign *c = &facts.snapshot.campaign;
	bool ended;
	struct page p;

	if (!id)
		return err_set(err, ERR_MISSING, "no id of a campaign");
	if (campaign_facts_load(app, id, &facts, err) || obstacles_find(app, &facts, &obstacles, err))
		return -1;
	if (c->test_of)
		return err_set(err, ERR_MISSING, "a test call is no campaign");
	mask_json(req, c->settings);
	ended = c->state == CAMPAIGN_COMPLETED || c->state == CAMPAIGN_STOPPED;
	e.facts = &facts;
	e.c = c;
	e.editable = may_change(req) && !ended;
	p = page_begin(app, req, res, "campaign-edit", c->name, "campaigns", "campaign-edit");
	view_set(p.view, "ID", c->id);
	view_set(p.view, "NAME", c->name);
	view_set(p.view, "STATE", words_of(app->mem, campaign_state_name(c->state)));
	view_set(p.view, "STATE_CODE", campaign_state_name(c->state));
	view_set(p.view, "STATE_TONE", tone_of(campaign_state_name(c->state)));
	view_set(p.view, "STATE_WORDS", state_words(c));
	view_show(p.view, "STORED");
	if (c->state == CAMPAIGN_DRAFT)
		view_show(p.view, "IS_DRAFT");
	if (!e.editable)
		view_set(view_add(p.view, "READONLY"), "READONLY_WORDS",
			 ended ? "This campaign has ended and stays as it is. Clone it to go on from its settings."
			       : "Your role lets you look, but not change.");
	fill_steps(app, p.view, c->id, e.step, &obstacles);
	return fill_step(&p, &e, err) ? -1 : page_send(&p, err);
}
