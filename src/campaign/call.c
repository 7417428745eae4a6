/* See call.h. */
#include "campaign/call.h"

#include <inttypes.h>
#include <string.h>

#include "base/crypto.h"
#include "base/die.h"
#include "base/limits.h"
#include "campaign/audio_store.h"
#include "campaign/call_steps.h"
#include "campaign/campaign.h"
#include "campaign/lead.h"
#include "campaign/retry.h"
#include "store/keys.h"
#include "store/scripts.h"

enum {
	TELL_TRIES = 20,       /* against writers of the same row */
	LOST_MOST = 5,         /* in a row, then the campaign pauses */
	LOST_DELAY_MS = 60000, /* before a person whom we failed is called again */
	MINUTE_MS = 60000,
	HOUR_MS = 60 * MINUTE_MS,
	DAY_MS = 24 * HOUR_MS,
	CALL_TEXT_BYTES = 1 << 20,
};

/* ---- reading ---- */

static bool row_member(const struct reply *all, const char *name, const char **value)
{
	for (size_t i = 0; i + 1 < all->count; i += 2) {
		if (str_eq(all->items[i].text, str_from(name))) {
			*value = reply_text(&all->items[i + 1]);
			return true;
		}
	}
	return false;
}

static const char *text_in(const struct reply *all, const char *name)
{
	const char *value = NULL;

	return row_member(all, name, &value) && value && *value ? value : NULL;
}

static int64_t number_in(const struct reply *all, const char *name, int64_t otherwise)
{
	const char *text = text_in(all, name);
	long long n = text ? str_number(str_from(text), INT64_MAX) : -1;

	return n < 0 ? otherwise : n;
}

int call_of_row(struct app *app, const char *id, const struct reply *all, struct call *call, struct err *err)
{
	if (all->type != REPLY_LIST || !text_in(all, "v"))
		return err_set(err, ERR_MISSING, "no such call");
	*call = (struct call){
		.id = arena_strdup(app->mem, id),
		.campaign = text_in(all, "campaign"),
		.lead = number_in(all, "lead", 0),
		.phone = text_in(all, "phone"),
		.from = text_in(all, "from"),
		.status = text_in(all, "status"),
		.sid = text_in(all, "sid"),
		.outcome = text_in(all, "outcome"),
		.answered_by = text_in(all, "answered_by"),
		.digits = text_in(all, "digits"),
		.speech = text_in(all, "speech"),
		.audio = text_in(all, "audio"),
		.day = text_in(all, "day"),
		.previous = text_in(all, "previous"),
		.error = text_in(all, "error"),
		.duration_s = number_in(all, "duration", -1),
		.placed_ms = number_in(all, "placed", 0),
		.ended_ms = number_in(all, "ended", 0),
		.open = text_in(all, "open") != NULL,
		.leaves_message = text_in(all, "message") != NULL,
		.own_fault = text_in(all, "fault") != NULL,
		.version = number_in(all, "v", 0),
	};
	if (!call->campaign || !call->phone || !call->from || !call->status)
		return err_set(err, ERR_SYSTEM, "a call that lacks what it needs");
	return 0;
}

int call_load(struct app *app, const char *id, struct call *call, struct err *err)
{
	struct reply all;

	if (store_call(app->store, app->mem, &all, err, "HGETALL", key_of(app->mem, KEY_CALL, id), NULL))
		return -1;
	return call_of_row(app, id, &all, call, err);
}

int call_of_sid(struct app *app, const char *sid, const char **id, struct err *err)
{
	struct reply r;

	if (store_call(app->store, app->mem, &r, err, "GET", key_of(app->mem, KEY_SID, sid), NULL))
		return -1;
	*id = reply_text(&r);
	return *id ? 0 : err_set(err, ERR_MISSING, "no such call");
}

/* ---- JSON ---- */

static void put_text(struct buf *out, const char *name, const char *text)
{
	buf_puts(out, name);
	if (text)
		buf_json(out, str_from(text));
	else
		buf_puts(out, "null");
}

static void put_time(struct buf *out, const char *name, int64_t ms)
{
	char iso[ISO_TIME_SIZE];

	if (ms)
		iso_time_format(ms, iso);
	put_text(out, name, ms ? iso : NULL);
}

/* Without json-c's objects: the dialer writes a call with each of its steps. */
static void write_call(struct app *app, const struct call *call, struct buf *out)
{
	put_text(out, "{\"id\":", call->id);
	buf_printf(out, ",\"lead_id\":\"%" PRId64 "\"", call->lead);
	put_text(out, ",\"call_sid\":", call->sid);
	put_text(out, ",\"status\":", call->status);
	put_text(out, ",\"outcome\":", call->outcome);
	put_text(out, ",\"answered_by\":", call->answered_by);
	put_text(out, ",\"digits\":", call->digits);
	put_text(out, ",\"speech\":", call->speech);
	if (call->duration_s < 0)
		buf_puts(out, ",\"duration_seconds\":null");
	else
		buf_printf(out, ",\"duration_seconds\":%" PRId64, call->duration_s);
	put_time(out, ",\"placed_at\":", call->placed_ms);
	put_time(out, ",\"ended_at\":", call->ended_ms);
	put_text(out, ",\"audio_url\":",
		 call->audio ? arena_printf(app->mem, "%s/audio/%s", app->cfg.public_base_url, call->audio) : NULL);
	put_text(out, ",\"error\":", call->error);
	buf_putc(out, '}');
}

const char *call_text(struct app *app, const struct call *call)
{
	struct buf *out = buf_in(app->mem, CALL_TEXT_BYTES);

	write_call(app, call, out);
	if (out->failed)
		die_bug("call_text: a call that does not fit");
	return out->ptr;
}

struct json_object *call_json(struct app *app, const struct call *call)
{
	struct err err = { 0 };
	struct json_object *o = json_read(app->mem, str_from(call_text(app, call)), &err);

	if (!o)
		die_bug("call_json: no JSON");
	return o;
}

/* ---- what news make of a call ---- */

int call_rank(const char *status)
{
	static const struct {
		const char *status;
		int rank;
	} ranks[] = {
		{ "unknown", -1 }, { "queued", 0 }, { "initiated", 1 }, { "ringing", 2 }, { "in-progress", 3 },
		{ "completed", 4 }, { "busy", 4 }, { "failed", 4 }, { "no-answer", 4 }, { "canceled", 4 },
	};

	for (size_t i = 0; i < ARRAY_LEN(ranks); i++)
		if (!strcmp(ranks[i].status, status))
			return ranks[i].rank;
	return -1;
}

enum { OVER = 4, ANSWERED = 3 };

static bool take(const char **field, const char *news)
{
	if (!news || !*news || *field)
		return false;
	*field = news;
	return true;
}

static bool replace(const char **field, const char *news)
{
	if (!news || !*news || (*field && !strcmp(*field, news)))
		return false;
	*field = news;
	return true;
}

/* A key or word that meant nothing makes place for the next.  Who is not to be called
 * again has said the last word, also when a machine seemed to have answered. */
static bool take_input(struct call *call, const struct call_news *news)
{
	bool (*const put)(const char **, const char *) = call->outcome ? take : replace;
	bool last = news->outcome && !strcmp(news->outcome, "opted_out");
	bool is_new = put(&call->digits, news->digits);

	is_new |= put(&call->speech, news->speech);
	is_new |= (last ? replace : take)(&call->outcome, news->outcome);
	return is_new;
}

static bool take_status(struct call *call, const struct call_news *news)
{
	int known = call_rank(call->status), new = news->status ? call_rank(news->status) : -1;
	bool unclear = news->status && !strcmp(news->status, "unknown") && known == 0 && !call->sid;

	if (!unclear && new <= known)
		return false;
	call->status = news->status;
	return true;
}

/* The row with the news in it; false when they say nothing new. */
static bool take_news(struct call *call, const struct call_news *news, int64_t now_ms)
{
	bool is_new = take(&call->sid, news->sid);

	is_new |= take_status(call, news);
	is_new |= take(&call->answered_by, news->answered_by);
	is_new |= take_input(call, news);
	is_new |= take(&call->error, news->error);
	if (news->duration_s > 0 && call->duration_s < 0) {
		call->duration_s = news->duration_s;
		is_new = true;
	}
	if (news->leaves_message && !call->leaves_message)
		is_new = call->leaves_message = true;
	if (news->own_fault && !call->own_fault)
		is_new = call->own_fault = true;
	if (!call->ended_ms && call_rank(call->status) == OVER) {
		call->ended_ms = now_ms;
		is_new = true;
	}
	return is_new;
}

/* Twilio could not fetch or read our TwiML (vendors/twilio.md 4). */
static bool is_our_error(const char *code)
{
	return code && (str_starts(str_from(code), STR("112")) || str_starts(str_from(code), STR("117")) ||
			str_starts(str_from(code), STR("121")) || str_starts(str_from(code), STR("122")) ||
			str_starts(str_from(code), STR("123")));
}

static bool is_machine(const char *answered_by)
{
	return answered_by && (str_starts(str_from(answered_by), STR("machine")) || !strcmp(answered_by, "fax"));
}

bool call_is_of_machine(const struct call *call)
{
	return is_machine(call->answered_by) && !call->digits && !call->speech && !call->outcome;
}

/* The outcome of a call that is over. */
static const char *outcome_of(const struct call *call, const struct campaign *campaign)
{
	if (call->outcome)
		return call->outcome;
	if (!strcmp(call->status, "busy"))
		return "busy";
	if (!strcmp(call->status, "failed"))
		return "failed";
	if (strcmp(call->status, "completed"))
		return "no_answer";
	return is_machine(call->answered_by) && campaign->voicemail != VOICEMAIL_IGNORE ? "voicemail" : "answered";
}

/* The call before it was lost by us as well: what we cannot say to this lead must not ring for
 * ever, so from the second time on it counts. */
static int was_lost_before(struct app *app, const struct call *call, bool *lost, struct err *err)
{
	struct err missing = { 0 };
	struct call before;

	*lost = false;
	if (!call->previous)
		return 0;
	if (call_load(app, call->previous, &before, &missing))
		return missing.kind == ERR_MISSING ? 0 : err_set(err, missing.kind, "%s", missing.msg);
	*lost = before.own_fault;
	return 0;
}

static int decide_ending(struct app *app, struct call *call, const struct campaign *campaign, int was,
			 const struct call_news *news, struct call_ending *end, struct err *err)
{
	int64_t now = clock_wall_ms(app->clock);
	bool canceled = !strcmp(call->status, "canceled"), lost_before;
	struct lead lead;
	uint32_t random;

	*end = (struct call_ending){ .how = "", .outcome = "", .next_ms = now };
	if (!call->open || (call_rank(call->status) != OVER && !news->not_placed))
		return 0;
	if (news->not_placed || (canceled && was < ANSWERED)) {
		if (call_rank(call->status) != OVER)
			call->status = "unknown";
		if (!call->ended_ms)
			call->ended_ms = now;
		call->outcome = "not_placed";
		end->how = "never";
		return 0;
	}
	call->own_fault |= is_our_error(call->error);
	if (call->own_fault && !call->outcome) {
		if (was_lost_before(app, call, &lost_before, err))
			return -1;
		call->outcome = "failed";
		*end = (struct call_ending){ .how = "lost", .outcome = "failed", .next_ms = now + LOST_DELAY_MS };
		if (!lost_before)
			return 0;
	}
	call->outcome = end->outcome = outcome_of(call, campaign);
	end->how = "done";
	if (lead_load(app, call->campaign, call->lead, &lead, err))
		return -1;
	end->attempts = lead.attempts;
	end->max_attempts = campaign->retry.max_attempts;
	random_bytes(&random, sizeof(random));
	/* A message that was left has been delivered. */
	if (!(call->leaves_message && !strcmp(end->outcome, "voicemail")) &&
	    retry_next_ms(&campaign->retry, end->outcome, lead.attempts, random, now, &end->next_ms))
		end->how = "wait";
	return 0;
}

/* ---- applying ---- */

static void field_text(struct command *c, const char *name, const char *value)
{
	if (!value)
		return;
	command_text(c, name);
	command_text(c, value);
}

static void field_int(struct command *c, const char *name, int64_t value, bool known)
{
	if (!known)
		return;
	command_text(c, name);
	command_int(c, value);
}

static void command_key(struct command *c, const char *prefix, const char *name)
{
	command_text(c, key_of(c->mem, prefix, name));
}

static void command_keys(struct command *c, const struct call *call, int64_t now_ms)
{
	command_key(c, KEY_CALL, call->id);
	command_key(c, KEY_CAMPAIGN, call->campaign);
	command_text(c, lead_key(c->mem, call->campaign, call->lead));
	command_key(c, KEY_COUNTS, call->campaign);
	command_key(c, KEY_OUTCOMES, call->campaign);
	command_key(c, KEY_LIVE_CALLS, call->campaign);
	command_text(c, KEY_CALLS_OPEN);
	command_text(c, KEY_NUMBERS_LIVE);
	command_key(c, KEY_EVENTS, call->campaign);
	command_text(c, KEY_LIVE);
	command_text(c, arena_printf(c->mem, KEY_PLACED "%s:%s", call->campaign, call->day ? call->day : ""));
	command_key(c, KEY_CONTACT, call->phone);
	command_key(c, KEY_SID, call->sid ? call->sid : "");
	command_key(c, KEY_SERIES, call->campaign);
	command_text(c, arena_printf(c->mem, KEY_SERIES_DAY "%s:%" PRId64, call->campaign, now_ms / DAY_MS));
}

static int apply(struct app *app, const struct call *before, const struct call *call, const struct call_ending *end,
		 int64_t *applied, struct err *err)
{
	struct command c = script_new(app->mem, &script_call_change, 15);
	int64_t now = clock_wall_ms(app->clock);
	char iso[ISO_TIME_SIZE];
	struct reply r;

	iso_time_format(now, iso);
	command_keys(&c, call, now);
	command_text(&c, call->id);
	command_int(&c, call->version);
	command_text(&c, iso);
	command_text(&c, call_text(app, call));
	command_text(&c, end->how);
	command_text(&c, end->outcome);
	command_int(&c, end->next_ms);
	command_int(&c, call->lead);
	command_text(&c, call->phone);
	command_text(&c, call->campaign);
	command_text(&c, call->sid);
	command_int(&c, KEEP_SID_S);
	command_int(&c, now + (strcmp(call->status, "unknown") ? CALL_LOOK_MS : CALL_UNKNOWN_MS));
	command_text(&c, arena_printf(app->mem, KEY_DUE "%s:", call->campaign));
	command_text(&c, arena_printf(app->mem, "%" PRId64 ":%s", now / HOUR_MS, call->outcome ? call->outcome : ""));
	command_text(&c, arena_printf(app->mem, "%" PRId64 ":%s", now / MINUTE_MS, call->outcome ? call->outcome : ""));
	command_int(&c, KEEP_MINUTES_S);
	if (call->version < CALL_STEPS_MOST)
		field_text(&c, call_step_field(app->mem, call->version + 1), call_step(app->mem, before, call, end, now));
	field_text(&c, "status", call->status);
	field_text(&c, "sid", call->sid);
	field_text(&c, "outcome", call->outcome);
	field_text(&c, "answered_by", call->answered_by);
	field_text(&c, "digits", call->digits);
	field_text(&c, "speech", call->speech);
	field_text(&c, "error", call->error);
	field_text(&c, "message", call->leaves_message ? "1" : NULL);
	field_text(&c, "fault", call->own_fault ? "1" : NULL);
	field_int(&c, "duration", call->duration_s, call->duration_s >= 0);
	field_int(&c, "ended", call->ended_ms, call->ended_ms > 0);
	if (script_run(app->store, &script_call_change, &c, &r, err))
		return -1;
	*applied = r.number;
	return 0;
}

static void log_end(struct app *app, const struct call *call, const struct call_ending *end)
{
	if (*end->how)
		log_event(&app->log, LOG_INFO, "call.ended", LOG_TEXT("campaign", call->campaign), LOG_NUM("lead", call->lead),
			  LOG_TEXT("call", call->id), LOG_TEXT("status", call->status),
			  LOG_TEXT("outcome", call->outcome ? call->outcome : ""), LOG_TEXT("then", end->how));
}

/* We must not go on calling people who then hear nothing. */
static int stop_losing(struct app *app, const struct call *call, struct err *err)
{
	struct reply lost;
	int64_t count = 0;
	bool changed;

	if (store_call(app->store, app->mem, &lost, err, "HGET", key_of(app->mem, KEY_CAMPAIGN, call->campaign), "lost", NULL))
		return -1;
	if (!reply_int(&lost, &count) || count < LOST_MOST)
		return 0;
	return campaign_move(app, call->campaign, 1 << CAMPAIGN_RUNNING, CAMPAIGN_PAUSED,
			     arena_printf(app->mem, "Paused: %d calls in a row were answered and heard nothing, because of us%s%s.",
					  (int)count, call->error ? "; the last by Twilio's error " : "",
					  call->error ? call->error : ""),
			     &changed, err);
}

/* One try; *applied is 0 when another changed the row in between. */
static int tell_once(struct app *app, const char *id, const struct call_news *news, int64_t *applied, bool *changed,
		     struct call *call, struct err *err)
{
	struct campaign campaign;
	struct call_ending end;
	struct call before;
	int was;

	if (call_load(app, id, call, err) || campaign_load(app, call->campaign, &campaign, err))
		return -1;
	before = *call;
	was = call_rank(call->status);
	*changed = take_news(call, news, clock_wall_ms(app->clock));
	*applied = 1;
	if (decide_ending(app, call, &campaign, was, news, &end, err))
		return -1;
	if (!*changed && !*end.how)
		return 0;
	*changed = true;
	if (apply(app, &before, call, &end, applied, err))
		return -1;
	if (*applied == 1)
		log_end(app, call, &end);
	if (*applied == 1 && !strcmp(end.how, "lost") && stop_losing(app, call, err))
		return -1;
	return *applied < 0 ? err_set(err, ERR_MISSING, "the call is gone") : 0;
}

int call_tell(struct app *app, const char *id, const struct call_news *news, bool *changed, struct call *call,
	      struct err *err)
{
	struct call row;
	int64_t applied = 0;

	for (int i = 0; i < TELL_TRIES; i++) {
		if (tell_once(app, id, news, &applied, changed, call ? call : &row, err))
			return -1;
		if (applied == 1)
			return 0;
	}
	return err_set(err, ERR_SYSTEM, "a call that changes all the time");
}
