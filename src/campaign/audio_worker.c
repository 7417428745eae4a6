/* The second part of call_audio.h: what calls will say is bought before they are dialled. */
#include "campaign/call_audio.h"

#include <stdlib.h>

#include "base/crypto.h"
#include "campaign/group.h"
#include "store/keys.h"
#include "store/store.h"
#include "vendors/elevenlabs.h"

enum {
	PURCHASES = 10,
	BATCH = 50,               /* leads read in one round trip */
	SOON_MS = 2 * 60 * 1000,  /* ready when the hours begin */
	RETRIES_MS = 60 * 1000,
	TURN_MS = 10 * 1000,
	AHEAD_S = 60, AHEAD_LEAST = 10, AHEAD_MOST = 200,
	SLOW_S = 10,
};

struct turn {
	struct app *app;
	const struct campaign *c;
	const struct agent *agent;
	size_t made, refused;
};

static bool is_over(const struct turn *t)
{
	return t->made + t->refused >= PURCHASES;
}

/* ---- who is called next ---- */

struct candidate {
	int64_t number, score;
};

/* A time is above every number (lead.h), but goes first. */
static int by_turn(const void *left, const void *right)
{
	const struct candidate *a = left, *b = right;
	bool a_waits = a->score >= LEAD_SCORE_TIME, b_waits = b->score >= LEAD_SCORE_TIME;

	if (a_waits != b_waits)
		return a_waits ? -1 : 1;
	return (a->score > b->score) - (a->score < b->score);
}

static bool is_open_soon(const struct turn *t, const struct group *g)
{
	int64_t now = clock_wall_ms(t->app->clock), until;

	for (int64_t at = now; at <= now + SOON_MS; at += SOON_MS)
		if (calling_hours_open(&t->c->hours, t->c->zone, &t->c->holidays, at) && group_is_open(g, at, &until))
			return true;
	return false;
}

static struct command due(struct app *app, const char *key, const char *from, const char *to, size_t most)
{
	struct command c = command_new(app->mem, "ZRANGEBYSCORE");

	command_text(&c, key);
	command_text(&c, from);
	command_text(&c, to);
	command_text(&c, "WITHSCORES");
	command_text(&c, "LIMIT");
	command_int(&c, 0);
	command_int(&c, (int64_t)most);
	return c;
}

static void take(const struct reply *r, struct candidate *list, size_t *count)
{
	for (size_t i = 0; i + 1 < r->count; i += 2) {
		struct candidate *one = &list[*count];

		if (reply_int(&r->items[i], &one->number) && reply_int(&r->items[i + 1], &one->score))
			++*count;
	}
}

static int candidates_of(struct app *app, const char *key, size_t ahead, struct candidate *list, size_t *count,
			 struct err *err)
{
	const char *first = arena_printf(app->mem, "%lld", LEAD_SCORE_TIME);
	const char *last = arena_printf(app->mem, "%lld", (long long)clock_wall_ms(app->clock) + RETRIES_MS);
	const struct command commands[] = {
		due(app, key, first, last, ahead),
		due(app, key, "-inf", arena_join(app->mem, "(", first), ahead),
	};
	struct reply replies[ARRAY_LEN(commands)];

	if (store_pipeline(app->store, commands, ARRAY_LEN(commands), replies, err))
		return -1;
	for (size_t i = 0; i < ARRAY_LEN(commands); i++)
		take(&replies[i], list, count);
	return 0;
}

static int next_leads(const struct turn *t, size_t ahead, struct candidate **list, size_t *count, struct err *err)
{
	struct app *app = t->app;
	struct group *groups;
	size_t n;

	if (groups_load(app, t->c, &groups, &n, err))
		return -1;
	*count = 0;
	*list = arena_alloc(app->mem, (2 * n * ahead + 1) * sizeof(**list));
	for (size_t i = 0; i < n; i++)
		if (is_open_soon(t, &groups[i]) &&
		    candidates_of(app, due_key(app->mem, t->c->id, groups[i].number), ahead, *list, count, err))
			return -1;
	qsort(*list, *count, sizeof(**list), by_turn);
	if (*count > ahead)
		*count = ahead;
	return 0;
}

/* ---- one campaign ---- */

/* 0: go on.  What another process is buying, or may have been bought a moment ago, is left alone. */
static int passed_over(const struct err *cause, struct err *err)
{
	if (cause->kind == ERR_CONFLICT)
		return 0;
	*err = *cause;
	return -1;
}

static int prepare_keys(struct turn *t, struct err *err)
{
	for (const char *key = "0123456789*#"; *key && !is_over(t); key++) {
		const char *outcome, *say;
		struct err cause = { 0 };
		struct audio audio;
		bool ready;

		if (!campaign_key(t->c, *key, &outcome, &say) || !say)
			continue;
		if (!call_audio_say(t->app, t->agent, say, CALL_AUDIO_BUY_UNLESS_BUSY, &audio, &ready, &cause))
			t->made += !audio.cached;
		else if (passed_over(&cause, err))
			return -1;
	}
	return 0;
}

static bool is_the_same_for_all(const struct agent *agent)
{
	return !str_find(str_from(agent->script), STR("{{"));
}

static int prepare_lead(struct turn *t, const struct lead *lead, struct err *err)
{
	struct err cause = { 0 };
	const char *missing;
	struct audio audio;
	bool ready;

	if (!call_audio_script(t->app, t->c, t->agent, lead, CALL_AUDIO_BUY_UNLESS_BUSY, &audio, &ready, &missing, &cause)) {
		t->made += ready && !audio.cached;
		return 0;
	}
	/* The dialer says so of the lead. */
	if (cause.kind == ERR_INPUT)
		return 0;
	if (cause.kind == ERR_REFUSED && !elevenlabs_account_failed(&cause) && !is_the_same_for_all(t->agent)) {
		t->refused++;
		return 0;
	}
	return passed_over(&cause, err);
}

static int prepare_batch(struct turn *t, const struct candidate *list, size_t count, struct err *err)
{
	struct app *app = t->app;
	struct command *commands = arena_alloc(app->mem, count * sizeof(*commands));
	struct reply *replies = arena_alloc(app->mem, count * sizeof(*replies));

	for (size_t i = 0; i < count; i++) {
		commands[i] = command_new(app->mem, "HGETALL");
		command_text(&commands[i], lead_key(app->mem, t->c->id, list[i].number));
	}
	if (store_pipeline(app->store, commands, count, replies, err))
		return -1;
	for (size_t i = 0; i < count && !is_over(t); i++) {
		struct lead lead;

		if (lead_of(app->mem, list[i].number, &replies[i], &lead) && prepare_lead(t, &lead, err))
			return -1;
	}
	return 0;
}

int call_audio_prepare(struct app *app, const struct campaign *c, const struct agent *agent, size_t ahead, size_t *made,
		       struct err *err)
{
	struct turn t = { .app = app, .c = c, .agent = agent };
	struct candidate *list;
	size_t count = 0;
	int rc = 0;

	*made = 0;
	if (c->conversation)
		return 0;
	if (next_leads(&t, ahead, &list, &count, err))
		return -1;
	if (count && is_the_same_for_all(agent))
		count = 1;
	if (count)
		rc = prepare_keys(&t, err);
	for (size_t i = 0; !rc && i < count && !is_over(&t); i += BATCH)
		rc = prepare_batch(&t, list + i, count - i < BATCH ? count - i : BATCH, err);
	*made = t.made;
	return rc;
}

/* ---- all campaigns ---- */

/* Why the campaign cannot go on; NULL: it can, later. */
static const char *reason_to_pause(struct app *app, const struct err *why)
{
	switch (why->kind) {
	case ERR_DENIED:
		return app->cfg.have_elevenlabs ? "ElevenLabs refused the key; look at ELEVENLABS_API_KEY." :
						  "ElevenLabs is not configured, so nothing can be spoken.";
	case ERR_MISSING:
		return "ElevenLabs does not know the voice or the model of the agent.";
	case ERR_REFUSED:
		if (!strcmp(why->code, "quota_exceeded") || !strcmp(why->code, "insufficient_credits"))
			return "ElevenLabs' credits are used up.";
		return arena_printf(app->mem, "ElevenLabs refused to speak for the campaign%s%s.", *why->code ? ": " : "",
				    why->code);
	default:
		return NULL;
	}
}

static int go_slow(struct app *app, const struct err *why, struct err *err)
{
	struct command c = command_new(app->mem, "SET");
	struct reply r;

	command_text(&c, KEY_AUDIO_SLOW);
	command_text(&c, err_kind_name(why->kind));
	command_text(&c, "EX");
	command_int(&c, why->retry_after > 0 ? why->retry_after : SLOW_S);
	return store_run(app->store, &c, &r, err);
}

static int settle(struct app *app, const struct campaign *c, const struct err *why, bool *slow, struct err *err)
{
	const char *reason = reason_to_pause(app, why);
	bool changed;

	log_event(&app->log, LOG_WARNING, "audio.not_bought", LOG_TEXT("campaign", c->id),
		  LOG_TEXT("kind", err_kind_name(why->kind)), LOG_TEXT("reason", why->msg));
	if (reason)
		return campaign_move(app, c->id, 1u << CAMPAIGN_RUNNING, CAMPAIGN_PAUSED, reason, &changed, err);
	if (why->kind == ERR_SYSTEM) {
		*err = *why;
		return -1;
	}
	*slow = true;
	return go_slow(app, why, err);
}

static size_t look_ahead(const struct app *app, const struct campaign *c)
{
	double pace = c->calls_per_second < app->cfg.twilio_calls_per_second ? c->calls_per_second :
									       app->cfg.twilio_calls_per_second;
	double calls = pace * AHEAD_S;

	return calls < AHEAD_LEAST ? AHEAD_LEAST : calls > AHEAD_MOST ? AHEAD_MOST : (size_t)calls;
}

static int serve_campaign(struct app *app, const char *id, size_t *made, bool *slow, struct err *err)
{
	struct campaign c;
	struct agent agent;
	struct err cause = { 0 };

	*made = 0;
	/* It may have been deleted meanwhile. */
	if (campaign_load(app, id, &c, &cause) ||
	    (c.state == CAMPAIGN_RUNNING && !c.conversation && agent_load(app, c.agent_id, &agent, &cause))) {
		if (cause.kind == ERR_MISSING)
			return 0;
		*err = cause;
		return -1;
	}
	if (c.state != CAMPAIGN_RUNNING || c.conversation)
		return 0;
	if (!call_audio_prepare(app, &c, &agent, look_ahead(app, &c), made, &cause))
		return 0;
	return settle(app, &c, &cause, slow, err);
}

/* What is read for one campaign is not kept until the next. */
static int serve_apart(struct app *app, const char *id, size_t *made, bool *slow, struct err *err)
{
	struct arena *mem = app->mem;
	int rc;

	app->mem = arena_new();
	rc = serve_campaign(app, id, made, slow, err);
	arena_free(app->mem);
	app->mem = mem;
	return rc;
}

int audio_worker_turn(struct app *app, bool *idle, struct err *err)
{
	int64_t end = clock_monotonic_ms(app->clock) + TURN_MS;
	struct reply slow_word, ids;
	unsigned first;
	bool slow = false;

	*idle = true;
	if (store_call(app->store, app->mem, &slow_word, err, "GET", KEY_AUDIO_SLOW, NULL))
		return -1;
	if (slow_word.type == REPLY_TEXT)
		return 0;
	if (store_call(app->store, app->mem, &ids, err, "SMEMBERS", KEY_CAMPAIGNS_ACTIVE, NULL))
		return -1;
	random_bytes(&first, sizeof(first));
	for (size_t i = 0; i < ids.count && !slow && clock_monotonic_ms(app->clock) < end; i++) {
		size_t made;

		if (serve_apart(app, reply_text(&ids.items[(i + first) % ids.count]), &made, &slow, err))
			return -1;
		*idle = *idle && !made;
	}
	return 0;
}
