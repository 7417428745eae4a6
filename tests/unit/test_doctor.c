/* What `parley doctor` makes of vendors' answers; no Redis, no network. */
#include "tests/support/check.h"
#include "tests/support/findings.h"

#include <string.h>

#include "app.h"
#include "doctor/checks.h"
#include "tests/support/fake_http.h"

struct world {
	struct app app;
	struct fake_http http;
	struct findings findings;
};

static int setup(void **state)
{
	struct world *w = calloc(1, sizeof(*w));

	w->app.mem = arena_new();
	w->findings.mem = w->app.mem;
	w->app.clock = &system_clock;
	fake_http_init(&w->http, w->app.mem);
	w->app.http = &w->http.base;
	w->app.cfg.have_elevenlabs = w->app.cfg.have_cerebras = w->app.cfg.have_resend = true;
	w->app.cfg.elevenlabs_base_url = w->app.cfg.cerebras_base_url = w->app.cfg.resend_base_url = "http://127.0.0.1:9";
	w->app.cfg.elevenlabs_api_key = w->app.cfg.cerebras_api_key = w->app.cfg.resend_api_key = "key-never-shown";
	w->app.cfg.elevenlabs_agent_id = "agent_1";
	w->app.cfg.cerebras_model = "gpt-oss-120b";
	w->app.cfg.email_from = "Acme <hiring@mail.acme.example>";
	w->app.cfg.public_base_url = "http://127.0.0.1:9";
	w->app.cfg.webhook_base_url = "http://127.0.0.1:8";
	*state = w;
	return 0;
}

static int teardown(void **state)
{
	struct world *w = *state;

	arena_free(w->app.mem);
	free(w);
	return 0;
}

#define PROMPT "{{company_name}} {{job_description}} {{ job_application }} {{conversation_pointers}}"
#define AGENT(settings, first, prompt) \
	"{\"agent_id\":\"agent_1\",\"platform_settings\":{" settings "},\"conversation_config\":{\"agent\":{" \
	"\"first_message\":\"" first "\",\"prompt\":{\"prompt\":\"" prompt "\"}}}}"
#define CLOSED "\"auth\":{\"enable_auth\":true}"
#define OVERRIDES(o) CLOSED ",\"overrides\":{\"conversation_config_override\":" o "}"

static void an_agent_is_judged_by_its_settings(void **state)
{
	static const struct {
		const char *name, *agent, *levels, *says;
	} rows[] = {
		{ "as it should be", AGENT(CLOSED, "Hello {{candidate_name}}", PROMPT), "oooo", "signed URL" },
		{ "public", AGENT("\"auth\":{\"enable_auth\":false}", "{{candidate_name}}", PROMPT), "oFoo", "public agent" },
		{ "silent about auth", AGENT("\"auth\":{}", "{{candidate_name}}", PROMPT), "oFoo", "public agent" },
		{ "without settings", "{\"agent_id\":\"agent_1\"}", "oFoW", "conversation_pointers" },
		{ "prompt override", AGENT(OVERRIDES("{\"agent\":{\"language\":false,\"prompt\":{\"prompt\":true}}}"), "{{candidate_name}}", PROMPT),
		  "ooWo", "agent.prompt.prompt" },
		{ "overrides off", AGENT(OVERRIDES("{\"agent\":{\"language\":false},\"tts\":{\"voice_id\":false}}"), "{{candidate_name}}", PROMPT),
		  "oooo", "nothing" },
		{ "a variable is not used", AGENT(CLOSED, "Hello", PROMPT), "oooW", "never told: candidate_name" },
		{ "a name inside a name", AGENT(CLOSED, "{{my_candidate_name}}", PROMPT), "oooW", "never told: candidate_name" },
	};

	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		struct world *w;

		setup((void **)&w);
		fake_http_answer(&w->http, 200, rows[i].agent);
		doctor_agent(&w->app, &w->findings);
		check_row_text(rows[i].name, levels(w->app.mem, &w->findings), rows[i].levels);
		check_row(rows[i].name, says(&w->findings, rows[i].says));
		teardown((void **)&w);
	}
	(void)state;
}

static void a_refused_key_names_its_setting(void **state)
{
	static const struct {
		const char *setting;
		void (*look)(struct app *, struct findings *);
		int status;
	} rows[] = {
		{ "ELEVENLABS_API_KEY", doctor_agent, 401 },
		{ "ELEVENLABS_AGENT_ID", doctor_agent, 404 },
		{ "CEREBRAS_API_KEY", doctor_cerebras, 401 },
		{ "RESEND_API_KEY", doctor_resend, 401 },
	};

	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		struct world *w;

		setup((void **)&w);
		fake_http_answer(&w->http, rows[i].status, "{}");
		rows[i].look(&w->app, &w->findings);
		check_row_text(rows[i].setting, levels(w->app.mem, &w->findings), "F");
		check_row(rows[i].setting, says(&w->findings, rows[i].setting));
		check_row(rows[i].setting, !says(&w->findings, "never-shown"));
		teardown((void **)&w);
	}
	(void)state;
}

static void a_silent_vendor_fails_without_blaming_the_key(void **state)
{
	struct world *w = *state;

	doctor_agent(&w->app, &w->findings);
	doctor_cerebras(&w->app, &w->findings);
	doctor_resend(&w->app, &w->findings);
	assert_string_equal(levels(w->app.mem, &w->findings), "FFF");
	assert_false(says(&w->findings, "_API_KEY"));
}

static void an_absent_vendor_is_not_asked(void **state)
{
	struct world *w = *state;

	w->app.cfg.have_elevenlabs = w->app.cfg.have_cerebras = w->app.cfg.have_resend = false;
	doctor_agent(&w->app, &w->findings);
	doctor_cerebras(&w->app, &w->findings);
	doctor_resend(&w->app, &w->findings);
	assert_int_equal(w->findings.count, 0);
	assert_int_equal(w->http.call_count, 0);
}

static void a_model_that_is_not_offered_fails(void **state)
{
	struct world *w = *state;

	fake_http_answer(&w->http, 200, "{\"object\":\"list\",\"data\":[{\"id\":\"another\"}]}");
	fake_http_answer(&w->http, 200, "{\"object\":\"list\",\"data\":[{\"id\":\"gpt-oss-120b\"}]}");
	doctor_cerebras(&w->app, &w->findings);
	doctor_cerebras(&w->app, &w->findings);
	assert_string_equal(levels(w->app.mem, &w->findings), "Fo");
	assert_true(says(&w->findings, "CEREBRAS_MODEL"));
}

static void both_addresses_must_lead_here(void **state)
{
	struct world *w = *state;

	fake_http_answer(&w->http, 200, "{\"status\":\"ok\"}");
	fake_http_answer(&w->http, 200, "<html>somebody else</html>");
	doctor_public_address(&w->app, &w->findings);
	doctor_webhook_address(&w->app, &w->findings);
	assert_string_equal(levels(w->app.mem, &w->findings), "oF");
	assert_string_equal(w->http.calls[0].url, "http://127.0.0.1:9/healthz");
	assert_string_equal(w->http.calls[1].url, "http://127.0.0.1:8/healthz");
	assert_true(says(&w->findings, "WEBHOOK_BASE_URL does not lead here"));
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(an_agent_is_judged_by_its_settings),
		TEST(a_refused_key_names_its_setting),
		TEST(a_silent_vendor_fails_without_blaming_the_key),
		TEST(an_absent_vendor_is_not_asked),
		TEST(a_model_that_is_not_offered_fails),
		TEST(both_addresses_must_lead_here),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
