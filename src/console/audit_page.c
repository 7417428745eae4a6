/* See audit_page.h.  The filters stand in the address, so that a view of the trail can be sent to somebody. */
#include "console/audit_page.h"

#include <string.h>

#include "access/audit.h"
#include "app.h"
#include "console/page.h"

enum { ROWS = 50 };

static const char *const filters[] = { "actor", "action", "from", "to" };

/* The filters that are set, encoded; without the cursor. */
static const char *query_of(const struct request *req, const struct form *form)
{
	struct buf *out = buf_in(req->mem, 16 << 10);

	for (size_t i = 0; i < ARRAY_LEN(filters); i++) {
		const char *value = form_get(form, filters[i]);

		if (!value || !*value)
			continue;
		buf_printf(out, "%s%s=", out->len ? "&" : "", filters[i]);
		buf_url(out, str_from(value));
	}
	return out->ptr;
}

static void fill_filters(struct view *v, const struct form *form)
{
	static const char *const names[] = { "F_ACTOR", "F_ACTION", "F_FROM", "F_TO" };

	for (size_t i = 0; i < ARRAY_LEN(filters); i++)
		view_set(v, names[i], form_get(form, filters[i]));
}

static const char *actor_words(const char *actor)
{
	if (!actor || !strcmp(actor, "key"))
		return "the key of the API";
	return strcmp(actor, "shell") ? actor : "the shell";
}

/* Where the object of a change has a page of its own; NULL: nowhere, or not any more. */
static const char *page_of(const struct request *req, const struct audit_entry *e)
{
	static const struct {
		const char *actions, *path;
	} places[] = {
		{ "campaign.", "/console/campaigns/" },
		{ "lead.", "/console/campaigns/" },
		{ "agent.", "/console/agents/" },
		{ "interview.", "/console/interviews/" },
	};
	const char *verb = strchr(e->action, '.');

	if (!e->object || !verb || !strcmp(verb, ".delete") || !strcmp(verb, ".erase"))
		return NULL;
	for (size_t i = 0; i < ARRAY_LEN(places); i++)
		if (!strncmp(e->action, places[i].actions, strlen(places[i].actions)))
			return arena_join(req->mem, places[i].path, e->object);
	return NULL;
}

static void fill_row(const struct request *req, struct view *row, const struct audit_entry *e)
{
	page_time(row, "AT", e->at_ms);
	view_set(row, "ACTOR", actor_words(e->actor));
	view_set(row, "ROLE", e->role);
	view_set(row, "ACTION", e->action);
	view_set(row, "CLIENT", e->client);
	if (e->object || e->detail) {
		const char *href = page_of(req, e);
		struct view *which = view_add(row, "WHICH"), *named = view_add(which, href ? "LINK" : "PLAIN");

		view_set(named, "HREF", href);
		view_set(named, "OBJECT", e->object);
		if (e->detail)
			view_set(view_add(which, "DETAIL"), "TEXT", e->detail);
	}
	if (e->result && strcmp(e->result, "done"))
		view_set(view_add(row, "REFUSED"), "RESULT", e->result);
}

static int fill_rows(struct app *app, struct page *p, const struct audit_filter *filter, const char *query, struct err *err)
{
	struct audit_entry *entries;
	struct view *table;
	const char *next;
	size_t count;

	if (audit_read(app, filter, ROWS, &entries, &count, &next, err))
		return -1;
	if (!count) {
		view_show(p->view, next ? "FURTHER" : *query ? "NO_MATCH" : "EMPTY");
	} else {
		table = view_add(p->view, "TABLE");
		for (size_t i = 0; i < count; i++)
			fill_row(p->req, view_add(table, "ENTRY"), &entries[i]);
	}
	page_pager(p->view, query, next);
	return 0;
}

static int audit_page(struct app *app, struct request *req, struct response *res, struct err *err)
{
	struct page p = page_begin(app, req, res, "audit", "Audit trail", "audit", NULL);
	struct audit_filter filter;
	struct form form = { 0 };
	const char *wrong, *query;

	if (request_query(req, &form, err))
		return -1;
	query = query_of(req, &form);
	wrong = audit_filter_read(&form, &filter);
	fill_filters(p.view, &form);
	if (*query)
		view_show(p.view, "FILTERED");
	view_set(p.view, "EXPORT", arena_printf(req->mem, "/api/audit.csv%s%s", *query ? "?" : "", query));
	if (wrong)
		view_show(p.view, "WRONG");
	else if (fill_rows(app, &p, &filter, query, err))
		return -1;
	return page_send(&p, err);
}

static const struct route routes[] = {
	{ .method = "GET", .path = "/console/audit", .handler = audit_page, .admin = true },
};

const struct route_table audit_page_routes = { routes, ARRAY_LEN(routes) };
