/* Comments on issues, written once: the id follows from the purpose and the job,
 * so a repeated attempt finds the comment there. */
#ifndef PARLEY_SCREENING_LINEAR_COMMENT_H
#define PARLEY_SCREENING_LINEAR_COMMENT_H

#include "app.h"
#include "base/buf.h"
#include "base/err.h"
#include "screening/jobs.h"
#include "screening/workspace.h"

/* Writes it now, as a step of the job, unless the step was done. */
int comment_step(struct app *app, const struct queue *queue, const struct job *job, const char *step,
		 const struct linear *l, const char *issue_id, const struct buf *markdown, struct err *err);

/* A job of its own for a session's issue; `once` names it. */
int comment_enqueue(struct app *app, const char *session_id, const char *once, const struct buf *markdown,
		    struct err *err);

#endif
