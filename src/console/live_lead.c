/* See live.h: one lead. */
#include "access/mask.h"
#include "app.h"
#include "campaign/call.h"
#include "campaign/call_log.h"
#include "campaign/lead.h"
#include "campaign/lead_list.h"
#include "console/live.h"
#include "console/page.h"
#include "console/words.h"
#include "web/api.h"

static void put_list(struct page *p, struct json_object *shown, const struct lead *lead)
{
	struct json_object *entry = json_get(shown, "do_not_call"), *body;
	const char *reason = json_text(entry, "reason"), *source = json_text(entry, "source");
	struct view *v;

	if (entry) {
		v = view_add(p->view, "LISTED");
		/* The address would tell the number. */
		view_set(v, "HREF", shows_masked(p->req) ? "/console/do-not-call"
							 : arena_join(p->app->mem, "/console/do-not-call?",
								      query_of(p->app->mem, (const char *[]){ "search", lead->phone }, 2)));
		view_iso(v, "AT", json_text(entry, "created_at"));
		view_set(v, "REASON", reason ? arena_printf(p->app->mem, "Reason: %s (%s)", reason, source ? source : "") : "");
		return;
	}
	if (shows_masked(p->req))
		return;
	body = json_owned(p->app->mem, json_object_new_object());
	json_put(body, "phone", lead->phone);
	json_put(body, "reason", "Asked an operator");
	json_put(body, "source", "console");
	v = view_add(p->view, "CALLABLE");
	view_set(v, "BODY", json_write(body));
}

static int put_calls(struct page *p, const struct campaign *c, const struct lead *lead, struct err *err)
{
	struct call *calls;
	size_t count;

	if (call_log_of_lead(p->app, c->id, lead->number, lead->last_call, &calls, &count, err))
		return -1;
	view_show(p->view, count ? "HAS_CALLS" : "NO_CALLS");
	if (!count)
		return 0;
	for (size_t i = 0; i < count; i++)
		view_call(view_add(p->view, "CALLS"), p->req, &calls[i]);
	return 0;
}

static void put_facts(struct page *p, const struct campaign *c, struct json_object *shown, const struct lead *lead)
{
	const char *next = json_text(shown, "next_call_at"), *reason = json_text(shown, "reason");
	struct view *v = p->view;

	view_set(v, "CAMPAIGN", c->name);
	view_set(v, "CAMPAIGN_HREF", arena_join(p->app->mem, "/console/campaigns/", c->id));
	view_set(v, "WHO", lead->name ? lead->name : arena_join(p->app->mem, "Lead ", json_text(shown, "id")));
	view_code(v, "STATE", p->app->mem, lead->outcome ? lead->outcome : lead_state_name(lead->state));
	view_set(v, "REASON", reason ? reason : lead->state == LEAD_DONE ? "This lead is done." : "This lead is in a call right now.");
	view_set(v, "PHONE", json_text(shown, "phone"));
	view_set(v, "TIMEZONE", lead->timezone ? lead->timezone : "by its number");
	view_set_int(v, "ATTEMPTS", lead->attempts);
	view_set_int(v, "ATTEMPTS_MOST", c->retry.max_attempts);
	if (next)
		view_iso(view_add(v, "NEXT"), "AT", next);
	else
		view_show(v, "NO_NEXT");
	for (size_t i = 0; i < lead->variable_count; i++) {
		struct view *variable = view_add(v, "VARIABLE");

		view_set(variable, "NAME", lead->variables[i].name);
		view_set(variable, "VALUE", shown_text(p->req, lead->variables[i].value));
	}
}

int live_lead_page(struct app *app, struct request *req, struct response *res, struct err *err)
{
	long long number = str_number(request_param(req, "lead"), LEAD_SCORE_TIME);
	const char *id = api_id(req);
	struct json_object *shown;
	struct campaign c;
	struct lead lead;
	struct page p;

	if (!id || number < 1)
		return err_set(err, ERR_MISSING, "no such lead");
	if (campaign_load(app, id, &c, err) || lead_show_json(app, req, &c, number, &shown, err) ||
	    lead_load(app, id, number, &lead, err))
		return -1;
	mask_json(req, shown);
	lead.name = shown_text(req, lead.name);
	p = page_begin(app, req, res, "lead-live", lead.name ? lead.name : arena_printf(app->mem, "Lead %lld", number), "campaigns", NULL);
	put_facts(&p, &c, shown, &lead);
	put_list(&p, shown, &lead);
	if (put_calls(&p, &c, &lead, err))
		return -1;
	return page_send(&p, err);
}
