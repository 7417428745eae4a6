/* See page.h. */
#include "console/page.h"

#include <stdio.h>

#include "access/actor.h"
#include "access/mask.h"
#include "app.h"

/* Everything is our own, samples of voices too: they come through /api/voice. */
#define POLICY \
	"default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self'; " \
	"connect-src 'self'; media-src 'self' blob:; base-uri 'none'; form-action 'self'; " \
	"frame-ancestors 'none'"

/* The navigation: section, address, label, icon of static/console/icons.svg. */
static const struct entry {
	const char *section, *href, *label, *icon;
	enum role role;
} navigation[] = {
	{ "overview", "/console/", "Overview", "home", ROLE_VIEWER },
	{ "interviews", "/console/interviews", "Interviews", "talk", ROLE_VIEWER },
	{ "campaigns", "/console/campaigns", "Campaigns", "campaign", ROLE_VIEWER },
	{ "calls", "/console/calls", "Calls", "phone", ROLE_VIEWER },
	{ "do-not-call", "/console/do-not-call", "Do not call", "stop", ROLE_VIEWER },
	{ "agents", "/console/agents", "Agents", "agent", ROLE_VIEWER },
	{ "voices", "/console/voices", "Voices", "voice", ROLE_VIEWER },
	{ "settings", "/console/settings", "Settings", "settings", ROLE_VIEWER },
	{ "dead-letters", "/console/dead-letters", "Dead letters", "letter", ROLE_VIEWER },
	{ "workspaces", "/console/workspaces", "Workspaces", "workspace", ROLE_ADMIN },
	{ "operators", "/console/operators", "Operators", "people", ROLE_ADMIN },
	{ "audit", "/console/audit", "Audit trail", "trail", ROLE_ADMIN },
};

static const char *role_words(enum role role)
{
	return role == ROLE_ADMIN ? "Administrator" : role == ROLE_OPERATOR ? "Operator" : "Viewer";
}

static void headers(struct response *res)
{
	response_type(res, "text/html; charset=utf-8");
	response_header(res, "Content-Security-Policy", POLICY);
	response_header(res, "Permissions-Policy", "microphone=(), camera=(), geolocation=()");
	response_header(res, "Referrer-Policy", "same-origin");
	response_header(res, "X-Robots-Tag", "noindex, nofollow");
	response_header(res, "X-Frame-Options", "DENY");
	response_header(res, "Cache-Control", "no-store");
}

static void fill_navigation(struct view *shell, const struct actor *actor, const char *section, const char *version)
{
	for (size_t i = 0; i < ARRAY_LEN(navigation); i++) {
		const struct entry *e = &navigation[i];
		struct view *item;

		if (actor->role < e->role)
			continue;
		item = view_add(shell, "NAV");
		view_set(item, "HREF", e->href);
		view_set(item, "LABEL", e->label);
		view_set(item, "ICON", e->icon);
		view_set(item, "ASSET_VERSION", version);
		if (section && !strcmp(section, e->section))
			view_show(item, "CURRENT");
	}
}

struct view *page_bare(struct app *app, struct request *req, struct response *res)
{
	struct view *v = view_new(req->mem);

	view_root(v, app->cfg.data_dir);
	headers(res);
	view_set(v, "ASSET_VERSION", app->asset_version);
	return v;
}

struct page page_begin(struct app *app, struct request *req, struct response *res, const char *name, const char *title,
		       const char *section, const char *script)
{
	struct page p = { .app = app, .req = req, .res = res, .shell = page_bare(app, req, res) };

	title = shown_text(req, title);
	view_set(p.shell, "TITLE", title);
	view_set(p.shell, "CSRF", req->actor->csrf);
	view_set(p.shell, "EMAIL", req->actor->email);
	view_set(p.shell, "ROLE", role_words(req->actor->role));
	fill_navigation(p.shell, req->actor, section, app->asset_version);
	if (script) {
		struct view *s = view_add(p.shell, "SCRIPT");

		view_set(s, "NAME", script);
		view_set(s, "ASSET_VERSION", app->asset_version);
	}
	p.view = page_part(p.shell, "CONTENT", name);
	view_set(p.view, "TITLE", title);
	view_set(p.view, "ASSET_VERSION", app->asset_version);
	if (req->actor->role >= ROLE_OPERATOR)
		view_show(p.view, "CAN_CHANGE");
	if (req->actor->role == ROLE_ADMIN)
		view_show(p.view, "IS_ADMIN");
	return p;
}

struct view *page_part(struct view *v, const char *marker, const char *name)
{
	char file[80];

	snprintf(file, sizeof(file), "console/%s.html", name);
	return view_part(v, marker, file);
}

void page_time(struct view *v, const char *name, int64_t ms)
{
	char iso[ISO_TIME_SIZE] = "", words[TIME_WORDS_SIZE] = "", key[64];

	if (ms) {
		iso_time_format(ms, iso);
		time_words(ms, words);
	}
	snprintf(key, sizeof(key), "%s_WORDS", name);
	view_set(v, name, iso);
	view_set(v, key, words);
}

void page_time_of(struct view *v, const char *name, struct json_object *o, const char *member)
{
	int64_t ms = 0;

	iso_time_parse(json_str(o, member), &ms);
	page_time(v, name, ms);
}

void page_count_of(struct view *v, const char *name, struct json_object *o, const char *path)
{
	int64_t n = 0;

	json_int(o, path, &n);
	view_set_int(v, name, n);
}

void page_pager(struct view *v, const char *query, const char *next_cursor)
{
	struct view *pager = page_part(v, "PAGER", "pager"), *next;
	char href[2048];

	if (!next_cursor)
		return;
	next = view_add(pager, "NEXT");
	snprintf(href, sizeof(href), "?%s%scursor=%s", query ? query : "", query && *query ? "&" : "", next_cursor);
	view_set(next, "HREF", href);
}

int page_send(struct page *p, struct err *err)
{
	return view_render(p->shell, p->app->cfg.data_dir, "console/shell.html", p->res->body, err);
}

static const char *failure_title(int status, const char *code)
{
	switch (status) {
	case 403:
		return !strcmp(code, "forbidden") ? "Not for your role" : "That did not work";
	case 404:
		return "There is nothing here";
	case 503:
		return "Not available right now";
	default:
		return status < 500 ? "That did not work" : "Something went wrong";
	}
}

void page_fail(struct app *app, struct request *req, struct response *res, int status, const char *code,
	       const char *sentence, int retry_after)
{
	struct err err = { 0 };
	struct view *v;
	int failed;

	(void)retry_after;
	res->status = status;
	if (req->actor) {
		struct page p = page_begin(app, req, res, "failure", failure_title(status, code), NULL, NULL);

		/* The frame's title says the usual sentence already. */
		view_set(p.view, "SENTENCE", status == 404 && !strcmp(code, "not_found") ? "The address is wrong, or what it led to was deleted." : sentence);
		if (status >= 500)
			view_show(p.view, "AGAIN");
		failed = page_send(&p, &err);
	} else {
		v = page_bare(app, req, res);
		view_set(v, "TITLE", failure_title(status, code));
		view_set(v, "SENTENCE", sentence);
		view_show(v, status >= 500 ? "AGAIN" : "HOME");
		failed = view_render(v, app->cfg.data_dir, "console/stop.html", res->body, &err);
	}
	if (failed) {
		log_event(&app->log, LOG_ERROR, "page.not_rendered", LOG_TEXT("reason", err.msg));
		buf_printf(res->body, "<!doctype html><title>%s</title><h1>%s</h1>\n", failure_title(status, code), failure_title(status, code));
	}
}
