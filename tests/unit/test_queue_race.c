/* Many workers and many senders at one queue, as processes of their own: every
 * job is done once, jobs of one serial word one after the other. */
#include "tests/support/check.h"

#include <poll.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include "store/keys.h"
#include "store/queue.h"
#include "tests/support/redis_server.h"

enum { LEASE_MS = 60000, JOBS = 160, WORKERS = 3, SENDERS = 8 };

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

	entry.kind = "kind";
	assert_int_equal(queue_add(&queue, mem, &entry, &added, &err), 0);
	return added;
}

static int64_t count(const char *which)
{
	int64_t n = -1;

	assert_int_equal(queue_count(&queue, mem, which, &n, &err), 0);
	return n;
}

/* Works until nothing is left; marks each job by its id and each serial word
 * while at work on it, and tells by its exit code what it saw. */
static int race(void)
{
	struct queue q = { .store = store_new(server.url, &system_clock), .name = "test" };
	struct reply reply;
	int collisions = 0;

	for (;;) {
		struct job job;
		int64_t wait_ms;
		bool got;
		char *word;

		if (queue_claim(&q, mem, LEASE_MS, &job, &got, &wait_ms, &err))
			return 100;
		if (!got && wait_ms < 0)
			return collisions;
		if (!got) {
			poll(NULL, 0, 1);
			continue;
		}
		word = arena_printf(mem, "busy:%.*s", (int)job.payload.len, job.payload.ptr);
		if (store_call(q.store, mem, &reply, &err, "INCR", word, NULL))
			return 100;
		collisions += reply.number != 1;
		if (store_call(q.store, mem, &reply, &err, "HINCRBY", "done", job.id, "1", NULL))
			return 100;
		collisions += reply.number != 1;
		if (store_call(q.store, mem, &reply, &err, "DECR", word, NULL) ||
		    queue_done(&q, mem, &job, "", &err))
			return 100;
	}
}

static void racing_workers_do_every_job_once(void **state)
{
	struct reply reply;
	pid_t workers[WORKERS];

	(void)state;
	for (int i = 0; i < JOBS; i++) {
		const char *word = arena_printf(mem, "word%d", i / 4); /* neighbours meet */

		add((struct queue_entry){ .id = arena_printf(mem, "j%d", i), .serial = word, .payload = str_from(word) });
	}
	for (int i = 0; i < WORKERS; i++) {
		workers[i] = fork();
		assert_true(workers[i] >= 0);
		if (!workers[i])
			_exit(race());
	}
	for (int i = 0; i < WORKERS; i++) {
		int status;

		assert_int_equal(waitpid(workers[i], &status, 0), workers[i]);
		assert_true(WIFEXITED(status));
		assert_int_equal(WEXITSTATUS(status), 0);
	}
	assert_int_equal(store_call(queue.store, mem, &reply, &err, "HLEN", "done", NULL), 0);
	assert_true(reply.number == JOBS);
	assert_true(count("due") == 0 && count("leased") == 0 && count("dead") == 0);
	assert_int_equal(store_call(queue.store, mem, &reply, &err, "EXISTS", KEY_QUEUE "test:serial", NULL), 0);
	assert_true(reply.number == 0); /* no word is left behind */
}

/* Only one of many at the same instant; the answer decides, not the order. */
static void one_of_many_equal_deliveries_is_added(void **state)
{
	pid_t senders[SENDERS];
	int added = 0;

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(senders); i++) {
		senders[i] = fork();
		assert_true(senders[i] >= 0);
		if (!senders[i]) {
			queue.store = store_new(server.url, &system_clock);
			_exit(add((struct queue_entry){ .id = arena_printf(mem, "j%zu", i), .seen = { "same" } }) ? 1 : 0);
		}
	}
	for (size_t i = 0; i < ARRAY_LEN(senders); i++) {
		int status;

		waitpid(senders[i], &status, 0);
		added += WIFEXITED(status) ? WEXITSTATUS(status) : 100;
	}
	assert_int_equal(added, 1);
	assert_true(count("due") == 1);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, open_queue, close_queue)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(racing_workers_do_every_job_once),
		TEST(one_of_many_equal_deliveries_is_added),
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
