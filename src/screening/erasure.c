/* See erasure.h. */
#include "screening/erasure.h"

#include <inttypes.h>

#include "base/crypto.h"
#include "base/json.h"
#include "screening/jobs.h"
#include "screening/recording.h"
#include "screening/session_page.h"
#include "store/keys.h"
#include "store/scripts.h"
#include "store/store.h"

enum { LONGEST_TALK_MS = 2 * 3600000, MOST_SESSIONS = 1000000, MOST_JOBS = 1000000 };

/* ---- is there a talk? ---- */

static bool goes_on(const struct reply *conversation, int64_t ended_ms, int64_t now_ms)
{
	int64_t started = 0;

	return !reply_text(&conversation->items[0]) && !reply_text(&conversation->items[1]) &&
	       reply_int(&conversation->items[2], &started) && started > ended_ms && now_ms - started < LONGEST_TALK_MS;
}

int erasure_would_interrupt(struct app *app, const char *session_id, bool *talking, struct err *err)
{
	struct reply list, r;
	int64_t ended = 0;

	*talking = false;
	if (store_call(app->store, app->mem, &r, err, "HGET", key_of(app->mem, KEY_SESSION, session_id), "ended", NULL) ||
	    store_call(app->store, app->mem, &list, err, "ZRANGE", key_of(app->mem, KEY_SESSION_CONVERSATIONS, session_id), "0", "-1", NULL))
		return -1;
	reply_int(&r, &ended);
	for (size_t i = 0; i < list.count && !*talking; i++) {
		if (store_call(app->store, app->mem, &r, err, "HMGET", key_of(app->mem, KEY_CONVERSATION, list.items[i].text.ptr), "received",
			       "state", "started", NULL))
			return -1;
		*talking = goes_on(&r, ended, clock_wall_ms(app->clock));
	}
	return 0;
}

/* ---- what belongs to the person ---- */

struct person {
	struct app *app;
	const struct session_row *row;
	struct erasure *e;
};

static const char *issue_of(struct app *app, const struct session_row *row)
{
	return row->issue_id && *row->issue_id ? arena_printf(app->mem, "%s:%s", row->workspace ? row->workspace : "", row->issue_id) : "";
}

static void add_session(struct app *app, struct erasure *e, const struct session_row *row)
{
	e->sessions[e->session_count] = row->id;
	e->secrets[e->session_count] = row->secret ? row->secret : "";
	e->issues[e->session_count++] = issue_of(app, row);
}

static void add_conversation(struct erasure *e, const char *id)
{
	for (size_t i = 0; i < e->conversation_count; i++)
		if (!strcmp(e->conversations[i], id))
			return;
	if (e->conversation_count < ERASURE_CONVERSATIONS)
		e->conversations[e->conversation_count++] = id;
}

static bool is_same_person(struct app *app, const struct session_row *a, const struct session_row *b)
{
	const char *issue = issue_of(app, a), *email = a->candidate_email;

	return (*issue && !strcmp(issue, issue_of(app, b))) ||
	       (email && *email && b->candidate_email && str_eq_nocase(str_from(email), str_from(b->candidate_email)));
}

static bool visit(void *ctx, const struct session_row *row)
{
	struct person *p = ctx;

	if (strcmp(row->id, p->row->id) && is_same_person(p->app, p->row, row)) {
		add_session(p->app, p->e, row);
		if (row->conversation_id)
			add_conversation(p->e, row->conversation_id);
	}
	return p->e->session_count < ERASURE_SESSIONS;
}

/* What a person has attached and no job has linked yet is only found from its own side. */
static int find_attached(struct app *app, struct erasure *e, struct err *err)
{
	struct reply ids, session;

	if (store_call(app->store, app->mem, &ids, err, "ZRANGE", KEY_ORPHANS, "0", "-1", NULL))
		return -1;
	for (size_t i = 0; i < ids.count; i++) {
		if (store_call(app->store, app->mem, &session, err, "HGET", key_of(app->mem, KEY_CONVERSATION, ids.items[i].text.ptr),
			       "session", NULL))
			return -1;
		for (size_t k = 0; reply_text(&session) && k < e->session_count; k++)
			if (!strcmp(reply_text(&session), e->sessions[k]))
				add_conversation(e, ids.items[i].text.ptr);
	}
	return 0;
}

static int find_all(struct app *app, const struct session_row *row, struct erasure *e, struct err *err)
{
	struct person p = { app, row, e };
	struct reply list;
	bool whole;

	e->at_ms = clock_wall_ms(app->clock);
	add_session(app, e, row);
	if (row->conversation_id)
		add_conversation(e, row->conversation_id);
	if (session_each(app, MOST_SESSIONS, visit, &p, &whole, err))
		return -1;
	for (size_t i = 0; i < e->session_count; i++) {
		if (store_call(app->store, app->mem, &list, err, "ZRANGE", key_of(app->mem, KEY_SESSION_CONVERSATIONS, e->sessions[i]), "0",
			       "-1", NULL))
			return -1;
		for (size_t k = 0; k < list.count; k++)
			add_conversation(e, list.items[k].text.ptr);
	}
	return find_attached(app, e, err);
}

/* ---- its jobs ---- */

static bool names(struct arena *mem, const char *id, const char *what, size_t len)
{
	return *what && strstr(id, arena_printf(mem, ":%.*s", (int)len, what));
}

/* A conversation's name is what the browser said: "issue" or "a" is one, too.  So it counts whole, and only where
 * the id of a job is made of it. */
static bool is_about(const char *id, const char *conversation)
{
	struct str rest, kind = str_cut(str_from(id), ':', &rest);

	return (str_eq(kind, STR(JOB_TRANSCRIPT)) || str_eq(kind, STR(JOB_CHECK))) && rest.ptr &&
	       str_eq(str_cut(rest, ':', &rest), str_from(conversation));
}

bool erasure_owns_job(const struct erasure *e, struct arena *mem, const char *id, struct str payload, int64_t created_ms)
{
	if (str_starts(str_from(id), STR(JOB_ERASURE ":")))
		return false;
	for (size_t i = 0; i < e->session_count; i++) {
		if (names(mem, id, e->sessions[i], 8) || str_find(payload, str_from(e->sessions[i])))
			return true;
		/* A move into the screening state after the erasure is a new beginning. */
		if (created_ms <= e->at_ms && names(mem, id, e->issues[i], strlen(e->issues[i])))
			return true;
	}
	for (size_t i = 0; i < e->conversation_count; i++)
		if (is_about(id, e->conversations[i]))
			return true;
	return false;
}

static int forget_waiting_jobs(struct app *app, const struct erasure *e, struct err *err)
{
	static const char *const sets[] = { "due", "leased", "dead" };
	struct queue queue = screening_queue(app);

	for (size_t i = 0; i < ARRAY_LEN(sets); i++) {
		struct job_info *list;
		struct reply r;
		size_t count;

		if (queue_list(&queue, app->mem, sets[i], MOST_JOBS, &list, &count, err))
			return -1;
		for (size_t k = 0; k < count; k++) {
			struct job job;
			bool found;

			if (queue_read(&queue, app->mem, list[k].id, &job, &found, err))
				return -1;
			if (!found || !erasure_owns_job(e, app->mem, job.id, job.payload, job.created_ms))
				continue;
			if (!strcmp(job.kind, JOB_MAIL) && store_call(app->store, app->mem, &r, err, "DEL", key_of(app->mem, KEY_MAIL, job.payload.ptr), NULL))
				return -1;
			if (queue_forget(&queue, app->mem, job.id, err))
				return -1;
		}
	}
	return 0;
}

/* ---- its rows and files ---- */

static int erase_session(struct app *app, const struct erasure *e, size_t i, struct err *err)
{
	struct command c = script_new(app->mem, &script_session_erase, 11);
	const char *id = e->sessions[i];
	struct reply r;

	command_text(&c, key_of(app->mem, KEY_SESSION, id));
	command_text(&c, key_of(app->mem, KEY_SECRET, e->secrets[i]));
	command_text(&c, key_of(app->mem, KEY_GONE, id));
	command_text(&c, KEY_SESSIONS);
	command_text(&c, key_of(app->mem, KEY_SESSION_CONVERSATIONS, id));
	command_text(&c, key_of(app->mem, KEY_TIMELINE, id));
	command_text(&c, key_of(app->mem, KEY_EVALUATIONS, id));
	command_text(&c, key_of(app->mem, KEY_OVERRIDES, id));
	command_text(&c, key_of(app->mem, KEY_ISSUE, e->issues[i]));
	command_text(&c, key_of(app->mem, KEY_LIMIT "mint:", id));
	command_text(&c, key_of(app->mem, KEY_LIMIT "start:", id));
	command_text(&c, id);
	command_int(&c, e->at_ms);
	command_int(&c, app->cfg.interview_keep_s);
	command_int(&c, KEEP_GONE_S);
	command_text(&c, KEY_MAIL_SENT);
	return script_run(app->store, &script_session_erase, &c, &r, err);
}

static int erase_conversation(struct app *app, const struct erasure *e, const char *id, struct err *err)
{
	struct command c[4];
	struct reply r[4];

	/* First the word that it is erased: what comes from now on is dropped. */
	c[0] = command_new(app->mem, "SET");
	command_text(&c[0], key_of(app->mem, KEY_ERASED, id));
	command_int(&c[0], e->at_ms);
	command_text(&c[0], "EX");
	command_int(&c[0], app->cfg.interview_keep_s);
	c[1] = command_new(app->mem, "DEL");
	command_text(&c[1], key_of(app->mem, KEY_CONVERSATION, id));
	command_text(&c[1], key_of(app->mem, KEY_REVERSE, id));
	c[2] = command_new(app->mem, "ZREM");
	command_text(&c[2], KEY_AWAITED);
	command_text(&c[2], id);
	c[3] = command_new(app->mem, "ZREM");
	command_text(&c[3], KEY_ORPHANS);
	command_text(&c[3], id);
	recording_forget(app, id);
	return store_pipeline(app->store, c, ARRAY_LEN(c), r, err);
}

int erasure_local(struct app *app, const struct erasure *e, struct err *err)
{
	for (size_t i = 0; i < e->conversation_count; i++)
		if (erase_conversation(app, e, e->conversations[i], err))
			return -1;
	for (size_t i = 0; i < e->session_count; i++)
		if (erase_session(app, e, i, err))
			return -1;
	return forget_waiting_jobs(app, e, err);
}

/* ---- the beginning ---- */

static struct json_object *list_of(const char *const *words, size_t count)
{
	struct json_object *list = json_object_new_array();

	for (size_t i = 0; i < count; i++)
		json_object_array_add(list, json_object_new_string(words[i]));
	return list;
}

/* Its job, before anything goes. */
static int add_job(struct app *app, const struct erasure *e, const char *id, const char *serial, struct err *err)
{
	struct json_object *payload = json_owned(app->mem, json_object_new_object());

	json_put_int(payload, "at", e->at_ms);
	json_object_object_add(payload, "sessions", list_of(e->sessions, e->session_count));
	json_object_object_add(payload, "issues", list_of(e->issues, e->session_count));
	json_object_object_add(payload, "conversations", list_of(e->conversations, e->conversation_count));
	return job_add(app, id, JOB_ERASURE, str_from(json_write(payload)), 0, serial, err);
}

int erasure_begin(struct app *app, const struct session_row *row, size_t *sessions, struct err *err)
{
	struct erasure *e = arena_new_object(app->mem, struct erasure);

	if (find_all(app, row, e, err))
		return -1;
	*sessions = e->session_count;
	if (add_job(app, e, arena_printf(app->mem, JOB_ERASURE ":%.8s:%s", row->id, random_id(app->mem)), row->id, err))
		return -1;
	return erasure_local(app, e, err);
}

int erasure_of_conversation(struct app *app, const char *conversation_id, struct err *err)
{
	struct erasure *e = arena_new_object(app->mem, struct erasure);

	e->at_ms = clock_wall_ms(app->clock);
	add_conversation(e, conversation_id);
	/* Not its jobs: the one that asks is among them, and what it holds goes when it ends. */
	if (add_job(app, e, arena_printf(app->mem, JOB_ERASURE ":%s", conversation_id), NULL, err))
		return -1;
	return erase_conversation(app, e, conversation_id, err);
}
