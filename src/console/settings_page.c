/* See settings_page.h.  Everything is read from what the JSON API gives. */
#include "console/settings_page.h"

#include <inttypes.h>
#include <string.h>

#include "access/actor.h"
#include "access/mask.h"
#include "app.h"
#include "console/doctor_api.h"
#include "console/job_list.h"
#include "console/page.h"
#include "console/workspaces_api.h"
#include "doctor/doctor.h"

/* ---- checks ---- */

static const struct {
	const char *state, *tone, *words;
} looks[] = {
	{ "fail", "bad", "red" }, { "warn", "warn", "look" }, { "ok", "good", "ok" }, { "off", "", "off" },
};

/* Its place in the order red, to look at, not run yet, ok, off. */
static int rank_of(struct json_object *check)
{
	static const char *const order[] = { "fail", "warn", "", "ok", "off" };
	const char *state = json_text(check, "state");

	for (int i = 0; i < (int)ARRAY_LEN(order); i++)
		if (!strcmp(state ? state : "", order[i]))
			return i;
	return (int)ARRAY_LEN(order);
}

static void fill_check(struct view *group, struct json_object *check)
{
	const char *state = json_text(check, "state"), *todo = json_text(check, "todo");
	struct view *v = view_add(group, "CHECK");

	view_set(v, "TITLE", json_text(check, "title"));
	view_set(v, "NAME", json_text(check, "name"));
	view_set(v, "SENTENCE", state ? json_text(check, "sentence") : "Not looked at yet.");
	view_set(v, "TONE", "");
	view_set(v, "STATE", "–");
	for (size_t i = 0; state && i < ARRAY_LEN(looks); i++)
		if (!strcmp(state, looks[i].state)) {
			view_set(v, "TONE", looks[i].tone);
			view_set(v, "STATE", looks[i].words);
		}
	if (todo)
		view_set(view_add(v, "DO"), "ADVICE", todo);
}

/* The groups as they come, the worst first; within a group the worst first as well. */
static void fill_groups(struct view *v, struct json_object *items, size_t len)
{
	for (int rank = 0; rank < 5; rank++)
		for (size_t i = 0; i < len; i++) {
			const char *group = json_text(json_object_array_get_idx(items, i), "group");
			struct view *card;
			int worst = 9;

			/* A group is shown once, at its first check. */
			if (i && !strcmp(group, json_text(json_object_array_get_idx(items, i - 1), "group")))
				continue;
			for (size_t j = i; j < len && !strcmp(group, json_text(json_object_array_get_idx(items, j), "group")); j++)
				if (rank_of(json_object_array_get_idx(items, j)) < worst)
					worst = rank_of(json_object_array_get_idx(items, j));
			if (worst != rank)
				continue;
			card = view_add(v, "GROUP");
			view_set(card, "GROUP_NAME", group);
			for (int r = 0; r < 6; r++)
				for (size_t j = i; j < len && !strcmp(group, json_text(json_object_array_get_idx(items, j), "group")); j++)
					if (rank_of(json_object_array_get_idx(items, j)) == r)
						fill_check(card, json_object_array_get_idx(items, j));
		}
}

static void fill_summary(struct view *v, struct json_object *o)
{
	int64_t fail = 0, warn = 0, never = 0;
	bool running = false;

	json_int(o, "counts.fail", &fail);
	json_int(o, "counts.warn", &warn);
	json_int(o, "counts.never", &never);
	json_flag(o, "running", &running);
	page_count_of(v, "FAIL", o, "counts.fail");
	page_count_of(v, "WARN", o, "counts.warn");
	page_count_of(v, "OK", o, "counts.ok");
	page_time_of(v, "CHECKED", o, "checked_at");
	if (json_text(o, "checked_at"))
		view_show(v, "HAS_RUN");
	view_set(v, "MISSING", json_text(o, "not_set_up"));
	view_show(v, fail ? "IS_RED" : warn ? "IS_WORN" : never ? "IS_NEW" : json_text(o, "not_set_up") ? "IS_PART" : "IS_FINE");
	view_set(v, "RUNNING", running ? "yes" : "no");
	if (running)
		view_show(v, "IS_RUNNING");
}

/* ---- the settings themselves ---- */

static const char *source_words(enum setting_source source)
{
	return source == SETTING_ENVIRONMENT ? "environment" : source == SETTING_FILE ? "file" : "default";
}

static const char *shown_value(struct request *req, const struct setting_view *s)
{
	if (s->personal && s->value && req->actor->role == ROLE_VIEWER)
		return strchr(s->value, '@') ? shown_email(req, s->value) : shown_phone(req, s->value);
	return s->value;
}

static void fill_settings(struct app *app, struct request *req, struct view *v)
{
	struct setting_view *list;
	size_t count = config_settings(&app->cfg, app->mem, &list);

	view_set_int(v, "SETTING_COUNT", (long long)count);
	for (size_t i = 0; i < count; i++) {
		const struct setting_view *s = &list[i];
		struct view *row = view_add(v, "SETTING");
		bool set = s->source != SETTING_DEFAULT;

		view_set(row, "NAME", s->name);
		view_set(row, "MEANING", s->meaning);
		if (s->fallback)
			view_set(view_add(row, "HAS_DEFAULT"), "DEFAULT", s->fallback);
		view_set(row, "SOURCE", set ? source_words(s->source) : s->fallback ? "default" : "not set");
		if (s->secret)
			view_show(row, set ? "SECRET_SET" : "UNSET");
		else if (s->value)
			view_set(view_add(row, "SHOWN"), "VALUE", shown_value(req, s));
		else
			view_show(row, "UNSET");
	}
}

static const char *days(struct arena *mem, int seconds)
{
	return seconds % 86400 ? arena_printf(mem, "%d hours", (seconds + 3599) / 3600)
			       : arena_printf(mem, "%d day%s", seconds / 86400, seconds == 86400 ? "" : "s");
}

static void fill_retention(struct app *app, struct view *v)
{
	view_set(v, "LINK_LIFE", days(app->mem, app->cfg.session_ttl_s));
	view_set(v, "INTERVIEW_LIFE", days(app->mem, app->cfg.interview_keep_s));
	if (app->cfg.campaign_keep_s)
		view_set(view_add(v, "CAMPAIGNS_END"), "CAMPAIGN_LIFE", days(app->mem, app->cfg.campaign_keep_s));
	else
		view_show(v, "CAMPAIGNS_STAY");
}

static int show_settings(struct app *app, struct request *req, struct response *res, struct err *err)
{
	struct page p = page_begin(app, req, res, "settings", "Settings", "settings", "settings");
	struct json_object *o, *items;
	size_t len;

	if (doctor_json(app, &o, err))
		return -1;
	mask_json(req, o);
	items = json_list(o, "items", &len);
	fill_summary(p.view, o);
	fill_groups(p.view, items, len);
	fill_settings(app, req, p.view);
	fill_retention(app, p.view);
	return page_send(&p, err);
}

/* ---- dead letters ---- */

static void fill_job(struct app *app, struct view *v, struct json_object *job, bool can_change)
{
	struct view *row = view_add(v, "JOB");
	const char *object = json_text(job, "object"), *link = json_text(job, "link");
	struct view *about = object ? view_add(row, link ? "LINKED" : "PLAIN") : NULL;
	struct buf *id = buf_in(app->mem, 2048);

	buf_url(id, str_from(json_text(job, "id")));
	view_set(row, "ID", json_text(job, "id"));
	view_set(row, "TITLE", json_text(job, "title"));
	view_set(row, "REASON", json_text(job, "reason"));
	page_count_of(row, "ATTEMPTS", job, "attempts");
	page_time_of(row, "AT", job, "at");
	if (about) {
		view_set(about, "OBJECT", object);
		view_set(about, "LINK", link);
	}
	if (can_change)
		view_set(view_add(row, "ACTIONS"), "PATH", id->ptr);
}

static void fill_kinds(struct view *v, struct json_object *kinds, const char *chosen, bool can_change)
{
	json_object_object_foreach(kinds, kind, count) {
		struct view *item = view_add(v, "KIND");

		view_set(item, "KIND_NAME", kind);
		view_set(item, "TITLE", job_title(kind));
		view_set_int(item, "COUNT", json_object_get_int64(count));
		if (chosen && !strcmp(chosen, kind)) {
			view_show(item, "CHOSEN");
			if (can_change) {
				struct view *all = view_add(v, "RETRY_ALL");

				view_set(all, "KIND_NAME", kind);
				view_set(all, "TITLE", job_title(kind));
				view_set_int(all, "COUNT", json_object_get_int64(count));
			}
		}
	}
}

static int show_dead_letters(struct app *app, struct request *req, struct response *res, struct err *err)
{
	struct page p = page_begin(app, req, res, "dead-letters", "Dead letters", "dead-letters", NULL);
	bool can_change = req->actor->role >= ROLE_OPERATOR;
	struct json_object *o, *kinds, *items;
	struct job_question q;
	struct form form;
	const char *field, *next;
	size_t len;

	if (request_query(req, &form, err))
		return -1;
	if (job_question_read(app, &form, &q, &field) || strcmp(q.state, "dead"))
		return err_set(err, ERR_INPUT, "a question that cannot be understood");
	if (job_list_json(app, &q, &o, err) || job_kinds_json(app, &kinds, err))
		return -1;
	mask_json(req, o);
	items = json_list(o, "items", &len);
	view_show(p.view, len ? "SOME" : json_object_object_length(kinds) ? "NONE_OF_KIND" : "NONE");
	for (size_t i = 0; i < len; i++)
		fill_job(app, p.view, json_object_array_get_idx(items, i), can_change);
	fill_kinds(p.view, kinds, q.kind, can_change);
	if (!q.kind)
		view_show(p.view, "ALL_CHOSEN");
	next = json_text(o, "next_cursor");
	if (next) {
		struct buf *cursor = buf_in(app->mem, 2048);

		buf_url(cursor, str_from(next));
		next = cursor->ptr;
	}
	page_pager(p.view, q.kind ? arena_printf(app->mem, "kind=%s", q.kind) : NULL, next);
	return page_send(&p, err);
}

/* ---- workspaces ---- */

static void fill_workspace(struct view *v, struct json_object *w)
{
	struct view *row = view_add(v, "WORKSPACE");
	const char *organization = json_text(w, "organization");
	bool is_default = false;

	json_flag(w, "is_default", &is_default);
	view_set(row, "NAME", json_text(w, "name"));
	view_set(row, "ORGANIZATION", organization);
	view_set(row, "SCREENING", json_text(w, "screening_state"));
	view_set(row, "PASS", json_text(w, "pass_state"));
	view_set(row, "FAIL", json_text(w, "fail_state"));
	if (is_default) {
		view_show(row, "OF_SETTINGS");
	} else {
		struct view *own = view_add(row, "ADDED");

		view_set(own, "OWN_SCREENING", json_text(w, "own_states.screening_state"));
		view_set(own, "OWN_PASS", json_text(w, "own_states.pass_state"));
		view_set(own, "OWN_FAIL", json_text(w, "own_states.fail_state"));
	}
}

static int show_workspaces(struct app *app, struct request *req, struct response *res, struct err *err)
{
	struct page p = page_begin(app, req, res, "workspaces", "Workspaces", "workspaces", "workspaces");
	struct json_object *items;
	struct buf *webhook = buf_in(app->mem, 8 << 10);

	if (workspaces_json(app, &items, err))
		return -1;
	if (!json_object_array_length(items))
		view_show(p.view, "NONE");
	else
		view_show(p.view, "SOME");
	for (size_t i = 0; i < json_object_array_length(items); i++)
		fill_workspace(p.view, json_object_array_get_idx(items, i));
	buf_printf(webhook, "%s/api/webhooks/linear", app->cfg.webhook_base_url);
	view_set(p.view, "WEBHOOK", webhook->ptr);
	view_set(p.view, "SCREENING", app->cfg.linear_screening_state);
	view_set(p.view, "PASS", app->cfg.linear_pass_state);
	view_set(p.view, "FAIL", app->cfg.linear_fail_state);
	return page_send(&p, err);
}

static const struct route routes[] = {
	{ .method = "GET", .path = "/console/settings", .handler = show_settings },
	{ .method = "GET", .path = "/console/dead-letters", .handler = show_dead_letters },
	{ .method = "GET", .path = "/console/workspaces", .handler = show_workspaces, .admin = true },
};

const struct route_table settings_routes = { routes, ARRAY_LEN(routes) };
