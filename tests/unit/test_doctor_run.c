/* All checks at once against a private Redis and vendors that answer nothing: what is kept,
 * within what time, and that two do not run at once. */
#include "tests/support/check.h"

#include <string.h>

#include "doctor/doctor.h"
#include "net/http.h"
#include "store/keys.h"
#include "store/store.h"
#include "tests/support/api.h"

/* A client that is refused by everyone, one for each thread. */
static int refuse(struct http_client *self, struct arena *mem, const struct http_call *call, struct http_reply *reply, struct err *err)
{
	(void)self;
	(void)mem;
	(void)call;
	(void)reply;
	return err_set(err, ERR_UPSTREAM, "connection refused");
}

static void free_client(struct http_client *client)
{
	free(client);
}

static struct http_client *refused_client(void)
{
	struct http_client *c = calloc(1, sizeof(*c));

	c->send = refuse;
	c->free = free_client;
	return c;
}

static void configure(struct world *w)
{
	w->app.clock = &system_clock;
	w->app.cfg.redis_url = w->redis.url;
	w->app.cfg.webhook_base_url = w->app.cfg.public_base_url;
	w->app.cfg.have_twilio = true;
	w->app.cfg.twilio_base_url = w->app.cfg.cerebras_base_url = w->app.cfg.resend_base_url = "http://127.0.0.1:9";
	w->app.cfg.elevenlabs_base_url = w->app.cfg.linear_base_url = "http://127.0.0.1:9";
	w->app.cfg.twilio_account_sid = "AC1";
	w->app.cfg.twilio_auth_token = w->app.cfg.resend_api_key = w->app.cfg.cerebras_api_key = "never-shown";
	w->app.cfg.resend_webhook_secret = "whsec_bmV2ZXItc2hvd24=";
	w->app.cfg.cerebras_model = "model";
	w->app.cfg.twilio_caller_id = "+14155550100";
}

static const struct check_result *result_of(const struct check_result *results, const char *name)
{
	for (size_t i = 0; i < doctor_check_count; i++)
		if (!strcmp(doctor_checks[i].name, name))
			return &results[i];
	fail_msg("no check %s", name);
	return NULL;
}

/* What is kept of every check. */
static struct check_result *kept(struct world *w)
{
	struct check_result *results;
	struct err err = { 0 };

	assert_int_equal(check_results(&w->app, &results, &err), 0);
	return results;
}

/* Looks at everything while every vendor refuses the connection. */
static struct findings **look(struct world *w)
{
	struct findings **findings = arena_alloc(w->app.mem, doctor_check_count * sizeof(*findings));

	doctor_run(&w->app, true, refused_client, findings);
	return findings;
}

static void every_result_is_kept_under_its_name(void **state)
{
	struct world *w = *state;
	struct check_result *results;

	configure(w);
	results = kept(w);
	assert_int_equal(result_of(results, "twilio.account")->at_ms, 0);

	look(w);
	results = kept(w);
	for (size_t i = 0; i < doctor_check_count; i++) {
		check_row(doctor_checks[i].name, results[i].at_ms > 0 && results[i].sentence);
		check_row(doctor_checks[i].name, !strstr(results[i].sentence, "never-shown"));
	}
	assert_int_equal(result_of(results, "twilio.account")->state, CHECK_FAIL);
	assert_non_null(strstr(result_of(results, "twilio.account")->sentence, "connection refused"));
	assert_non_null(result_of(results, "twilio.account")->todo);
	assert_int_equal(result_of(results, "webhooks.twilio")->state, CHECK_FAIL);
	assert_int_equal(result_of(results, "redis.writes")->state, CHECK_OK);
	assert_int_equal(result_of(results, "elevenlabs.key")->state, CHECK_OFF);
	assert_int_equal(result_of(results, "linear.workspaces")->state, CHECK_OFF);
	assert_int_equal(result_of(results, "runner.campaigns")->state, CHECK_WARN);
}

static void what_is_not_set_up_is_told_once_a_vendor(void **state)
{
	struct world *w = *state;
	struct check_result *results;

	configure(w);
	results = kept(w);
	assert_null(doctor_not_set_up(w->app.mem, results)); /* not looked for yet */
	look(w);
	results = kept(w);
	assert_string_equal(doctor_not_set_up(w->app.mem, results), "Linear, ElevenLabs");
}

static void a_runner_that_stopped_is_red(void **state)
{
	struct world *w = *state;
	struct check_result *results;

	configure(w);
	run_redis(w, "SET", KEY_CAMPAIGN_RUNNER_SEEN, "1763632800000", NULL);
	look(w);
	results = kept(w);
	assert_int_equal(result_of(results, "runner.campaigns")->state, CHECK_FAIL);
}

static void without_redis_nothing_is_kept_and_nothing_hangs(void **state)
{
	struct world *w = *state;
	struct findings **findings;
	bool failed = false;

	configure(w);
	redis_server_kill(&w->redis);
	findings = look(w);
	for (size_t i = 0; i < doctor_check_count; i++)
		if (!strcmp(doctor_checks[i].name, "redis.writes"))
			failed = findings_have(findings[i], FINDING_FAILURE);
	assert_true(failed);
}

static void one_runs_at_a_time(void **state)
{
	struct world *w = *state;
	struct err err = { 0 };
	bool begun, running;

	configure(w);
	w->app.cfg.have_twilio = w->app.cfg.have_cerebras = w->app.cfg.have_resend = false;
	assert_int_equal(doctor_is_running(&w->app, &running, &err), 0);
	assert_false(running);
	assert_int_equal(doctor_run_once(&w->app, &begun, &err), 0);
	assert_true(begun);
	assert_int_equal(doctor_run_once(&w->app, &begun, &err), 0); /* it has just run */
	assert_false(begun);
	run_redis(w, "DEL", KEY_CHECK_BEGUN, NULL, NULL);
	run_redis(w, "SET", KEY_CHECK_RUN, "another", NULL); /* another runs */
	assert_int_equal(doctor_is_running(&w->app, &running, &err), 0);
	assert_true(running);
	assert_int_equal(doctor_run_once(&w->app, &begun, &err), 0);
	assert_false(begun);
	run_redis(w, "DEL", KEY_CHECK_RUN, NULL, NULL);
	assert_int_equal(doctor_run_once(&w->app, &begun, &err), 0);
	assert_true(begun);
	assert_int_equal(doctor_is_running(&w->app, &running, &err), 0);
	assert_false(running);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, api_setup, api_teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(every_result_is_kept_under_its_name),
		TEST(what_is_not_set_up_is_told_once_a_vendor),
		TEST(a_runner_that_stopped_is_red),
		TEST(without_redis_nothing_is_kept_and_nothing_hangs),
		TEST(one_runs_at_a_time),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
