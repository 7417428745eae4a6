/* See call_queue.h. */
#include "campaign/call_queue.h"

#include <inttypes.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/die.h"
#include "campaign/call_steps.h"
#include "campaign/lead_line.h"
#include "store/keys.h"
#include "store/scripts.h"

enum { RELEASE_MOST = 500 };

int call_queue_next(struct app *app, const struct call_plan *plan, size_t most, struct lead **leads, size_t *count,
		    struct err *err)
{
	return lead_line_first(app, plan->campaign.id, plan->open, plan->open_count, clock_wall_ms(app->clock), most, leads,
			       count, err);
}

/* ---- claiming ---- */

void call_queue_row(struct app *app, const struct call_plan *plan, const struct candidate *candidate, struct call *call)
{
	*call = (struct call){
		.id = candidate->id,
		.campaign = plan->campaign.id,
		.lead = candidate->lead.number,
		.phone = candidate->lead.phone,
		.from = plan->campaign.caller_id,
		.status = "queued",
		.audio = candidate->audio,
		.day = plan->day,
		.duration_s = -1,
		.placed_ms = clock_wall_ms(app->clock),
		.open = true,
		.version = 1,
	};
}

/* A percent slower than allowed: what is sent a little late must not crowd the next second. */
static int64_t interval_us(double calls_per_second)
{
	return (int64_t)ceil(1010000.0 / calls_per_second);
}

static void command_key(struct command *c, const char *prefix, const char *name)
{
	command_text(c, key_of(c->mem, prefix, name));
}

static void claim_keys(struct command *c, const struct call_plan *plan)
{
	const char *id = plan->campaign.id;

	command_key(c, KEY_CAMPAIGN, id);
	command_key(c, KEY_COUNTS, id);
	command_key(c, KEY_OUTCOMES, id);
	command_key(c, KEY_LIVE_CALLS, id);
	command_text(c, KEY_CALLS_OPEN);
	command_text(c, KEY_NUMBERS_LIVE);
	command_key(c, KEY_CALLS, id);
	command_text(c, arena_printf(c->mem, KEY_PLACED "%s:%s", id, plan->day));
	command_key(c, KEY_PACE, id);
	command_text(c, KEY_PACE "account");
	command_text(c, KEY_TWILIO_SLOW);
	command_text(c, KEY_DO_NOT_CALL);
	command_key(c, KEY_EVENTS, id);
	command_text(c, KEY_LIVE);
	/* A test call stands in no list but its own. */
	command_text(c, plan->campaign.test_of ? key_of(c->mem, KEY_CALLS, id) : KEY_CALLS_ALL);
}

static void claim_arguments(struct app *app, struct command *c, const struct call_plan *plan)
{
	const struct campaign *campaign = &plan->campaign;
	int64_t now = clock_wall_ms(app->clock);
	char iso[ISO_TIME_SIZE];

	iso_time_format(now, iso);
	command_text(c, campaign->id);
	command_int(c, campaign->revision);
	command_int(c, plan->until_ms);
	command_int(c, campaign->max_concurrent_calls);
	command_int(c, campaign->daily_cap);
	command_int(c, interval_us(campaign->calls_per_second));
	command_int(c, interval_us(app->cfg.twilio_calls_per_second));
	command_int(c, CLAIM_AHEAD_US);
	command_int(c, (int64_t)app->cfg.contact_min_gap_s * 1000);
	command_int(c, app->cfg.contact_max_per_day);
	command_int(c, now);
	command_text(c, arena_strdup(c->mem, iso));
	command_text(c, plan->day);
	command_text(c, campaign->caller_id);
	command_int(c, KEEP_PLACED_S);
	command_int(c, CALL_UNKNOWN_MS);
	command_text(c, arena_printf(c->mem, KEY_LEAD "%s:", campaign->id));
	command_text(c, arena_printf(c->mem, KEY_DUE "%s:", campaign->id));
	command_text(c, arena_printf(c->mem, KEY_HELD "%s:", campaign->id));
	command_text(c, KEY_CALL);
	command_text(c, KEY_CONTACT);
}

static void candidate_arguments(struct app *app, struct command *c, const struct call_plan *plan, const struct candidate *candidate)
{
	struct call call;

	call_queue_row(app, plan, candidate, &call);
	command_int(c, candidate->lead.number);
	command_text(c, candidate->id);
	command_text(c, candidate->lead.phone);
	command_text(c, candidate->audio);
	command_text(c, call_text(app, &call));
}

static bool word_is(const struct reply *r, const char *word)
{
	return reply_text(r) && !strcmp(reply_text(r), word);
}

static bool read_claim(const struct reply *r, struct candidate *candidates, size_t count, struct claim *claim)
{
	static const char *const stops[] = { "ok", "changed", "closed", "full", "cap", "pace", "own", "slow" };
	static const char *const verdicts[] = { "", "taken", "gone", "suppressed", "held" };
	size_t looked = r->count / 2 - 1, stop = 0;

	if (r->type != REPLY_LIST || r->count < 2 || looked > count)
		return false;
	while (stop < ARRAY_LEN(stops) && !word_is(&r->items[0], stops[stop]))
		stop++;
	claim->stop = (enum claim_stop)stop;
	if (stop == ARRAY_LEN(stops) || !reply_int(&r->items[1], &claim->wait_us))
		return false;
	for (size_t i = 0; i < looked; i++) {
		size_t v = 1;

		while (v < ARRAY_LEN(verdicts) && !word_is(&r->items[2 + i * 2], verdicts[v]))
			v++;
		if (v == ARRAY_LEN(verdicts) || !reply_int(&r->items[3 + i * 2], &candidates[i].delay_us))
			return false;
		candidates[i].verdict = (enum claim_verdict)v;
	}
	return true;
}

void call_queue_claim_begin(struct app *app, struct store *store, const struct call_plan *plan,
			    const struct candidate *candidates, size_t count, struct command *c)
{
	*c = script_new(app->mem, &script_call_claim, 15);
	claim_keys(c, plan);
	claim_arguments(app, c, plan);
	for (size_t i = 0; i < count; i++)
		candidate_arguments(app, c, plan, &candidates[i]);
	store_begin(store, c, 1);
}

int call_queue_claim_end(struct store *store, const struct command *c, struct candidate *candidates, size_t count,
			 struct claim *claim, struct err *err)
{
	struct reply r;

	if (script_run(store, &script_call_claim, c, &r, err))
		return -1;
	return read_claim(&r, candidates, count, claim) ? 0 : err_set(err, ERR_SYSTEM, "claim: an answer that is none");
}

int call_queue_claim(struct app *app, const struct call_plan *plan, struct candidate *candidates, size_t count,
		     struct claim *claim, struct err *err)
{
	struct command c;

	call_queue_claim_begin(app, app->store, plan, candidates, count, &c);
	return call_queue_claim_end(app->store, &c, candidates, count, claim, err);
}

/* ---- after the dial ---- */

static struct command placed_command(struct app *app, const struct placed_call *placed, size_t count)
{
	struct command c = script_new(app->mem, &script_call_placed, 4);
	const char *campaign = placed[0].call->campaign;
	int64_t now = clock_wall_ms(app->clock);
	char iso[ISO_TIME_SIZE];

	iso_time_format(now, iso);
	command_key(&c, KEY_CAMPAIGN, campaign);
	command_text(&c, KEY_CALLS_OPEN);
	command_key(&c, KEY_EVENTS, campaign);
	command_text(&c, KEY_LIVE);
	command_text(&c, campaign);
	command_int(&c, KEEP_SID_S);
	command_int(&c, now + CALL_LOOK_MS);
	command_text(&c, arena_strdup(app->mem, iso));
	command_text(&c, KEY_CALL);
	command_text(&c, KEY_SID);
	command_text(&c, call_step_taken(app->mem, now));
	for (size_t i = 0; i < count; i++) {
		struct call call = *placed[i].call;

		call.sid = placed[i].sid;
		command_text(&c, call.id);
		command_text(&c, call.sid);
		command_text(&c, call_text(app, &call));
	}
	return c;
}

static int by_campaign(const void *a, const void *b)
{
	const struct placed_call *x = a, *y = b;

	return strcmp(x->call->campaign, y->call->campaign);
}

void call_queue_placed_begin(struct app *app, struct store *store, struct placed_batch *batch)
{
	size_t begin = 0;

	qsort(batch->calls, batch->count, sizeof(*batch->calls), by_campaign);
	batch->commands = arena_alloc(app->mem, (batch->count + 1) * sizeof(*batch->commands));
	batch->command_count = 0;
	for (size_t i = 1; i <= batch->count; i++) {
		if (i < batch->count && by_campaign(&batch->calls[begin], &batch->calls[i]) == 0)
			continue;
		batch->commands[batch->command_count++] = placed_command(app, &batch->calls[begin], i - begin);
		begin = i;
	}
	store_begin(store, batch->commands, batch->command_count);
}

/* The answers follow the order of the calls. */
static int complete_changed(struct app *app, const struct placed_batch *batch, const struct reply *replies, struct err *err)
{
	size_t n = 0;
	bool changed;

	for (size_t i = 0; i < batch->command_count; i++) {
		for (size_t j = 0; j < replies[i].count && n < batch->count; j++, n++) {
			const struct placed_call *p = &batch->calls[n];

			if (replies[i].items[j].number != 1 &&
			    call_tell(app, p->call->id, &(struct call_news){ .sid = p->sid }, &changed, NULL, err))
				return -1;
		}
	}
	return n == batch->count ? 0 : err_set(err, ERR_SYSTEM, "placed: an answer that is none");
}

int call_queue_placed_end(struct app *app, struct store *store, const struct placed_batch *batch, struct err *err)
{
	struct reply *replies = arena_alloc(app->mem, (batch->command_count + 1) * sizeof(*replies));
	struct err failure = { 0 };

	/* One by one when they fail together: Redis may not know the script yet. */
	if (store_pipeline(store, batch->commands, batch->command_count, replies, &failure))
		for (size_t i = 0; i < batch->command_count; i++)
			if (script_run(store, &script_call_placed, &batch->commands[i], &replies[i], err))
				return -1;
	return complete_changed(app, batch, replies, err);
}

int call_queue_withdraw(struct app *app, const struct call *call, struct err *err)
{
	struct command c = script_new(app->mem, &script_call_withdraw, 14);
	struct call gone = *call;
	int64_t now = clock_wall_ms(app->clock);
	char iso[ISO_TIME_SIZE];
	struct reply r;

	gone.status = "canceled";
	gone.outcome = "not_placed";
	gone.ended_ms = now;
	iso_time_format(now, iso);
	command_key(&c, KEY_CALL, call->id);
	command_key(&c, KEY_CAMPAIGN, call->campaign);
	command_text(&c, lead_key(app->mem, call->campaign, call->lead));
	command_key(&c, KEY_COUNTS, call->campaign);
	command_key(&c, KEY_OUTCOMES, call->campaign);
	command_key(&c, KEY_LIVE_CALLS, call->campaign);
	command_text(&c, KEY_CALLS_OPEN);
	command_text(&c, KEY_NUMBERS_LIVE);
	command_key(&c, KEY_CALLS, call->campaign);
	command_text(&c, arena_printf(app->mem, KEY_PLACED "%s:%s", call->campaign, call->day));
	command_key(&c, KEY_CONTACT, call->phone);
	command_key(&c, KEY_EVENTS, call->campaign);
	command_text(&c, KEY_LIVE);
	command_text(&c, KEY_CALLS_ALL);
	command_text(&c, call->id);
	command_int(&c, call->lead);
	command_text(&c, call->phone);
	command_text(&c, call->campaign);
	command_int(&c, now);
	command_text(&c, iso);
	command_text(&c, call_text(app, &gone));
	command_text(&c, arena_printf(app->mem, KEY_DUE "%s:", call->campaign));
	return script_run(app->store, &script_call_withdraw, &c, &r, err);
}

/* ---- held leads ---- */

int call_queue_hold(struct app *app, const struct call_plan *plan, const struct lead *lead, enum block block, struct err *err)
{
	struct command c = script_new(app->mem, &script_lead_hold, 4);
	const char *reason = block_code(block), *id = plan->campaign.id;
	struct reply r;

	command_text(&c, lead_key(app->mem, id, lead->number));
	command_text(&c, due_key(app->mem, id, lead->group));
	command_text(&c, held_key(app->mem, id, lead->group, reason));
	command_text(&c, KEY_LIVE);
	command_int(&c, lead->number);
	command_int(&c, plan->agent.revision);
	command_text(&c, reason);
	command_text(&c, id);
	return script_run(app->store, &script_lead_hold, &c, &r, err);
}

/* Those held below the score, or all (-1). */
static int release(struct app *app, const struct call_plan *plan, int group, enum block block, int64_t below, struct err *err)
{
	struct command c = script_new(app->mem, &script_lead_release, 2);
	const char *id = plan->campaign.id;
	struct reply r;

	command_text(&c, held_key(app->mem, id, group, block_code(block)));
	command_text(&c, due_key(app->mem, id, group));
	command_text(&c, below < 0 ? "+inf" : arena_printf(app->mem, "(%" PRId64, below));
	command_int(&c, RELEASE_MOST);
	command_text(&c, arena_printf(app->mem, KEY_LEAD "%s:", id));
	return script_run(app->store, &script_lead_release, &c, &r, err);
}

int call_queue_release(struct app *app, const struct call_plan *plan, bool refused_too, struct err *err)
{
	static const enum block timed[] = { BLOCK_NUMBER_BUSY, BLOCK_CONTACT_GAP, BLOCK_CONTACT_LIMIT };
	int64_t now = clock_wall_ms(app->clock), revision = plan->agent.revision;

	for (size_t i = 0; i < plan->open_count; i++) {
		int group = plan->open[i]->number;

		for (size_t j = 0; j < ARRAY_LEN(timed); j++)
			if (release(app, plan, group, timed[j], now, err))
				return -1;
		if (release(app, plan, group, BLOCK_MISSING_VARIABLE, revision, err) ||
		    release(app, plan, group, BLOCK_TEXT_REFUSED, refused_too ? -1 : revision, err))
			return -1;
	}
	return 0;
}
