/* See orphan.h. */
#include "screening/orphan.h"

#include <inttypes.h>

#include "access/mask.h"
#include "base/crypto.h"
#include "screening/conversation.h"
#include "screening/session.h"
#include "screening/transcript.h"
#include "store/keys.h"
#include "store/scripts.h"
#include "store/store.h"

enum { FIRST_TURNS = 8 };

static void put_turns(struct app *app, const struct request *req, struct json_object *o, struct json_object *data)
{
	struct json_object *list = json_object_new_array();
	struct err unreadable = { 0 };
	struct transcript t;
	char time[TURN_TIME_SIZE];

	transcript_init(&t, app->mem);
	transcript_add(&t, data, &unreadable);
	json_put_int(o, "turn_count", (int64_t)t.count);
	json_object_object_add(o, "turns", list);
	for (size_t i = 0; i < t.count && i < FIRST_TURNS; i++) {
		struct json_object *turn = json_object_new_object();

		turn_time(&t, &t.turns[i], time);
		json_put(turn, "speaker", t.turns[i].candidate ? "candidate" : "interviewer");
		json_put(turn, "time", time);
		json_put(turn, "text", shown_text(req, arena_strndup(app->mem, t.turns[i].text.ptr, t.turns[i].text.len)));
		json_object_array_add(list, turn);
	}
}

/* Who it was, as the candidate's browser told ElevenLabs. */
static const char *variable(struct json_object *data, const char *name)
{
	struct json_object *all = json_path(data, "conversation_initiation_client_data.dynamic_variables");

	return json_text(all, name);
}

static struct json_object *orphan_json(struct app *app, const struct request *req, const char *id, int64_t received_ms,
				       struct json_object *data)
{
	struct json_object *o = json_object_new_object();
	int64_t began = 0, duration = 0;

	json_int(data, "metadata.start_time_unix_secs", &began);
	json_put(o, "conversation_id", id);
	json_put_time(o, "received_at", received_ms);
	json_put_time(o, "started_at", began * 1000);
	json_object_object_add(o, "duration_seconds", json_int(data, "metadata.call_duration_secs", &duration) ||
			       json_int(data, "duration_seconds", &duration) ? json_object_new_int64(duration) : NULL);
	json_put(o, "agent_id", json_text(data, "agent_id"));
	json_put(o, "candidate_name", shown_text(req, variable(data, "candidate_name")));
	json_put(o, "company_name", shown_text(req, variable(data, "company_name")));
	put_turns(app, req, o, data);
	return o;
}

/* A transcript may be long, and only its beginning is told: each has memory of its own. */
static int add_orphan(struct app *app, const struct request *req, const struct reply *scored, struct json_object *list,
		      struct err *err)
{
	struct app piece = *app;
	struct err unreadable = { 0 };
	int64_t received = 0;
	struct reply r;
	int rc;

	reply_int(&scored[1], &received);
	piece.mem = arena_new();
	rc = store_call(app->store, piece.mem, &r, err, "HGET", key_of(app->mem, KEY_CONVERSATION, scored->text.ptr), "data", NULL);
	if (!rc)
		json_object_array_add(list, orphan_json(&piece, req, scored->text.ptr, received,
							reply_text(&r) ? json_read(piece.mem, r.text, &unreadable) : NULL));
	arena_free(piece.mem);
	return rc;
}

struct json_object *orphan_list(struct app *app, const struct request *req, struct err *err)
{
	struct json_object *list = json_owned(app->mem, json_object_new_array());
	struct reply ids;

	if (store_call(app->store, app->mem, &ids, err, "ZREVRANGE", KEY_ORPHANS, "0", arena_printf(app->mem, "%d", ORPHANS_MOST - 1),
		       "WITHSCORES", NULL))
		return NULL;
	for (size_t i = 0; i + 1 < ids.count; i += 2)
		if (add_orphan(app, req, &ids.items[i], list, err))
			return NULL;
	return list;
}

int orphan_count(struct app *app, int64_t *count, struct err *err)
{
	struct reply r;

	if (store_call(app->store, app->mem, &r, err, "ZCARD", KEY_ORPHANS, NULL))
		return -1;
	*count = r.number;
	return 0;
}

static enum orphan_outcome outcome_of(const char *word)
{
	if (!strcmp(word, "ok"))
		return ORPHAN_DONE;
	if (!strcmp(word, "taken"))
		return ORPHAN_TAKEN;
	return strcmp(word, "no-session") ? ORPHAN_MISSING : ORPHAN_NO_SESSION;
}

int orphan_attach(struct app *app, const char *conversation_id, const char *session_id, const char *by,
		  enum orphan_outcome *outcome, struct err *err)
{
	struct command c = script_new(app->mem, &script_orphan_attach, 3);
	char fingerprint[FINGERPRINT_SIZE];
	struct reply r;

	command_text(&c, KEY_ORPHANS);
	command_text(&c, key_of(app->mem, KEY_CONVERSATION, conversation_id));
	command_text(&c, key_of(app->mem, KEY_SESSION, session_id));
	command_text(&c, conversation_id);
	command_text(&c, session_id);
	if (script_run(app->store, &script_orphan_attach, &c, &r, err))
		return -1;
	*outcome = outcome_of(reply_text(&r) ? reply_text(&r) : "");
	if (*outcome != ORPHAN_DONE)
		return 0;
	session_fingerprint(session_id, fingerprint);
	log_event(&app->log, LOG_INFO, "orphan.attached", LOG_TEXT("conversation", conversation_id), LOG_TEXT("session", fingerprint));
	if (session_note_again(app, session_id, key_of(app->mem, "transcript attached by ", by), conversation_id, err))
		return -1;
	/* Its job finds the session that was just written. */
	return conversation_claim_orphan(app, conversation_id, session_id, err);
}

int orphan_discard(struct app *app, const char *conversation_id, const char *reason, const char *by,
		   enum orphan_outcome *outcome, struct err *err)
{
	struct command c = script_new(app->mem, &script_orphan_discard, 2);
	struct reply r;

	command_text(&c, KEY_ORPHANS);
	command_text(&c, key_of(app->mem, KEY_CONVERSATION, conversation_id));
	command_text(&c, conversation_id);
	command_text(&c, reason);
	command_text(&c, by);
	command_text(&c, random_id(app->mem));
	command_text(&c, KEY_SESSION);
	if (script_run(app->store, &script_orphan_discard, &c, &r, err))
		return -1;
	*outcome = outcome_of(reply_text(&r) ? reply_text(&r) : "");
	if (*outcome != ORPHAN_DONE)
		return 0;
	log_event(&app->log, LOG_INFO, "orphan.discarded", LOG_TEXT("conversation", conversation_id));
	return 0;
}
