/* See review.h. */
#include "campaign/review.h"

#include <stdlib.h>
#include <string.h>

#include "base/limits.h"
#include "base/number_set.h"
#include "campaign/call_audio.h"
#include "campaign/review_time.h"
#include "campaign/script_text.h"
#include "store/keys.h"

enum {
	RINGING_S = 20,            /* assumed, with the answer and a key */
	TALK_S = 120,              /* assumed of a conversation */
	CHARACTERS_PER_SECOND = 15,
};

struct counting {
	struct app *app;
	const struct campaign_facts *facts;
	struct review *review;
	int64_t now_ms;
	int64_t *seen;             /* by group: leads that were looked at */
	struct review_load *loads; /* by group */
	struct number_set texts;
	int64_t spoken, spoken_characters; /* leads whose text was made */
};

/* ---- one lead ---- */

static void count_text(struct counting *n, const char *text)
{
	struct review *r = n->review;
	int64_t characters = (int64_t)str_characters(str_from(text));
	struct audio audio;
	bool bought = call_audio_is_bought(n->app, &n->facts->agent, text, &audio);
	char head[17];

	memcpy(head, audio.hash, 16);
	head[16] = '\0';
	if (!number_set_add(&n->texts, strtoull(head, NULL, 16) | 1))
		return;
	*(bought ? &r->texts_bought : &r->texts_to_buy) += 1;
	*(bought ? &r->characters_bought : &r->characters_to_buy) += characters;
}

/* Makes the text of a lead, for what it lacks and what it costs. */
static void speak(struct counting *n, struct lead *lead, const char **missing)
{
	const char *text = script_render(n->app->mem, str_from(n->facts->agent.script), lead_lookup, lead, missing);

	if (*missing && !n->review->missing)
		n->review->missing = *missing;
	if (!text || !str_trim(str_from(text)).len)
		return;
	n->spoken++;
	n->spoken_characters += (int64_t)str_characters(str_from(text));
	count_text(n, text);
}

static bool is_held_by_contact(const struct lead *lead, enum block block)
{
	return lead->held && !strcmp(lead->held, block_code(block));
}

/* The same facts as of the dialer, as if the campaign ran. */
static struct eligibility_facts facts_of(struct counting *n, const struct lead *lead)
{
	const struct campaign_facts *f = n->facts;
	struct eligibility_facts facts = group_facts(&f->snapshot.campaign,
						     group_numbered(f->groups, f->group_count, lead->group),
						     f->snapshot.placed_today, n->now_ms);

	facts.running = true;
	facts.calling = lead->state == LEAD_CALLING;
	facts.attempts = lead->attempts;
	facts.retry_ms = lead->next_ms;
	facts.contact_gap_until_ms = is_held_by_contact(lead, BLOCK_CONTACT_GAP) ? n->now_ms + 1 : 0;
	facts.contact_limit_until_ms = is_held_by_contact(lead, BLOCK_CONTACT_LIMIT) ? n->now_ms + 1 : 0;
	return facts;
}

static void count_lead(struct counting *n, struct lead *lead, bool suppressed, bool busy)
{
	const struct campaign *c = &n->facts->snapshot.campaign;
	struct eligibility_facts facts = facts_of(n, lead);
	int64_t calls = c->retry.max_attempts - lead->attempts;
	enum block block;

	facts.suppressed = suppressed;
	facts.number_busy = busy;
	if (!suppressed && n->facts->has_agent && !c->conversation)
		speak(n, lead, &facts.missing_variable);
	block = eligibility(&facts).block;
	*(block == BLOCK_NONE ? &n->review->callable : &n->review->blocked[block]) += 1;
	for (size_t i = 0; i < n->facts->group_count; i++) {
		if (n->facts->groups[i].number != lead->group)
			continue;
		n->seen[i] += lead->state != LEAD_CALLING;
		if (!suppressed && !facts.missing_variable && calls > 0)
			n->loads[i].calls += calls;
	}
}

/* ---- all leads ---- */

static int ask_numbers(struct app *app, const char *key, const struct lead *leads, size_t count, struct reply *r,
		       struct err *err)
{
	struct command c = command_new(app->mem, "HMGET");

	command_text(&c, key);
	for (size_t i = 0; i < count; i++)
		command_text(&c, leads[i].phone ? leads[i].phone : "-");
	return store_run(app->store, &c, r, err);
}

static int count_some(struct counting *n, int64_t first, size_t count, struct err *err)
{
	struct reply listed, live;
	struct lead leads[LEADS_AT_ONCE];

	if (leads_load(n->app, n->facts->snapshot.campaign.id, first, count, leads, err) ||
	    ask_numbers(n->app, KEY_DO_NOT_CALL, leads, count, &listed, err) ||
	    ask_numbers(n->app, KEY_NUMBERS_LIVE, leads, count, &live, err))
		return -1;
	if (listed.count != count || live.count != count)
		return err_set(err, ERR_SYSTEM, "review: an answer that is none");
	for (size_t i = 0; i < count; i++)
		if (leads[i].phone && leads[i].state != LEAD_DONE)
			count_lead(n, &leads[i], listed.items[i].type == REPLY_TEXT, live.items[i].type == REPLY_TEXT);
	n->review->examined += (int64_t)count;
	return 0;
}

static int examine(struct counting *n, struct err *err)
{
	enum { AT_ONCE = 50 };
	struct arena *mem = n->app->mem;
	int64_t last = n->facts->snapshot.campaign.leads;
	int rc = 0;

	if (last > LIMIT_SCAN)
		last = LIMIT_SCAN;
	/* What is read for some leads is not kept until the next. */
	n->app->mem = arena_new();
	for (int64_t at = 1; !rc && at <= last; at += AT_ONCE) {
		bool known = n->review->missing;

		rc = count_some(n, at, (size_t)(last - at + 1 < AT_ONCE ? last - at + 1 : AT_ONCE), err);
		if (n->review->missing && !known)
			n->review->missing = arena_strdup(mem, n->review->missing);
		arena_reset(n->app->mem);
	}
	arena_free(n->app->mem);
	n->app->mem = mem;
	return rc;
}

/* Leads that were not looked at one by one: what holds for their group holds for them. */
static void count_rest(struct counting *n)
{
	const struct status_snapshot *s = &n->facts->snapshot;

	for (size_t i = 0; i < s->count; i++) {
		const struct group *g = group_numbered(n->facts->groups, n->facts->group_count, (int)s->standings[i].number);
		size_t place = g ? (size_t)(g - n->facts->groups) : 0;
		int64_t rest = g ? standing_leads(&s->standings[i]) - n->seen[place] : 0;
		struct eligibility_facts facts;
		enum block block;

		if (rest <= 0 || s->campaign.leads <= LIMIT_SCAN)
			continue;
		facts = group_facts(&s->campaign, g, s->placed_today, n->now_ms);
		facts.running = true;
		block = eligibility(&facts).block;
		*(block == BLOCK_NONE ? &n->review->callable : &n->review->blocked[block]) += rest;
		n->loads[place].calls += rest * s->campaign.retry.max_attempts;
	}
}

/* ---- what follows ---- */

static void count_speech(struct counting *n)
{
	const struct campaign *c = &n->facts->snapshot.campaign;
	struct review *r = n->review;
	const char *outcome, *say;
	double share;

	r->speaks = !c->conversation;
	r->seconds_per_call = RINGING_S + (c->conversation ? TALK_S : 0);
	if (!r->speaks || !n->facts->has_agent)
		return;
	if (n->spoken)
		r->seconds_per_call += (double)n->spoken_characters / (double)n->spoken / CHARACTERS_PER_SECOND;
	r->characters_estimated = c->leads > LIMIT_SCAN && r->texts_bought + r->texts_to_buy > 1;
	if (r->characters_estimated && r->examined) {
		share = (double)c->leads / (double)r->examined;
		r->texts_to_buy = (int64_t)((double)r->texts_to_buy * share);
		r->characters_to_buy = (int64_t)((double)r->characters_to_buy * share);
	}
	for (const char *key = "0123456789*#"; *key; key++)
		if (campaign_key(c, *key, &outcome, &say) && say && str_trim(str_from(say)).len)
			count_text(n, say);
}

static void find_pace(struct counting *n)
{
	const struct campaign *c = &n->facts->snapshot.campaign;
	struct review *r = n->review;
	double slots = c->max_concurrent_calls / r->seconds_per_call, account = n->app->cfg.twilio_calls_per_second;

	r->calls_per_second = c->calls_per_second;
	r->limited_by = "pace";
	if (account > 0 && account < r->calls_per_second) {
		r->calls_per_second = account;
		r->limited_by = "account";
	}
	if (slots < r->calls_per_second) {
		r->calls_per_second = slots;
		r->limited_by = "slots";
	}
}

static void find_time(struct counting *n)
{
	const struct status_snapshot *s = &n->facts->snapshot;
	const struct campaign *c = &s->campaign;
	struct review *r = n->review;
	const struct review_plan plan = {
		.campaign = { &c->hours, c->zone, &c->holidays }, .calls_per_second = r->calls_per_second,
		.daily_cap = c->daily_cap, .placed_today = s->placed_today, .now_ms = n->now_ms,
	};
	struct review_time time;

	for (size_t i = 0; i < n->facts->group_count; i++) {
		const struct group *g = &n->facts->groups[i];

		n->loads[i].windows = g->windows;
		n->loads[i].window_count = g->count;
		r->worst_calls += n->loads[i].calls;
		if (g->unknown) {
			r->calls_never += n->loads[i].calls;
			n->loads[i].calls = 0;
		}
	}
	time = review_time(&plan, n->loads, n->facts->group_count);
	r->calls_never += time.never;
	r->begins_ms = time.begins_ms;
	r->ends_ms = time.ends_ms;
	r->days = time.days;
	r->capped = time.capped;
}

int review_make(struct app *app, const struct campaign_facts *facts, struct review *review, struct err *err)
{
	size_t groups = facts->group_count + 1;
	struct counting n = { .app = app, .facts = facts, .review = review, .now_ms = clock_wall_ms(app->clock) };
	const struct reply *counts = &facts->snapshot.counts;

	*review = (struct review){ .total = reply_field_int(counts, "total", 0) };
	review->left = review->total - reply_field_int(counts, "done", 0);
	n.seen = arena_alloc(app->mem, groups * sizeof(*n.seen));
	n.loads = arena_alloc(app->mem, groups * sizeof(*n.loads));
	memset(n.seen, 0, groups * sizeof(*n.seen));
	memset(n.loads, 0, groups * sizeof(*n.loads));
	if (examine(&n, err)) {
		number_set_release(&n.texts);
		return -1;
	}
	count_rest(&n);
	count_speech(&n);
	number_set_release(&n.texts);
	find_pace(&n);
	find_time(&n);
	return 0;
}
