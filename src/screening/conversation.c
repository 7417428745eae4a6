/* See conversation.h. */
#include "screening/conversation.h"

#include <inttypes.h>

#include "base/json.h"
#include "base/limits.h"
#include "screening/alert.h"
#include "screening/erased.h"
#include "screening/erasure.h"
#include "screening/jobs.h"
#include "screening/session.h"
#include "screening/verdict.h"
#include "store/keys.h"
#include "store/store.h"
#include "vendors/elevenlabs.h"

enum {
	CHECK_AGAIN_MS = 60000,        /* while a talk goes on */
	CHECK_AFTER_END_MS = 20000,    /* after the page said that it is over */
	CHECK_GIVE_UP_MS = 24 * 3600000,
	UNKNOWN_GRACE_MS = 15000,      /* ElevenLabs may not know a conversation at its first moment */
	SWEEP_BATCH = 20,
};

static char *number(struct app *app, int64_t n)
{
	return arena_printf(app->mem, "%" PRId64, n);
}

static char *conversation_key(struct app *app, const char *id)
{
	return key_of(app->mem, KEY_CONVERSATION, id);
}

static int fields(struct app *app, const char *id, struct reply *r, struct err *err)
{
	return store_call(app->store, app->mem, r, err, "HMGET", conversation_key(app, id), "session", "data", "started",
			  "state", NULL);
}

/* Only the first loss of a conversation holds the verdict, or a page that says it
 * again and again could hold it for ever. */
static int was_lost_before(struct app *app, const char *conversation_id, bool *known, struct err *err)
{
	struct reply r;

	if (store_call(app->store, app->mem, &r, err, "HSETNX", conversation_key(app, conversation_id), "lost", "1", NULL))
		return -1;
	*known = r.number == 0;
	return 0;
}

int conversation_ended(struct app *app, const char *conversation_id, const char *session_id, bool lost,
		       struct err *err)
{
	int64_t now = clock_wall_ms(app->clock);
	bool known = false;
	struct reply r;

	if (fields(app, conversation_id, &r, err))
		return -1;
	if (!reply_text(&r.items[0]) || strcmp(reply_text(&r.items[0]), session_id))
		return 0; /* not this session's conversation */
	if (lost && was_lost_before(app, conversation_id, &known, err))
		return -1;
	if (lost && known)
		return 0;
	if (lost ? session_row_set(app, session_id, err, "lost_conversation", conversation_id, "lost_at", number(app, now), NULL)
		 : session_row_set(app, session_id, err, "ended", number(app, now), "lost_conversation", "", NULL))
		return -1;
	if (session_note(app, session_id, lost ? "connection lost" : "ended", err))
		return -1;
	/* Only one whose transcript is awaited still has a place there. */
	return store_call(app->store, app->mem, &r, err, "ZADD", KEY_AWAITED, "XX", "LT", number(app, now + CHECK_AFTER_END_MS),
			  conversation_id, NULL);
}

int conversation_claim_orphan(struct app *app, const char *conversation_id, const char *session_id, struct err *err)
{
	struct reply r;

	if (store_call(app->store, app->mem, &r, err, "ZSCORE", KEY_ORPHANS, conversation_id, NULL))
		return -1;
	if (r.type == REPLY_NIL)
		return 0;
	/* A job of its own: the first one ended when it found no session. */
	return job_add(app, arena_printf(app->mem, "transcript:%s:%.8s", conversation_id, session_id), JOB_TRANSCRIPT,
		       str_from(arena_printf(app->mem, "{\"conversation_id\":\"%s\"}", conversation_id)), 0,
		       conversation_id, err);
}

/* ---- finding the session ---- */

/* By the reverse key, which another program may have written. */
static int match_by_reverse_key(struct app *app, const char *conversation_id, const char **session_id, struct err *err)
{
	struct reply r;
	const char *secret;

	if (store_call(app->store, app->mem, &r, err, "GET", key_of(app->mem, KEY_REVERSE, conversation_id), NULL))
		return -1;
	secret = reply_text(&r);
	if (secret && session_secret_is_valid(str_from(secret)))
		*session_id = session_id_of(app->mem, str_from(secret));
	return 0;
}

/* By the id that we gave the browser.  It comes from the candidate's machine, so
 * it counts only when the agent is ours and the talk no older than the session. */
static int match_by_variable(struct app *app, struct json_object *data, const char **session_id, struct err *err)
{
	const char *named = json_text(data, "conversation_initiation_client_data.dynamic_variables.parley_session");
	const char *agent = json_text(data, "agent_id");
	struct session_row row;
	int64_t began = 0;
	bool found;

	if (!named || !str_is_token(str_from(named), SESSION_ID_LENGTH, SESSION_ID_LENGTH))
		return 0;
	if (agent && app->cfg.elevenlabs_agent_id && strcmp(agent, app->cfg.elevenlabs_agent_id))
		return 0;
	if (session_row_get(app, named, &row, &found, err))
		return -1;
	if (!found)
		return 0;
	/* A talk from before the session cannot be its talk (a day of grace for clocks). */
	if (json_int(data, "metadata.start_time_unix_secs", &began) && began * 1000 < row.created_ms - 86400000LL)
		return 0;
	*session_id = named;
	return 0;
}

/* The session whose row we have, adopting it from the secret when need be. */
static int ensure_row(struct app *app, const char *conversation_id, const char **session_id, struct err *err)
{
	struct session_row row;
	struct session s;
	enum link_state state;
	struct reply r;
	bool found;

	if (session_row_get(app, *session_id, &row, &found, err))
		return -1;
	if (found)
		return 0;
	if (store_call(app->store, app->mem, &r, err, "GET", key_of(app->mem, KEY_REVERSE, conversation_id), NULL))
		return -1;
	if (!reply_text(&r) || session_find(app, r.text, &state, &s, err))
		return err->kind == ERR_NONE ? (*session_id = NULL, 0) : -1;
	if (!s.id) /* the link is gone, and nothing was known of it */
		*session_id = NULL;
	return 0;
}

static int find_session(struct app *app, const char *conversation_id, struct json_object *data,
			const char **session_id, struct err *err)
{
	struct reply r;

	*session_id = NULL;
	if (fields(app, conversation_id, &r, err))
		return -1;
	*session_id = reply_text(&r.items[0]); /* associated before, by us */
	if (!*session_id && match_by_reverse_key(app, conversation_id, session_id, err))
		return -1;
	if (*session_id && ensure_row(app, conversation_id, session_id, err))
		return -1;
	return *session_id ? 0 : match_by_variable(app, data, session_id, err);
}

/* ---- what a transcript sets off ---- */

static int keep_data(struct app *app, const char *conversation_id, struct json_object *data, struct err *err)
{
	const char *key = conversation_key(app, conversation_id);
	struct command c[3];
	struct reply r[3];

	c[0] = command_new(app->mem, "HSET");
	command_text(&c[0], key);
	command_text(&c[0], "data");
	command_text(&c[0], json_write(data));
	command_text(&c[0], "state");
	command_text(&c[0], "received");
	command_text(&c[0], "received");
	command_int(&c[0], clock_wall_ms(app->clock));
	c[1] = command_new(app->mem, "EXPIRE");
	command_text(&c[1], key);
	command_int(&c[1], app->cfg.interview_keep_s);
	c[2] = command_new(app->mem, "ZREM");
	command_text(&c[2], KEY_AWAITED);
	command_text(&c[2], conversation_id);
	return store_pipeline(app->store, c, 3, r, err);
}

static int tell_orphan(struct app *app, const struct queue *queue, const struct job *job, const char *conversation_id,
		       struct err *err)
{
	char time[ISO_TIME_SIZE];
	const char *told;

	if (job_step(app, queue, job, "told", &told, err))
		return -1;
	if (told)
		return 0;
	iso_time_format(clock_wall_ms(app->clock), time);
	log_event(&app->log, LOG_WARNING, "screening.orphaned_transcript", LOG_TEXT("conversation", conversation_id));
	if (alert_raise(app, ALERT_ORPHAN,
			arena_printf(app->mem, "%s\t%s\tno session belongs to this conversation", conversation_id, time), err))
		return -1;
	return job_step_done(app, queue, job, "told", "1", err);
}

/* Keeps it among the orphans, then looks once more: the browser's association
 * looks for orphans after it was written, so one of the two sees the other. */
static int keep_orphan(struct app *app, const struct queue *queue, const struct job *job, const char *conversation_id,
		       const char **session_id, struct err *err)
{
	struct reply r;

	if (store_call(app->store, app->mem, &r, err, "ZADD", KEY_ORPHANS, "NX", number(app, clock_wall_ms(app->clock)),
		       conversation_id, NULL) ||
	    fields(app, conversation_id, &r, err))
		return -1;
	*session_id = reply_text(&r.items[0]);
	return *session_id ? 0 : tell_orphan(app, queue, job, conversation_id, err);
}

/* Ties conversation and session from our side too, when the browser did not. */
static int link_session(struct app *app, const char *conversation_id, const char *session_id,
			struct json_object *data, struct err *err)
{
	int64_t began = 0, now = clock_wall_ms(app->clock);
	const char *list = key_of(app->mem, KEY_SESSION_CONVERSATIONS, session_id);
	struct reply r;

	began = json_int(data, "metadata.start_time_unix_secs", &began) ? began * 1000 : now;
	if (store_call(app->store, app->mem, &r, err, "HSET", conversation_key(app, conversation_id), "session", session_id, NULL) ||
	    store_call(app->store, app->mem, &r, err, "ZADD", list, "NX", number(app, began), conversation_id, NULL) ||
	    store_call(app->store, app->mem, &r, err, "EXPIRE", list, number(app, app->cfg.interview_keep_s), NULL) ||
	    store_call(app->store, app->mem, &r, err, "HSETNX", key_of(app->mem, KEY_SESSION, session_id), "conversation_id",
		       conversation_id, NULL) ||
	    store_call(app->store, app->mem, &r, err, "HSETNX", key_of(app->mem, KEY_SESSION, session_id), "started",
		       number(app, began), NULL) ||
	    store_call(app->store, app->mem, &r, err, "HSETNX", key_of(app->mem, KEY_SESSION, session_id), "ended",
		       number(app, now), NULL) ||
	    store_call(app->store, app->mem, &r, err, "ZREM", KEY_ORPHANS, conversation_id, NULL))
		return -1;
	return session_note(app, session_id, key_of(app->mem, "transcript ", conversation_id), err);
}

/* An agent of ElevenLabs' talks in the calls of a campaign too (contract 3.4).  What comes back names
 * the attempt; it is nobody's interview when there is such an attempt, and is kept beside it. */
static int keep_for_call(struct app *app, const char *conversation_id, struct json_object *data, bool *kept,
			 struct err *err)
{
	const char *call = json_text(data, "conversation_initiation_client_data.dynamic_variables.parley_call");
	struct reply r;

	*kept = false;
	if (!call || !str_is_token(str_from(call), 1, LIMIT_ATTEMPT_ID))
		return 0;
	if (store_call(app->store, app->mem, &r, err, "EXISTS", key_of(app->mem, KEY_CALL, call), NULL))
		return -1;
	if (!r.number)
		return 0;
	*kept = true;
	if (store_call(app->store, app->mem, &r, err, "SET", key_of(app->mem, KEY_CALL_CONVERSATION, call), conversation_id, "EX",
		       number(app, app->cfg.interview_keep_s), NULL))
		return -1;
	log_event(&app->log, LOG_INFO, "campaign.transcript", LOG_TEXT("call", call), LOG_TEXT("conversation", conversation_id));
	return store_call(app->store, app->mem, &r, err, "HSET", conversation_key(app, conversation_id), "call", call, NULL);
}

/* The payload is the event as it came, or {"conversation_id"} for one that is kept. */
static struct json_object *event_data(struct app *app, const struct job *job, const char **conversation_id, struct err *err)
{
	struct json_object *event = json_read(app->mem, job->payload, err), *data = json_get(event, "data");
	struct reply r;

	*conversation_id = json_text(data ? data : event, "conversation_id");
	if (!*conversation_id) {
		err_set(err, ERR_INPUT, "the event names no conversation");
		return NULL;
	}
	if (data)
		return data;
	if (fields(app, *conversation_id, &r, err))
		return NULL;
	if (!reply_text(&r.items[1])) {
		err_set(err, ERR_MISSING, "the kept transcript is gone");
		return NULL;
	}
	return json_read(app->mem, r.items[1].text, err);
}

/* True when nothing of it may be kept: it was erased, or its session was before the talk was known here. */
static int is_erased(struct app *app, const char *conversation_id, struct json_object *data, bool *erased, struct err *err)
{
	const char *named = json_text(data, "conversation_initiation_client_data.dynamic_variables.parley_session");
	int64_t at = 0;

	if (erased_conversation(app, conversation_id, erased, err))
		return -1;
	if (*erased || !named || !str_is_token(str_from(named), SESSION_ID_LENGTH, SESSION_ID_LENGTH))
		return 0;
	if (erased_time(app, named, &at, err))
		return -1;
	*erased = at > 0;
	return at ? erasure_of_conversation(app, conversation_id, err) : 0;
}

int job_transcript(struct app *app, const struct queue *queue, const struct job *job, struct err *err)
{
	const char *conversation_id, *session_id;
	struct json_object *data = event_data(app, job, &conversation_id, err);
	char fingerprint[FINGERPRINT_SIZE];
	bool of_call = false, erased;

	if (!data || is_erased(app, conversation_id, data, &erased, err))
		return -1;
	if (erased)
		return 0;
	if (keep_data(app, conversation_id, data, err) ||
	    find_session(app, conversation_id, data, &session_id, err))
		return -1;
	if (!session_id && keep_for_call(app, conversation_id, data, &of_call, err))
		return -1;
	if (of_call)
		return 0;
	if (!session_id && keep_orphan(app, queue, job, conversation_id, &session_id, err))
		return -1;
	if (!session_id)
		return 0;
	session_fingerprint(session_id, fingerprint);
	log_event(&app->log, LOG_INFO, "screening.transcript", LOG_TEXT("session", fingerprint),
		  LOG_TEXT("conversation", conversation_id));
	if (link_session(app, conversation_id, session_id, data, err))
		return -1;
	return verdict_request(app, session_id, conversation_id, err);
}

/* ---- the sweep ---- */

/* Orphans whose association came while their claim was lost with its process. */
static int claim_associated_orphans(struct app *app, struct err *err)
{
	int64_t since = clock_wall_ms(app->clock) - CHECK_GIVE_UP_MS;
	struct reply orphans, r;

	if (store_call(app->store, app->mem, &orphans, err, "ZRANGEBYSCORE", KEY_ORPHANS, number(app, since), "+inf", "LIMIT", "0",
		       number(app, SWEEP_BATCH), NULL))
		return -1;
	for (size_t i = 0; i < orphans.count; i++) {
		const char *id = orphans.items[i].text.ptr;

		if (fields(app, id, &r, err) ||
		    (reply_text(&r.items[0]) && conversation_claim_orphan(app, id, reply_text(&r.items[0]), err)))
			return -1;
	}
	return 0;
}

int conversation_sweep(struct app *app, struct err *err)
{
	int64_t now = clock_wall_ms(app->clock);
	struct reply due, r;

	if (!app->cfg.have_elevenlabs)
		return 0;
	if (claim_associated_orphans(app, err))
		return -1;
	if (store_call(app->store, app->mem, &due, err, "ZRANGEBYSCORE", KEY_AWAITED, "-inf", number(app, now), "LIMIT", "0",
		       number(app, SWEEP_BATCH), NULL))
		return -1;
	for (size_t i = 0; i < due.count; i++) {
		const char *id = due.items[i].text.ptr;

		/* The job's id holds the minute, so that two sweeps make one. */
		if (job_add(app, arena_printf(app->mem, "check:%s:%" PRId64, id, now / CHECK_AGAIN_MS), JOB_CHECK,
			    str_from(arena_printf(app->mem, "{\"conversation_id\":\"%s\"}", id)), 0, NULL, err) ||
		    store_call(app->store, app->mem, &r, err, "ZADD", KEY_AWAITED, "XX", number(app, now + CHECK_AGAIN_MS),
			       id, NULL))
			return -1;
	}
	return 0;
}

/* A conversation that will never bring a transcript. */
static int give_up(struct app *app, const char *conversation_id, const char *session_id, const char *why, struct err *err)
{
	struct reply r;

	log_event(&app->log, LOG_WARNING, "screening.conversation_void", LOG_TEXT("conversation", conversation_id),
		  LOG_TEXT("reason", why));
	if (store_call(app->store, app->mem, &r, err, "HSET", conversation_key(app, conversation_id), "state", "void", NULL) ||
	    store_call(app->store, app->mem, &r, err, "ZREM", KEY_AWAITED, conversation_id, NULL))
		return -1;
	/* Earlier conversations of the session may have waited for this one. */
	return session_id ? verdict_request_void(app, session_id, conversation_id, err) : 0;
}

static int take_fetched(struct app *app, const char *conversation_id, struct json_object *conversation, struct err *err)
{
	struct buf *event = buf_in(app->mem, LIMIT_REPLY * 2);

	json_put(conversation, "conversation_id", conversation_id);
	buf_puts(event, "{\"type\":\"fetched\",\"data\":");
	buf_puts(event, json_write(conversation));
	buf_putc(event, '}');
	/* The webhook's own job id: whichever comes first is used. */
	return job_add(app, key_of(app->mem, "transcript:", conversation_id), JOB_TRANSCRIPT, buf_view(event), 0,
		       conversation_id, err);
}

int conversation_fetch(struct app *app, const char *conversation_id, bool *open, struct err *err)
{
	struct elevenlabs vendor = { app->http, app->clock, app->cfg.elevenlabs_base_url, app->cfg.elevenlabs_api_key };
	struct json_object *conversation;
	struct err failure = { 0 };
	const char *status, *session_id;
	int64_t started = 0, now = clock_wall_ms(app->clock);
	struct reply r;

	*open = false;
	if (fields(app, conversation_id, &r, err))
		return -1;
	session_id = reply_text(&r.items[0]);
	reply_int(&r.items[2], &started);
	if (reply_text(&r.items[1]))
		return 0;
	if (elevenlabs_conversation(&vendor, app->mem, conversation_id, &conversation, &failure)) {
		if (failure.kind == ERR_MISSING && now - started < UNKNOWN_GRACE_MS) {
			*open = true;
			return 0;
		}
		if (failure.kind == ERR_MISSING)
			return give_up(app, conversation_id, session_id, "ElevenLabs knows no such conversation", err);
		*err = failure;
		return -1;
	}
	status = json_text(conversation, "status");
	if (status && !strcmp(status, "done"))
		return take_fetched(app, conversation_id, conversation, err);
	if (status && !strcmp(status, "failed")) {
		size_t turns;

		/* A talk that broke off may still hold what was said. */
		json_list(conversation, "transcript", &turns);
		return turns ? take_fetched(app, conversation_id, conversation, err)
			     : give_up(app, conversation_id, session_id, "it failed without a transcript", err);
	}
	if (started && now - started > CHECK_GIVE_UP_MS)
		return give_up(app, conversation_id, session_id, "it did not end within a day", err);
	*open = true;
	return 0;
}

int job_check(struct app *app, const struct queue *queue, const struct job *job, struct err *err)
{
	struct json_object *payload = json_read(app->mem, job->payload, err);
	const char *id = json_text(payload, "conversation_id");
	struct err failure = { 0 };
	struct reply r;
	int64_t started = 0;
	bool open;

	(void)queue;
	if (!id)
		return err_set(err, ERR_INPUT, "the job names no conversation");
	if (!conversation_fetch(app, id, &open, &failure))
		return 0;
	log_event(&app->log, LOG_WARNING, "screening.check_failed", LOG_TEXT("conversation", id),
		  LOG_TEXT("reason", failure.msg));
	if (fields(app, id, &r, err))
		return -1;
	/* The sweep asks again in a minute.  After a day a person must know. */
	if (!reply_int(&r.items[2], &started) || clock_wall_ms(app->clock) - started < CHECK_GIVE_UP_MS)
		return 0;
	/* Other conversations of the session may have waited for it. */
	if (give_up(app, id, reply_text(&r.items[0]), "ElevenLabs does not tell about it", err))
		return -1;
	return err_set(err, ERR_REFUSED, "ElevenLabs did not tell about a conversation for a day: %.120s", failure.msg);
}
