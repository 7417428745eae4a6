/* See overview.h.  Every list is bounded: this is asked again every few seconds by everyone who looks at it. */
#include "console/overview.h"

#include <inttypes.h>
#include <string.h>

#include "base/zone.h"
#include "campaign/calling_hours.h"
#include "campaign/campaign.h"
#include "campaign/eligibility.h"
#include "campaign/status.h"
#include "doctor/doctor.h"
#include "screening/jobs.h"
#include "screening/session.h"
#include "screening/session_page.h"
#include "store/keys.h"
#include "store/store.h"

enum { CAMPAIGNS_MOST = 200, RUNNING_MOST = 20, WINDOWS_MOST = 12, SESSIONS_MOST = 300, CHECKS_TOLD = 4, PAUSED_TOLD = 8 };

struct look {
	struct app *app;
	struct json_object *answer;
	int64_t now_ms, from_ms;
	const struct campaign *campaigns;
	size_t campaign_count;
	struct session_page sessions;
	struct check_result *checks; /* of doctor_checks */
};

static struct json_object *put_object(struct json_object *in, const char *name)
{
	struct json_object *o = json_object_new_object();

	json_object_object_add(in, name, o);
	return o;
}

static struct json_object *put_list(struct json_object *in, const char *name)
{
	struct json_object *list = json_object_new_array();

	json_object_object_add(in, name, list);
	return list;
}

/* ---- what is read once ---- */

static int read_campaigns(struct look *l, struct err *err)
{
	struct app *app = l->app;
	struct campaign *all;
	struct command *c;
	struct reply ids, *rows;

	if (store_call(app->store, app->mem, &ids, err, "ZREVRANGE", KEY_CAMPAIGNS, "0",
		       arena_printf(app->mem, "%d", CAMPAIGNS_MOST - 1), NULL))
		return -1;
	all = arena_alloc(app->mem, (ids.count + 1) * sizeof(*all));
	c = arena_alloc(app->mem, (ids.count + 1) * sizeof(*c));
	rows = arena_alloc(app->mem, (ids.count + 1) * sizeof(*rows));
	for (size_t i = 0; i < ids.count; i++) {
		c[i] = command_new(app->mem, "HGETALL");
		command_text(&c[i], key_of(app->mem, KEY_CAMPAIGN, ids.items[i].text.ptr));
	}
	if (ids.count && store_pipeline(app->store, c, ids.count, rows, err))
		return -1;
	for (size_t i = 0; i < ids.count; i++) {
		struct err unreadable = { 0 };

		/* One that is being deleted, or that cannot be read, is another page's affair. */
		if (!campaign_of_row(app, ids.items[i].text.ptr, &rows[i], &all[l->campaign_count], &unreadable))
			l->campaign_count++;
	}
	l->campaigns = all;
	return 0;
}

static int64_t midnight(struct app *app, const char *timezone, int64_t now_ms, const char **name)
{
	const struct zone *zone;
	struct err unknown = { 0 };
	struct civil local;

	*name = "UTC";
	if (!timezone || !*timezone || zone_load(app->mem, timezone, &zone, &unknown))
		return floor_div(now_ms, 86400000) * 86400000;
	*name = timezone;
	zone_local(zone, now_ms, &local);
	return zone_instant(zone, (int)local.year, local.month, local.day, 0);
}

/* ---- today ---- */

static int put_calls(struct look *l, struct err *err)
{
	struct json_object *o = put_object(l->answer, "calls");
	struct reply placed, open;
	struct app *app = l->app;

	if (store_call(app->store, app->mem, &placed, err, "ZCOUNT", KEY_CALLS_ALL, arena_printf(app->mem, "%" PRId64, l->from_ms),
		       "+inf", NULL) ||
	    store_call(app->store, app->mem, &open, err, "ZCARD", KEY_CALLS_OPEN, NULL))
		return -1;
	json_put_int(o, "placed_today", placed.number);
	json_put_int(o, "under_way", open.number);
	return 0;
}

static bool is(const char *text, const char *word)
{
	return text && !strcmp(text, word);
}

static void put_interviews(struct look *l)
{
	int64_t invited = 0, started = 0, passed = 0, failed = 0, unclear = 0, waiting = 0;
	struct json_object *o = put_object(l->answer, "interviews");

	for (size_t i = 0; i < l->sessions.count; i++) {
		const struct session_row *s = &l->sessions.rows[i];
		const char *stage = session_stage(s, l->now_ms);

		invited += s->created_ms >= l->from_ms;
		started += s->started_ms >= l->from_ms;
		if (s->evaluated_ms >= l->from_ms) {
			passed += is(session_decision(s), "pass");
			failed += is(session_decision(s), "fail");
			unclear += is(session_decision(s), "inconclusive");
		}
		waiting += is(stage, "invited") || is(stage, "opened");
	}
	json_put_int(o, "invited_today", invited);
	json_put_int(o, "started_today", started);
	json_put_int(o, "passed_today", passed);
	json_put_int(o, "failed_today", failed);
	json_put_int(o, "inconclusive_today", unclear);
	json_put_int(o, "waiting", waiting);
}

/* ---- what runs ---- */

/* The reason that holds back most leads, as one sentence; NULL when none is held back. */
static const char *most_held(struct app *app, struct json_object *blocked)
{
	const char *most = NULL;
	int64_t count = 0;

	if (!json_object_is_type(blocked, json_type_object))
		return NULL;
	json_object_object_foreach(blocked, code, n) {
		if (json_object_get_int64(n) <= count)
			continue;
		count = json_object_get_int64(n);
		most = code;
	}
	for (int b = 0; most && b < BLOCK_COUNT; b++)
		if (!strcmp(most, block_code((enum block)b)))
			return block_sentence(app->mem, (enum block)b, NULL);
	return NULL;
}

static void copy_number(struct json_object *to, struct json_object *from, const char *name, const char *path)
{
	int64_t n = 0;

	json_int(from, path, &n);
	json_put_int(to, name, n);
}

static int put_running(struct look *l, struct err *err)
{
	struct json_object *list = put_list(l->answer, "running");

	for (size_t i = 0; i < l->campaign_count && json_object_array_length(list) < RUNNING_MOST; i++) {
		const struct campaign *c = &l->campaigns[i];
		struct json_object *o, *status;
		struct err gone = { 0 };

		if (c->state != CAMPAIGN_RUNNING)
			continue;
		if (status_json(l->app, c->id, &status, &gone)) {
			if (gone.kind != ERR_MISSING)
				return err_set(err, gone.kind, "%s", gone.msg);
			continue;
		}
		o = json_object_new_object();
		json_put(o, "id", c->id);
		json_put(o, "name", c->name);
		json_put(o, "mode", c->conversation ? "conversation" : "broadcast");
		copy_number(o, status, "total", "counts.total");
		copy_number(o, status, "done", "counts.done");
		copy_number(o, status, "calling", "counts.calling");
		copy_number(o, status, "placed_today", "placed_today");
		copy_number(o, status, "daily_cap", "daily_cap");
		json_put(o, "next_call_at", json_text(status, "next_call_at"));
		json_put(o, "held", most_held(l->app, json_get(status, "blocked")));
		json_object_array_add(list, o);
	}
	return 0;
}

/* When the window opens or closes next; 0 when it never does, as far as is looked ahead. */
static int64_t window_changes_at(const struct window *w, bool open, int64_t now_ms)
{
	const int64_t last = now_ms + (int64_t)CALLING_HOURS_DAYS * 24 * 3600 * 1000;
	int64_t at = open ? calling_hours_until(w->hours, w->zone, w->holidays, now_ms) : calling_hours_next_all(w, 1, now_ms);

	return at < last ? at : 0;
}

static void put_windows(struct look *l)
{
	struct json_object *list = put_list(l->answer, "windows");

	for (size_t i = 0; i < l->campaign_count && json_object_array_length(list) < WINDOWS_MOST; i++) {
		const struct campaign *c = &l->campaigns[i];
		const struct window w = { &c->hours, c->zone, &c->holidays };
		bool open = calling_hours_open(&c->hours, c->zone, &c->holidays, l->now_ms);
		struct json_object *o;

		if (c->state != CAMPAIGN_RUNNING && c->state != CAMPAIGN_PAUSED)
			continue;
		o = json_object_new_object();
		json_put(o, "id", c->id);
		json_put(o, "name", c->name);
		json_put(o, "state", campaign_state_name(c->state));
		json_put_flag(o, "open", open);
		json_put_time(o, "changes_at", window_changes_at(&w, open, l->now_ms));
		json_put(o, "timezone", c->timezone);
		json_object_array_add(list, o);
	}
}

/* ---- what needs a person ---- */

static void need(struct json_object *list, const char *kind, const char *tone, const char *sentence, const char *link,
		 const char *words)
{
	struct json_object *o = json_object_new_object();

	json_put(o, "kind", kind);
	json_put(o, "tone", tone);
	json_put(o, "sentence", sentence);
	json_put(o, "link", link);
	json_put(o, "link_words", words);
	json_object_array_add(list, o);
}

static void need_for_checks(struct look *l, struct json_object *list)
{
	const struct check_result *results = l->checks;
	const char *missing = doctor_not_set_up(l->app->mem, results);
	size_t told = 0, never = 0;

	for (size_t i = 0; i < doctor_check_count; i++) {
		never += !results[i].at_ms;
		if (results[i].state != CHECK_FAIL || told++ >= CHECKS_TOLD)
			continue;
		need(list, "check", "bad", arena_printf(l->app->mem, "%s, %s: %s", doctor_checks[i].group, doctor_checks[i].title, results[i].sentence),
		     "/console/settings", "What to do");
	}
	if (told > CHECKS_TOLD)
		need(list, "check", "bad", arena_printf(l->app->mem, "%zu more checks are red.", told - CHECKS_TOLD), "/console/settings",
		     "See them");
	if (missing)
		need(list, "setup", "info", arena_printf(l->app->mem, "Not set up: %s. What needs them is off.", missing), "/console/settings",
		     "How to set up");
	if (never == doctor_check_count)
		need(list, "check", "info", "Vendors and settings have not been checked yet.", "/console/settings", "Check them");
}

static void need_for_campaigns(struct look *l, struct json_object *list)
{
	size_t told = 0;

	for (size_t i = 0; i < l->campaign_count; i++) {
		const struct campaign *c = &l->campaigns[i];

		if (c->state != CAMPAIGN_PAUSED || told++ >= PAUSED_TOLD)
			continue;
		need(list, "campaign", "warn",
		     arena_printf(l->app->mem, "“%s” is paused: %s", c->name, c->state_reason ? c->state_reason : "no reason was given."),
		     arena_printf(l->app->mem, "/console/campaigns/%s", c->id), "Look at it");
	}
	if (told > PAUSED_TOLD)
		need(list, "campaign", "warn", arena_printf(l->app->mem, "%zu more campaigns are paused.", told - PAUSED_TOLD),
		     "/console/campaigns?state=paused", "See them");
}

static bool is_undelivered(const struct session_row *s, int64_t now_ms)
{
	static const char *const bad[] = { "bounced", "failed", "complained", "suppressed", "refused", "no_address" };
	const char *stage = session_stage(s, now_ms);

	for (size_t i = 0; s->email_state && i < ARRAY_LEN(bad); i++)
		if (!strcmp(s->email_state, bad[i]))
			return is(stage, "invited");
	return false;
}

static void need_for_mails(struct look *l, struct json_object *list)
{
	const struct session_row *first = NULL;
	size_t count = 0;

	for (size_t i = 0; i < l->sessions.count; i++)
		if (is_undelivered(&l->sessions.rows[i], l->now_ms) && !count++)
			first = &l->sessions.rows[i];
	if (count == 1)
		need(list, "mail", "warn", "One invitation did not reach its candidate.",
		     arena_printf(l->app->mem, "/console/interviews/%s", first->id), "Look at it");
	else if (count)
		need(list, "mail", "warn", arena_printf(l->app->mem, "%zu invitations did not reach their candidates.", count),
		     "/console/interviews?stage=invited", "See them");
}

static int put_attention(struct look *l, struct err *err)
{
	struct json_object *list = put_list(l->answer, "attention");
	const struct queue queue = screening_queue(l->app);
	struct app *app = l->app;
	struct reply orphans;
	int64_t dead;

	if (queue_count(&queue, app->mem, "dead", &dead, err) ||
	    store_call(app->store, app->mem, &orphans, err, "ZCARD", KEY_ORPHANS, NULL))
		return -1;
	if (dead)
		need(list, "jobs", "bad", arena_printf(app->mem, dead == 1 ? "%" PRId64 " piece of work was given up." : "%" PRId64 " pieces of work were given up.", dead),
		     "/console/dead-letters", "Retry or discard");
	need_for_checks(l, list);
	if (orphans.number)
		need(list, "orphans", "warn",
		     arena_printf(app->mem, orphans.number == 1 ? "%" PRId64 " transcript belongs to no interview." : "%" PRId64 " transcripts belong to no interview.", orphans.number),
		     "/console/interviews/orphans", "Attach them");
	need_for_campaigns(l, list);
	need_for_mails(l, list);
	return 0;
}

/* ---- the first steps ---- */

static void step(struct json_object *list, const char *title, const char *text, const char *link, bool done)
{
	struct json_object *o = json_object_new_object();

	json_put(o, "title", title);
	json_put(o, "text", text);
	json_put(o, "link", link);
	json_put_flag(o, "done", done);
	json_object_array_add(list, o);
}

static bool all_checked_and_none_red(const struct look *l)
{
	for (size_t i = 0; i < doctor_check_count; i++)
		if (!l->checks[i].at_ms || l->checks[i].state == CHECK_FAIL)
			return false;
	return true;
}

/* Shown until there is a campaign that was started, or an interview. */
static int put_first_steps(struct look *l, struct err *err)
{
	struct app *app = l->app;
	struct json_object *list;
	struct reply agents;
	bool leads = false, started = false;

	for (size_t i = 0; i < l->campaign_count; i++) {
		leads |= l->campaigns[i].leads > 0;
		started |= l->campaigns[i].state != CAMPAIGN_DRAFT;
	}
	if (started || l->sessions.count) {
		json_object_object_add(l->answer, "first_steps", NULL);
		return 0;
	}
	if (store_call(app->store, app->mem, &agents, err, "ZCARD", KEY_AGENTS, NULL))
		return -1;
	list = put_list(l->answer, "first_steps");
	step(list, "Check the vendors", "See that every key works, before anybody is called or invited.", "/console/settings",
	     all_checked_and_none_red(l));
	step(list, "Make an agent", "Choose a voice and write what it says.", "/console/agents/new", agents.number > 0);
	step(list, "Plan a campaign", "When may it call, how often, and how fast?", "/console/campaigns/new", l->campaign_count > 0);
	step(list, "Import its leads", "From a CSV file: numbers are checked, and rejected rows are told.", "/console/campaigns", leads);
	step(list, "Start it", "The review tells who can be called now, and why others cannot.", "/console/campaigns", false);
	step(list, "Or invite a candidate", "Move an issue into the screening state in Linear.", "/console/interviews", false);
	return 0;
}

int overview_json(struct app *app, const char *timezone, struct json_object **overview, struct err *err)
{
	struct look l = { .app = app, .now_ms = clock_wall_ms(app->clock) };
	const char *zone;

	l.answer = *overview = json_owned(app->mem, json_object_new_object());
	l.from_ms = midnight(app, timezone, l.now_ms, &zone);
	if (read_campaigns(&l, err) || check_results(app, &l.checks, err) ||
	    session_page_read(app, (struct session_place){ 0, NULL }, &(struct session_filter){ 0 }, SESSIONS_MOST, &l.sessions, err))
		return -1;
	json_put_time(l.answer, "at", l.now_ms);
	json_put(l.answer, "timezone", zone);
	json_put_time(l.answer, "today_from", l.from_ms);
	if (put_calls(&l, err) || put_running(&l, err) || put_attention(&l, err) || put_first_steps(&l, err))
		return -1;
	put_interviews(&l);
	put_windows(&l);
	return 0;
}
