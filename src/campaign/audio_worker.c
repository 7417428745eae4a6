/* The second part of call_audio.h: what calls will say is bought before they are dialled. */
#include "campaign/call_audio.h"

#include "base/crypto.h"
#include "campaign/lead_line.h"
#include "campaign/status.h"
#include "store/keys.h"
#include "store/store.h"
#include "vendors/elevenlabs.h"

enum {
	PURCHASES = 10,
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

static bool is_open_soon(const struct turn *t, const struct group *g)
{
	int64_t now = clock_wall_ms(t->app->clock);

	return group_may_be_called(t->c, g, now) || group_may_be_called(t->c, g, now + SOON_MS);
}

static int next_leads(const struct turn *t, size_t ahead, struct lead **leads, size_t *count, struct err *err)
{
	struct app *app = t->app;
	const struct group **open;
	struct group *groups;
	size_t n, opened = 0;

	if (groups_load(app, t->c, &groups, &n, err))
		return -1;
	open = arena_alloc(app->mem, (n + 1) * sizeof(struct group *));
	for (size_t i = 0; i < n; i++)
		if (is_open_soon(t, &groups[i]))
			open[opened++] = &groups[i];
	return lead_line_first(app, t->c->id, open, opened, clock_wall_ms(app->clock) + RETRIES_MS, ahead, leads, count, err);
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

int call_audio_prepare(struct app *app, const struct campaign *c, const struct agent *agent, size_t ahead, size_t *made,
		       struct err *err)
{
	struct turn t = { .app = app, .c = c, .agent = agent };
	struct lead *leads;
	size_t count = 0;
	int rc = 0;

	*made = 0;
	if (c->conversation)
		return 0;
	if (next_leads(&t, is_the_same_for_all(agent) ? 1 : ahead, &leads, &count, err))
		return -1;
	if (count)
		rc = prepare_keys(&t, err);
	for (size_t i = 0; !rc && i < count && !is_over(&t); i++)
		rc = prepare_lead(&t, &leads[i], err);
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
