/* See job_list.h. */
#include "console/job_list.h"

#include <inttypes.h>
#include <string.h>

#include "screening/jobs.h"
#include "store/keys.h"
#include "store/store.h"

enum { PAGE_DEFAULT = 50, PAGE_MOST = 100, LOOKS = 1000, ID_MOST = 300 };

static const struct {
	const char *kind, *title;
} titles[] = {
	{ JOB_ISSUE, "Invite a candidate" },
	{ JOB_MAIL, "Send a mail" },
	{ JOB_MAIL_EVENT, "Note what became of a mail" },
	{ JOB_TRANSCRIPT, "Take a transcript" },
	{ JOB_CHECK, "Ask for a missing transcript" },
	{ JOB_VERDICT, "Evaluate an interview" },
	{ JOB_LINEAR_SWEEP, "Look for missed issues" },
	{ JOB_COMMENT, "Comment on an issue" },
	{ JOB_ALERT, "Mail the administrator" },
};

const char *job_title(const char *kind)
{
	for (size_t i = 0; i < ARRAY_LEN(titles); i++)
		if (!strcmp(kind, titles[i].kind))
			return titles[i].title;
	return kind;
}

static const char *text_or_null(const struct form *form, const char *name)
{
	const char *text = form_get(form, name);

	return text && *text ? text : NULL;
}

const char *job_question_read(struct app *app, const struct form *form, struct job_question *q, const char **field)
{
	const char *state = text_or_null(form, "state"), *limit = text_or_null(form, "limit"), *cursor = text_or_null(form, "cursor");
	long long count = limit ? str_number(str_from(limit), PAGE_MOST) : PAGE_DEFAULT;
	struct str ms, id;

	*q = (struct job_question){ .state = state ? state : "dead", .kind = text_or_null(form, "kind"), .limit = (size_t)count };
	*field = "state";
	if (strcmp(q->state, "dead") && strcmp(q->state, "due") && strcmp(q->state, "leased"))
		return "state must be dead, due or leased.";
	*field = "kind";
	if (q->kind && !str_is_token(str_from(q->kind), 1, 40))
		return "kind must be a word of letters, digits, - and _.";
	*field = "limit";
	if (count < 1)
		return "limit must be a whole number from 1 to 100.";
	*field = "cursor";
	if (cursor) {
		ms = str_cut(str_from(cursor), '.', &id);
		q->after_ms = str_number(ms, 1LL << 52);
		if (q->after_ms < 0 || !id.ptr || !id.len || id.len > ID_MOST)
			return "cursor must be a next_cursor of an earlier answer.";
		q->after_id = arena_strndup(app->mem, id.ptr, id.len);
	}
	*field = NULL;
	return NULL;
}

/* ---- what a job is about ---- */

struct about {
	const char *object, *link;
};

static const char *hash_text(struct app *app, const char *prefix, const char *name, const char *field)
{
	struct err unknown = { 0 };
	struct reply r;

	if (!name || store_call(app->store, app->mem, &r, &unknown, "HGET", key_of(app->mem, prefix, name), field, NULL))
		return NULL;
	return reply_text(&r);
}

static void about_session(struct app *app, struct about *a, const char *session)
{
	if (session && str_is_token(str_from(session), 1, 64))
		*a = (struct about){ arena_printf(app->mem, "interview %.8s", session),
				     arena_printf(app->mem, "/console/interviews/%s", session) };
}

static void about_conversation(struct app *app, struct about *a, const char *id)
{
	const char *session = hash_text(app, KEY_CONVERSATION, id, "session");

	if (session && *session)
		about_session(app, a, session);
	else
		*a = (struct about){ arena_printf(app->mem, "conversation %s", id), "/console/interviews/orphans" };
}

/* The word behind the n-th colon of a job's id. */
static const char *id_part(struct app *app, const char *id, int n)
{
	struct str part, rest = str_from(id);

	do
		part = str_cut(rest, ':', &rest);
	while (n-- && rest.ptr);
	return n < 0 && part.ptr ? arena_strndup(app->mem, part.ptr, part.len) : NULL;
}

static struct about about_of(struct app *app, const struct job_row *row)
{
	const char *kind = row->info.kind, *id = row->info.id;
	struct about a = { NULL, NULL };
	struct err unreadable = { 0 };
	struct json_object *payload = NULL;

	if (!strcmp(kind, JOB_TRANSCRIPT) || !strcmp(kind, JOB_CHECK)) {
		if (id_part(app, id, 1))
			about_conversation(app, &a, id_part(app, id, 1));
	} else if (!strcmp(kind, JOB_MAIL)) {
		about_session(app, &a, hash_text(app, KEY_MAIL, row->payload.ptr, "session"));
	} else if (!strcmp(kind, JOB_LINEAR_SWEEP)) {
		a = (struct about){ arena_printf(app->mem, "workspace %s", id_part(app, id, 1)), "/console/workspaces" };
	} else if (!strcmp(kind, JOB_VERDICT) || !strcmp(kind, JOB_COMMENT)) {
		payload = json_read(app->mem, row->payload, &unreadable);
		about_session(app, &a, json_text(payload, "session"));
	} else if (!strcmp(kind, JOB_ISSUE)) {
		payload = json_read(app->mem, row->payload, &unreadable);
		if (json_text(payload, "issue")) {
			const char *word = arena_printf(app->mem, "%s:%s", json_text(payload, "workspace"), json_text(payload, "issue"));

			about_session(app, &a, hash_text(app, KEY_ISSUE, word, "session"));
			a.object = arena_printf(app->mem, "issue %s", json_text(payload, "issue"));
		}
	}
	return a;
}

/* ---- as JSON ---- */

static struct json_object *job_json(struct app *app, const struct job_row *row)
{
	struct json_object *o = json_object_new_object();
	const struct about about = about_of(app, row);

	json_put(o, "id", row->info.id);
	json_put(o, "kind", row->info.kind);
	json_put(o, "title", job_title(row->info.kind));
	json_put(o, "state", row->info.state);
	json_put(o, "object", about.object);
	json_put(o, "link", about.link);
	json_put_int(o, "attempts", row->info.attempts);
	json_put(o, "reason", row->info.reason);
	json_put_time(o, "created_at", row->info.created_ms);
	json_put_time(o, "at", row->info.at_ms);
	return o;
}

int job_list_json(struct app *app, const struct job_question *q, struct json_object **answer, struct err *err)
{
	struct json_object *o = json_owned(app->mem, json_object_new_object()), *items = json_object_new_array();
	const struct queue queue = screening_queue(app);
	struct job_row *rows, *last = NULL;
	size_t count, max = q->kind ? LOOKS : q->limit, shown = 0;
	bool more;

	json_object_object_add(o, "items", items);
	if (queue_page(&queue, app->mem, q->state, q->after_ms, q->after_id, max, &rows, &count, &more, err))
		return -1;
	for (size_t i = 0; i < count && shown < q->limit; i++) {
		last = &rows[i];
		if (q->kind && strcmp(rows[i].info.kind, q->kind))
			continue;
		json_object_array_add(items, job_json(app, &rows[i]));
		shown++;
	}
	more |= last && last != &rows[count - 1];
	json_put(o, "next_cursor", more && last ? arena_printf(app->mem, "%" PRId64 ".%s", last->info.at_ms, last->info.id) : NULL);
	*answer = o;
	return 0;
}

int job_kinds_json(struct app *app, struct json_object **kinds, struct err *err)
{
	struct json_object *o = json_owned(app->mem, json_object_new_object());
	const struct queue queue = screening_queue(app);
	struct job_info *jobs;
	size_t count;

	if (queue_list(&queue, app->mem, "dead", LOOKS, &jobs, &count, err))
		return -1;
	for (size_t i = 0; i < count; i++) {
		struct json_object *n = json_get(o, jobs[i].kind);

		json_put_int(o, jobs[i].kind, 1 + (n ? json_object_get_int64(n) : 0));
	}
	*kinds = o;
	return 0;
}
