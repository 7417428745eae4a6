/* Which events invite, that a move is known once, and that a sweep finds the moves
 * whose webhook never came: against a real Redis and an answering Linear. */
#include "tests/support/check.h"

#include "screening/issue_move.h"
#include "screening/jobs.h"
#include "screening/linear_event.h"
#include "store/keys.h"
#include "tests/support/fake_http.h"
#include "tests/support/redis_server.h"

enum { MINUTE_MS = 60000 };

static const int64_t noon = 1795176000000; /* 2026-11-20 12:00 UTC */

static struct redis_server server;
static struct fixed_clock now;
static struct fake_http linear;
static struct app app;

static int set_up(void **state)
{
	struct reply reply;
	struct err err = { 0 };

	(void)state;
	memset(&app, 0, sizeof(app));
	app.mem = arena_new();
	fixed_clock_init(&now, noon);
	app.clock = &now.base;
	app.log = (struct log){ .fd = -1, .program = "test", .clock = app.clock };
	app.store = store_new(server.url, app.clock);
	fake_http_init(&linear, app.mem);
	app.http = &linear.base;
	app.cfg.have_linear = true;
	app.cfg.linear_base_url = "http://127.0.0.1:1";
	app.cfg.linear_api_key = "lin_api_test";
	app.cfg.linear_webhook_secret = "secret";
	app.cfg.linear_screening_state = "Screening";
	return store_call(app.store, app.mem, &reply, &err, "FLUSHALL", NULL);
}

static int tear_down(void **state)
{
	(void)state;
	store_free(app.store);
	arena_free(app.mem);
	return 0;
}

static const struct {
	const char *event;
	bool enters;
} rows[] = {
	{ "{\"type\":\"Issue\",\"action\":\"update\",\"data\":{\"stateId\":\"b\",\"state\":{\"name\":\"Screening\"}},\"updatedFrom\":{\"stateId\":\"a\"}}", true },
	{ "{\"type\":\"Issue\",\"action\":\"update\",\"data\":{\"stateId\":\"b\",\"state\":{\"name\":\"screening \"}},\"updatedFrom\":{\"stateId\":\"a\"}}", true },
	{ "{\"type\":\"Issue\",\"action\":\"create\",\"data\":{\"stateId\":\"b\",\"state\":{\"name\":\"Screening\"}}}", true },
	{ "{\"type\":\"Issue\",\"action\":\"update\",\"data\":{\"stateId\":\"b\"},\"updatedFrom\":{\"stateId\":\"a\"}}", true },
	{ "{\"type\":\"Issue\",\"action\":\"update\",\"data\":{\"stateId\":\"b\",\"state\":{\"name\":\"Done\"}},\"updatedFrom\":{\"stateId\":\"a\"}}", false },
	{ "{\"type\":\"Issue\",\"action\":\"update\",\"data\":{\"stateId\":\"b\",\"state\":{\"name\":\"Screening\"}},\"updatedFrom\":{\"title\":\"x\"}}", false },
	{ "{\"type\":\"Issue\",\"action\":\"update\",\"data\":{\"stateId\":\"b\",\"state\":{\"name\":\"Screening\"}},\"updatedFrom\":{\"stateId\":\"b\"}}", false },
	{ "{\"type\":\"Issue\",\"action\":\"update\",\"data\":{\"stateId\":\"b\",\"state\":{\"name\":\"Screening\"}}}", false },
	{ "{\"type\":\"Issue\",\"action\":\"remove\",\"data\":{\"stateId\":\"b\",\"state\":{\"name\":\"Screening\"}},\"updatedFrom\":{\"stateId\":\"a\"}}", false },
	{ "{\"type\":\"Comment\",\"action\":\"create\",\"data\":{\"state\":{\"name\":\"Screening\"}}}", false },
	{ "{}", false },
};

static void only_an_entry_into_the_state_invites(void **state)
{
	struct event_reader *reader = event_reader_new(app.mem);
	struct err err = { 0 };

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		const struct event *event = event_read(reader, app.mem, str_from(rows[i].event), &err);

		check_row(rows[i].event, event && linear_event_enters(event, "Screening") == rows[i].enters);
	}
}

static bool enter(const char *issue, int64_t at_ms, const char *delivery)
{
	struct err err = { 0 };
	bool added = false;

	assert_int_equal(issue_entered(&app, "default", issue, at_ms, delivery, &added, &err), 0);
	return added;
}

static void a_move_or_delivery_is_taken_once(void **state)
{
	(void)state;
	assert_true(enter("one", noon, "delivery-1"));
	assert_false(enter("one", noon, "delivery-2"));     /* the same move, delivered anew */
	assert_false(enter("one", noon + 1, "delivery-1")); /* the same delivery */
	assert_true(enter("one", noon + 2, "delivery-3"));  /* moved again */
	assert_true(enter("two", noon, "delivery-4"));
}

static int64_t due(void)
{
	struct queue queue = screening_queue(&app);
	struct err err = { 0 };
	int64_t n = -1;

	assert_int_equal(queue_count(&queue, app.mem, "due", &n, &err), 0);
	return n;
}

static void sweep(void)
{
	struct queue queue = screening_queue(&app);
	struct job job = { .id = "sweep", .kind = JOB_LINEAR_SWEEP, .payload = STR("default") };
	struct err err = { 0 };

	assert_int_equal(job_linear_sweep(&app, &queue, &job, &err), 0);
}

/* Linear's list of one issue, which entered the state at that time. */
static void answer_entry(const char *issue, int64_t entered_ms)
{
	char time[ISO_TIME_SIZE];

	iso_time_format(entered_ms, time);
	fake_http_answer(&linear, 200, arena_printf(app.mem,
		"{\"data\":{\"issues\":{\"nodes\":[{\"id\":\"%s\",\"createdAt\":\"2026-01-01T00:00:00.000Z\","
		"\"state\":{\"id\":\"s\",\"name\":\"Screening\"},\"history\":{\"nodes\":[{\"createdAt\":\"%s\",\"toStateId\":\"s\"}],"
		"\"pageInfo\":{\"hasNextPage\":false,\"endCursor\":null}}}],\"pageInfo\":{\"hasNextPage\":false,\"endCursor\":null}}}}",
		issue, time));
}

static void the_first_sweep_invites_nobody_who_was_there_before(void **state)
{
	(void)state;
	sweep();
	assert_int_equal(linear.call_count, 0);
	answer_entry("old", noon - 30 * MINUTE_MS);
	now.now_ms += 5 * MINUTE_MS;
	sweep();
	assert_int_equal(linear.call_count, 1);
	assert_int_equal(due(), 0);
}

static void a_move_without_webhook_is_found_once(void **state)
{
	(void)state;
	sweep();
	now.now_ms += 10 * MINUTE_MS;
	answer_entry("lost", noon + 2 * MINUTE_MS);
	sweep();
	assert_int_equal(due(), 1);
	now.now_ms += 5 * MINUTE_MS;
	answer_entry("lost", noon + 2 * MINUTE_MS);
	sweep();
	assert_int_equal(due(), 1);
}

static void a_move_whose_webhook_came_is_left_alone(void **state)
{
	(void)state;
	sweep();
	enter("known", noon + 2 * MINUTE_MS + 700, "delivery"); /* the webhook's time is a little later */
	now.now_ms += 10 * MINUTE_MS;
	answer_entry("known", noon + 2 * MINUTE_MS);
	sweep();
	assert_int_equal(due(), 1);
}

static void a_fresh_move_is_given_time_for_its_webhook(void **state)
{
	(void)state;
	sweep();
	now.now_ms += 10 * MINUTE_MS;
	answer_entry("fresh", now.now_ms - MINUTE_MS);
	sweep();
	assert_int_equal(due(), 0);
	now.now_ms += 5 * MINUTE_MS;
	answer_entry("fresh", noon + 9 * MINUTE_MS);
	sweep();
	assert_int_equal(due(), 1);
}

static void a_sweep_that_failed_is_made_good_by_the_next(void **state)
{
	(void)state;
	sweep();
	now.now_ms += 10 * MINUTE_MS;
	fake_http_answer(&linear, 500, "oops");
	sweep();
	assert_int_equal(due(), 0);
	now.now_ms += 60 * MINUTE_MS;
	answer_entry("lost", noon + 2 * MINUTE_MS);
	sweep();
	assert_int_equal(due(), 1);
}

static int open_server(void **state)
{
	(void)state;
	redis_server_open(&server);
	return 0;
}

static int close_server(void **state)
{
	(void)state;
	redis_server_close(&server);
	return 0;
}

#define TEST(function) cmocka_unit_test_setup_teardown(function, set_up, tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(only_an_entry_into_the_state_invites),
		TEST(a_move_or_delivery_is_taken_once),
		TEST(the_first_sweep_invites_nobody_who_was_there_before),
		TEST(a_move_without_webhook_is_found_once),
		TEST(a_move_whose_webhook_came_is_left_alone),
		TEST(a_fresh_move_is_given_time_for_its_webhook),
		TEST(a_sweep_that_failed_is_made_good_by_the_next),
	};

	return cmocka_run_group_tests(tests, open_server, close_server);
}
