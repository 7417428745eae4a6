/* See linear_comment.h. */
#include "screening/linear_comment.h"

#include "base/crypto.h"
#include "base/json.h"
#include "screening/session.h"

int comment_step(struct app *app, const struct queue *queue, const struct job *job, const char *step,
		 const struct linear *l, const char *issue_id, const struct buf *markdown, struct err *err)
{
	const char *done, *id = uuid_of(app->mem, step, job->id);

	if (markdown->failed)
		return err_set(err, ERR_REFUSED, "the comment is too long");
	if (job_step(app, queue, job, step, &done, err))
		return -1;
	if (done)
		return 0;
	if (linear_comment_create(l, app->mem, id, issue_id, buf_view(markdown), err))
		return -1;
	return job_step_done(app, queue, job, step, id, err);
}

int comment_enqueue(struct app *app, const char *session_id, const char *once, const struct buf *markdown,
		    struct err *err)
{
	struct json_object *payload = json_owned(app->mem, json_object_new_object());

	json_put(payload, "session", session_id);
	json_put(payload, "markdown", markdown->ptr);
	return job_add(app, arena_printf(app->mem, "comment:%.8s:%s", session_id, once), JOB_COMMENT,
		       str_from(json_write(payload)), 0, NULL, err);
}

int job_comment(struct app *app, const struct queue *queue, const struct job *job, struct err *err)
{
	struct json_object *payload = json_read(app->mem, job->payload, err);
	const char *session_id = json_text(payload, "session"), *markdown = json_text(payload, "markdown");
	struct buf *text = buf_in(app->mem, 64 << 10);
	struct session_row row;
	struct workspace w;
	struct linear l;
	bool found;

	if (!session_id || !markdown)
		return err_set(err, ERR_INPUT, "the job names no comment");
	if (session_row_get(app, session_id, &row, &found, err))
		return -1;
	if (!found || !row.issue_id || !*row.issue_id)
		return 0; /* a session without an issue has nobody to tell */
	if (workspace_get(app, row.workspace, &w, err))
		return -1;
	l = workspace_linear(app, &w);
	buf_puts(text, markdown);
	return comment_step(app, queue, job, "comment", &l, row.issue_id, text, err);
}
