/* See dial_lines.h. */
#include "campaign/dial_lines.h"

#include <stdlib.h>

#include "base/die.h"
#include "campaign/dial.h"
#include "store/keys.h"
#include "store/store.h"

enum {
	EARLY_US = 50,    /* so little before its moment a call is sent: waiting less makes no sense */
	FAILURES_MOST = 5, /* in a row, then the campaign pauses */
};

/* A claimed call: planned, then under way. */
struct dial {
	struct dial *next, *previous; /* of its list; previous only while under way */
	struct arena *mem;
	struct call call;
	const char *sid; /* when Twilio has taken it */
	struct http_call request;
	struct dial_memory *memory; /* of its campaign; NULL: it is gone */
	double calls_per_second;
	int64_t at_us, until_ms;
};

struct dial_lines {
	struct app *app;
	struct http_many *many;
	struct store *notes;          /* a connection of its own: we work while it waits for Redis */
	struct placed_batch batch;    /* is on its way to Redis, with `noted` */
	struct arena *batch_mem;
	struct dial *taken, *noted;   /* by Twilio: are to be noted, are being noted */
	size_t taken_count;
	struct dial *planned;         /* by their moment */
	struct dial *under_way;
	struct arena **spare;         /* memory of calls that are over */
	size_t spare_count, planned_count, most;
	int64_t next_us;              /* no call is sent earlier: the account's pace */
};

struct dial_lines *dial_lines_new(struct app *app, struct http_many *many, size_t most)
{
	struct dial_lines *l = calloc(1, sizeof(*l));

	if (!l || !(l->spare = calloc(most, sizeof(struct arena *))))
		die_out_of_memory();
	l->app = app;
	l->many = many;
	l->most = most;
	l->notes = store_twin(app->store);
	l->batch_mem = arena_new();
	return l;
}

static struct arena *memory_of_one(struct dial_lines *l)
{
	return l->spare_count ? l->spare[--l->spare_count] : arena_new();
}

static void dial_free(struct dial_lines *l, struct dial *dial)
{
	struct arena *mem = dial->mem;

	if (l->spare_count == l->most) {
		arena_free(mem);
	} else {
		arena_reset(mem);
		l->spare[l->spare_count++] = mem;
	}
}

static void free_all(struct dial_lines *l, struct dial **list)
{
	struct dial *dial;

	while ((dial = *list)) {
		*list = dial->next;
		dial_free(l, dial);
	}
}

void dial_lines_free(struct dial_lines *l)
{
	free_all(l, &l->planned);
	free_all(l, &l->under_way);
	free_all(l, &l->taken);
	free_all(l, &l->noted);
	while (l->spare_count)
		arena_free(l->spare[--l->spare_count]);
	arena_free(l->batch_mem);
	store_free(l->notes);
	free(l->spare);
	free(l);
}

static int64_t now_us(const struct dial_lines *l)
{
	return clock_monotonic_us(l->app->clock);
}

size_t dial_lines_left(const struct dial_lines *l)
{
	size_t used = l->planned_count + http_many_running(l->many);

	return used < l->most ? l->most - used : 0;
}

bool dial_lines_busy(const struct dial_lines *l)
{
	return l->planned || l->under_way;
}

bool dial_lines_idle(const struct dial_lines *l)
{
	return !dial_lines_busy(l) && !l->taken && !l->noted;
}

void dial_lines_moved(struct dial_lines *l, const struct dial_memory *from, struct dial_memory *to)
{
	for (int list = 0; list < 2; list++)
		for (struct dial *dial = list ? l->under_way : l->planned; dial; dial = dial->next)
			if (dial->memory == from)
				dial->memory = to;
}

/* ---- planned ---- */

static void give_up(struct dial_lines *l, struct dial *dial, const char *why)
{
	struct err err = { 0 };

	log_event(&l->app->log, LOG_INFO, "call.withdrawn", LOG_TEXT("campaign", dial->call.campaign),
		  LOG_TEXT("call", dial->call.id), LOG_TEXT("reason", why));
	if (call_queue_withdraw(l->app, &dial->call, &err))
		log_event(&l->app->log, LOG_ERROR, "call.not_stored", LOG_TEXT("call", dial->call.id), LOG_TEXT("reason", err.msg));
	dial_free(l, dial);
}

/* The call lives until Twilio has answered, longer than the plan. */
void dial_lines_plan(struct dial_lines *l, const struct call_plan *plan, struct dial_memory *memory,
		     const struct candidate *candidate)
{
	struct arena *mem = memory_of_one(l);
	struct dial *dial = arena_new_object(mem, struct dial), **place = &l->planned;
	struct err err = { 0 };

	call_queue_row(l->app, plan, candidate, &dial->call);
	dial->mem = mem;
	dial->call.id = arena_strdup(mem, dial->call.id);
	dial->call.campaign = arena_strdup(mem, dial->call.campaign);
	dial->call.phone = arena_strdup(mem, dial->call.phone);
	dial->call.from = arena_strdup(mem, dial->call.from);
	dial->call.status = "queued";
	dial->call.audio = arena_strdup(mem, dial->call.audio);
	dial->call.day = arena_strdup(mem, dial->call.day);
	dial->memory = memory;
	dial->calls_per_second = plan->campaign.calls_per_second;
	dial->at_us = now_us(l) + candidate->delay_us;
	dial->until_ms = plan->until_ms;
	if (dial_request(l->app, mem, &plan->campaign, &dial->call, &dial->request, &err)) {
		give_up(l, dial, err.msg);
		return;
	}
	while (*place && (*place)->at_us <= dial->at_us)
		place = &(*place)->next;
	dial->next = *place;
	*place = dial;
	l->planned_count++;
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
static int64_t earliest_us(const struct dial_lines *l, const struct dial *dial)
{
	return later(later(dial->at_us, l->next_us), dial->memory ? dial->memory->next_us : 0);
}

static void keep_distance(struct dial_lines *l, struct dial *dial)
{
	int64_t now = now_us(l);

	l->next_us = later(now, l->next_us) + between_us(l->app->cfg.twilio_calls_per_second);
	if (dial->memory)
		dial->memory->next_us = later(now, dial->memory->next_us) + between_us(dial->calls_per_second);
}

static void send_one(struct dial_lines *l, struct dial *dial)
{
	struct err err = { 0 };

	if (clock_wall_ms(l->app->clock) >= dial->until_ms) {
		give_up(l, dial, "the hours have ended");
		return;
	}
	if (http_many_start(l->many, &dial->request, dial, &err)) {
		give_up(l, dial, err.msg);
		return;
	}
	keep_distance(l, dial);
	dial->previous = NULL;
	dial->next = l->under_way;
	if (dial->next)
		dial->next->previous = dial;
	l->under_way = dial;
}

/* Sends what is due; the us until the next, or -1. */
static int64_t send_due(struct dial_lines *l)
{
	struct dial *dial;

	while ((dial = l->planned)) {
		int64_t wait = earliest_us(l, dial) - now_us(l);

		if (wait > EARLY_US)
			return wait;
		l->planned = dial->next;
		l->planned_count--;
		send_one(l, dial);
	}
	return -1;
}

/* ---- answers ---- */

static void count_failure(struct dial_lines *l, const struct dial *dial, const char *why)
{
	const char *key = key_of(l->app->mem, KEY_CAMPAIGN, dial->call.campaign);
	struct err err = { 0 };
	struct reply count;
	bool changed;

	if (dial->memory)
		dial->memory->had_failures = true;
	if (store_call(l->app->store, l->app->mem, &count, &err, "HINCRBY", key, "failures", "1", NULL) ||
	    count.number < FAILURES_MOST)
		return;
	campaign_move(l->app, dial->call.campaign, 1 << CAMPAIGN_RUNNING, CAMPAIGN_PAUSED,
		      arena_printf(l->app->mem, "Paused after %d failed dials in a row; the last: %s.", (int)count.number, why),
		      &changed, &err);
	store_call(l->app->store, l->app->mem, &count, &err, "HDEL", key, "failures", NULL);
}

static void forget_failures(struct dial_lines *l, const struct dial *dial)
{
	struct err err = { 0 };
	struct reply r;

	if (!dial->memory || !dial->memory->had_failures)
		return;
	dial->memory->had_failures = false;
	store_call(l->app->store, l->app->mem, &r, &err, "HDEL", key_of(l->app->mem, KEY_CAMPAIGN, dial->call.campaign),
		   "failures", NULL);
}

static void pause_denied(struct dial_lines *l, const struct dial *dial, const char *why)
{
	struct err err = { 0 };
	bool changed;

	if (campaign_move(l->app, dial->call.campaign, 1 << CAMPAIGN_RUNNING, CAMPAIGN_PAUSED,
			  arena_printf(l->app->mem, "Paused because Twilio refuses to place calls: %s.", why), &changed, &err))
		log_event(&l->app->log, LOG_ERROR, "campaign.not_paused", LOG_TEXT("campaign", dial->call.campaign),
			  LOG_TEXT("reason", err.msg));
}

static void note_not_stored(struct dial_lines *l, const char *call, const struct err *err)
{
	/* The attempt is stored: what became of it is asked for when it is silent. */
	log_event(&l->app->log, LOG_ERROR, "call.not_stored", LOG_TEXT("call", call), LOG_TEXT("reason", err->msg));
}

static struct dial *take_from_way(struct dial_lines *l, struct dial *dial)
{
	if (dial->previous)
		dial->previous->next = dial->next;
	else
		l->under_way = dial->next;
	if (dial->next)
		dial->next->previous = dial->previous;
	return dial;
}

/* True: Twilio took the call, which is to be noted with its *sid. */
static bool take_answer(struct dial_lines *l, struct dial *dial, const struct http_done *done, const char **sid)
{
	enum dial_result result = DIAL_UNKNOWN;
	struct err err = { 0 };
	char why[DIAL_WHY];

	if (dial_settle(l->app, &dial->call, done->rc, &done->reply, &done->err, &result, sid, why, &err)) {
		note_not_stored(l, dial->call.id, &err);
	} else if (result == DIAL_PLACED) {
		forget_failures(l, dial);
		return true;
	} else if (result == DIAL_DENIED) {
		pause_denied(l, dial, why);
	} else if (result == DIAL_UNKNOWN || result == DIAL_FAILED) {
		count_failure(l, dial, why);
	} else if (result == DIAL_REFUSED) {
		forget_failures(l, dial);
	}
	dial_free(l, dial);
	return false;
}

static void take_answers(struct dial_lines *l)
{
	struct http_done done;

	while (http_many_next(l->many, &done)) {
		struct dial *dial = take_from_way(l, done.tag);
		const char *sid = NULL;

		if (!take_answer(l, dial, &done, &sid))
			continue;
		dial->sid = arena_strdup(dial->mem, sid);
		dial->next = l->taken;
		l->taken = dial;
		l->taken_count++;
	}
}

static void end_noting(struct dial_lines *l)
{
	struct err err = { 0 };

	if (!l->noted)
		return;
	if (call_queue_placed_end(l->app, l->notes, &l->batch, &err))
		note_not_stored(l, l->noted->call.id, &err);
	free_all(l, &l->noted);
	arena_reset(l->batch_mem);
}

/* What Twilio took while the last ones were being noted is noted together. */
static void begin_noting(struct dial_lines *l)
{
	struct app app = *l->app;
	size_t n = 0;

	if (!l->taken)
		return;
	app.mem = l->batch_mem;
	l->batch = (struct placed_batch){ .calls = arena_alloc(app.mem, l->taken_count * sizeof(*l->batch.calls)),
					  .count = l->taken_count };
	for (struct dial *dial = l->taken; dial; dial = dial->next)
		l->batch.calls[n++] = (struct placed_call){ &dial->call, dial->sid };
	call_queue_placed_begin(&app, l->notes, &l->batch);
	l->noted = l->taken;
	l->taken = NULL;
	l->taken_count = 0;
}

void dial_lines_note(struct dial_lines *l, bool wait)
{
	if (l->noted && !wait && !store_is_answered(l->notes))
		return;
	end_noting(l);
	begin_noting(l);
	if (wait)
		end_noting(l);
}

static int to_ms(int64_t us, int most)
{
	return us < 0 || us / 1000 > most ? most : (int)(us / 1000);
}

void dial_lines_send(struct dial_lines *l)
{
	send_due(l);
}

void dial_lines_turn(struct dial_lines *l, int wait_ms)
{
	http_many_poll(l->many, to_ms(send_due(l), wait_ms));
	take_answers(l);
	dial_lines_note(l, false);
}
