/* See queue.h. */
#include "store/queue.h"

#include <inttypes.h>

#include "base/crypto.h"
#include "base/process.h"
#include "store/keys.h"
#include "store/scripts.h"

static const char *part(const struct queue *q, struct arena *mem, const char *which)
{
	return arena_printf(mem, KEY_QUEUE "%s:%s", q->name, which);
}

static const char *job_key(struct arena *mem, const char *id)
{
	return key_of(mem, KEY_JOB, id);
}

int queue_add(const struct queue *q, struct arena *mem, const struct queue_entry *entry, bool *added, struct err *err)
{
	struct command c;
	struct reply r;
	size_t seen = 0;

	while (seen < QUEUE_SEEN && entry->seen[seen])
		seen++;
	c = script_new(mem, &script_queue_add, 3 + seen);
	command_text(&c, part(q, mem, "due"));
	command_text(&c, job_key(mem, entry->id));
	command_text(&c, part(q, mem, "wake"));
	for (size_t i = 0; i < seen; i++)
		command_text(&c, key_of(mem, KEY_SEEN, entry->seen[i]));
	command_text(&c, entry->id);
	command_text(&c, entry->kind);
	command_str(&c, entry->payload);
	command_int(&c, entry->delay_ms);
	command_text(&c, entry->serial);
	command_int(&c, KEEP_SEEN_S);
	command_text(&c, entry->note_in);
	command_int(&c, entry->note_score);
	command_text(&c, entry->note_member);
	if (script_run(q->store, &script_queue_add, &c, &r, err))
		return -1;
	*added = r.number == 1;
	return 0;
}

/* Notes who works on the job.  When that fails the job only waits for its lease to run out. */
static void note_owner(const struct queue *q, struct arena *mem, const struct job *job)
{
	const char *self = process_identity(mem);
	struct err ignored = { 0 };
	struct reply r;

	if (self)
		store_call(q->store, mem, &r, &ignored, "HSET", job_key(mem, job->id), "owner",
			   arena_printf(mem, "%" PRId64 " %s", job->fence, self), NULL);
}

/* owner: "FENCE IDENTITY", or nothing: an owner of an earlier lease does not count. */
static bool is_gone(struct arena *mem, struct str owner, struct str fence)
{
	struct str identity;

	return str_eq(str_cut(owner, ' ', &identity), fence) && identity.ptr && process_is_gone(mem, identity);
}

int queue_free_gone(const struct queue *q, struct arena *mem, struct err *err)
{
	struct reply leased, row;

	if (store_call(q->store, mem, &leased, err, "ZRANGE", part(q, mem, "leased"), "0", "99", NULL))
		return -1;
	for (size_t i = 0; i < leased.count; i++) {
		struct job job = { .id = leased.items[i].text.ptr };

		if (store_call(q->store, mem, &row, err, "HMGET", job_key(mem, job.id), "owner", "fence", NULL))
			return -1;
		if (row.count != 2 || !is_gone(mem, row.items[0].text, row.items[1].text) ||
		    !reply_int(&row.items[1], &job.fence))
			continue;
		/* A lease of no time; another that freed it first is as good. */
		if (job_step_set(q, mem, &job, "", "", err)) {
			if (err->kind != ERR_CONFLICT)
				return -1;
			*err = (struct err){ 0 };
		}
	}
	return 0;
}

int queue_claim(const struct queue *q, struct arena *mem, int lease_ms, struct job *job, bool *got, int64_t *wait_ms,
		struct err *err)
{
	struct command c = script_new(mem, &script_queue_claim, 4);
	struct reply r;

	command_text(&c, part(q, mem, "due"));
	command_text(&c, part(q, mem, "leased"));
	command_text(&c, part(q, mem, "dead"));
	command_text(&c, part(q, mem, "serial"));
	command_text(&c, KEY_JOB);
	command_int(&c, lease_ms);
	command_int(&c, QUEUE_ATTEMPTS);
	if (script_run(q->store, &script_queue_claim, &c, &r, err))
		return -1;
	if (r.type != REPLY_LIST || r.count != 8)
		return err_set(err, ERR_SYSTEM, "unexpected answer of queue_claim");
	*got = r.items[0].text.len > 0;
	job->buried = !*got && str_eq(r.items[1].text, STR("buried")) ? r.items[2].text.ptr : NULL;
	reply_int(&r.items[6], wait_ms);
	if (*got) {
		job->id = r.items[0].text.ptr;
		job->kind = r.items[1].text.ptr;
		job->payload = r.items[2].text;
		job->fence = r.items[3].number;
		job->attempts = r.items[4].number;
		reply_int(&r.items[5], &job->created_ms);
		reply_int(&r.items[7], &job->waits);
		job->lease_ms = lease_ms;
		note_owner(q, mem, job);
	}
	return 0;
}

int queue_wait(const struct queue *q, struct arena *mem, int timeout_ms, struct err *err)
{
	bool got;

	return store_wait(q->store, mem, part(q, mem, "wake"), timeout_ms, &got, err);
}

static int lost(struct err *err)
{
	return err_set(err, ERR_CONFLICT, "the lease of the job was lost");
}

static int end(const struct queue *q, struct arena *mem, const struct job *job, const char *how, int64_t delay_ms,
	       bool counts, const char *reason, struct err *err)
{
	struct command c = script_new(mem, &script_queue_end, 5);
	struct reply r;

	command_text(&c, part(q, mem, "due"));
	command_text(&c, part(q, mem, "leased"));
	command_text(&c, part(q, mem, "dead"));
	command_text(&c, part(q, mem, "serial"));
	command_text(&c, job_key(mem, job->id));
	command_text(&c, job->id);
	command_int(&c, job->fence);
	command_text(&c, how);
	command_int(&c, delay_ms);
	command_text(&c, reason);
	command_int(&c, KEEP_DONE_JOBS_S);
	command_text(&c, counts ? "0" : "1");
	if (script_run(q->store, &script_queue_end, &c, &r, err))
		return -1;
	return r.number == 1 ? 0 : lost(err);
}

int queue_done(const struct queue *q, struct arena *mem, const struct job *job, const char *note, struct err *err)
{
	return end(q, mem, job, "done", 0, true, note, err);
}

int queue_retry(const struct queue *q, struct arena *mem, const struct job *job, int64_t delay_ms, bool counts,
		const char *reason, struct err *err)
{
	return end(q, mem, job, "retry", delay_ms, counts, reason, err);
}

int queue_bury(const struct queue *q, struct arena *mem, const struct job *job, const char *reason, struct err *err)
{
	return end(q, mem, job, "dead", 0, true, reason, err);
}

int job_step_get(const struct queue *q, struct arena *mem, const struct job *job, const char *step, const char **value,
		 struct err *err)
{
	struct reply r;

	if (store_call(q->store, mem, &r, err, "HGET", job_key(mem, job->id), key_of(mem, "step:", step), NULL))
		return -1;
	*value = reply_text(&r);
	return 0;
}

int job_step_set(const struct queue *q, struct arena *mem, const struct job *job, const char *step, const char *value,
		 struct err *err)
{
	struct command c = script_new(mem, &script_queue_step, 2);
	struct reply r;

	command_text(&c, part(q, mem, "leased"));
	command_text(&c, job_key(mem, job->id));
	command_text(&c, job->id);
	command_int(&c, job->fence);
	command_int(&c, job->lease_ms);
	command_text(&c, step);
	command_text(&c, value);
	if (script_run(q->store, &script_queue_step, &c, &r, err))
		return -1;
	return r.number == 1 ? 0 : lost(err);
}

int64_t queue_backoff_ms(int64_t attempts, int retry_after_s)
{
	enum { FIRST_MS = 1000, LONGEST_MS = 600000 };
	int64_t wait = FIRST_MS;
	unsigned char random[2];

	for (int64_t i = 1; i < attempts && wait < LONGEST_MS; i++)
		wait *= 2;
	if (wait > LONGEST_MS)
		wait = LONGEST_MS;
	random_bytes(random, sizeof(random));
	wait -= wait * ((random[0] << 8 | random[1]) & 0x3fff) / 0x10000; /* up to a quarter less */
	return wait < retry_after_s * 1000LL ? retry_after_s * 1000LL : wait;
}

static int read_info(const struct queue *q, struct arena *mem, const char *id, struct job_info *job, bool *found,
		     struct err *err)
{
	struct reply r;

	if (store_call(q->store, mem, &r, err, "HMGET", job_key(mem, id), "kind", "state", "reason", "attempts",
		       "created", NULL))
		return -1;
	*found = r.count == 5 && reply_text(&r.items[0]);
	*job = (struct job_info){ .id = arena_strdup(mem, id) };
	if (!*found)
		return 0;
	job->kind = reply_text(&r.items[0]);
	job->state = reply_text(&r.items[1]);
	job->reason = reply_text(&r.items[2]);
	reply_int(&r.items[3], &job->attempts);
	reply_int(&r.items[4], &job->created_ms);
	return 0;
}

int queue_info(const struct queue *q, struct arena *mem, const char *id, struct job_info *job, bool *found,
	       struct err *err)
{
	return read_info(q, mem, id, job, found, err);
}

int queue_list(const struct queue *q, struct arena *mem, const char *which, size_t max, struct job_info **jobs,
	       size_t *count, struct err *err)
{
	struct reply r;
	bool found;

	*count = 0;
	if (store_call(q->store, mem, &r, err, "ZRANGE", part(q, mem, which), "0",
		       arena_printf(mem, "%zu", max ? max - 1 : 0), "WITHSCORES", NULL))
		return -1;
	*jobs = arena_alloc(mem, (r.count / 2 + 1) * sizeof(**jobs));
	for (size_t i = 0; i + 1 < r.count; i += 2) {
		struct job_info *job = &(*jobs)[*count];

		if (read_info(q, mem, r.items[i].text.ptr, job, &found, err))
			return -1;
		reply_int(&r.items[i + 1], &job->at_ms);
		*count += found;
	}
	return 0;
}

int queue_count(const struct queue *q, struct arena *mem, const char *which, int64_t *count, struct err *err)
{
	struct reply r;

	if (store_call(q->store, mem, &r, err, "ZCARD", part(q, mem, which), NULL))
		return -1;
	*count = r.number;
	return 0;
}

int queue_revive(const struct queue *q, struct arena *mem, const char *id, bool discard, bool *found, struct err *err)
{
	struct command c = script_new(mem, &script_queue_revive, 4);
	struct reply r;

	command_text(&c, part(q, mem, "due"));
	command_text(&c, part(q, mem, "dead"));
	command_text(&c, job_key(mem, id));
	command_text(&c, part(q, mem, "wake"));
	command_text(&c, id);
	command_text(&c, discard ? "discard" : "retry");
	command_int(&c, KEEP_DONE_JOBS_S);
	if (script_run(q->store, &script_queue_revive, &c, &r, err))
		return -1;
	*found = r.number == 1;
	return 0;
}

int queue_read(const struct queue *q, struct arena *mem, const char *id, struct job *job, bool *found, struct err *err)
{
	struct reply r;

	memset(job, 0, sizeof(*job));
	if (store_call(q->store, mem, &r, err, "HMGET", job_key(mem, id), "kind", "payload", "created", NULL))
		return -1;
	*found = reply_text(&r.items[0]) != NULL;
	job->id = id;
	job->kind = reply_text(&r.items[0]);
	job->payload = r.items[1].type == REPLY_TEXT ? r.items[1].text : STR("");
	reply_int(&r.items[2], &job->created_ms);
	return 0;
}

int queue_forget(const struct queue *q, struct arena *mem, const char *id, struct err *err)
{
	static const char *const sets[] = { "due", "leased", "dead" };
	struct command c[ARRAY_LEN(sets) + 1];
	struct reply r[ARRAY_LEN(sets) + 1];

	for (size_t i = 0; i < ARRAY_LEN(sets); i++) {
		c[i] = command_new(mem, "ZREM");
		command_text(&c[i], part(q, mem, sets[i]));
		command_text(&c[i], id);
	}
	c[ARRAY_LEN(sets)] = command_new(mem, "DEL");
	command_text(&c[ARRAY_LEN(sets)], job_key(mem, id));
	/* Its serial word needs no care: one whose job is not leased is free. */
	return store_pipeline(q->store, c, ARRAY_LEN(c), r, err);
}
