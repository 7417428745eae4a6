/* See reconcile.h. */
#include "campaign/reconcile.h"

#include <inttypes.h>
#include <string.h>

#include "campaign/call.h"
#include "campaign/call_heard.h"
#include "campaign/campaign.h"
#include "campaign/dial.h"
#include "campaign/redial.h"
#include "campaign/retention.h"
#include "campaign/test_call.h"
#include "store/keys.h"
#include "store/store.h"

enum {
	CALLS_MOST = 20,           /* that Twilio is asked about in one turn */
	LIST_MOST = 50,
	AGAIN_MS = 30 * 1000,      /* until a call that was not found is looked for again */
	GIVEN_UP_MS = 90 * 1000,   /* not there after so long: it was never placed */
	LATER_MS = 10 * 1000,      /* Twilio could not be asked */
	LOOK_MOST_MS = 120 * 1000, /* between two looks at a call that goes on */
	EARLY_MS = 5 * 1000,       /* Twilio's clock may be behind ours, */
	LATE_MS = 60 * 1000,       /* and a dial takes its time (vendors/twilio.md 3) */
	LOST_MS = 10 * 60 * 1000,  /* a call that Twilio does not know after so long is over */
};

static int look_again(struct app *app, const struct call *call, int64_t after_ms, struct err *err)
{
	struct reply r;

	return store_call(app->store, app->mem, &r, err, "ZADD", KEY_CALLS_OPEN, "XX",
			  arena_printf(app->mem, "%" PRId64, clock_wall_ms(app->clock) + after_ms), call->id, NULL);
}

static int tell(struct app *app, const struct call *call, const struct call_news *news, struct err *err)
{
	bool changed;

	return call_tell(app, call->id, news, &changed, NULL, err);
}

static int tell_state(struct app *app, const struct call *call, const struct twilio_call *found, struct err *err)
{
	const struct call_news news = { .sid = found->sid, .status = found->status, .answered_by = found->answered_by,
					.duration_s = found->duration_s };

	return tell(app, call, &news, err);
}

/* ---- calls whose dial was lost ---- */

/* Made at the time of our dial, and nobody else's. */
static int is_ours(struct app *app, const struct call *call, const struct twilio_call *found, bool *ours, struct err *err)
{
	const char *owner;
	struct err missing = { 0 };

	*ours = false;
	if (found->created_ms &&
	    (found->created_ms < call->placed_ms - EARLY_MS || found->created_ms > call->placed_ms + LATE_MS))
		return 0;
	if (call_of_sid(app, found->sid, &owner, &missing)) {
		*ours = missing.kind == ERR_MISSING;
		return *ours ? 0 : err_set(err, missing.kind, "%s", missing.msg);
	}
	*ours = !strcmp(owner, call->id);
	return 0;
}

static void note_unknown(struct app *app, const struct call *call)
{
	if (strcmp(call->status, "unknown"))
		log_event(&app->log, LOG_WARNING, "call.unknown_outcome", LOG_TEXT("campaign", call->campaign),
			  LOG_NUM("lead", call->lead), LOG_TEXT("call", call->id),
			  LOG_TEXT("reason", "nothing was heard of its dial"));
}

static int not_found(struct app *app, const struct call *call, struct err *err)
{
	if (clock_wall_ms(app->clock) - call->placed_ms < GIVEN_UP_MS)
		return look_again(app, call, AGAIN_MS, err);
	log_event(&app->log, LOG_INFO, "call.never_placed", LOG_TEXT("campaign", call->campaign), LOG_NUM("lead", call->lead),
		  LOG_TEXT("call", call->id));
	return tell(app, call, &(struct call_news){ .not_placed = true }, err);
}

static int find_lost(struct app *app, const struct call *call, struct err *err)
{
	const struct twilio twilio = twilio_of(app);
	struct twilio_call *found;
	struct err failure = { 0 };
	size_t count;
	bool ours;

	note_unknown(app, call);
	if (twilio_calls_list(&twilio, app->mem, call->phone, call->from, LIST_MOST, &found, &count, &failure))
		return look_again(app, call, LATER_MS, err);
	/* The oldest of those that fit: a later one belongs to a later attempt. */
	for (size_t i = count; i-- > 0;) {
		if (is_ours(app, call, &found[i], &ours, err))
			return -1;
		if (ours)
			return tell_state(app, call, &found[i], err);
	}
	return not_found(app, call, err);
}

/* ---- calls that are silent ---- */

/* A machine took it, and our request to hang up was lost. */
static int hang_up(struct app *app, const struct call *call, const char *status, struct err *err)
{
	const struct twilio twilio = twilio_of(app);
	struct twilio_call updated;
	struct err failure = { 0 };
	struct campaign campaign;

	if (strcmp(status, "in-progress") || !call_is_of_machine(call) || call->leaves_message)
		return 0;
	if (campaign_load(app, call->campaign, &campaign, err))
		return -1;
	if (campaign.voicemail == VOICEMAIL_HANG_UP &&
	    twilio_call_update(&twilio, app->mem, call->sid, "completed", &updated, &failure))
		log_event(&app->log, LOG_WARNING, "call.not_hung_up", LOG_TEXT("call", call->id),
			  LOG_TEXT("reason", failure.msg));
	return 0;
}

static int64_t next_look(const struct app *app, const struct call *call)
{
	int64_t age = clock_wall_ms(app->clock) - call->placed_ms;

	return age < CALL_LOOK_MS ? CALL_LOOK_MS : age > LOOK_MOST_MS ? LOOK_MOST_MS : age;
}

static int ask_about(struct app *app, const struct call *call, struct err *err)
{
	const struct twilio twilio = twilio_of(app);
	struct twilio_call found;
	struct err failure = { 0 };

	if (twilio_call_fetch(&twilio, app->mem, call->sid, &found, &failure)) {
		if (failure.kind == ERR_MISSING && clock_wall_ms(app->clock) - call->placed_ms > LOST_MS)
			return tell(app, call, &(struct call_news){ .status = "failed", .error = failure.code }, err);
		return look_again(app, call, LATER_MS, err);
	}
	if (hang_up(app, call, found.status, err) || tell_state(app, call, &found, err))
		return -1;
	return look_again(app, call, next_look(app, call), err);
}

static int forget(struct app *app, const char *id, struct err *err)
{
	struct reply r;

	return store_call(app->store, app->mem, &r, err, "ZREM", KEY_CALLS_OPEN, id, NULL);
}

static int look_at(struct app *app, const char *id, struct err *err)
{
	struct err missing = { 0 };
	struct call call;

	if (call_load(app, id, &call, &missing))
		return missing.kind == ERR_MISSING ? forget(app, id, err) : err_set(err, missing.kind, "%s", missing.msg);
	if (!call.open)
		return forget(app, id, err);
	return call.sid ? ask_about(app, &call, err) : find_lost(app, &call, err);
}

static int look_at_silent(struct app *app, bool *idle, struct err *err)
{
	struct reply due;

	if (store_call(app->store, app->mem, &due, err, "ZRANGEBYSCORE", KEY_CALLS_OPEN, "-inf",
		       arena_printf(app->mem, "%" PRId64, clock_wall_ms(app->clock)), "LIMIT", "0",
		       arena_printf(app->mem, "%d", CALLS_MOST), NULL))
		return -1;
	for (size_t i = 0; i < due.count; i++) {
		if (reply_text(&due.items[i]) && look_at(app, reply_text(&due.items[i]), err))
			return -1;
		*idle = false;
	}
	return 0;
}

/* ---- campaigns that were paused or stopped ---- */

/* A call that waits at Twilio must not ring any more. */
static int cancel_queued(struct app *app, const char *id, bool *unclear, struct err *err)
{
	const struct twilio twilio = twilio_of(app);
	struct twilio_call canceled;
	struct err failure = { 0 };
	struct call call;

	if (call_load(app, id, &call, &failure))
		return failure.kind == ERR_MISSING ? 0 : err_set(err, failure.kind, "%s", failure.msg);
	if (!call.open || call_rank(call.status) > call_rank("initiated"))
		return 0;
	if (!call.sid) { /* its dial is under way */
		*unclear |= strcmp(call.status, "unknown") != 0;
		return 0;
	}
	if (twilio_call_update(&twilio, app->mem, call.sid, "canceled", &canceled, &failure)) {
		*unclear |= err_is_transient(&failure);
		return 0;
	}
	return tell_state(app, &call, &canceled, err);
}

static int quiet_campaign(struct app *app, const char *id, struct err *err)
{
	struct reply live, r;
	struct err missing = { 0 };
	struct campaign c;
	bool unclear = false;

	if (campaign_load(app, id, &c, &missing) && missing.kind != ERR_MISSING)
		return err_set(err, missing.kind, "%s", missing.msg);
	if (missing.kind == ERR_NONE && c.state != CAMPAIGN_RUNNING) {
		if (store_call(app->store, app->mem, &live, err, "SMEMBERS", key_of(app->mem, KEY_LIVE_CALLS, id), NULL))
			return -1;
		for (size_t i = 0; i < live.count; i++)
			if (reply_text(&live.items[i]) && cancel_queued(app, reply_text(&live.items[i]), &unclear, err))
				return -1;
	}
	return unclear ? 0 : store_call(app->store, app->mem, &r, err, "SREM", KEY_CAMPAIGNS_QUIET, id, NULL);
}

/* One campaign that cannot be read keeps the others from nothing.  Told once a minute. */
static void note_failure(struct app *app, const char *id, const struct err *failure)
{
	const char *key = arena_printf(app->mem, KEY_ALERT "campaign:%s", id);
	struct err ignored = { 0 };
	struct reply first;

	if (!store_call(app->store, app->mem, &first, &ignored, "SET", key, "1", "NX", "EX", "60", NULL) &&
	    first.type == REPLY_NIL)
		return;
	log_event(&app->log, LOG_ERROR, "campaign.not_tended", LOG_TEXT("campaign", id), LOG_TEXT("reason", failure->msg));
}

static int quiet_campaigns(struct app *app, struct err *err)
{
	struct reply all;

	if (store_call(app->store, app->mem, &all, err, "SMEMBERS", KEY_CAMPAIGNS_QUIET, NULL))
		return -1;
	for (size_t i = 0; i < all.count; i++) {
		struct err failure = { 0 };

		if (reply_text(&all.items[i]) && quiet_campaign(app, reply_text(&all.items[i]), &failure))
			note_failure(app, reply_text(&all.items[i]), &failure);
	}
	return 0;
}

/* ---- campaigns that end ---- */

static int tend(struct app *app, const char *id, bool *idle, struct err *err)
{
	struct err missing = { 0 };
	struct campaign c;
	bool more = false, completed;

	if (campaign_load(app, id, &c, &missing)) {
		if (missing.kind != ERR_MISSING)
			return err_set(err, missing.kind, "%s", missing.msg);
		if (campaign_delete_batch(app, id, &more, err))
			return -1;
	} else if (c.state == CAMPAIGN_STOPPED) {
		if (campaign_sweep(app, id, &more, err))
			return -1;
	} else if (c.state == CAMPAIGN_RUNNING && campaign_complete_if_done(app, &c, &completed, err)) {
		return -1;
	}
	*idle &= !more;
	return 0;
}

static int tend_campaigns(struct app *app, bool *idle, struct err *err)
{
	struct reply all;

	if (store_call(app->store, app->mem, &all, err, "SMEMBERS", KEY_CAMPAIGNS_ACTIVE, NULL))
		return -1;
	for (size_t i = 0; i < all.count; i++) {
		struct err failure = { 0 };

		if (reply_text(&all.items[i]) && tend(app, reply_text(&all.items[i]), idle, &failure))
			note_failure(app, reply_text(&all.items[i]), &failure);
	}
	return 0;
}

int reconcile_turn(struct app *app, bool *idle, struct err *err)
{
	*idle = true;
	if (call_heard_take(app, idle, err) || quiet_campaigns(app, err))
		return -1;
	return test_calls_tend(app, err) || redial_turn(app, idle, err) || tend_campaigns(app, idle, err) ||
			       look_at_silent(app, idle, err) || retention_turn(app, err) ? -1 : 0;
}
