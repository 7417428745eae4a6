/* See interview_detail.h. */
#include "screening/interview_detail.h"

#include <inttypes.h>
#include <stdlib.h>

#include "access/mask.h"
#include "base/limits.h"
#include "screening/erasure.h"
#include "screening/interview_json.h"
#include "screening/jobs.h"
#include "screening/transcript.h"
#include "store/keys.h"
#include "store/store.h"

struct detail {
	struct app *app;
	const struct request *req;
	const struct session_row *row;
	struct json_object *out;
	struct reply fields; /* of the session's row */
	struct transcript transcript;
	struct reply conversations; /* ids and times */
};

static void put_text(const struct detail *d, struct json_object *o, const char *name, const char *text)
{
	json_put(o, name, shown_text(d->req, text));
}

static struct json_object *add_list(struct json_object *o, const char *name)
{
	struct json_object *list = json_object_new_array();

	json_object_object_add(o, name, list);
	return list;
}

/* ---- the candidate and the job ---- */

static void put_pointers(const struct detail *d)
{
	struct json_object *list = add_list(d->out, "pointers");

	for (struct str rest = str_from(reply_field(&d->fields, "pointers")); rest.ptr;) {
		struct str line = str_trim(str_cut(rest, '\n', &rest));

		if (line.len)
			json_object_array_add(list, json_object_new_string(shown_text(d->req, arena_strndup(d->app->mem, line.ptr, line.len))));
	}
}

static void put_mails(const struct detail *d)
{
	struct json_object *list = add_list(d->out, "mails");
	const struct str prefix = STR("mail:");

	for (size_t i = 0; i + 1 < d->fields.count; i += 2) {
		struct str name = d->fields.items[i].text;
		struct json_object *o;

		if (!str_starts(name, prefix))
			continue;
		o = json_object_new_object();
		json_put(o, "id", name.ptr + prefix.len);
		json_put(o, "state", reply_text(&d->fields.items[i + 1]));
		json_object_array_add(list, o);
	}
}

static void put_linear(const struct detail *d)
{
	struct json_object *o = json_object_new_object();

	json_put(o, "issue_id", d->row->issue_id);
	json_put(o, "identifier", d->row->identifier);
	json_put(o, "workspace", d->row->workspace);
	json_put(o, "moved_to", d->row->moved_to);
	json_put_time(o, "moved_at", d->row->moved_ms);
	json_put_flag(o, "transcript_given", reply_field(&d->fields, "attached") != NULL);
	json_object_object_add(d->out, "linear", o);
}

static void put_candidate(const struct detail *d)
{
	json_put(d->out, "candidate_email", shown_email(d->req, d->row->candidate_email));
	put_text(d, d->out, "job_description", reply_field(&d->fields, "job_description"));
	put_text(d, d->out, "application", reply_field(&d->fields, "application"));
	json_put_time(d->out, "consented_at", reply_field_int(&d->fields, "consent_at", 0));
	put_pointers(d);
	put_mails(d);
	put_linear(d);
}

/* ---- the talk ---- */

/* Of the turns [from, to). */
static void put_turns(const struct detail *d, struct json_object *o, size_t from, size_t to)
{
	struct json_object *list = add_list(o, "turns");
	char time[TURN_TIME_SIZE];

	for (size_t i = from; i < to; i++) {
		const struct turn *t = &d->transcript.turns[i];
		struct json_object *turn = json_object_new_object();

		turn_time(&d->transcript, t, time);
		json_put_int(turn, "turn", (int64_t)i);
		json_put(turn, "speaker", t->candidate ? "candidate" : "interviewer");
		json_put_int(turn, "at_seconds", t->at_s);
		json_put(turn, "time", time);
		put_text(d, turn, "text", arena_strndup(d->app->mem, t->text.ptr, t->text.len));
		json_object_array_add(list, turn);
	}
}

static void put_recording(const struct detail *d, struct json_object *o, const char *id, struct json_object *data)
{
	const char *reason = NULL;
	bool has_audio;

	if (!data)
		reason = "There is no transcript of this conversation yet.";
	else if (json_flag(data, "has_audio", &has_audio) && !has_audio)
		reason = "ElevenLabs made no recording of this conversation.";
	else if (!d->app->cfg.have_elevenlabs)
		reason = "ElevenLabs is not configured.";
	json_put(o, "recording_url", reason ? NULL : arena_printf(d->app->mem, "/api/interviews/%s/conversations/%s/recording", d->row->id, id));
	json_put(o, "recording_reason", reason);
}

/* What was said in one conversation; a transcript that cannot be read is as good as none. */
static struct json_object *conversation_json(struct detail *d, const char *id, const struct reply *r, int64_t began_ms)
{
	struct json_object *o = json_object_new_object(), *data = NULL;
	int64_t duration = -1, received = 0;
	struct err unreadable = { 0 };
	const char *state = reply_text(&r->items[1]);

	if (reply_text(&r->items[0]) && d->transcript.parts < LIMIT_PARTS)
		data = json_read(d->app->mem, r->items[0].text, &unreadable);
	if (data && transcript_add(&d->transcript, data, &unreadable))
		data = NULL;
	reply_int(&r->items[2], &received);
	if (!json_int(data, "metadata.call_duration_secs", &duration))
		json_int(data, "duration_seconds", &duration);
	json_put(o, "id", id);
	json_put_int(o, "part", d->transcript.parts);
	json_put(o, "state", state ? state : "started");
	json_put_time(o, "started_at", began_ms);
	json_put_time(o, "received_at", received);
	json_object_object_add(o, "duration_seconds", duration >= 0 ? json_object_new_int64(duration) : NULL);
	put_recording(d, o, id, data);
	return o;
}

static int put_conversations(struct detail *d, struct err *err)
{
	struct json_object *list = add_list(d->out, "conversations");
	struct app *app = d->app;
	size_t *ends;
	struct reply r;

	transcript_init(&d->transcript, app->mem);
	if (store_call(app->store, app->mem, &d->conversations, err, "ZRANGE", key_of(app->mem, KEY_SESSION_CONVERSATIONS, d->row->id), "0",
		       "-1", "WITHSCORES", NULL))
		return -1;
	ends = arena_alloc(app->mem, (d->conversations.count / 2 + 1) * sizeof(*ends));
	for (size_t i = 0; i + 1 < d->conversations.count; i += 2) {
		const char *id = d->conversations.items[i].text.ptr;
		int64_t began = 0;

		if (store_call(app->store, app->mem, &r, err, "HMGET", key_of(app->mem, KEY_CONVERSATION, id), "data", "state", "received", NULL))
			return -1;
		reply_int(&d->conversations.items[i + 1], &began);
		json_object_array_add(list, conversation_json(d, id, &r, began));
		ends[i / 2] = d->transcript.count;
	}
	/* How a time is written depends on how many there are. */
	for (size_t i = 0; i < d->conversations.count / 2; i++)
		put_turns(d, json_object_array_get_idx(list, i), i ? ends[i - 1] : 0, ends[i]);
	return 0;
}

/* ---- what was decided ---- */

static int newest_first(const void *a, const void *b)
{
	int64_t at_a = 0, at_b = 0;

	json_int(*(struct json_object *const *)a, "at", &at_a);
	json_int(*(struct json_object *const *)b, "at", &at_b);
	return (at_a < at_b) - (at_a > at_b);
}

/* The values of a hash of JSON, each with its field as "id", newest first. */
static int read_hash(const struct detail *d, const char *prefix, struct json_object ***items, size_t *count, struct err *err)
{
	struct app *app = d->app;
	struct reply r;

	*count = 0;
	if (store_call(app->store, app->mem, &r, err, "HGETALL", key_of(app->mem, prefix, d->row->id), NULL))
		return -1;
	*items = arena_alloc(app->mem, (r.count / 2 + 1) * sizeof(**items));
	for (size_t i = 0; i + 1 < r.count; i += 2) {
		struct err unreadable = { 0 };
		struct json_object *o = json_read(app->mem, r.items[i + 1].text, &unreadable);

		if (!json_object_is_type(o, json_type_object))
			continue;
		json_put(o, "id", r.items[i].text.ptr);
		(*items)[(*count)++] = o;
	}
	qsort(*items, *count, sizeof(**items), newest_first);
	return 0;
}

static void put_at(struct json_object *to, struct json_object *from)
{
	int64_t at = 0;

	json_int(from, "at", &at);
	json_put_time(to, "at", at);
}

static void put_key_points(const struct detail *d, struct json_object *to, struct json_object *evaluation)
{
	struct json_object *list = add_list(to, "key_points");
	size_t count;
	struct json_object *points = json_list(evaluation, "keyPoints", &count);

	for (size_t i = 0; i < count; i++) {
		struct json_object *point = json_object_array_get_idx(points, i), *o = json_object_new_object();
		const struct turn *turn = transcript_find(&d->transcript, d->app->mem, json_str(point, "quote"));

		put_text(d, o, "point", json_text(point, "point"));
		put_text(d, o, "quote", json_text(point, "quote"));
		json_put(o, "time", json_text(point, "time"));
		json_put(o, "speaker", json_text(point, "speaker"));
		json_object_object_add(o, "turn", turn ? json_object_new_int64(turn - d->transcript.turns) : NULL);
		json_object_array_add(list, o);
	}
}

static struct json_object *evaluation_json(const struct detail *d, struct json_object *e)
{
	const char *id = json_text(e, "id"), *current = reply_field(&d->fields, "judged_by");
	struct json_object *o = json_object_new_object(), *confidence = json_get(e, "confidence");
	int64_t parts = 1, dropped = 0;
	bool by_request = strstr(id, ":again-") != NULL;

	json_int(e, "parts", &parts);
	json_int(e, "dropped", &dropped);
	json_put(o, "id", id);
	json_put_flag(o, "current", current && !strcmp(current, id));
	json_put(o, "result", json_text(e, "result"));
	json_put(o, "model_result", json_text(e, "modelResult"));
	json_object_object_add(o, "confidence", confidence ? json_object_get(confidence) : NULL);
	put_text(d, o, "reasoning", json_text(e, "reasoning"));
	json_put(o, "basis", json_text(e, "basis"));
	json_put_int(o, "parts", parts);
	json_put_int(o, "dropped", dropped);
	json_put_flag(o, "by_request", by_request);
	put_at(o, e);
	put_key_points(d, o, e);
	return o;
}

static int put_evaluations(const struct detail *d, struct err *err)
{
	struct json_object *list = add_list(d->out, "evaluations"), **items;
	size_t count;

	if (read_hash(d, KEY_EVALUATIONS, &items, &count, err))
		return -1;
	for (size_t i = 0; i < count; i++)
		json_object_array_add(list, evaluation_json(d, items[i]));
	return 0;
}

static int put_overrides(const struct detail *d, struct err *err)
{
	struct json_object *list = add_list(d->out, "overrides"), **items;
	size_t count;

	if (read_hash(d, KEY_OVERRIDES, &items, &count, err))
		return -1;
	for (size_t i = 0; i < count; i++) {
		struct json_object *o = json_object_new_object();

		json_put(o, "id", json_text(items[i], "id"));
		json_put(o, "result", json_text(items[i], "result"));
		put_text(d, o, "reason", json_text(items[i], "reason"));
		put_text(d, o, "by", json_text(items[i], "by"));
		json_put(o, "model_result", json_text(items[i], "model"));
		json_put(o, "moved", json_text(items[i], "moved"));
		json_put(o, "state", json_text(items[i], "state"));
		put_at(o, items[i]);
		json_object_array_add(list, o);
	}
	return 0;
}

/* ---- what is under way, and what happened ---- */

static int add_job(const struct detail *d, struct json_object *list, const char *id, bool *evaluating, struct err *err)
{
	struct queue queue = screening_queue(d->app);
	struct json_object *o;
	struct job_info job;
	bool found;

	if (queue_info(&queue, d->app->mem, id, &job, &found, err))
		return -1;
	if (!found || !job.state || !strcmp(job.state, "done") || !strcmp(job.state, "discarded"))
		return 0;
	*evaluating |= !strcmp(job.kind, JOB_VERDICT) && strcmp(job.state, "dead") != 0;
	o = json_object_new_object();
	json_put(o, "id", id);
	json_put(o, "kind", job.kind);
	json_put(o, "state", job.state);
	json_put(o, "reason", job.reason && *job.reason ? job.reason : NULL);
	json_put_int(o, "attempts", job.attempts);
	json_put_time(o, "at", job.created_ms);
	json_object_array_add(list, o);
	return 0;
}

static int put_jobs(const struct detail *d, struct err *err)
{
	struct json_object *list = add_list(d->out, "jobs"), *overrides = json_get(d->out, "overrides");
	const char *again = reply_field(&d->fields, "again");
	bool evaluating = false;
	struct arena *mem = d->app->mem;

	for (size_t i = 0; i + 1 < d->conversations.count; i += 2) {
		const char *id = d->conversations.items[i].text.ptr;

		if (add_job(d, list, key_of(mem, "transcript:", id), &evaluating, err) ||
		    add_job(d, list, arena_printf(mem, "verdict:%.8s:%s", d->row->id, id), &evaluating, err))
			return -1;
	}
	if (again && add_job(d, list, again, &evaluating, err))
		return -1;
	for (size_t i = 0; i < json_object_array_length(overrides); i++)
		if (add_job(d, list, json_text(json_object_array_get_idx(overrides, i), "id"), &evaluating, err))
			return -1;
	json_put_flag(d->out, "evaluating", evaluating);
	return 0;
}

static int put_timeline(const struct detail *d, struct err *err)
{
	struct json_object *list = add_list(d->out, "timeline");
	struct app *app = d->app;
	struct reply r;

	if (store_call(app->store, app->mem, &r, err, "ZRANGE", key_of(app->mem, KEY_TIMELINE, d->row->id), "0", "-1", "WITHSCORES", NULL))
		return -1;
	for (size_t i = 0; i + 1 < r.count; i += 2) {
		int64_t at = 0;

		reply_int(&r.items[i + 1], &at);
		json_object_array_add(list, timeline_item(app->mem, shown_text(d->req, r.items[i].text.ptr), at));
	}
	return 0;
}

struct json_object *interview_detail(struct app *app, const struct request *req, const struct session_row *row, struct err *err)
{
	struct detail d = { .app = app, .req = req, .row = row, .out = interview_json(app, row) };
	bool talking;

	if (store_call(app->store, app->mem, &d.fields, err, "HGETALL", key_of(app->mem, KEY_SESSION, row->id), NULL) ||
	    erasure_would_interrupt(app, row->id, &talking, err))
		return NULL;
	put_candidate(&d);
	json_put_flag(d.out, "talking", talking);
	if (put_conversations(&d, err) || put_evaluations(&d, err) || put_overrides(&d, err) || put_jobs(&d, err) || put_timeline(&d, err))
		return NULL;
	return d.out;
}
