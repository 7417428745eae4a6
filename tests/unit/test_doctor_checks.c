/* What the doctor makes of telephones, speech and webhooks, and what becomes of several
 * findings; no Redis, no network. */
#include "tests/support/check.h"
#include "tests/support/findings.h"

#include <string.h>

#include "app.h"
#include "doctor/checks.h"
#include "doctor/doctor.h"
#include "tests/support/fake_http.h"
#include "vendors/signature.h"
#include "vendors/twilio_signature.h"

#define NOW_MS 1763632800000LL
#define TOKEN "token-never-shown"
#define SECRET "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"

struct world {
	struct app app;
	struct fake_http http;
	struct fixed_clock clock;
	struct findings findings;
};

static int setup(void **state)
{
	struct world *w = calloc(1, sizeof(*w));

	w->app.mem = w->findings.mem = arena_new();
	fixed_clock_init(&w->clock, NOW_MS);
	w->app.clock = &w->clock.base;
	fake_http_init(&w->http, w->app.mem);
	w->app.http = &w->http.base;
	w->app.cfg = (struct config){
		.public_base_url = "http://127.0.0.1:8", .webhook_base_url = "http://127.0.0.1:9/hooks",
		.have_twilio = true, .twilio_base_url = "http://127.0.0.1:7", .twilio_account_sid = "AC1", .twilio_auth_token = TOKEN,
		.twilio_caller_id = "+14155550100",
		.have_elevenlabs = true, .elevenlabs_base_url = "http://127.0.0.1:7", .elevenlabs_api_key = TOKEN,
		.elevenlabs_voice_id = "voice_1", .elevenlabs_webhook_secret = TOKEN,
		.have_resend = true, .resend_base_url = "http://127.0.0.1:7", .resend_api_key = TOKEN, .resend_webhook_secret = SECRET,
		.email_from = "Acme <hiring@mail.acme.example>",
		.have_supabase = true, .supabase_url = "http://127.0.0.1:7", .supabase_service_role_key = TOKEN, .supabase_bucket = "audio",
	};
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

typedef void look_fn(struct app *app, struct findings *f);

struct row {
	const char *name;
	look_fn *look;
	struct {
		int status;
		const char *body;
	} answers[3];
	const char *levels, *says;
};

#define NUMBERS(list, number) "{\"" list "\":[{\"phone_number\":\"" number "\"}]}"
#define NO_NUMBERS(list) "{\"" list "\":[]}"
#define PLAN(used, limit, status) "{\"character_count\":" used ",\"character_limit\":" limit ",\"status\":\"" status "\"}"
#define DOMAIN(name, status) "{\"data\":[{\"name\":\"" name "\",\"status\":\"" status "\"}]}"

static const struct row rows[] = {
	{ "an active account", doctor_twilio_account, { { 200, "{\"status\":\"active\",\"type\":\"Full\"}" } }, "o", "active" },
	{ "on trial", doctor_twilio_account, { { 200, "{\"status\":\"active\",\"type\":\"Trial\"}" } }, "W", "verified there" },
	{ "suspended", doctor_twilio_account, { { 200, "{\"status\":\"suspended\",\"type\":\"Full\"}" } }, "F", "is suspended" },
	{ "a wrong token", doctor_twilio_account, { { 401, "{\"code\":20003}" } }, "F", "TWILIO_AUTH_TOKEN" },
	{ "another account", doctor_twilio_account, { { 404, "{\"code\":20404}" } }, "F", "TWILIO_ACCOUNT_SID" },
	{ "somebody else's 404", doctor_twilio_account, { { 404, "<html>" } }, "W", "not understood there" },
	{ "a gateway's 404", doctor_elevenlabs_key, { { 404, "" } }, "W", "not understood there" },
	{ "Twilio is away", doctor_twilio_account, { { 503, "" } }, "F", "HTTP 503" },
	{ "no account", doctor_twilio_account, { { 200, "{}" } }, "F", "no account" },
	{ "an own number", doctor_twilio_caller, { { 200, NUMBERS("incoming_phone_numbers", "+14155550100") } }, "o", "of the account" },
	{ "a verified one", doctor_twilio_caller,
	  { { 200, NO_NUMBERS("incoming_phone_numbers") }, { 200, NUMBERS("outgoing_caller_ids", "+14155550100") } }, "o", "verified" },
	{ "a stranger's", doctor_twilio_caller,
	  { { 200, NUMBERS("incoming_phone_numbers", "+14155550199") }, { 200, NO_NUMBERS("outgoing_caller_ids") } }, "F", "TWILIO_CALLER_ID" },
	{ "a model that speaks", doctor_elevenlabs_key, { { 200, "[{\"can_do_text_to_speech\":true},{\"can_do_text_to_speech\":false}]" } }, "o", "1 model speaks" },
	{ "no model that speaks", doctor_elevenlabs_key, { { 200, "[{\"can_do_text_to_speech\":false}]" } }, "F", "no model" },
	{ "a wrong key", doctor_elevenlabs_key, { { 401, "{\"detail\":{\"code\":\"invalid_api_key\"}}" } }, "F", "ELEVENLABS_API_KEY" },
	{ "a narrow key", doctor_speech, { { 401, "{\"detail\":{\"status\":\"missing_permissions\"}}" } }, "W", "permission" },
	{ "many credits", doctor_speech, { { 200, PLAN("12000", "500000", "active") } }, "o", "488000 credits" },
	{ "few credits", doctor_speech, { { 200, PLAN("499000", "500000", "active") } }, "W", "Only 1000" },
	{ "no credits", doctor_speech, { { 200, PLAN("500001", "500000", "active") } }, "F", "0 credits" },
	{ "not paid", doctor_speech, { { 200, PLAN("1", "500000", "past_due") } }, "F", "past_due" },
	{ "an answer of nothing", doctor_speech, { { 200, "{}" } }, "W", "does not tell" },
	{ "the voice exists", doctor_voice, { { 200, "{\"voice_id\":\"voice_1\"}" } }, "o", "exists" },
	{ "no such voice", doctor_voice, { { 404, "{\"detail\":{\"code\":\"voice_not_found\"}}" } }, "F", "ELEVENLABS_VOICE_ID" },
	{ "a verified domain", doctor_resend, { { 200, DOMAIN("Acme.example", "verified") } }, "oo", "is verified" },
	{ "a pending domain", doctor_resend, { { 200, DOMAIN("mail.acme.example", "pending") } }, "oF", "(pending)" },
	{ "another domain", doctor_resend, { { 200, DOMAIN("cme.example", "verified") } }, "oF", "no domain of EMAIL_FROM" },
	{ "a key that only sends", doctor_resend, { { 401, "{\"name\":\"restricted_api_key\"}" } }, "o", "may only send" },
	{ "a bucket", doctor_supabase, { { 200, "{\"name\":\"audio\",\"public\":false}" } }, "o", "exists" },
	{ "an open bucket", doctor_supabase, { { 200, "{\"name\":\"audio\",\"public\":true}" } }, "W", "private" },
	{ "no bucket", doctor_supabase, { { 400, "{\"statusCode\":\"404\",\"error\":\"Bucket not found\"}" } }, "F", "SUPABASE_BUCKET" },
	{ "a wrong service key", doctor_supabase, { { 400, "{\"statusCode\":\"403\"}" } }, "F", "SUPABASE_SERVICE_ROLE_KEY" },
	{ "webhooks arrive", doctor_loopback_twilio, { { 200, "<Response/>" }, { 401, "" } }, "o", "wrongly signed one is refused" },
	{ "a path is rewritten", doctor_loopback_twilio, { { 401, "" } }, "F", "path, query nor body" },
	{ "somebody else answers", doctor_loopback_twilio, { { 200, "" }, { 200, "" } }, "F", "anybody could speak" },
	{ "the program is away", doctor_loopback_twilio, { { 502, "" } }, "F", "HTTP 502" },
};

static void answers_are_judged(void **state)
{
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		const struct row *r = &rows[i];
		struct world *w;

		setup((void **)&w);
		for (size_t j = 0; j < ARRAY_LEN(r->answers) && r->answers[j].status; j++)
			fake_http_answer(&w->http, r->answers[j].status, r->answers[j].body);
		r->look(&w->app, &w->findings);
		check_row_text(r->name, levels(w->app.mem, &w->findings), r->levels);
		check_row(r->name, says(&w->findings, r->says));
		check_row(r->name, !says(&w->findings, "never-shown") && !says(&w->findings, "+1415"));
		check_row(r->name, w->http.unanswered == 0);
		teardown((void **)&w);
	}
	(void)state;
}

/* Nothing but reading goes to a vendor. */
static void vendors_are_only_asked(void **state)
{
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		struct world *w;

		if (rows[i].look == doctor_loopback_twilio)
			continue;
		setup((void **)&w);
		rows[i].look(&w->app, &w->findings);
		check_row_text(rows[i].name, w->http.calls[0].method, "GET");
		teardown((void **)&w);
	}
	(void)state;
}

/* ---- signatures, as the programs check them ---- */

static int twilio_opinion(struct world *w, const struct http_call *call)
{
	struct err wrong = { 0 };

	return twilio_signature_check(w->app.mem, STR(TOKEN), fake_http_sent(call, "X-Twilio-Signature"), str_from(call->url), call->body, &wrong);
}

static int elevenlabs_opinion(struct world *w, const struct http_call *call)
{
	struct err wrong = { 0 };

	(void)w;
	return signature_elevenlabs(STR(TOKEN), fake_http_sent(call, "ElevenLabs-Signature"), call->body, NOW_MS, &wrong);
}

static int resend_opinion(struct world *w, const struct http_call *call)
{
	struct err wrong = { 0 };

	return signature_svix(w->app.mem, STR(SECRET), fake_http_sent(call, "svix-id"), fake_http_sent(call, "svix-timestamp"),
			      fake_http_sent(call, "svix-signature"), call->body, NOW_MS, &wrong);
}

static void each_knocks_once_rightly_and_once_wrongly(void **state)
{
	static const struct {
		const char *name;
		look_fn *look;
		int (*opinion)(struct world *w, const struct http_call *call);
		const char *url;
	} vendors[] = {
		{ "Twilio", doctor_loopback_twilio, twilio_opinion, "http://127.0.0.1:9/hooks/api/twilio/webhook" },
		{ "ElevenLabs", doctor_loopback_elevenlabs, elevenlabs_opinion, "http://127.0.0.1:9/hooks/api/webhooks/elevenlabs" },
		{ "Resend", doctor_loopback_resend, resend_opinion, "http://127.0.0.1:9/hooks/api/webhooks/resend" },
	};

	for (size_t i = 0; i < ARRAY_LEN(vendors); i++) {
		struct world *w;

		setup((void **)&w);
		fake_http_answer(&w->http, 200, "");
		fake_http_answer(&w->http, 401, "");
		vendors[i].look(&w->app, &w->findings);
		check_row(vendors[i].name, w->http.call_count == 2);
		check_row_text(vendors[i].name, w->http.calls[0].url, vendors[i].url);
		check_row(vendors[i].name, vendors[i].opinion(w, &w->http.calls[0]) == 0);
		check_row(vendors[i].name, vendors[i].opinion(w, &w->http.calls[1]) == -1);
		teardown((void **)&w);
	}
	(void)state;
}

/* ---- judging ---- */

static bool never(const struct config *cfg)
{
	(void)cfg;
	return false;
}

static void the_worst_finding_decides(void **state)
{
	static const struct check c = { "a.b", "A", "B", NULL, never, "off because", "set it" };
	struct world *w = *state;
	struct check_result r = check_judge(w->app.mem, &w->app.cfg, &c, &w->findings);

	assert_int_equal(r.state, CHECK_OFF);
	assert_string_equal(r.sentence, "off because");
	assert_string_equal(r.todo, "set it");

	findings_add(&w->findings, FINDING_OK, "a", NULL, "Fine.");
	r = check_judge(w->app.mem, &w->app.cfg, &c, &w->findings);
	assert_int_equal(r.state, CHECK_OK);
	assert_string_equal(r.sentence, "Fine.");
	assert_null(r.todo);

	findings_add(&w->findings, FINDING_WARNING, "a", "Mend.", "Worn.");
	findings_add(&w->findings, FINDING_FAILURE, "a", "Replace.", "Broken.");
	findings_add(&w->findings, FINDING_FAILURE, "a", "Replace.", "Lost.");
	r = check_judge(w->app.mem, &w->app.cfg, &c, &w->findings);
	assert_int_equal(r.state, CHECK_FAIL);
	assert_string_equal(r.sentence, "Broken. Lost.");
	assert_string_equal(r.todo, "Replace.");
}

static void many_findings_stay_readable(void **state)
{
	static const struct check c = { "a.b", "A", "B", NULL, NULL, "off", NULL };
	struct world *w = *state;
	struct check_result r;

	for (int i = 0; i < 60; i++)
		findings_add(&w->findings, FINDING_FAILURE, "a", NULL, "Workspace number %d has no such state.", i);
	r = check_judge(w->app.mem, &w->app.cfg, &c, &w->findings);
	assert_true(strlen(r.sentence) < 700);
	assert_non_null(strstr(r.sentence, "number 0"));
}

static void names_are_told_apart(void **state)
{
	(void)state;
	for (size_t i = 0; i < doctor_check_count; i++)
		for (size_t j = 0; j < i; j++)
			check_row(doctor_checks[i].name, strcmp(doctor_checks[i].name, doctor_checks[j].name));
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(answers_are_judged),
		TEST(vendors_are_only_asked),
		TEST(each_knocks_once_rightly_and_once_wrongly),
		TEST(the_worst_finding_decides),
		TEST(many_findings_stay_readable),
		TEST(names_are_told_apart),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
