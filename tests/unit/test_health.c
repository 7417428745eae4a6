/* /healthz, /readyz and /metrics: what is a failure, what a warning, what is counted. */
#include "tests/support/check.h"

#include <string.h>

#include "base/buf.h"
#include "base/json.h"
#include "screening/jobs.h"
#include "store/keys.h"
#include "tests/support/api.h"

static struct json_object *check_named(struct json_object *o, const char *name)
{
	size_t len;
	struct json_object *list = json_list(o, "checks", &len);

	for (size_t i = 0; i < len; i++)
		if (!strcmp(json_text(json_object_array_get_idx(list, i), "name"), name))
			return json_object_array_get_idx(list, i);
	return NULL;
}

static bool check_is_ok(struct json_object *o, const char *name)
{
	bool ok = false;

	return json_flag(check_named(o, name), "ok", &ok) && ok;
}

static void a_laxer_redis_is_a_warning(void **state)
{
	struct world *w = *state;
	struct response *res;

	run_redis(w, "CONFIG", "SET", "maxmemory-policy", "allkeys-lru");
	res = get(w, "/readyz");
	assert_int_equal(res->status, 200);
	assert_string_equal(text_of(w, res, "status"), "ok");
	assert_true(check_is_ok(json_of(w, res), "redis"));
	assert_true(check_is_ok(json_of(w, res), "redis_durability"));
	assert_true(body_has(res, "maxmemory-policy is allkeys-lru"));
}

static void a_redis_that_takes_no_writes_is_not_ready(void **state)
{
	struct world *w = *state;
	struct response *res;

	run_redis(w, "CONFIG", "SET", "maxmemory-policy", "noeviction");
	run_redis(w, "CONFIG", "SET", "maxmemory", "1");
	res = get(w, "/readyz");
	assert_int_equal(res->status, 503);
	assert_string_equal(text_of(w, res, "status"), "unavailable");
	assert_false(check_is_ok(json_of(w, res), "redis"));
	run_redis(w, "CONFIG", "SET", "maxmemory", "0");
	assert_int_equal(get(w, "/readyz")->status, 200);
}

static void without_redis_only_liveness_and_the_metrics_gauge_answer(void **state)
{
	struct world *w = *state;

	redis_server_kill(&w->redis);
	assert_int_equal(get(w, "/healthz")->status, 200);
	assert_int_equal(get(w, "/readyz")->status, 503);
	assert_int_equal(get(w, "/api/interviews")->status, 503);
	assert_int_equal(get(w, "/metrics")->status, 200);
	assert_true(body_has(get(w, "/metrics"), "parley_redis_up 0\n"));
	assert_false(body_has(get(w, "/metrics"), "parley_queue_jobs{"));
	assert_false(body_has(get(w, "/readyz"), w->redis.url));
}

static void a_missing_state_directory_is_not_ready(void **state)
{
	struct world *w = *state;
	struct response *res;

	w->app.cfg.state_dir = "/nonexistent/parley";
	res = get(w, "/readyz");
	assert_int_equal(res->status, 503);
	assert_false(check_is_ok(json_of(w, res), "disk"));
	assert_false(body_has(res, "/nonexistent"));
}

static void a_missing_template_is_not_ready(void **state)
{
	struct world *w = *state;
	struct response *res;

	w->app.cfg.data_dir = w->state_dir;
	res = get(w, "/readyz");
	assert_int_equal(res->status, 503);
	assert_false(check_is_ok(json_of(w, res), "templates"));
	assert_false(body_has(res, w->state_dir));
}

static void a_late_runner_is_a_warning_only(void **state)
{
	struct world *w = *state;
	static const struct {
		const char *seen, *says;
		bool warned;
	} rows[] = {
		{ "1763632700000", "worked 100 seconds ago", false },
		{ "1763632619000", "worked 181 seconds ago", true },
		{ "1763632801000", "worked 0 seconds ago", false },
	};

	assert_true(body_has(get(w, "/readyz"), "No screening runner has worked yet."));
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		struct response *res;
		const char *warnings;

		run_redis(w, "SET", KEY_RUNNER_SEEN, rows[i].seen, NULL);
		res = get(w, "/readyz");
		warnings = str_find(buf_view(res->body), STR("\"warnings\""));
		check_row(rows[i].says, res->status == 200 && body_has(res, rows[i].says));
		check_row(rows[i].says, (strstr(warnings, rows[i].says) != NULL) == rows[i].warned);
	}
}

static void metrics_count_what_waits(void **state)
{
	struct world *w = *state;
	struct response *res;

	add_session(w, "issue-1", NULL);
	run_redis(w, "ZADD", KEY_QUEUE SCREENING_QUEUE ":due", "1763632790000", "job-1");
	run_redis(w, "HSET", KEY_JOB "job-1", "kind", "mail");
	run_redis(w, "ZADD", KEY_QUEUE SCREENING_QUEUE ":dead", "1763632790000", "job-2");
	run_redis(w, "ZADD", KEY_ORPHANS, "1", "conv-1");
	run_redis(w, "SET", KEY_RUNNER_SEEN, "1763632795000", NULL);
	res = get(w, "/metrics");
	assert_int_equal(res->status, 200);
	assert_non_null(str_find(buf_view(res->headers), STR("Content-Type: text/plain; version=0.0.4")));
	for (const char *const *line = (const char *const[]){
		     "parley_redis_up 1\n", "parley_queue_jobs{queue=\"screening\",state=\"due\"} 1\n",
		     "parley_queue_jobs{queue=\"screening\",state=\"leased\"} 0\n",
		     "parley_queue_jobs{queue=\"screening\",state=\"dead\"} 1\n",
		     "parley_queue_oldest_due_seconds{queue=\"screening\"} 10\n", "parley_sessions 1\n",
		     "parley_conversations_awaited 0\n", "parley_transcripts_orphaned 1\n", "parley_runner_age_seconds 5\n",
		     "parley_build_info{version=\"", NULL };
	     *line; line++)
		check_row(*line, body_has(res, *line));
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, api_setup, api_teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(a_laxer_redis_is_a_warning),
		TEST(a_redis_that_takes_no_writes_is_not_ready),
		TEST(without_redis_only_liveness_and_the_metrics_gauge_answer),
		TEST(a_missing_state_directory_is_not_ready),
		TEST(a_missing_template_is_not_ready),
		TEST(a_late_runner_is_a_warning_only),
		TEST(metrics_count_what_waits),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
