/* See live.h: one call. */
#include <inttypes.h>

#include "access/mask.h"
#include "app.h"
#include "base/limits.h"
#include "campaign/call_show.h"
#include "campaign/campaign.h"
#include "console/live.h"
#include "console/page.h"
#include "console/words.h"
#include "web/api.h"

static void put_steps(struct page *p, struct json_object *shown)
{
	size_t count;
	struct json_object *steps = json_list(shown, "timeline", &count);

	for (size_t i = 0; i < count; i++) {
		struct json_object *step = json_object_array_get_idx(steps, i);
		const char *value = json_text(step, "value"), *event = json_text(step, "event"), *next = json_text(step, "next_call_at");
		struct view *v = view_add(p->view, "STEP");

		view_iso(v, "AT", json_text(step, "at"));
		view_set(v, "TEXT", json_text(step, "text"));
		/* The sentence says it already. */
		if (value && strcmp(event, "status") && strcmp(event, "settled") && strcmp(event, "answered_by"))
			view_set(view_add(v, "VALUE"), "SHOWN", strcmp(event, "outcome") ? value : words_of(p->app->mem, value));
		if (next)
			view_iso(view_add(v, "NEXT"), "AT", next);
	}
}

static void put_transcript(struct page *p, struct json_object *shown)
{
	size_t count;
	struct json_object *turns = json_list(shown, "transcript", &count);

	if (!turns && json_text(shown, "conversation_id"))
		view_show(p->view, "AWAITS_TRANSCRIPT");
	if (count)
		view_show(p->view, "HAS_TRANSCRIPT");
	for (size_t i = 0; i < count; i++) {
		struct json_object *turn = json_object_array_get_idx(turns, i);
		struct view *v = view_add(p->view, "TURN");
		int64_t at = 0;

		json_int(turn, "at_seconds", &at);
		view_set(v, "WHO", !strcmp(json_text(turn, "role"), "agent") ? "Agent" : "Person");
		view_set(v, "AT", arena_printf(p->app->mem, "%02" PRId64 ":%02" PRId64, at / 60, at % 60));
		view_set(v, "TEXT", json_text(turn, "text"));
	}
}

static void view_known(struct page *p, const char *name, const char *section, const char *none, const char *value)
{
	view_set(p->view, name, value);
	if (value && *value)
		view_show(p->view, section);
	else if (none)
		view_show(p->view, none);
}

static void put_facts(struct page *p, const struct campaign *c, const struct call *call, const char *who)
{
	struct arena *mem = p->app->mem;

	view_call(p->view, p->req, call);
	view_set(p->view, "CAMPAIGN", c->name);
	view_set(p->view, "CAMPAIGN_HREF", arena_join(mem, "/console/campaigns/", c->id));
	view_set(p->view, "LEAD_HREF", lead_href(mem, c->id, arena_printf(mem, "%" PRId64, call->lead)));
	view_set(p->view, "WHO", who);
	view_set(p->view, "PHONE", shown_phone(p->req, call->phone));
	view_set(p->view, "FROM", shown_phone(p->req, call->from));
	view_known(p, "ANSWERED_BY", "ANSWERED_KNOWN", "NOBODY", words_of(mem, call->answered_by));
	view_known(p, "DURATION", "DURATION_KNOWN", "NO_DURATION", duration_words(mem, call->duration_s));
	view_known(p, "DIGITS", "DIGITS_KNOWN", "NO_DIGITS", shown_heard(p->req, call->digits));
	view_known(p, "SPEECH", "SPEECH_KNOWN", NULL, shown_heard(p->req, call->speech));
	view_known(p, "ERROR", "ERROR_KNOWN", NULL, call->error);
	view_known(p, "SID", "SID_KNOWN", NULL, call->sid);
	if (call->previous)
		view_set(view_add(p->view, "PREVIOUS"), "HREF", call_href(mem, c->id, call->previous));
	if (call->audio)
		view_set(view_add(p->view, "AUDIO"), "SRC", arena_join(mem, "/audio/", call->audio));
}

int live_call_page(struct app *app, struct request *req, struct response *res, struct err *err)
{
	struct str call_id = request_param(req, "call");
	const char *id = api_id(req), *who;
	struct json_object *shown;
	struct campaign c;
	struct call call;
	struct page p;

	if (!id || !str_is_token(call_id, 1, LIMIT_ATTEMPT_ID))
		return err_set(err, ERR_MISSING, "no such call");
	if (campaign_load(app, id, &c, err) ||
	    call_show_json(app, id, arena_strndup(app->mem, call_id.ptr, call_id.len), &shown, &call, err))
		return -1;
	mask_json(req, shown);
	who = json_text(shown, "lead_name");
	if (!who)
		who = arena_printf(app->mem, "lead %" PRId64, call.lead);
	p = page_begin(app, req, res, "call-live", arena_join(app->mem, "Call to ", who), "campaigns", NULL);
	put_facts(&p, &c, &call, who);
	put_steps(&p, shown);
	put_transcript(&p, shown);
	return page_send(&p, err);
}
