/* See call_log.h: the calls, and the table of both pages. */
#include "console/call_log.h"

#include <inttypes.h>

#include "access/mask.h"
#include "app.h"
#include "campaign/call_log.h"
#include "campaign/campaign.h"
#include "console/page.h"
#include "console/words.h"
#include "store/keys.h"
#include "store/store.h"
#include "web/api.h"

enum { CAMPAIGNS_OFFERED = 100 };

static const char *const outcomes[] = { "answered", "no_answer", "busy", "voicemail", "failed", "opted_out", "invalid_number", "not_placed" };
static const char *const statuses[] = { "queued", "initiated", "ringing", "in-progress", "completed", "busy", "no-answer", "failed",
					"canceled", "unknown" };

/* The newest campaigns, and the one that is asked for. */
static int put_campaigns(struct page *p, const char *chosen, struct err *err)
{
	struct arena *mem = p->app->mem;
	struct command commands[CAMPAIGNS_OFFERED + 1];
	struct reply ids, settings[CAMPAIGNS_OFFERED + 1];
	const char *names[CAMPAIGNS_OFFERED + 1];
	struct err unreadable = { 0 };
	size_t count = 0;
	bool offered = !chosen;

	if (store_call(p->app->store, mem, &ids, err, "ZREVRANGE", KEY_CAMPAIGNS, "0",
		       arena_printf(mem, "%d", CAMPAIGNS_OFFERED - 1), NULL))
		return -1;
	for (size_t i = 0; i < ids.count; i++) {
		names[count++] = reply_text(&ids.items[i]);
		offered |= chosen && !strcmp(chosen, reply_text(&ids.items[i]));
	}
	if (!offered)
		names[count++] = chosen;
	for (size_t i = 0; i < count; i++) {
		commands[i] = command_new(mem, "HGET");
		command_text(&commands[i], key_of(mem, KEY_CAMPAIGN, names[i]));
		command_text(&commands[i], "settings");
	}
	if (count && store_pipeline(p->app->store, commands, count, settings, err))
		return -1;
	for (size_t i = 0; i < count; i++) {
		struct view *v = view_add(p->view, "CAMPAIGNS");
		const char *name = reply_text(&settings[i]) ? json_text(json_read(mem, settings[i].text, &unreadable), "name") : NULL;

		view_set(v, "VALUE", names[i]);
		view_set(v, "LABEL", name ? name : "A campaign that is gone");
		if (chosen && !strcmp(chosen, names[i]))
			view_show(v, "SELECTED");
	}
	return 0;
}

static int put_calls(struct page *p, const struct call_filter *filter, const char *query, struct err *err)
{
	struct arena *mem = p->app->mem;
	struct call_log_page page;
	const char **names;

	if (call_log_page(p->app, filter, &page, err) || call_log_campaigns(p->app, page.calls, page.count, &names, err))
		return -1;
	for (size_t i = 0; i < page.count; i++) {
		struct view *v = view_add(p->view, "CALLS");

		view_call(v, p->req, &page.calls[i]);
		view_set(v, "PHONE", shown_phone(p->req, page.calls[i].phone));
		view_set(v, "LEAD_HREF", lead_href(mem, page.calls[i].campaign, arena_printf(mem, "%" PRId64, page.calls[i].lead)));
		view_set(v, "CAMPAIGN", names[i] ? names[i] : "A campaign that is gone");
		view_set(v, "CAMPAIGN_HREF", arena_join(mem, "/console/campaigns/", page.calls[i].campaign));
	}
	if (page.count)
		view_show(p->view, "HAS_CALLS");
	else if (page.next)
		view_show(p->view, "LOOK_FURTHER");
	else
		view_show(p->view, *query ? "NONE_FITS" : "NO_CALLS");
	page_pager(p->view, query, page.next);
	return 0;
}

static int calls_page(struct app *app, struct request *req, struct response *res, struct err *err)
{
	struct page p = page_begin(app, req, res, "calls", "Calls", "calls", NULL);
	struct call_filter filter = { .newest = { .limit = 50, .from_ms = "+inf", .from_id = "" } };
	const char *field = NULL, *why = NULL;
	struct form form = { 0 };
	struct err bad = { 0 };
	bool understood = !request_query(req, &form, &bad);
	const char *pairs[] = { "phone", form_get(&form, "phone"), "outcome", form_get(&form, "outcome"), "status", form_get(&form, "status"),
				"campaign", form_get(&form, "campaign"), "from", form_get(&form, "from"), "to", form_get(&form, "to") };
	const char *query = query_of(app->mem, pairs, ARRAY_LEN(pairs));

	view_set(p.view, "PHONE_ASKED", pairs[1]);
	view_set(p.view, "FROM", pairs[9] ? arena_printf(app->mem, "%.10s", pairs[9]) : NULL);
	view_set(p.view, "TO", pairs[11] ? arena_printf(app->mem, "%.10s", pairs[11]) : NULL);
	if (*query)
		view_show(p.view, "FILTERED");
	if (!understood)
		why = "The address could not be understood.";
	else if (!newest_read(app, &form, res, &filter.newest))
		why = "The page that the address names does not exist.";
	else
		why = call_filter_read(app, &form, &filter, &field);
	if (why) {
		res->status = 400;
		buf_clear(res->body);
		view_set(view_add(p.view, "PROBLEM"), "TEXT", why);
		filter = (struct call_filter){ 0 };
	}
	view_options(p.view, "OUTCOMES", app->mem, outcomes, ARRAY_LEN(outcomes), filter.outcome);
	view_options(p.view, "STATUSES", app->mem, statuses, ARRAY_LEN(statuses), filter.status);
	if (put_campaigns(&p, filter.campaign, err) || (!why && put_calls(&p, &filter, query, err)))
		return -1;
	return page_send(&p, err);
}

static const struct route routes[] = {
	{ .method = "GET", .path = "/console/calls", .handler = calls_page },
	{ .method = "GET", .path = "/console/do-not-call", .handler = do_not_call_page_show },
};

const struct route_table call_log_routes = { routes, ARRAY_LEN(routes) };
