/* See live.h: the campaign.  Everything is written once, of one moment; the page's script keeps it true. */
#include <inttypes.h>
#include <string.h>

#include "access/mask.h"
#include "app.h"
#include "base/limits.h"
#include "campaign/lead.h"
#include "campaign/lead_list.h"
#include "campaign/now.h"
#include "campaign/series.h"
#include "campaign/status.h"
#include "console/live.h"
#include "console/page.h"
#include "console/words.h"
#include "live/events.h"
#include "web/api.h"

enum { LEADS_SHOWN = 25, EVENTS_SHOWN = 30, SERIES_SHOWN = 24 };

struct live {
	struct app *app;
	struct request *req;
	struct view *v;
	struct campaign c;
	struct json_object *status, *now;
};

static int64_t number_of(struct json_object *o, const char *path)
{
	int64_t n = 0;

	json_int(o, path, &n);
	return n;
}

/* ---- state, counts, outcomes ---- */

static void put_state(struct live *l)
{
	enum campaign_state s = l->c.state;
	struct view *v = l->v;
	struct view *source;

	view_set(v, "ID", l->c.id);
	view_set(v, "NAME", l->c.name);
	view_set_int(v, "SEQ", number_of(l->status, "seq"));
	view_set(v, "STATE_CODE", campaign_state_name(s));
	view_code(v, "STATE", l->app->mem, campaign_state_name(s));
	view_set(v, "STATE_REASON", l->c.state_reason ? shown_text(l->req, l->c.state_reason) : "It has not been started yet.");
	if (s != CAMPAIGN_DRAFT)
		view_show(v, "NOT_DRAFT");
	if (s != CAMPAIGN_RUNNING)
		view_show(v, "NOT_RUNNING");
	if (s != CAMPAIGN_PAUSED)
		view_show(v, "NOT_PAUSED");
	if (s != CAMPAIGN_RUNNING && s != CAMPAIGN_PAUSED)
		view_show(v, "NOT_STOPPABLE");
	view_show(v, s == CAMPAIGN_COMPLETED || s == CAMPAIGN_STOPPED ? "IS_ENDED" : "NOT_ENDED");
	if (!l->c.source)
		return;
	source = view_add(v, "SOURCE");
	view_set(source, "HREF", arena_join(l->app->mem, "/console/campaigns/", l->c.source));
}

static void put_counts(struct live *l)
{
	static const struct {
		const char *code, *label, *query;
	} rows[] = {
		{ "total", "Leads", "#leads" }, { "pending", "Not called yet", "?state=pending#leads" },
		{ "calling", "In a call", "?state=calling#leads" }, { "waiting", "Wait for a retry", "?state=waiting#leads" },
		{ "done", "Done", "?state=done#leads" },
	};
	struct json_object *counts = json_get(l->status, "counts");
	struct view *v;

	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		v = view_add(l->v, "COUNT");
		view_set(v, "CODE", rows[i].code);
		view_set(v, "LABEL", rows[i].label);
		view_set(v, "HREF", arena_printf(l->app->mem, "/console/campaigns/%s%s", l->c.id, rows[i].query));
		view_set_int(v, "VALUE", number_of(counts, rows[i].code));
	}
	v = view_add(l->v, "COUNT");
	view_set(v, "CODE", "attempts");
	view_set(v, "LABEL", "Calls placed");
	view_set(v, "HREF", arena_join(l->app->mem, "/console/calls?campaign=", l->c.id));
	view_set_int(v, "VALUE", number_of(l->status, "attempts"));
	view_set_int(l->v, "TOTAL", number_of(counts, "total"));
	view_set_int(l->v, "DONE", number_of(counts, "done"));
	view_set_int(l->v, "TOTAL_MAX", number_of(counts, "total") ? number_of(counts, "total") : 1);
}

static void put_outcomes(struct live *l)
{
	bool any = false;

	json_object_object_foreach(json_get(l->status, "outcomes"), code, value) {
		struct view *v = view_add(l->v, "OUTCOMES");

		any = true;
		view_set(v, "LABEL", words_of(l->app->mem, code));
		view_set(v, "TONE", tone_of(code));
		view_set_int(v, "VALUE", json_object_get_int64(value));
		view_set(v, "HREF", arena_printf(l->app->mem, "/console/campaigns/%s?%s#leads", l->c.id,
						 query_of(l->app->mem, (const char *[]){ "outcome", code }, 2)));
	}
	if (any)
		view_show(l->v, "HAS_OUTCOMES");
}

/* ---- limits ---- */

static const char *hours_words(struct live *l)
{
	struct json_object *hours = json_get(l->c.settings, "calling_hours");
	struct buf *out = buf_in(l->app->mem, 512);
	size_t count;
	struct json_object *days = json_list(hours, "days", &count);

	if (!hours)
		return arena_printf(l->app->mem, "Any time (%s)", l->c.timezone);
	for (size_t i = 0; i < count; i++)
		buf_printf(out, "%s%s", i ? ", " : "", words_of(l->app->mem, json_object_get_string(json_object_array_get_idx(days, i))));
	buf_printf(out, "%s%s–%s (%s)", count ? " " : "", json_text(hours, "start"), json_text(hours, "end"), l->c.timezone);
	return out->ptr;
}

static void put_next(struct live *l)
{
	const char *next = json_text(l->status, "next_call_at");
	struct view *v;

	if (next) {
		v = view_add(l->v, "NEXT");
		view_iso(v, "AT", next);
		return;
	}
	v = view_add(l->v, "NO_NEXT");
	view_set(v, "TEXT", l->c.state != CAMPAIGN_RUNNING ? "None: the campaign is not running."
			    : number_of(l->status, "counts.pending") + number_of(l->status, "counts.waiting") ? "As soon as pace and lines allow."
															   : "None: no lead is left to call.");
}

static void put_limits(struct live *l)
{
	struct arena *mem = l->app->mem;
	bool blocked = false;

	view_set_int(l->v, "CALLS_TOTAL", number_of(l->now, "calls_total"));
	view_set_int(l->v, "CALLS_MOST", l->c.max_concurrent_calls);
	view_set(l->v, "PACE", arena_printf(mem, "%" PRId64 " in the last minute; at most %g a second (account: %g)",
					    number_of(l->now, "placed_last_minute"), l->c.calls_per_second, l->app->cfg.twilio_calls_per_second));
	view_set(l->v, "TODAY", arena_printf(mem, "%" PRId64 " of at most %d calls", number_of(l->now, "placed_today"), l->c.daily_cap));
	view_set(l->v, "HOURS", hours_words(l));
	view_set(l->v, "CALLER_ID", shown_phone(l->req, l->c.caller_id));
	put_next(l);
	json_object_object_foreach(json_get(l->status, "blocked"), code, value) {
		struct view *v;

		if (!json_object_get_int64(value))
			continue;
		v = view_add(l->v, "BLOCKED");
		blocked = true;
		view_set(v, "LABEL", words_of(mem, code));
		view_set_int(v, "VALUE", json_object_get_int64(value));
	}
	if (!blocked)
		view_show(l->v, "NOT_BLOCKED");
}

/* ---- calls, events, the chart's table ---- */

static const char *who_of(struct json_object *call)
{
	const char *name = json_text(call, "lead_name");

	return name ? name : json_text(call, "phone");
}

static void put_calls(struct live *l)
{
	size_t count;
	struct json_object *calls = json_list(l->now, "calls", &count);

	for (size_t i = 0; i < count; i++) {
		struct json_object *call = json_object_array_get_idx(calls, i);
		struct view *v = view_add(l->v, "CALLS");

		view_set(v, "HREF", call_href(l->app->mem, l->c.id, json_text(call, "id")));
		view_set(v, "WHO", who_of(call));
		view_code(v, "STATUS", l->app->mem, json_text(call, "status"));
		view_iso(v, "PLACED", json_text(call, "placed_at"));
		view_set(v, "HEARD", heard_words(l->app->mem, json_text(call, "digits"), json_text(call, "speech")));
	}
	view_show(l->v, count ? "HAS_CALLS" : "NO_CALLS");
}

static void put_event(struct live *l, struct json_object *event)
{
	struct json_object *call = json_get(event, "call");
	struct view *v = view_add(l->v, "EVENTS"), *link;
	const char *outcome = json_text(call, "outcome"), *status = words_of(l->app->mem, json_text(call, "status"));

	/* "Busy" says it all. */
	if (outcome && !strcmp(words_of(l->app->mem, outcome), status))
		outcome = NULL;
	view_iso(v, "AT", json_text(event, "at"));
	if (!call) {
		view_set(v, "TEXT", arena_printf(l->app->mem, "%s. %s", words_of(l->app->mem, json_text(event, "state")),
						 json_text(event, "state_reason") ? json_text(event, "state_reason") : ""));
		return;
	}
	link = view_add(v, "LINK");
	view_set(link, "HREF", call_href(l->app->mem, l->c.id, json_text(call, "id")));
	view_set(link, "WHO", arena_join(l->app->mem, "Lead ", json_text(call, "lead_id")));
	view_set(v, "TEXT", arena_printf(l->app->mem, "%s%s%s", status, outcome ? ", " : "",
					 outcome ? words_of(l->app->mem, outcome) : ""));
}

static int put_events(struct live *l, struct err *err)
{
	struct json_object *items = json_owned(l->app->mem, json_object_new_array());
	int64_t seq = number_of(l->status, "seq");
	size_t count;
	bool gone;

	if (events_after(l->app, l->c.id, seq > EVENTS_SHOWN ? seq - EVENTS_SHOWN : 0, EVENTS_SHOWN, items, &gone, err))
		return -1;
	mask_json(l->req, items);
	count = json_object_array_length(items);
	/* What came since the status is told by the script. */
	for (size_t i = count; i-- > 0;)
		if (number_of(json_object_array_get_idx(items, i), "seq") <= seq)
			put_event(l, json_object_array_get_idx(items, i));
	if (count)
		view_show(l->v, "HAS_EVENTS");
	return 0;
}

static const char *ended_words(struct live *l, struct json_object *outcomes, size_t bucket)
{
	struct buf *out = buf_in(l->app->mem, 4096);

	json_object_object_foreach(outcomes, code, counts) {
		int64_t n = json_object_get_int64(json_object_array_get_idx(counts, bucket));

		if (n)
			buf_printf(out, "%s%s %" PRId64, out->len ? ", " : "", words_of(l->app->mem, code), n);
	}
	return out->ptr;
}

/* The last steps in which anything happened; the script has all of them. */
static int put_series(struct live *l, struct err *err)
{
	struct json_object *series, *placed;
	int64_t from_ms = 0, width_s;
	size_t count, shown = 0;

	if (series_json(l->app, &l->c, &(struct series_wish){ 0 }, &series, err))
		return -1;
	placed = json_list(series, "placed", &count);
	width_s = number_of(series, "bucket_seconds");
	iso_time_parse(str_from(json_text(series, "from")), &from_ms);
	for (size_t i = count; i-- > 0 && shown < SERIES_SHOWN;) {
		int64_t n = json_object_get_int64(json_object_array_get_idx(placed, i));
		const char *ended = ended_words(l, json_get(series, "outcomes"), i);
		struct view *v;

		if (!n && !*ended)
			continue;
		shown++;
		v = view_add(l->v, "SERIES");
		page_time(v, "AT", from_ms + (int64_t)i * width_s * 1000);
		view_set_int(v, "PLACED", n);
		view_set(v, "ENDED", ended);
	}
	if (!shown)
		view_show(l->v, "NO_SERIES");
	return 0;
}

/* ---- leads ---- */

static void put_lead(struct live *l, struct json_object *lead)
{
	const char *name = json_text(lead, "name"), *number = json_text(lead, "id"), *next = json_text(lead, "next_call_at");
	struct view *v = view_add(l->v, "LEADS");
	const char *outcome = json_text(lead, "outcome");

	view_set(v, "LEAD", number);
	view_set(v, "HREF", lead_href(l->app->mem, l->c.id, number));
	view_set(v, "WHO", name ? name : arena_join(l->app->mem, "Lead ", number));
	view_set(v, "PHONE", json_text(lead, "phone"));
	view_code(v, "STATE", l->app->mem, outcome ? outcome : json_text(lead, "state"));
	view_set_int(v, "ATTEMPTS", number_of(lead, "attempts"));
	view_set(v, "REASON", json_text(lead, "reason"));
	if (next) {
		v = view_add(v, "NEXT_CALL_KNOWN");
		view_iso(v, "AT", next);
	}
}

static int put_leads(struct live *l, const struct lead_filter *f, struct err *err)
{
	struct json_object *items = json_owned(l->app->mem, json_object_new_array());
	const char *pairs[] = { "search", f->search, "state", f->state, "outcome", f->outcome }, *next;
	bool filtered = f->search || f->state || f->outcome || f->after;

	if (lead_list_json(l->app, l->req, &l->c, f, items, &next, err))
		return -1;
	mask_json(l->req, items);
	for (size_t i = 0; i < json_object_array_length(items); i++)
		put_lead(l, json_object_array_get_idx(items, i));
	if (json_object_array_length(items))
		view_show(l->v, "HAS_LEADS");
	else
		view_set(view_add(l->v, "NO_LEADS"), "TEXT", next ? "None of those looked at so far fits; the next page looks further."
							    : filtered ? "No lead fits what you asked for."
								       : "The campaign has no leads yet: import some while you edit it.");
	if (filtered)
		view_show(l->v, "FILTERED");
	page_pager(l->v, query_of(l->app->mem, pairs, ARRAY_LEN(pairs)), next);
	return 0;
}

/* The form, and what it asks for; a bad question shows all leads and says so. */
static void read_form(struct live *l, struct lead_filter *f)
{
	static const char *const states[] = { "pending", "calling", "waiting", "done" };
	static const char *const outcomes[] = { "answered", "no_answer", "busy", "voicemail", "failed", "opted_out", "invalid_number",
						"suppressed", "incomplete", "stopped" };
	struct err bad = { 0 };
	struct form form = { 0 };
	const char *field, *why = NULL;
	size_t count = ARRAY_LEN(outcomes);
	const char *names[ARRAY_LEN(outcomes) + 20];

	if (request_query(l->req, &form, &bad) || (why = lead_filter_read(&form, f, &field))) {
		*f = (struct lead_filter){ 0 };
		view_set(view_add(l->v, "FILTER_PROBLEM"), "TEXT", why ? why : "The address could not be understood.");
	}
	f->limit = LEADS_SHOWN;
	memcpy(names, outcomes, sizeof(outcomes));
	json_object_object_foreach(json_get(l->status, "outcomes"), code, value) {
		bool known = false;

		(void)value;
		for (size_t i = 0; i < ARRAY_LEN(outcomes); i++)
			known |= !strcmp(outcomes[i], code);
		if (!known && count < ARRAY_LEN(names))
			names[count++] = code;
	}
	view_options(l->v, "STATES", l->app->mem, states, ARRAY_LEN(states), f->state);
	view_options(l->v, "OUTCOME_CHOICES", l->app->mem, names, count, f->outcome);
	view_set(l->v, "SEARCH", f->search);
	view_set(l->v, "QUERY", arena_printf(l->app->mem, "limit=%d&cursor=%" PRId64 "&%s", LEADS_SHOWN, f->after,
					     query_of(l->app->mem, (const char *[]){ "search", f->search, "state", f->state, "outcome", f->outcome }, 6)));
}

int live_campaign_page(struct app *app, struct request *req, struct response *res, struct err *err)
{
	const char *id = api_id(req);
	struct live l = { .app = app, .req = req };
	struct lead_filter filter;
	struct page p;

	if (!id)
		return err_set(err, ERR_MISSING, "no id of a campaign");
	if (status_json(app, id, &l.status, err) || campaign_load(app, id, &l.c, err) || now_json(app, req, &l.c, &l.now, err))
		return -1;
	mask_json(req, l.now);
	p = page_begin(app, req, res, "campaign-live", l.c.name, "campaigns", "campaign-live");
	l.v = p.view;
	read_form(&l, &filter);
	put_state(&l);
	put_counts(&l);
	put_outcomes(&l);
	put_limits(&l);
	put_calls(&l);
	if (put_events(&l, err) || put_series(&l, err) || put_leads(&l, &filter, err))
		return -1;
	return page_send(&p, err);
}
