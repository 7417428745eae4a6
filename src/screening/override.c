/* See override.h. */
#include "screening/override.h"

#include <inttypes.h>

#include "base/crypto.h"
#include "base/json.h"
#include "base/limits.h"
#include "screening/issue_settle.h"
#include "screening/jobs.h"
#include "screening/linear_comment.h"
#include "screening/markdown.h"
#include "screening/workspace.h"
#include "store/keys.h"
#include "store/store.h"

enum { AGAIN_MS = 10000 };

/* ---- the wish ---- */

static int record(struct app *app, const struct session_row *row, const char *id, struct json_object *o, struct err *err)
{
	const char *key = key_of(app->mem, KEY_OVERRIDES, row->id);
	struct reply r;

	if (store_call(app->store, app->mem, &r, err, "HSETNX", key, id, json_write(o), NULL))
		return -1;
	return store_call(app->store, app->mem, &r, err, "EXPIRE", key, arena_printf(app->mem, "%d", app->cfg.interview_keep_s), NULL);
}

int override_request(struct app *app, const struct session_row *row, const char *result, struct str reason, const char *by,
		     struct err *err)
{
	int64_t now = clock_wall_ms(app->clock);
	const char *wish = arena_printf(app->mem, "%s\n%s\n%" PRId64 "\n%.*s", result, by, now / AGAIN_MS, (int)reason.len, reason.ptr);
	const char *id = arena_printf(app->mem, "override:%.8s:%s", row->id, uuid_of(app->mem, "override", wish));
	struct json_object *o = json_owned(app->mem, json_object_new_object()), *payload = json_owned(app->mem, json_object_new_object());
	const char *word = arena_printf(app->mem, "decided %s by %s", result, by);

	json_put(o, "result", result);
	json_put(o, "reason", arena_strndup(app->mem, reason.ptr, reason.len));
	json_put(o, "by", by);
	json_put_int(o, "at", now);
	json_put(o, "model", row->result);
	json_put(payload, "session", row->id);
	if (record(app, row, id, o, err) || session_row_set(app, row->id, err, "override", result, NULL) ||
	    session_note_again(app, row->id, word, id, err))
		return -1;
	return job_add(app, id, JOB_OVERRIDE, str_from(json_write(payload)), 0, row->id, err);
}

/* ---- telling Linear ---- */

struct telling {
	struct app *app;
	const struct queue *queue;
	const struct job *job;
	const char *session_id;
	struct session_row row;
	struct workspace workspace;
	struct json_object *wish;
	const char *moved;
};

static int read_wish(struct telling *t, struct err *err)
{
	struct app *app = t->app;
	struct reply r;
	bool found;

	if (session_row_get(app, t->session_id, &t->row, &found, err) ||
	    store_call(app->store, app->mem, &r, err, "HGET", key_of(app->mem, KEY_OVERRIDES, t->session_id), t->job->id, NULL))
		return -1;
	if (!found || !reply_text(&r))
		return err_set(err, ERR_MISSING, "the session is gone");
	t->wish = json_read(app->mem, r.text, err);
	return t->wish ? 0 : -1;
}

/* Whether there is an issue to tell; an answer that is final is noted. */
static int find_workspace(struct telling *t, struct err *err)
{
	struct err missing = { 0 };

	if (!t->row.issue_id || !*t->row.issue_id) {
		t->moved = OVERRIDE_NO_ISSUE;
		return 0;
	}
	if (!workspace_get(t->app, t->row.workspace, &t->workspace, &missing))
		return 0;
	t->moved = OVERRIDE_NO_WORKSPACE;
	if (missing.kind != ERR_MISSING)
		*err = missing;
	return missing.kind == ERR_MISSING ? 0 : -1;
}

static int settle(struct telling *t, struct err *err)
{
	const struct settling s = { t->app, t->queue, t->job, &t->workspace, &t->row, json_text(t->wish, "result"), true };
	struct err failure = { 0 };

	if (!issue_settle(&s, &t->moved, &failure))
		return 0;
	t->moved = OVERRIDE_NO_ISSUE;
	if (failure.kind != ERR_MISSING)
		*err = failure;
	return failure.kind == ERR_MISSING ? 0 : -1;
}

static int keep_outcome(struct telling *t, struct err *err)
{
	const char *state = t->workspace.name ? settle_target(&t->workspace, json_text(t->wish, "result")) : NULL;
	struct reply r;

	json_put(t->wish, "moved", t->moved);
	json_put(t->wish, "state", state);
	return store_call(t->app->store, t->app->mem, &r, err, "HSET", key_of(t->app->mem, KEY_OVERRIDES, t->session_id), t->job->id,
			  json_write(t->wish), NULL);
}

static void write_outcome(const struct telling *t, struct buf *out)
{
	const char *target = settle_target(&t->workspace, json_text(t->wish, "result"));

	if (!strcmp(t->moved, SETTLED_MOVED)) {
		buf_puts(out, "The issue was moved to **");
		markdown_text(out, str_from(target));
		buf_puts(out, "**.");
	} else if (!strcmp(t->moved, SETTLED_NO_STATE)) {
		buf_puts(out, "The team has no state named **");
		markdown_text(out, str_from(target));
		buf_puts(out, "**, so the issue was not moved.");
	} else if (!strcmp(t->moved, SETTLED_CHANGED)) {
		buf_puts(out, "Somebody had moved the issue meanwhile, so its state was not changed.");
	} else {
		buf_puts(out, "The issue stays where it is.");
	}
}

static void write_comment(const struct telling *t, struct buf *out)
{
	const char *by = json_text(t->wish, "by"), *model = json_text(t->wish, "model");

	buf_printf(out, "## Decided by a person: %s\n\n**", json_text(t->wish, "result"));
	markdown_text(out, str_from(by));
	buf_puts(out, "** decided this");
	if (model)
		buf_printf(out, "; the evaluation had said %s", model);
	buf_puts(out, ".\n\n> ");
	markdown_text(out, json_str(t->wish, "reason"));
	buf_puts(out, "\n\n");
	write_outcome(t, out);
}

/* An issue that is gone has nobody to tell. */
static int comment(struct telling *t, struct err *err)
{
	struct linear l = workspace_linear(t->app, &t->workspace);
	struct buf *text = buf_in(t->app->mem, 16 << 10);
	struct err failure = { 0 };

	write_comment(t, text);
	if (!comment_step(t->app, t->queue, t->job, "comment", &l, t->row.issue_id, text, &failure) || failure.kind == ERR_MISSING)
		return 0;
	*err = failure;
	return -1;
}

int job_override(struct app *app, const struct queue *queue, const struct job *job, struct err *err)
{
	struct json_object *payload = json_read(app->mem, job->payload, err);
	struct telling t = { .app = app, .queue = queue, .job = job };
	bool tell;

	t.session_id = json_text(payload, "session");
	if (!t.session_id)
		return err_set(err, ERR_INPUT, "the job names no session");
	if (read_wish(&t, err) || find_workspace(&t, err) || (!t.moved && settle(&t, err)))
		return -1;
	tell = strcmp(t.moved, OVERRIDE_NO_ISSUE) && strcmp(t.moved, OVERRIDE_NO_WORKSPACE);
	if (tell && comment(&t, err))
		return -1;
	return keep_outcome(&t, err);
}
