/* See call_log.h: the do-not-call list. */
#include "access/actor.h"
#include "access/mask.h"
#include "app.h"
#include "campaign/do_not_call_api.h"
#include "console/call_log.h"
#include "console/page.h"
#include "console/words.h"

static void put_entry(struct page *p, struct json_object *entry)
{
	struct arena *mem = p->app->mem;
	const char *phone = json_text(entry, "phone");
	struct view *v = view_add(p->view, "ENTRIES"), *remove;

	view_set(v, "PHONE", shown_phone(p->req, phone));
	view_set(v, "REASON", shown_text(p->req, json_text(entry, "reason")));
	view_set(v, "SOURCE", words_of(mem, json_text(entry, "source")));
	view_iso(v, "AT", json_text(entry, "created_at"));
	/* The addresses hold the number: they are for those who see it. */
	if (p->req->actor->role < ROLE_OPERATOR)
		return;
	view_set(view_add(v, "CALLS"), "HREF", arena_join(mem, "/console/calls?", query_of(mem, (const char *[]){ "phone", phone }, 2)));
	remove = view_add(v, "REMOVE");
	view_set(remove, "CALL", arena_join(mem, "DELETE /api/do-not-call/%2B", phone + 1));
	view_set(remove, "PHONE", phone);
}

static int put_entries(struct page *p, const struct do_not_call_filter *filter, const char *query, struct err *err)
{
	struct json_object *items = json_owned(p->app->mem, json_object_new_array());
	const char *next;
	size_t count;

	if (do_not_call_page(p->app, filter, items, &next, err) || do_not_call_cursor(p->app, p->req, next, &next, err))
		return -1;
	count = json_object_array_length(items);
	for (size_t i = 0; i < count; i++)
		put_entry(p, json_object_array_get_idx(items, i));
	view_show(p->view, count ? "HAS_ENTRIES" : next ? "LOOK_FURTHER" : *query ? "NONE_FITS" : "NO_ENTRIES");
	page_pager(p->view, query, next);
	return 0;
}

int do_not_call_page_show(struct app *app, struct request *req, struct response *res, struct err *err)
{
	struct page p = page_begin(app, req, res, "do-not-call", "Do not call", "do-not-call", "do-not-call");
	struct do_not_call_filter filter;
	const char *field, *why = NULL, *query;
	struct form form = { 0 };
	struct err bad = { 0 };
	bool understood = !request_query(req, &form, &bad);

	query = query_of(app->mem, (const char *[]){ "search", form_get(&form, "search"), "reason", form_get(&form, "reason") }, 4);
	view_set(p.view, "SEARCH", form_get(&form, "search"));
	view_set(p.view, "REASON_ASKED", form_get(&form, "reason"));
	if (*query)
		view_show(p.view, "FILTERED");
	why = understood ? do_not_call_filter_read(app, req, &form, &filter, &field) : "The address could not be understood.";
	if (why) {
		res->status = 400;
		view_set(view_add(p.view, "PROBLEM"), "TEXT", why);
	} else if (put_entries(&p, &filter, query, err)) {
		return -1;
	}
	return page_send(&p, err);
}
