/* The durable job queue under both runners (design 3.4).
 *
 * A job waits until it is due, is leased with a fencing token, and ends as done,
 * due again, or dead with its reason.  A lease that runs out (its worker was
 * killed) makes the job due again; on the worker's own machine it need not run
 * out first, see queue_free_gone().  Steps that were done are recorded in the
 * job's row and survive, so the next worker resumes after the last one.  Jobs
 * that share a `serial` word never run at the same time.
 *
 * Row KEY_JOB<id>: id, kind, payload, state (due, leased, done, dead, discarded),
 * serial, attempts, waits (turns that ended without counting as an attempt), fence,
 * created, reason, ended, owner (fence and process), step:<name>.
 */
#ifndef PARLEY_STORE_QUEUE_H
#define PARLEY_STORE_QUEUE_H

#include "store/store.h"

enum { QUEUE_SEEN = 3, QUEUE_ATTEMPTS = 40 };

struct queue {
	struct store *store;
	const char *name;
};

struct queue_entry {
	const char *id, *kind;
	struct str payload;
	int64_t delay_ms;
	const char *serial;           /* may be NULL */
	const char *seen[QUEUE_SEEN]; /* keys of deliveries that must be new */
	/* A sorted set in which the job is noted in the same step, or NULL; a score is only raised. */
	const char *note_in, *note_member;
	int64_t note_score;
};

struct job {
	const char *id, *kind;
	struct str payload;
	int64_t fence, attempts, waits, created_ms;
	int lease_ms;
	const char *buried; /* by queue_claim() that leased none: one given up because its workers keep ending */
};

/* *added is false when the job or a delivery was known already. */
int queue_add(const struct queue *q, struct arena *mem, const struct queue_entry *entry, bool *added, struct err *err);

/* Leases a due job.  *got false: none; *wait_ms is then the time until one is due
 * (-1: none waits). */
int queue_claim(const struct queue *q, struct arena *mem, int lease_ms, struct job *job, bool *got, int64_t *wait_ms,
		struct err *err);

/* Ends the leases of workers of this machine that are no more, so that what a
 * killed worker held is taken up within seconds. */
int queue_free_gone(const struct queue *q, struct arena *mem, struct err *err);

/* Waits until something was added, at most timeout_ms. */
int queue_wait(const struct queue *q, struct arena *mem, int timeout_ms, struct err *err);

/* How a turn ends.  All three fail with ERR_CONFLICT when the lease was lost. */
int queue_done(const struct queue *q, struct arena *mem, const struct job *job, const char *note, struct err *err);
int queue_retry(const struct queue *q, struct arena *mem, const struct job *job, int64_t delay_ms, bool counts,
		const char *reason, struct err *err);
int queue_bury(const struct queue *q, struct arena *mem, const struct job *job, const char *reason, struct err *err);

/* Steps.  step_get gives NULL for one not done; step_set renews the lease and
 * fails with ERR_CONFLICT when it was lost; step "" only renews. */
int job_step_get(const struct queue *q, struct arena *mem, const struct job *job, const char *step, const char **value,
		 struct err *err);
int job_step_set(const struct queue *q, struct arena *mem, const struct job *job, const char *step, const char *value,
		 struct err *err);

/* Backoff with jitter: 1 s doubling to 10 min, or what the other side asked for
 * when that is longer. */
int64_t queue_backoff_ms(int64_t attempts, int retry_after_s);

/* For people. */
struct job_info {
	const char *id, *kind, *state, *reason;
	int64_t attempts, created_ms, at_ms;
};
/* which: "due", "leased" or "dead"; newest last. */
int queue_list(const struct queue *q, struct arena *mem, const char *which, size_t max, struct job_info **jobs,
	       size_t *count, struct err *err);
int queue_info(const struct queue *q, struct arena *mem, const char *id, struct job_info *job, bool *found,
	       struct err *err);
/* A job's kind, payload (empty once done) and creation; *found false when it is none. */
int queue_read(const struct queue *q, struct arena *mem, const char *id, struct job *job, bool *found, struct err *err);
/* Takes a job away as if it had never been; a worker that has it finds its lease lost. */
int queue_forget(const struct queue *q, struct arena *mem, const char *id, struct err *err);
int queue_count(const struct queue *q, struct arena *mem, const char *which, int64_t *count, struct err *err);
/* A dead letter: try again (or drop); *found false when it is none. */
int queue_revive(const struct queue *q, struct arena *mem, const char *id, bool discard, bool *found, struct err *err);

/* The newest first, for lists that people read: at most `max` that are after the place (the time and id of the last one
 * that was shown; id NULL: from the newest on), with their payloads.  *more: others follow. */
struct job_row {
	struct job_info info;
	struct str payload;
};
int queue_page(const struct queue *q, struct arena *mem, const char *which, int64_t after_ms, const char *after_id,
	       size_t max, struct job_row **rows, size_t *count, bool *more, struct err *err);

#endif
