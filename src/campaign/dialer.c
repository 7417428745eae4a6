/* See dialer.h. */
#include "campaign/dialer.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/crypto.h"
#include "base/die.h"
#include "campaign/call_audio.h"
#include "campaign/call_queue.h"
#include "campaign/dial.h"
#include "campaign/script_text.h"
#include "store/keys.h"

enum {
	CAMPAIGNS_MOST = 64,      /* that have their turn; more wait until one of them ends */
	PLAN_MS = 250,            /* a plan is not older */
	IDLE_US = 100000,         /* until a campaign is looked at again that had nothing to call, */
	FULL_US = 25000,          /* or no line */
	EARLY_US = 50,            /* so little before its moment a call is sent: waiting less makes no sense */
	SPARE = 30,               /* leads more than can be placed are looked at when some have no audio yet */
	FAILURES_MOST = 5,        /* in a row, then the campaign pauses */
};

/* A campaign that has its turn. */
struct turn {
	char id[CALL_ID_LENGTH + 1];
	struct arena *mem; /* of the plan */
	struct call_plan plan;
	bool planned;
	int64_t plan_until_us, wait_until_us, taken_us, next_us;
	bool listed, had_failures;
	bool hungry; /* only the account's pace keeps it from calling */
	size_t spare;
	size_t batch; /* after all lines were taken: how many candidates are worth while; 0: no bound */
};

/* A claimed call: planned, then under way. */
struct dial {
	struct dial *next, *previous; /* of its list; previous only while under way */
	struct arena *mem;
	struct call call;
	struct http_call request;
	struct turn *turn; /* NULL: the campaign has no turn any more */
	double calls_per_second;
	int64_t at_us, until_ms;
};

struct dialer {
	struct app *app;
	struct http_many *many;
	struct store *claims, *notes; /* connections of their own: the dialer works while they wait for Redis */
	struct placed_batch *noted;   /* is on its way to Redis; NULL: none */
	struct dial **noted_dials;
	struct turn turns[CAMPAIGNS_MOST];
	size_t turn_count, first;
	int64_t list_until_us, next_us;
	struct dial *planned;  /* by their moment */
	struct dial *under_way;
	struct arena **spare;  /* memory of calls that are over */
	size_t spare_count;
	size_t planned_count, most; /* most: calls at once */
	bool claiming;
};

struct dialer *dialer_new(struct app *app, struct http_many *many, size_t most)
{
	struct dialer *d = calloc(1, sizeof(*d));

	if (!d || !(d->spare = calloc(most, sizeof(struct arena *))))
		die_out_of_memory();
	d->app = app;
	d->many = many;
	d->claims = store_twin(app->store);
	d->notes = store_twin(app->store);
	d->most = most;
	d->claiming = true;
	return d;
}

static struct arena *dial_memory(struct dialer *d)
{
	return d->spare_count ? d->spare[--d->spare_count] : arena_new();
}

static void dial_free(struct dialer *d, struct dial *dial)
{
	struct arena *mem = dial->mem;

	if (d->spare_count == d->most) {
		arena_free(mem);
	} else {
		arena_reset(mem);
		d->spare[d->spare_count++] = mem;
	}
}

void dialer_free(struct dialer *d)
{
	struct dial *dial;

	while ((dial = d->planned)) {
		d->planned = dial->next;
		dial_free(d, dial);
	}
	while ((dial = d->under_way)) {
		d->under_way = dial->next;
		dial_free(d, dial);
	}
	for (size_t i = 0; i < d->turn_count; i++)
		arena_free(d->turns[i].mem);
	while (d->spare_count)
		arena_free(d->spare[--d->spare_count]);
	store_free(d->claims);
	store_free(d->notes);
	free(d->spare);
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

/* Calls that are planned or under way know their campaign's place. */
static void turn_remove(struct dialer *d, size_t i)
{
	struct turn *gone = &d->turns[i], *last = &d->turns[d->turn_count - 1];

	arena_free(gone->mem);
	for (int list = 0; list < 2; list++) {
		for (struct dial *dial = list ? d->under_way : d->planned; dial; dial = dial->next) {
			if (dial->turn == gone)
				dial->turn = NULL;
			else if (dial->turn == last)
				dial->turn = gone;
		}
	}
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

static void turn_io(struct dialer *d, int wait_ms);

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
	if (call_queue_release(d->app, &t->plan, &err))
		log_event(&d->app->log, LOG_WARNING, "dialer.no_release", LOG_TEXT("campaign", t->id), LOG_TEXT("reason", err.msg));
	return true;
}

/* How many more requests can be under way at once. */
static size_t free_lines(const struct dialer *d)
{
	size_t used = d->planned_count + http_many_running(d->many);

	return used < d->most ? d->most - used : 0;
}

/* When nearly all lines are taken, many are worth waiting for: a claim of few costs as much as one of many. */
static bool lines_are_worth_a_claim(const struct dialer *d)
{
	size_t lines = free_lines(d);

	return lines && (lines >= d->most / 4 || lines == d->most);
}

/* How many calls can have their moment within the time that is planned ahead. */
static size_t room(const struct dialer *d, const struct call_plan *p)
{
	size_t lines = free_lines(d);
	double pace = p->campaign.calls_per_second, account = d->app->cfg.twilio_calls_per_second;
	double ahead = (pace < account ? pace : account) * CLAIM_AHEAD_US / 1e6;
	size_t most = ahead > CLAIM_MOST - SPARE - 2 ? CLAIM_MOST - SPARE : (size_t)ahead + 2;

	most = most < lines ? most : lines;
	return most < (size_t)p->campaign.max_concurrent_calls ? most : (size_t)p->campaign.max_concurrent_calls;
}

/* Whether the lead can be called as it is; holds it back when its script cannot be filled. */
static int is_ready(struct dialer *d, const struct call_plan *p, const struct lead *lead, const char **audio, bool *ready,
		    struct err *err)
{
	const char *missing = NULL;
	struct err failure = { 0 };
	struct audio file;

	*audio = NULL;
	if (p->campaign.conversation) {
		*ready = script_render(d->app->mem, str_from(p->agent.script), lead_lookup, (void *)(uintptr_t)lead, &missing);
	} else if (call_audio_script(d->app, &p->campaign, &p->agent, lead, CALL_AUDIO_LOOK, &file, ready, &missing, &failure)) {
		/* A text that cannot be spoken keeps its lead from being called, not the others. */
		*ready = false;
		if (failure.kind != ERR_INPUT && failure.kind != ERR_REFUSED)
			return err_set(err, failure.kind, "%s", failure.msg);
	} else {
		*audio = arena_strdup(d->app->mem, file.name);
	}
	if (!missing)
		return 0;
	*ready = false;
	return call_queue_hold(d->app, p, lead, err);
}

static int find_candidates(struct dialer *d, struct turn *t, struct candidate *candidates, size_t *count, struct err *err)
{
	const struct call_plan *p = &t->plan;
	size_t most = room(d, p), leads, unready = 0;
	struct lead *lead;

	*count = 0;
	if (t->batch && t->batch < most)
		most = t->batch;
	if (call_queue_next(d->app, p, most + t->spare, &lead, &leads, err))
		return -1;
	for (size_t i = 0; i < leads && *count < most; i++) {
		struct candidate *c = &candidates[*count];
		bool ready;

		*c = (struct candidate){ .lead = lead[i] };
		if (is_ready(d, p, &lead[i], &c->audio, &ready, err))
			return -1;
		if (!ready) {
			unready++;
			continue;
		}
		snprintf(c->id, sizeof(c->id), "%s", random_id(d->app->mem));
		++*count;
	}
	t->spare = unready ? SPARE : 0;
	return 0;
}

static void give_up(struct dialer *d, struct dial *dial, const char *why)
{
	struct err err = { 0 };

	log_event(&d->app->log, LOG_INFO, "call.withdrawn", LOG_TEXT("campaign", dial->call.campaign),
		  LOG_TEXT("call", dial->call.id), LOG_TEXT("reason", why));
	if (call_queue_withdraw(d->app, &dial->call, &err))
		log_event(&d->app->log, LOG_ERROR, "call.not_stored", LOG_TEXT("call", dial->call.id), LOG_TEXT("reason", err.msg));
	dial_free(d, dial);
}

/* The call lives until Twilio has answered, longer than the plan. */
static void plan_dial(struct dialer *d, struct turn *t, const struct candidate *candidate, int64_t claimed_us)
{
	struct arena *mem = dial_memory(d);
	struct dial *dial = arena_new_object(mem, struct dial), **place = &d->planned;
	struct err err = { 0 };

	call_queue_row(d->app, &t->plan, candidate, &dial->call);
	dial->mem = mem;
	dial->call.id = arena_strdup(mem, dial->call.id);
	dial->call.campaign = arena_strdup(mem, dial->call.campaign);
	dial->call.phone = arena_strdup(mem, dial->call.phone);
	dial->call.from = arena_strdup(mem, dial->call.from);
	dial->call.status = "queued";
	dial->call.audio = arena_strdup(mem, dial->call.audio);
	dial->call.day = arena_strdup(mem, dial->call.day);
	dial->turn = t;
	dial->calls_per_second = t->plan.campaign.calls_per_second;
	dial->at_us = claimed_us + candidate->delay_us;
	dial->until_ms = t->plan.until_ms;
	if (dial_request(d->app, mem, &t->plan.campaign, &dial->call, &dial->request, &err)) {
		give_up(d, dial, err.msg);
		return;
	}
	while (*place && (*place)->at_us <= dial->at_us)
		place = &(*place)->next;
	dial->next = *place;
	*place = dial;
	d->planned_count++;
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
	struct command c;

	call_queue_claim_begin(d->app, d->claims, &t->plan, candidates, count, &c);
	turn_io(d, 0);
	return call_queue_claim_end(d->claims, &c, candidates, count, claim, err);
}

static int claim(struct dialer *d, struct turn *t, struct err *err)
{
	struct candidate *candidates = arena_alloc(d->app->mem, CLAIM_MOST * sizeof(*candidates));
	struct claim claim = { .stop = CLAIM_ALL };
	size_t count, taken = 0;

	if (find_candidates(d, t, candidates, &count, err))
		return -1;
	if (count && claim_candidates(d, t, candidates, count, &claim, err))
		return -1;
	for (size_t i = 0; i < count; i++) {
		if (candidates[i].verdict != CLAIM_TAKEN)
			continue;
		plan_dial(d, t, &candidates[i], now_us(d));
		taken++;
	}
	if (claim.stop == CLAIM_CHANGED)
		t->planned = false;
	if (taken)
		t->taken_us = now_us(d);
	t->hungry = claim.stop == CLAIM_PACE;
	t->batch = claim.stop == CLAIM_FULL ? 2 * taken + 2 : 0;
	t->wait_until_us = now_us(d) + pause_after(&claim, taken);
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

/* ---- sending ---- */

/* From one call to the next, a hair longer than the pace asks for: what goes out EARLY_US early must not
 * be one too many in its second. */
static int64_t between_us(double calls_per_second)
{
	return (int64_t)(1000100.0 / calls_per_second);
}

static int64_t later(int64_t a, int64_t b)
{
	return a > b ? a : b;
}

/* The pace once more, at the moment of sending: however late the loop comes, the next call
 * keeps its distance. */
static int64_t earliest_us(const struct dialer *d, const struct dial *dial)
{
	return later(later(dial->at_us, d->next_us), dial->turn ? dial->turn->next_us : 0);
}

static void keep_distance(struct dialer *d, struct dial *dial)
{
	int64_t now = now_us(d);

	d->next_us = later(now, d->next_us) + between_us(d->app->cfg.twilio_calls_per_second);
	if (dial->turn)
		dial->turn->next_us = later(now, dial->turn->next_us) + between_us(dial->calls_per_second);
}

static void send_one(struct dialer *d, struct dial *dial)
{
	struct err err = { 0 };

	if (clock_wall_ms(d->app->clock) >= dial->until_ms) {
		give_up(d, dial, "the hours have ended");
		return;
	}
	if (http_many_start(d->many, &dial->request, dial, &err)) {
		give_up(d, dial, err.msg);
		return;
	}
	keep_distance(d, dial);
	dial->previous = NULL;
	dial->next = d->under_way;
	if (dial->next)
		dial->next->previous = dial;
	d->under_way = dial;
}

/* Sends what is due; the us until the next, or -1. */
static int64_t send_due(struct dialer *d)
{
	struct dial *dial;

	while ((dial = d->planned)) {
		int64_t wait = earliest_us(d, dial) - now_us(d);

		if (wait > EARLY_US)
			return wait;
		d->planned = dial->next;
		d->planned_count--;
		send_one(d, dial);
	}
	return -1;
}

/* ---- answers ---- */

static void count_failure(struct dialer *d, const struct dial *dial, const char *why)
{
	const char *key = key_of(d->app->mem, KEY_CAMPAIGN, dial->call.campaign);
	struct err err = { 0 };
	struct reply count;
	bool changed;

	if (dial->turn)
		dial->turn->had_failures = true;
	if (store_call(d->app->store, d->app->mem, &count, &err, "HINCRBY", key, "failures", "1", NULL) ||
	    count.number < FAILURES_MOST)
		return;
	campaign_move(d->app, dial->call.campaign, 1 << CAMPAIGN_RUNNING, CAMPAIGN_PAUSED,
		      arena_printf(d->app->mem, "Paused after %d failed dials in a row; the last: %s.", (int)count.number, why),
		      &changed, &err);
	store_call(d->app->store, d->app->mem, &count, &err, "HDEL", key, "failures", NULL);
}

static void forget_failures(struct dialer *d, const struct dial *dial)
{
	struct err err = { 0 };
	struct reply r;

	if (!dial->turn || !dial->turn->had_failures)
		return;
	dial->turn->had_failures = false;
	store_call(d->app->store, d->app->mem, &r, &err, "HDEL", key_of(d->app->mem, KEY_CAMPAIGN, dial->call.campaign),
		   "failures", NULL);
}

static void pause_denied(struct dialer *d, const struct dial *dial, const char *why)
{
	struct err err = { 0 };
	bool changed;

	if (campaign_move(d->app, dial->call.campaign, 1 << CAMPAIGN_RUNNING, CAMPAIGN_PAUSED,
			  arena_printf(d->app->mem, "Paused because Twilio refuses to place calls: %s.", why), &changed, &err))
		log_event(&d->app->log, LOG_ERROR, "campaign.not_paused", LOG_TEXT("campaign", dial->call.campaign),
			  LOG_TEXT("reason", err.msg));
}

static void note_not_stored(struct dialer *d, const char *call, const struct err *err)
{
	/* The attempt is stored: what became of it is asked for when it is silent. */
	log_event(&d->app->log, LOG_ERROR, "call.not_stored", LOG_TEXT("call", call), LOG_TEXT("reason", err->msg));
}

static struct dial *take_from_way(struct dialer *d, struct dial *dial)
{
	if (dial->previous)
		dial->previous->next = dial->next;
	else
		d->under_way = dial->next;
	if (dial->next)
		dial->next->previous = dial->previous;
	return dial;
}

/* True: Twilio took the call, which is to be noted with its *sid. */
static bool take_answer(struct dialer *d, struct dial *dial, const struct http_done *done, const char **sid)
{
	enum dial_result result = DIAL_UNKNOWN;
	struct err err = { 0 };
	char why[DIAL_WHY];

	if (dial_settle(d->app, &dial->call, done->rc, &done->reply, &done->err, &result, sid, why, &err)) {
		note_not_stored(d, dial->call.id, &err);
	} else if (result == DIAL_PLACED) {
		forget_failures(d, dial);
		return true;
	} else if (result == DIAL_DENIED) {
		pause_denied(d, dial, why);
	} else if (result == DIAL_UNKNOWN || result == DIAL_FAILED) {
		count_failure(d, dial, why);
	} else if (result == DIAL_REFUSED) {
		forget_failures(d, dial);
	}
	dial_free(d, dial);
	return false;
}

static void end_noting(struct dialer *d)
{
	struct placed_batch *b = d->noted;
	struct err err = { 0 };

	if (!b)
		return;
	d->noted = NULL;
	if (call_queue_placed_end(d->app, d->notes, b, &err))
		note_not_stored(d, b->calls[0].call->id, &err);
	for (size_t i = 0; i < b->count; i++)
		dial_free(d, d->noted_dials[i]);
}

/* What Twilio took is noted together with what else was taken in this moment; nobody waits for that
 * before the next time. */
static void take_answers(struct dialer *d)
{
	size_t most = http_many_running(d->many);
	struct placed_batch *b = arena_new_object(d->app->mem, struct placed_batch);
	struct dial **dials = arena_alloc(d->app->mem, (most + 1) * sizeof(struct dial *));
	struct http_done done;

	b->calls = arena_alloc(d->app->mem, (most + 1) * sizeof(*b->calls));
	while (b->count < most && http_many_next(d->many, &done)) {
		struct dial *dial = take_from_way(d, done.tag);
		const char *sid = NULL;

		if (!take_answer(d, dial, &done, &sid))
			continue;
		dials[b->count] = dial;
		b->calls[b->count++] = (struct placed_call){ &dial->call, sid };
	}
	if (!b->count)
		return;
	end_noting(d);
	call_queue_placed_begin(d->app, d->notes, b);
	d->noted = b;
	d->noted_dials = dials;
}

static int to_ms(int64_t us, int most)
{
	return us < 0 || us / 1000 > most ? most : (int)(us / 1000);
}

static void turn_io(struct dialer *d, int wait_ms)
{
	http_many_poll(d->many, to_ms(send_due(d), wait_ms));
	take_answers(d);
}

int dialer_turn(struct dialer *d, int wait_ms, bool *idle, struct err *err)
{
	int rc = d->claiming ? claim_all(d, err) : 0;

	for (size_t i = 0; i < d->turn_count; i++) {
		int64_t wait = d->turns[i].wait_until_us - now_us(d);

		wait_ms = to_ms(wait < 0 ? 0 : wait, wait_ms);
	}
	turn_io(d, wait_ms);
	send_due(d);
	end_noting(d);
	*idle = !d->planned && !d->under_way;
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
