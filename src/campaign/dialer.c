/* See dialer.h. */
#include "campaign/dialer.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/crypto.h"
#include "base/die.h"
#include "campaign/call_audio.h"
#include "campaign/call_queue.h"
#include "campaign/dial_lines.h"
#include "campaign/script_text.h"
#include "store/keys.h"

enum {
	CAMPAIGNS_MOST = 64,      /* that have their turn; more wait until one of them ends */
	PLAN_MS = 250,            /* a plan is not older */
	IDLE_US = 100000,         /* until a campaign is looked at again that had nothing to call, */
	FULL_US = 25000,          /* or no line */
	CLAIM_LOOK_MS = 5,        /* while Redis claims, the lines are looked after */
	CLAIM_PATIENCE_US = 2000000, /* then Redis is waited for */
	SPARE = 30,               /* leads more than can be placed are looked at when some have no audio yet */
};

/* A campaign that has its turn. */
struct turn {
	char id[CALL_ID_LENGTH + 1];
	struct arena *mem; /* of the plan */
	struct call_plan plan;
	bool planned;
	int64_t plan_until_us, wait_until_us, taken_us;
	struct dial_memory memory;
	bool listed, released;
	bool hungry; /* only the account's pace keeps it from calling */
	size_t spare;
	size_t batch; /* after all lines were taken: how many candidates are worth while; 0: no bound */
};

struct dialer {
	struct app *app;
	struct http_many *many;
	struct dial_lines *lines;
	struct store *claims; /* a connection of its own: the lines are at work while it waits for Redis */
	struct turn turns[CAMPAIGNS_MOST];
	size_t turn_count, first, most; /* most: calls at once */
	int64_t list_until_us;
	bool claiming;
};

struct dialer *dialer_new(struct app *app, struct http_many *many, size_t most)
{
	struct dialer *d = calloc(1, sizeof(*d));

	if (!d)
		die_out_of_memory();
	d->app = app;
	d->many = many;
	d->lines = dial_lines_new(app, many, most);
	d->claims = store_twin(app->store);
	d->most = most;
	d->claiming = true;
	return d;
}

void dialer_free(struct dialer *d)
{
	dial_lines_free(d->lines);
	for (size_t i = 0; i < d->turn_count; i++)
		arena_free(d->turns[i].mem);
	store_free(d->claims);
	free(d);
}

static int64_t now_us(const struct dialer *d)
{
	return clock_monotonic_us(d->app->clock);
}

/* ---- which campaigns ---- */

static struct turn *turn_of(struct dialer *d, const char *id)
{
	for (size_t i = 0; i < d->turn_count; i++)
		if (!strcmp(d->turns[i].id, id))
			return &d->turns[i];
	return NULL;
}

static void turn_add(struct dialer *d, const char *id)
{
	struct turn *t = turn_of(d, id);

	if (!t && d->turn_count < CAMPAIGNS_MOST && strlen(id) <= CALL_ID_LENGTH) {
		t = &d->turns[d->turn_count++];
		*t = (struct turn){ .mem = arena_new() };
		snprintf(t->id, sizeof(t->id), "%s", id);
	}
	if (t)
		t->listed = true;
}

/* The lines know their campaigns' places. */
static void turn_remove(struct dialer *d, size_t i)
{
	struct turn *gone = &d->turns[i], *last = &d->turns[d->turn_count - 1];

	arena_free(gone->mem);
	dial_lines_moved(d->lines, &gone->memory, NULL);
	if (gone != last)
		dial_lines_moved(d->lines, &last->memory, &gone->memory);
	*gone = *last;
	d->turn_count--;
}

static int list_campaigns(struct dialer *d, struct err *err)
{
	struct reply all;

	if (now_us(d) < d->list_until_us)
		return 0;
	if (store_call(d->app->store, d->app->mem, &all, err, "SMEMBERS", KEY_CAMPAIGNS_ACTIVE, NULL))
		return -1;
	for (size_t i = 0; i < d->turn_count; i++)
		d->turns[i].listed = false;
	for (size_t i = 0; i < all.count; i++)
		if (reply_text(&all.items[i]))
			turn_add(d, reply_text(&all.items[i]));
	for (size_t i = d->turn_count; i-- > 0;)
		if (!d->turns[i].listed)
			turn_remove(d, i);
	d->list_until_us = now_us(d) + PLAN_MS * 1000;
	return 0;
}

/* ---- one campaign's turn ---- */

/* False: there is nothing to call for this campaign at present. */
static bool plan(struct dialer *d, struct turn *t)
{
	struct app planner = *d->app;
	struct err err = { 0 };
	bool failed;

	if (t->planned && now_us(d) < t->plan_until_us)
		return t->plan.open_count;
	arena_reset(t->mem);
	planner.mem = t->mem;
	failed = call_plan_make(&planner, t->id, &t->plan, &err);
	t->planned = !failed;
	t->plan_until_us = now_us(d) + PLAN_MS * 1000;
	if (failed) {
		if (err.kind != ERR_MISSING)
			log_event(&d->app->log, LOG_WARNING, "dialer.no_plan", LOG_TEXT("campaign", t->id),
				  LOG_TEXT("reason", err.msg));
		return false;
	}
	if (!t->plan.open_count)
		return false;
	/* A new dialer asks again about refused texts: that is once a minute. */
	if (call_queue_release(d->app, &t->plan, !t->released, &err))
		log_event(&d->app->log, LOG_WARNING, "dialer.no_release", LOG_TEXT("campaign", t->id), LOG_TEXT("reason", err.msg));
	t->released = true;
	return true;
}

/* When nearly all lines are taken, many are worth waiting for: a claim of few costs as much as one of many. */
static bool lines_are_worth_a_claim(const struct dialer *d)
{
	size_t lines = dial_lines_left(d->lines);

	return lines && lines >= d->most / 4;
}

/* How many calls can have their moment within the time that is planned ahead. */
static size_t room(const struct dialer *d, const struct call_plan *p)
{
	size_t lines = dial_lines_left(d->lines);
	double pace = p->campaign.calls_per_second, account = d->app->cfg.twilio_calls_per_second;
	double ahead = (pace < account ? pace : account) * CLAIM_AHEAD_US / 1e6;
	size_t most = ahead > CLAIM_MOST - SPARE - 2 ? CLAIM_MOST - SPARE : (size_t)ahead + 2;

	most = most < lines ? most : lines;
	return most < (size_t)p->campaign.max_concurrent_calls ? most : (size_t)p->campaign.max_concurrent_calls;
}

enum readiness { READY, NOT_YET, HELD_BACK };

static int hold_back(struct dialer *d, const struct call_plan *p, const struct lead *lead, enum block why, enum readiness *is,
		     struct err *err)
{
	*is = HELD_BACK;
	return call_queue_hold(d->app, p, lead, why, err);
}

/* Whether the lead can be called as it is; holds it back when its script cannot be filled or spoken. */
static int look_at(struct dialer *d, const struct call_plan *p, const struct lead *lead, const char **audio, enum readiness *is,
		   struct err *err)
{
	const char *missing = NULL;
	struct err failure = { 0 };
	struct audio file;
	bool ready;

	*audio = NULL;
	if (p->campaign.conversation) {
		ready = script_render(d->app->mem, str_from(p->agent.script), lead_lookup, (void *)(uintptr_t)lead, &missing);
	} else if (call_audio_script(d->app, &p->campaign, &p->agent, lead, CALL_AUDIO_LOOK, &file, &ready, &missing, &failure)) {
		if (failure.kind != ERR_INPUT && failure.kind != ERR_REFUSED)
			return err_set(err, failure.kind, "%s", failure.msg);
		return hold_back(d, p, lead, BLOCK_TEXT_REFUSED, is, err);
	} else {
		*audio = arena_strdup(d->app->mem, file.name);
	}
	if (missing)
		return hold_back(d, p, lead, BLOCK_MISSING_VARIABLE, is, err);
	*is = ready ? READY : NOT_YET;
	return 0;
}

/* *more: none of those that were looked at can be called, but there may be others behind them. */
static int find_candidates(struct dialer *d, struct turn *t, struct candidate *candidates, size_t *count, bool *more,
			   struct err *err)
{
	const struct call_plan *p = &t->plan;
	size_t most = room(d, p), leads, seen[HELD_BACK + 1] = { 0 };
	struct lead *lead;

	*count = 0;
	if (t->batch && t->batch < most)
		most = t->batch;
	if (call_queue_next(d->app, p, most + t->spare, &lead, &leads, err))
		return -1;
	for (size_t i = 0; i < leads && *count < most; i++) {
		struct candidate *c = &candidates[*count];
		enum readiness is;

		*c = (struct candidate){ .lead = lead[i] };
		if (look_at(d, p, &lead[i], &c->audio, &is, err))
			return -1;
		seen[is]++;
		if (is != READY)
			continue;
		snprintf(c->id, sizeof(c->id), "%s", random_id(d->app->mem));
		++*count;
	}
	t->spare = seen[NOT_YET] + seen[HELD_BACK] ? SPARE : 0;
	*more = seen[HELD_BACK] && !*count;
	return 0;
}

static int64_t pause_after(const struct claim *claim, size_t taken)
{
	switch (claim->stop) {
	case CLAIM_PACE:
	case CLAIM_OWN:
	case CLAIM_SLOW:
		/* Not to the end of a long wait: the settings may change meanwhile. */
		return claim->wait_us < IDLE_US ? claim->wait_us : IDLE_US;
	case CLAIM_ALL:
		return taken ? 0 : IDLE_US;
	case CLAIM_CHANGED:
		return 0;
	case CLAIM_FULL:
		return FULL_US;
	default:
		return IDLE_US;
	}
}

/* While Redis claims, what was claimed before is sent and answered. */
static int claim_candidates(struct dialer *d, struct turn *t, struct candidate *candidates, size_t count, struct claim *claim,
			    struct err *err)
{
	int64_t until = now_us(d) + CLAIM_PATIENCE_US;
	struct command c;

	call_queue_claim_begin(d->app, d->claims, &t->plan, candidates, count, &c);
	d->many->also = store_descriptor(d->claims);
	do
		dial_lines_turn(d->lines, CLAIM_LOOK_MS);
	while (!store_is_answered(d->claims) && now_us(d) < until);
	d->many->also = 0;
	return call_queue_claim_end(d->claims, &c, candidates, count, claim, err);
}

static int claim(struct dialer *d, struct turn *t, struct err *err)
{
	struct candidate *candidates = arena_alloc(d->app->mem, CLAIM_MOST * sizeof(*candidates));
	struct claim claim = { .stop = CLAIM_ALL };
	size_t count, taken = 0;
	bool more;

	if (find_candidates(d, t, candidates, &count, &more, err))
		return -1;
	if (count && claim_candidates(d, t, candidates, count, &claim, err))
		return -1;
	for (size_t i = 0; i < count; i++) {
		if (candidates[i].verdict != CLAIM_TAKEN)
			continue;
		dial_lines_plan(d->lines, &t->plan, &t->memory, &candidates[i]);
		taken++;
	}
	if (claim.stop == CLAIM_CHANGED)
		t->planned = false;
	if (taken)
		t->taken_us = now_us(d);
	t->hungry = claim.stop == CLAIM_PACE;
	t->batch = claim.stop == CLAIM_FULL ? 2 * taken + 2 : 0;
	t->wait_until_us = now_us(d) + (more ? 0 : pause_after(&claim, taken));
	return 0;
}

/* The account's pace is shared in turns: another campaign that waits for it was served
 * longer ago. */
static bool must_yield(const struct dialer *d, struct turn *t)
{
	for (size_t i = 0; i < d->turn_count; i++) {
		const struct turn *other = &d->turns[i];

		if (other == t || !other->hungry || other->taken_us >= t->taken_us)
			continue;
		t->wait_until_us = other->wait_until_us + 1000;
		return true;
	}
	return false;
}

/* Every campaign once, beginning with another one each time. */
static int claim_all(struct dialer *d, struct err *err)
{
	if (list_campaigns(d, err))
		return -1;
	for (size_t i = 0; i < d->turn_count && lines_are_worth_a_claim(d); i++) {
		struct turn *t = &d->turns[(d->first + i) % d->turn_count];

		if (now_us(d) < t->wait_until_us || must_yield(d, t))
			continue;
		t->hungry = false;
		if (!plan(d, t))
			t->wait_until_us = now_us(d) + IDLE_US;
		else if (claim(d, t, err))
			return -1;
	}
	d->first++;
	return 0;
}

static int to_ms(int64_t us, int most)
{
	return us < 0 || us / 1000 > most ? most : (int)(us / 1000);
}

int dialer_turn(struct dialer *d, int wait_ms, bool *idle, struct err *err)
{
	int rc = d->claiming ? claim_all(d, err) : 0;

	for (size_t i = 0; i < d->turn_count && lines_are_worth_a_claim(d); i++) {
		int64_t wait = d->turns[i].wait_until_us - now_us(d);

		wait_ms = to_ms(wait < 0 ? 0 : wait, wait_ms);
	}
	dial_lines_turn(d->lines, wait_ms);
	dial_lines_send(d->lines);
	/* Nobody waits for Redis while there is something else to do. */
	dial_lines_note(d->lines, !dial_lines_busy(d->lines));
	*idle = dial_lines_idle(d->lines);
	return rc;
}

void dialer_finish(struct dialer *d, int64_t until_ms)
{
	struct err err = { 0 };
	bool idle = false;

	d->claiming = false;
	while (!idle && clock_monotonic_ms(d->app->clock) < until_ms) {
		(void)dialer_turn(d, 100, &idle, &err);
		arena_reset(d->app->mem);
	}
}
