/* See jobs.h. */
#include "screening/jobs.h"

#include <stdio.h>
#include <string.h>
#include <time.h>

#include "screening/alert.h"

#define LONGEST_WAIT_MS (3 * 86400000LL)

static const struct {
	const char *kind;
	job_fn *run;
} kinds[] = {
	{ JOB_ISSUE, job_issue }, { JOB_MAIL, job_mail }, { JOB_MAIL_EVENT, job_mail_event },
	{ JOB_TRANSCRIPT, job_transcript }, { JOB_CHECK, job_check }, { JOB_VERDICT, job_verdict },
	{ JOB_LINEAR_SWEEP, job_linear_sweep }, { JOB_COMMENT, job_comment },
	{ JOB_OVERRIDE, job_override }, { JOB_ERASURE, job_erasure }, { JOB_ALERT, job_alert },
};

static job_fn *find(const char *kind)
{
	for (size_t i = 0; i < ARRAY_LEN(kinds); i++)
		if (!strcmp(kinds[i].kind, kind))
			return kinds[i].run;
	return NULL;
}

static void log_end(struct app *app, const struct job *job, enum log_level level, const char *event, const char *reason)
{
	log_event(&app->log, level, event, LOG_TEXT("job", job->id), LOG_TEXT("kind", job->kind),
		  LOG_NUM("attempt", job->attempts), LOG_TEXT("reason", reason));
}

static void bury(struct app *app, const struct queue *queue, const struct job *job, const char *reason, struct err *err)
{
	struct err alert_err = { 0 };

	log_end(app, job, LOG_ERROR, "job.dead", reason);
	/* A dead alert must not make another alert. */
	if (!queue_bury(queue, app->mem, job, reason, err) && strcmp(job->kind, JOB_ALERT))
		alert_raise(app, ALERT_DEAD_LETTER, arena_printf(app->mem, "%s\t%s\t%s", job->id, job->kind, reason),
			    &alert_err);
}

/* How long to wait for a rate limit or quota: what the vendor said, else longer
 * each time, from half a minute on; a used-up quota is looked at hourly. */
static int64_t limit_wait_ms(const struct job *job, const struct err *failure)
{
	enum { FIRST = 6, QUOTA_S = 3600 };
	bool quota = strstr(failure->code, "quota_exceeded") != NULL;

	if (failure->retry_after)
		return failure->retry_after * 1000LL;
	return queue_backoff_ms(job->waits + FIRST, quota ? QUOTA_S : 0);
}

/* Nobody waits for ever: after three days a person must know. */
static bool waited_too_long(struct app *app, const struct job *job)
{
	return clock_wall_ms(app->clock) - job->created_ms > LONGEST_WAIT_MS;
}

/* Redis was away: the turn is ended when it is back, not only with the lease. */
static void await_store(struct app *app)
{
	enum { TRIES = 40 };
	const struct timespec moment = { 0, 500000000L };
	struct reply r;

	for (int i = 0; i < TRIES; i++) {
		struct err away = { 0 };

		if (!store_call(app->store, app->mem, &r, &away, "PING", NULL))
			return;
		nanosleep(&moment, NULL);
	}
}

static void end_failed(struct app *app, const struct queue *queue, const struct job *job, const struct err *failure)
{
	struct err err = { 0 };
	/* Waiting for a rate limit is not the job's fault. */
	bool counts = failure->kind != ERR_LIMIT;

	if (failure->kind == ERR_CONFLICT) {
		log_end(app, job, LOG_WARNING, "job.lost", failure->msg);
		return; /* another worker has it */
	}
	if (failure->kind == ERR_SYSTEM)
		await_store(app);
	if (counts ? err_is_transient(failure) && job->attempts < QUEUE_ATTEMPTS : !waited_too_long(app, job)) {
		log_end(app, job, counts ? LOG_WARNING : LOG_INFO, counts ? "job.retry" : "job.waits", failure->msg);
		queue_retry(queue, app->mem, job, counts ? queue_backoff_ms(job->attempts, failure->retry_after) : limit_wait_ms(job, failure),
			    counts, failure->msg, &err);
	} else {
		bury(app, queue, job, failure->msg[0] ? failure->msg : "failed", &err);
	}
	if (err.kind != ERR_NONE)
		log_end(app, job, LOG_ERROR, "job.not_ended", err.msg);
}

void job_note_buried(struct app *app, const char *id)
{
	struct queue queue = screening_queue(app);
	struct err err = { 0 };
	struct job_info info;
	bool found = false;

	queue_info(&queue, app->mem, id, &info, &found, &err);
	log_event(&app->log, LOG_ERROR, "job.dead", LOG_TEXT("job", id), LOG_TEXT("kind", found ? info.kind : ""),
		  LOG_TEXT("reason", found ? info.reason : ""));
	if (found && strcmp(info.kind, JOB_ALERT))
		alert_raise(app, ALERT_DEAD_LETTER, arena_printf(app->mem, "%s\t%s\t%s", id, info.kind, info.reason), &err);
}

void job_run(struct app *app, const struct queue *queue, const struct job *job)
{
	job_fn *run = find(job->kind);
	struct err err = { 0 };

	snprintf(app->log.request_id, sizeof(app->log.request_id), "job-%.34s", job->id);
	if (!run)
		err_set(&err, ERR_INPUT, "no such kind of job");
	else if (!run(app, queue, job, &err))
		queue_done(queue, app->mem, job, "", &err);
	if (err.kind != ERR_NONE)
		end_failed(app, queue, job, &err);
	app->log.request_id[0] = '\0';
}
