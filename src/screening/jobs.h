/* The jobs of screening: their kinds, the queue they stand in, who runs them.
 *
 * A job function may be run again from its beginning at any time (its worker
 * was killed): it looks at its recorded steps and goes on.  It returns 0 when the
 * job is done and -1 with err otherwise; job_run() then decides between another
 * attempt and a dead letter.
 */
#ifndef PARLEY_SCREENING_JOBS_H
#define PARLEY_SCREENING_JOBS_H

#include "app.h"
#include "base/err.h"
#include "store/queue.h"

#define SCREENING_QUEUE "screening"

#define JOB_ISSUE "issue"           /* an issue entered the screening state: invite */
#define JOB_MAIL "mail"             /* send one stored mail */
#define JOB_MAIL_EVENT "mail-event" /* what Resend told about a mail */
#define JOB_TRANSCRIPT "transcript" /* a conversation ended: find its session */
#define JOB_CHECK "check"           /* ask ElevenLabs for an overdue conversation */
#define JOB_VERDICT "verdict"       /* evaluate a session and tell Linear */
#define JOB_LINEAR_SWEEP "linear-sweep" /* look for webhooks of Linear that never came */
#define JOB_COMMENT "comment"       /* write one comment on an issue */
#define JOB_OVERRIDE "override"     /* tell Linear what a person decided */
#define JOB_ERASURE "erasure"       /* end what is left of an erased candidate */
#define JOB_ALERT "alert"           /* mail the administrator */

static inline struct queue screening_queue(struct app *app)
{
	return (struct queue){ app->store, SCREENING_QUEUE };
}

typedef int job_fn(struct app *app, const struct queue *queue, const struct job *job, struct err *err);

job_fn job_issue, job_mail, job_mail_event, job_transcript, job_check, job_verdict, job_linear_sweep, job_comment,
	job_override, job_erasure, job_alert;

/* Runs a leased job to its end or its next attempt. */
void job_run(struct app *app, const struct queue *queue, const struct job *job);

/* Tells about a job that the queue gave up by itself, because it took its workers down. */
void job_note_buried(struct app *app, const char *id);

/* Adds a job once; a second one of the same id is not an error. */
int job_add(struct app *app, const char *id, const char *kind, struct str payload, int64_t delay_ms,
	    const char *serial, struct err *err);

/* The step's recorded value, or NULL; a step that was done is not done again:
 *
 *	if (job_step(app, queue, job, "comment", &done, err)) return -1;
 *	if (!done) { ...; if (job_step_done(app, queue, job, "comment", "1", err)) return -1; }
 */
static inline int job_step(struct app *app, const struct queue *queue, const struct job *job, const char *step,
			   const char **value, struct err *err)
{
	return job_step_get(queue, app->mem, job, step, value, err);
}

static inline int job_step_done(struct app *app, const struct queue *queue, const struct job *job, const char *step,
				const char *value, struct err *err)
{
	return job_step_set(queue, app->mem, job, step, value, err);
}

#endif
