/* The job that sees to the end of an erasure (erasure.h).
 *
 * Steps: "gone:N" (ElevenLabs keeps nothing of conversation N any more) and "waited": what was under way
 * when the erasure began may write until its lease has run out, so everything is looked through once
 * more after that.
 */
#include "screening/erasure.h"

#include <inttypes.h>

#include "base/json.h"
#include "screening/jobs.h"
#include "store/keys.h"
#include "store/store.h"
#include "vendors/elevenlabs.h"
#include "vendors/elevenlabs_record.h"

enum { SCAN_COUNT = 1000, SECOND_LOOK_S = 180, STILL_TALKING_S = 60 };

struct work {
	struct app *app;
	const struct queue *queue;
	const struct job *job;
	struct erasure *e;
};

static size_t read_list(struct json_object *payload, const char *name, const char **out, size_t room)
{
	size_t count;
	struct json_object *list = json_list(payload, name, &count);

	for (size_t i = 0; list && i < count && i < room; i++)
		out[i] = json_object_get_string(json_object_array_get_idx(list, i));
	return count < room ? count : room;
}

static int read_payload(struct work *w, struct err *err)
{
	struct json_object *payload = json_read(w->app->mem, w->job->payload, err);
	struct erasure *e = w->e;

	if (!payload || !json_int(payload, "at", &e->at_ms))
		return err_set(err, ERR_INPUT, "the job names no erasure");
	e->session_count = read_list(payload, "sessions", e->sessions, ERASURE_SESSIONS);
	e->conversation_count = read_list(payload, "conversations", e->conversations, ERASURE_CONVERSATIONS);
	if (read_list(payload, "issues", e->issues, ERASURE_SESSIONS) != e->session_count)
		return err_set(err, ERR_INPUT, "the job names an issue too few");
	for (size_t i = 0; i < e->session_count; i++)
		e->secrets[i] = "";
	return 0;
}

/* ---- what can only be found by looking through all keys ---- */

typedef int found_fn(struct work *w, const char *key, struct err *err);

static int scan(struct work *w, const char *pattern, found_fn *found, struct err *err)
{
	const char *cursor = "0";
	struct reply r;

	do {
		if (job_step_done(w->app, w->queue, w->job, "", "", err) ||
		    store_call(w->app->store, w->app->mem, &r, err, "SCAN", cursor, "MATCH", pattern, "COUNT",
			       arena_printf(w->app->mem, "%d", SCAN_COUNT), NULL))
			return -1;
		if (r.count != 2)
			return err_set(err, ERR_SYSTEM, "SCAN answered something else");
		cursor = r.items[0].text.ptr;
		for (size_t i = 0; i < r.items[1].count; i++)
			if (found(w, r.items[1].items[i].text.ptr, err))
				return -1;
	} while (strcmp(cursor, "0"));
	return 0;
}

/* Jobs that are done keep their steps for a week, and those hold what was said. */
static int forget_done_job(struct work *w, const char *key, struct err *err)
{
	const char *id = key + strlen(KEY_JOB);
	struct job job;
	bool found;

	if (!erasure_owns_job(w->e, w->app->mem, id, STR(""), 0))
		return 0;
	if (queue_read(w->queue, w->app->mem, id, &job, &found, err))
		return -1;
	return found && erasure_owns_job(w->e, w->app->mem, id, STR(""), job.created_ms) ? queue_forget(w->queue, w->app->mem, id, err) : 0;
}

static int forget_key(struct work *w, const char *key, struct err *err)
{
	struct reply r;

	return store_call(w->app->store, w->app->mem, &r, err, "DEL", key, NULL);
}

static int look_through(struct work *w, struct err *err)
{
	if (erasure_local(w->app, w->e, err) || scan(w, KEY_JOB "*", forget_done_job, err))
		return -1;
	for (size_t i = 0; i < w->e->session_count; i++)
		if (scan(w, arena_printf(w->app->mem, KEY_MAIL "invite/%s/*", w->e->sessions[i]), forget_key, err))
			return -1;
	return 0;
}

/* ---- ElevenLabs ---- */

static bool is_open(struct json_object *conversation)
{
	const char *status = json_text(conversation, "status");

	return status && strcmp(status, "done") && strcmp(status, "failed");
}

/* A talk that goes on would be stored when it ends: its end is awaited. */
static int delete_conversation(struct work *w, const struct elevenlabs *vendor, const char *id, struct err *err)
{
	struct json_object *conversation;
	struct err failure = { 0 };

	if (!elevenlabs_conversation(vendor, w->app->mem, id, &conversation, &failure)) {
		if (is_open(conversation)) {
			err->retry_after = STILL_TALKING_S;
			return err_set(err, ERR_LIMIT, "a conversation to be erased is still going on");
		}
		elevenlabs_conversation_delete(vendor, w->app->mem, id, &failure);
	}
	if (failure.kind == ERR_NONE || failure.kind == ERR_MISSING)
		return 0;
	*err = failure;
	return -1;
}

static int delete_conversations(struct work *w, struct err *err)
{
	struct app *app = w->app;
	struct elevenlabs vendor = { app->http, app->clock, app->cfg.elevenlabs_base_url, app->cfg.elevenlabs_api_key };

	for (size_t i = 0; app->cfg.have_elevenlabs && i < w->e->conversation_count; i++) {
		const char *step = arena_printf(app->mem, "gone:%zu", i), *done;

		if (job_step(app, w->queue, w->job, step, &done, err))
			return -1;
		if (!done && (delete_conversation(w, &vendor, w->e->conversations[i], err) ||
			      job_step_done(app, w->queue, w->job, step, "1", err)))
			return -1;
	}
	return 0;
}

int job_erasure(struct app *app, const struct queue *queue, const struct job *job, struct err *err)
{
	struct work w = { app, queue, job, arena_new_object(app->mem, struct erasure) };
	char fingerprint[FINGERPRINT_SIZE];
	const char *waited;

	if (read_payload(&w, err) || look_through(&w, err) || delete_conversations(&w, err) ||
	    job_step(app, queue, job, "waited", &waited, err))
		return -1;
	session_fingerprint(w.e->session_count ? w.e->sessions[0] : "", fingerprint);
	log_event(&app->log, LOG_INFO, waited ? "interview.erased" : "interview.erasing", LOG_TEXT("session", fingerprint),
		  LOG_NUM("conversations", (int64_t)w.e->conversation_count));
	if (waited)
		return 0;
	if (job_step_done(app, queue, job, "waited", "1", err))
		return -1;
	err->retry_after = SECOND_LOOK_S;
	return err_set(err, ERR_LIMIT, "what was under way is given time to end");
}
