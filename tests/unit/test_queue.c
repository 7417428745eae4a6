/* The durable queue against a real Redis: no job is lost, none is done by two
 * workers at once, and a worker that lost its lease can change nothing.  Time is
 * Redis' own, so leases here last milliseconds. */
#include "tests/support/check.h"

#include <poll.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include "store/keys.h"
#include "store/queue.h"
#include "tests/support/redis_server.h"

enum { LONG_MS = 60000, SHORT_MS = 30, PATIENCE_MS = 5000 };

static struct redis_server server;
static struct queue queue = { .name = "test" };
static struct arena *mem;
static struct err err;

static int open_queue(void **state)
{
	struct reply reply;

	(void)state;
	mem = arena_new();
	err = (struct err){ 0 };
	queue.store = store_new(server.url, &system_clock);
	return store_call(queue.store, mem, &reply, &err, "FLUSHALL", NULL);
}

static int close_queue(void **state)
{
	(void)state;
	store_free(queue.store);
	arena_free(mem);
	return 0;
}

static bool add(struct queue_entry entry)
{
	bool added = false;

	if (!entry.kind)
		entry.kind = "kind";
	assert_int_equal(queue_add(&queue, mem, &entry, &added, &err), 0);
	return added;
}

static bool claim(struct job *job, int lease_ms, int64_t *wait_ms)
{
	bool got = false;

	assert_int_equal(queue_claim(&queue, mem, lease_ms, job, &got, wait_ms, &err), 0);
	return got;
}

/* Claims within our patience: for what becomes due by the passing of time. */
static struct job claim_soon(int lease_ms)
{
	struct job job = { 0 };
	int64_t end = clock_monotonic_ms(&system_clock) + PATIENCE_MS, wait_ms;

	while (!claim(&job, lease_ms, &wait_ms)) {
		assert_true(wait_ms >= 0);
		assert_true(clock_monotonic_ms(&system_clock) < end);
		poll(NULL, 0, wait_ms > 10 ? 10 : (int)wait_ms + 1);
	}
	return job;
}

static int64_t count(const char *which)
{
	int64_t n = -1;

	assert_int_equal(queue_count(&queue, mem, which, &n, &err), 0);
	return n;
}

static struct job_info info(const char *id)
{
	struct job_info job;
	bool found;

	assert_int_equal(queue_info(&queue, mem, id, &job, &found, &err), 0);
	assert_true(found);
	return job;
}

#define LOST(call) \
	do { \
		err = (struct err){ 0 }; \
		assert_int_equal(call, -1); \
		assert_int_equal(err.kind, ERR_CONFLICT); \
		err = (struct err){ 0 }; \
	} while (0)

static void a_job_is_handed_out_as_it_was_added(void **state)
{
	struct str payload = STR("{\"a\":\"\0\xff\"}");
	struct job job;
	int64_t wait_ms = 0;

	(void)state;
	assert_false(claim(&job, LONG_MS, &wait_ms));
	assert_true(wait_ms == -1);
	assert_true(add((struct queue_entry){ .id = "j1", .kind = "invite", .payload = payload }));
	assert_true(claim(&job, LONG_MS, &wait_ms));
	assert_string_equal(job.id, "j1");
	assert_string_equal(job.kind, "invite");
	assert_true(str_eq(job.payload, payload));
	assert_true(job.attempts == 1 && job.fence == 1 && job.lease_ms == LONG_MS);
	assert_true(llabs(job.created_ms - clock_wall_ms(&system_clock)) < 60000);
	assert_false(claim(&job, LONG_MS, &wait_ms));
	assert_true(wait_ms > LONG_MS / 2 && wait_ms <= LONG_MS);
	assert_true(count("leased") == 1 && count("due") == 0);
}

static void jobs_come_in_the_order_they_are_due(void **state)
{
	static const char *const want[] = { "b", "c", "a" };
	struct job job;
	int64_t wait_ms;

	(void)state;
	add((struct queue_entry){ .id = "later", .delay_ms = LONG_MS });
	add((struct queue_entry){ .id = "a", .delay_ms = -10 });
	add((struct queue_entry){ .id = "b", .delay_ms = -30 });
	add((struct queue_entry){ .id = "c", .delay_ms = -20 });
	for (size_t i = 0; i < ARRAY_LEN(want); i++) {
		assert_true(claim(&job, LONG_MS, &wait_ms));
		assert_string_equal(job.id, want[i]);
	}
	assert_false(claim(&job, LONG_MS, &wait_ms));
	assert_true(wait_ms > LONG_MS / 2 && wait_ms <= LONG_MS);
}

static void a_delayed_job_waits_its_time(void **state)
{
	int64_t began = clock_monotonic_ms(&system_clock);
	struct job job;

	(void)state;
	add((struct queue_entry){ .id = "j", .delay_ms = 120 });
	job = claim_soon(LONG_MS);
	assert_string_equal(job.id, "j");
	assert_true(clock_monotonic_ms(&system_clock) - began >= 115);
}

static void what_is_known_is_not_added_again(void **state)
{
	struct queue_entry entry = { .id = "j", .seen = { "delivery-1", "other-1" } };
	struct job job;
	int64_t wait_ms;

	(void)state;
	assert_true(add(entry));
	assert_false(add(entry));
	entry.seen[0] = "delivery-2";
	entry.seen[1] = NULL;
	assert_false(add(entry)); /* the same job by another delivery */
	entry.id = "j2";
	assert_false(add(entry)); /* that delivery is known by now */
	entry.seen[0] = "other-1";
	assert_false(add(entry));
	entry.seen[0] = "delivery-3";
	assert_true(add(entry));
	assert_true(count("due") == 2);
	/* Also when it is done already. */
	while (claim(&job, LONG_MS, &wait_ms))
		assert_int_equal(queue_done(&queue, mem, &job, "", &err), 0);
	assert_false(add((struct queue_entry){ .id = "j" }));
	assert_true(count("due") == 0 && count("leased") == 0);
}

static void what_is_remembered_ends_one_day(void **state)
{
	struct job job;
	struct reply reply;
	int64_t wait_ms;

	(void)state;
	add((struct queue_entry){ .id = "j", .payload = STR("personal"), .seen = { "d" } });
	assert_int_equal(store_call(queue.store, mem, &reply, &err, "TTL", KEY_SEEN "d", NULL), 0);
	assert_true(reply.number > 0 && reply.number <= KEEP_SEEN_S);
	assert_true(claim(&job, LONG_MS, &wait_ms));
	assert_int_equal(queue_done(&queue, mem, &job, "note", &err), 0);
	assert_int_equal(store_call(queue.store, mem, &reply, &err, "TTL", KEY_JOB "j", NULL), 0);
	assert_true(reply.number > 0 && reply.number <= KEEP_DONE_JOBS_S);
	assert_int_equal(store_call(queue.store, mem, &reply, &err, "HGET", KEY_JOB "j", "payload", NULL), 0);
	assert_int_equal(reply.type, REPLY_NIL);
	assert_string_equal(info("j").state, "done");
	assert_string_equal(info("j").reason, "note");
}

static void an_expired_lease_goes_to_the_next_worker(void **state)
{
	struct job first, second;
	int64_t wait_ms;

	(void)state;
	add((struct queue_entry){ .id = "j", .payload = STR("p") });
	assert_true(claim(&first, SHORT_MS, &wait_ms));
	second = claim_soon(LONG_MS);
	assert_string_equal(second.id, "j");
	check_str(second.payload, "p");
	assert_true(second.fence == first.fence + 1 && second.attempts == 2);
	/* The first one lives after all, and learns that it is too late. */
	LOST(queue_done(&queue, mem, &first, "", &err));
	LOST(queue_retry(&queue, mem, &first, 0, true, "", &err));
	LOST(queue_bury(&queue, mem, &first, "", &err));
	LOST(job_step_set(&queue, mem, &first, "mail", "sent", &err));
	LOST(job_step_set(&queue, mem, &first, "", "", &err));
	assert_string_equal(info("j").state, "leased");
	assert_int_equal(queue_done(&queue, mem, &second, "", &err), 0);
	LOST(queue_done(&queue, mem, &second, "", &err)); /* once only */
}

/* A worker of its own, that leases what is due and is killed with the lease. */
static pid_t killed_worker(void)
{
	struct store *parents = queue.store;
	struct job job;
	int64_t wait_ms;
	int ready[2];
	char byte;
	pid_t pid;

	assert_int_equal(pipe(ready), 0);
	pid = fork();
	if (pid == 0) {
		queue.store = store_new(server.url, &system_clock);
		if (claim(&job, LONG_MS, &wait_ms) && write(ready[1], "x", 1) == 1)
			pause();
		_exit(1);
	}
	close(ready[1]);
	assert_int_equal(read(ready[0], &byte, 1), 1);
	close(ready[0]);
	assert_ptr_equal(queue.store, parents);
	kill(pid, SIGKILL);
	return pid;
}

static void a_killed_workers_lease_need_not_run_out(void **state)
{
	siginfo_t end;
	struct job job;
	int64_t wait_ms;
	pid_t pid;

	(void)state;
	for (int reaped = 0; reaped < 2; reaped++) {
		add((struct queue_entry){ .id = reaped ? "reaped" : "zombie" });
		pid = killed_worker();
		assert_int_equal(waitid(P_PID, (id_t)pid, &end, WEXITED | (reaped ? 0 : WNOWAIT)), 0);
		assert_false(claim(&job, LONG_MS, &wait_ms));
		assert_int_equal(queue_free_gone(&queue, mem, &err), 0);
		assert_true(claim(&job, LONG_MS, &wait_ms));
		assert_int_equal(job.attempts, 2);
		if (!reaped)
			waitid(P_PID, (id_t)pid, &end, WEXITED);
		/* The living are left alone. */
		assert_int_equal(queue_free_gone(&queue, mem, &err), 0);
		assert_int_equal(queue_done(&queue, mem, &job, "", &err), 0);
	}
}

static void steps_survive_the_worker_that_did_them(void **state)
{
	struct job first, second;
	const char *value;
	int64_t wait_ms;

	(void)state;
	add((struct queue_entry){ .id = "j" });
	assert_true(claim(&first, SHORT_MS, &wait_ms));
	assert_int_equal(job_step_get(&queue, mem, &first, "mail", &value, &err), 0);
	assert_null(value);
	assert_int_equal(job_step_set(&queue, mem, &first, "mail", "id-1", &err), 0);
	second = claim_soon(LONG_MS);
	assert_int_equal(job_step_get(&queue, mem, &second, "mail", &value, &err), 0);
	assert_string_equal(value, "id-1");
	assert_int_equal(job_step_get(&queue, mem, &second, "comment", &value, &err), 0);
	assert_null(value);
}

static void a_step_renews_the_lease(void **state)
{
	struct job job, other;
	int64_t wait_ms;

	(void)state;
	add((struct queue_entry){ .id = "j" });
	assert_true(claim(&job, 2000, &wait_ms));
	job.lease_ms = LONG_MS;
	assert_int_equal(job_step_set(&queue, mem, &job, "", "", &err), 0);
	assert_false(claim(&other, LONG_MS, &wait_ms));
	assert_true(wait_ms > 2000);
}

static void a_retry_comes_back_with_its_reason(void **state)
{
	struct job job;
	int64_t wait_ms;

	(void)state;
	add((struct queue_entry){ .id = "j", .payload = STR("p") });
	assert_true(claim(&job, LONG_MS, &wait_ms));
	assert_int_equal(queue_retry(&queue, mem, &job, LONG_MS, true, "Linear is away", &err), 0);
	assert_false(claim(&job, LONG_MS, &wait_ms));
	assert_true(wait_ms > LONG_MS / 2);
	assert_string_equal(info("j").reason, "Linear is away");
	assert_string_equal(info("j").state, "due");
	assert_true(info("j").attempts == 1);
}

static void an_attempt_that_does_not_count_is_taken_back(void **state)
{
	struct job job;
	int64_t wait_ms;

	(void)state;
	add((struct queue_entry){ .id = "j" });
	for (int i = 0; i < 2 * QUEUE_ATTEMPTS; i++) {
		assert_true(claim(&job, LONG_MS, &wait_ms));
		assert_true(job.attempts == 1);
		assert_int_equal(queue_retry(&queue, mem, &job, 0, false, "limit", &err), 0);
	}
	assert_true(claim(&job, LONG_MS, &wait_ms));
	check_str(job.payload, "");
}

static void after_the_last_attempt_a_job_is_a_dead_letter(void **state)
{
	struct job job;
	int64_t wait_ms;

	(void)state;
	add((struct queue_entry){ .id = "j", .payload = STR("p") });
	for (int i = 1; i <= QUEUE_ATTEMPTS; i++) {
		assert_true(claim(&job, LONG_MS, &wait_ms));
		assert_true(job.attempts == i);
		assert_int_equal(queue_retry(&queue, mem, &job, 0, true, "again", &err), 0);
	}
	assert_false(claim(&job, LONG_MS, &wait_ms));
	assert_string_equal(job.buried, "j"); /* for whoever must be told */
	assert_false(claim(&job, LONG_MS, &wait_ms));
	assert_true(!job.buried && wait_ms == -1);
	assert_true(count("dead") == 1 && count("due") == 0);
	assert_string_equal(info("j").state, "dead");
	assert_string_equal(info("j").reason, "given up after 40 attempts: again");
}

static void a_buried_job_can_be_revived(void **state)
{
	struct job job;
	int64_t wait_ms;
	bool found;

	(void)state;
	add((struct queue_entry){ .id = "j", .payload = STR("p") });
	assert_true(claim(&job, LONG_MS, &wait_ms));
	assert_int_equal(job_step_set(&queue, mem, &job, "mail", "sent", &err), 0);
	assert_int_equal(queue_revive(&queue, mem, "j", false, &found, &err), 0);
	assert_false(found); /* it is at work, not dead */
	assert_int_equal(queue_bury(&queue, mem, &job, "no such issue", &err), 0);
	assert_false(claim(&job, LONG_MS, &wait_ms));
	assert_string_equal(info("j").state, "dead");
	assert_string_equal(info("j").reason, "no such issue");
	assert_int_equal(queue_revive(&queue, mem, "j", false, &found, &err), 0);
	assert_true(found);
	assert_true(claim(&job, LONG_MS, &wait_ms));
	check_str(job.payload, "p");
	assert_true(job.attempts == 1); /* all its attempts again */
	assert_true(job.fence == 2);    /* but no fence twice */
	assert_int_equal(queue_revive(&queue, mem, "unknown", false, &found, &err), 0);
	assert_false(found);
}

static void a_discarded_job_is_gone_and_stays_known(void **state)
{
	struct job job;
	struct reply reply;
	int64_t wait_ms;
	bool found;

	(void)state;
	add((struct queue_entry){ .id = "j", .payload = STR("personal") });
	assert_true(claim(&job, LONG_MS, &wait_ms));
	assert_int_equal(queue_bury(&queue, mem, &job, "x", &err), 0);
	assert_int_equal(queue_revive(&queue, mem, "j", true, &found, &err), 0);
	assert_true(found);
	assert_false(claim(&job, LONG_MS, &wait_ms));
	assert_true(count("dead") == 0);
	assert_string_equal(info("j").state, "discarded");
	assert_int_equal(store_call(queue.store, mem, &reply, &err, "HGET", KEY_JOB "j", "payload", NULL), 0);
	assert_int_equal(reply.type, REPLY_NIL);
	assert_false(add((struct queue_entry){ .id = "j" }));
}

static void jobs_of_one_word_never_run_together(void **state)
{
	struct job first, other, second;
	int64_t wait_ms;

	(void)state;
	add((struct queue_entry){ .id = "a1", .serial = "issue-a" });
	assert_true(claim(&first, LONG_MS, &wait_ms));
	add((struct queue_entry){ .id = "a2", .serial = "issue-a" });
	add((struct queue_entry){ .id = "b1", .serial = "issue-b" });
	assert_true(claim(&other, LONG_MS, &wait_ms));
	assert_string_equal(other.id, "b1");
	assert_false(claim(&second, LONG_MS, &wait_ms));
	assert_true(wait_ms >= 0 && wait_ms <= 200); /* it asks again soon */
	assert_int_equal(queue_done(&queue, mem, &first, "", &err), 0);
	second = claim_soon(LONG_MS);
	assert_string_equal(second.id, "a2");
	assert_true(second.attempts == 1); /* waiting was no attempt */
}

static void a_dead_workers_word_is_free_again(void **state)
{
	struct job job;
	int64_t wait_ms;
	bool seen_a1 = false, seen_a2 = false;

	(void)state;
	add((struct queue_entry){ .id = "a1", .serial = "issue-a" });
	assert_true(claim(&job, SHORT_MS, &wait_ms));
	add((struct queue_entry){ .id = "a2", .serial = "issue-a" });
	for (int i = 0; i < 2; i++) {
		job = claim_soon(LONG_MS);
		seen_a1 = seen_a1 || !strcmp(job.id, "a1");
		seen_a2 = seen_a2 || !strcmp(job.id, "a2");
		assert_int_equal(queue_done(&queue, mem, &job, "", &err), 0);
	}
	assert_true(seen_a1 && seen_a2);
}

static void a_buried_or_retried_job_gives_its_word_back(void **state)
{
	struct job job;
	int64_t wait_ms;

	(void)state;
	add((struct queue_entry){ .id = "a1", .serial = "a" });
	assert_true(claim(&job, LONG_MS, &wait_ms));
	assert_int_equal(queue_retry(&queue, mem, &job, LONG_MS, true, "", &err), 0);
	add((struct queue_entry){ .id = "a2", .serial = "a" });
	assert_true(claim(&job, LONG_MS, &wait_ms));
	assert_string_equal(job.id, "a2");
	assert_int_equal(queue_bury(&queue, mem, &job, "", &err), 0);
	add((struct queue_entry){ .id = "a3", .serial = "a" });
	assert_true(claim(&job, LONG_MS, &wait_ms));
	assert_string_equal(job.id, "a3");
}

/* Many that wait for one word must not hide the others that could run. */
static void jobs_that_wait_for_a_word_do_not_block_others(void **state)
{
	struct job job;
	int64_t wait_ms;

	(void)state;
	add((struct queue_entry){ .id = "holder", .serial = "a", .delay_ms = -100 });
	assert_true(claim(&job, LONG_MS, &wait_ms));
	for (int i = 0; i < 120; i++)
		add((struct queue_entry){ .id = arena_printf(mem, "w%d", i), .serial = "a", .delay_ms = -50 });
	add((struct queue_entry){ .id = "free" });
	job = claim_soon(LONG_MS);
	assert_string_equal(job.id, "free");
}

static void waiting_ends_when_a_job_is_added(void **state)
{
	int64_t began = clock_monotonic_ms(&system_clock);

	(void)state;
	add((struct queue_entry){ .id = "j" });
	assert_int_equal(queue_wait(&queue, mem, 4000, &err), 0);
	assert_true(clock_monotonic_ms(&system_clock) - began < 2000);
	assert_int_equal(queue_wait(&queue, mem, 50, &err), 0); /* one job wakes one worker */
	assert_true(clock_monotonic_ms(&system_clock) - began >= 45);
}

static void people_see_what_waits_and_why(void **state)
{
	struct job_info *jobs, job;
	size_t n;
	bool found;

	(void)state;
	for (int i = 0; i < 5; i++)
		add((struct queue_entry){ .id = arena_printf(mem, "j%d", i), .kind = "mail", .delay_ms = 1000 * (i + 1) });
	assert_int_equal(queue_list(&queue, mem, "due", 3, &jobs, &n, &err), 0);
	assert_int_equal(n, 3);
	assert_string_equal(jobs[0].id, "j0");
	assert_string_equal(jobs[2].id, "j2");
	assert_string_equal(jobs[0].kind, "mail");
	assert_string_equal(jobs[0].state, "due");
	assert_true(jobs[1].at_ms - jobs[0].at_ms >= 1000);
	assert_int_equal(queue_list(&queue, mem, "dead", 3, &jobs, &n, &err), 0);
	assert_int_equal(n, 0);
	assert_int_equal(queue_info(&queue, mem, "absent", &job, &found, &err), 0);
	assert_false(found);
}

static void backoff_doubles_up_to_its_bound(void **state)
{
	int64_t want = 1000;

	(void)state;
	for (int64_t attempts = 1; attempts < 60; attempts++) {
		bool differs = false;
		int64_t first = queue_backoff_ms(attempts, 0);

		for (int i = 0; i < 50; i++) {
			int64_t wait = queue_backoff_ms(attempts, 0);

			assert_true(wait > want * 3 / 4 - 1 && wait <= want);
			differs = differs || wait != first;
		}
		assert_true(differs); /* or all workers come back at once */
		want = want * 2 > 600000 ? 600000 : want * 2;
	}
	assert_true(queue_backoff_ms(1, 30) == 30000);
	assert_true(queue_backoff_ms(INT64_MAX, 0) <= 600000);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, open_queue, close_queue)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(a_job_is_handed_out_as_it_was_added),
		TEST(jobs_come_in_the_order_they_are_due),
		TEST(a_delayed_job_waits_its_time),
		TEST(what_is_known_is_not_added_again),
		TEST(what_is_remembered_ends_one_day),
		TEST(an_expired_lease_goes_to_the_next_worker),
		TEST(a_killed_workers_lease_need_not_run_out),
		TEST(steps_survive_the_worker_that_did_them),
		TEST(a_step_renews_the_lease),
		TEST(a_retry_comes_back_with_its_reason),
		TEST(an_attempt_that_does_not_count_is_taken_back),
		TEST(after_the_last_attempt_a_job_is_a_dead_letter),
		TEST(a_buried_job_can_be_revived),
		TEST(a_discarded_job_is_gone_and_stays_known),
		TEST(jobs_of_one_word_never_run_together),
		TEST(a_dead_workers_word_is_free_again),
		TEST(a_buried_or_retried_job_gives_its_word_back),
		TEST(jobs_that_wait_for_a_word_do_not_block_others),
		TEST(waiting_ends_when_a_job_is_added),
		TEST(people_see_what_waits_and_why),
		TEST(backoff_doubles_up_to_its_bound),
	};
	int failed;

	if (!redis_server_installed()) {
		puts("redis-server is not installed");
		return 77; /* skipped, in the words of automake */
	}
	signal(SIGPIPE, SIG_IGN); /* as app_open() does */
	redis_server_open(&server);
	failed = cmocka_run_group_tests(tests, NULL, NULL);
	redis_server_close(&server);
	return failed;
}
