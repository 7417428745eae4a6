/* The TwiML that connects a telephone call to ElevenLabs' agent: what is asked, within
 * which time, and what is never handed on to Twilio. */
#include "tests/support/check.h"

#include <string.h>

#include "base/json.h"
#include "tests/support/fake_http.h"
#include "vendors/elevenlabs_register.h"

#define TWIML "<?xml version=\"1.0\" encoding=\"UTF-8\"?><Response><Connect><Stream url=\"wss://api.elevenlabs.io/v1/x\" /></Connect></Response>"

struct world {
	struct arena *mem;
	struct fake_http http;
	struct fixed_clock clock;
	struct elevenlabs vendor;
	struct elevenlabs_phone_call call;
};

static int setup(void **state)
{
	struct world *w = calloc(1, sizeof(*w));
	struct json_object *variables;

	w->mem = arena_new();
	fake_http_init(&w->http, w->mem);
	fixed_clock_init(&w->clock, 1763632800000);
	w->vendor = (struct elevenlabs){ &w->http.base, &w->clock.base, "https://api.elevenlabs.io", "xi_key" };
	variables = json_owned(w->mem, json_object_new_object());
	json_put(variables, "first_name", "Zo\xc3\xab \"Z\"");
	json_put(variables, "attempt_id", "9f2c");
	w->call = (struct elevenlabs_phone_call){ "agent_1", "+14155550100", "+14155550123", variables };
	*state = w;
	return 0;
}

static int teardown(void **state)
{
	struct world *w = *state;

	arena_free(w->mem);
	free(w);
	return 0;
}

static void a_call_is_announced_with_its_variables_and_its_twiml_comes_back(void **state)
{
	struct world *w = *state;
	const struct http_call *sent = &w->http.calls[0];
	struct json_object *body;
	struct err err = { 0 };
	struct str twiml;

	fake_http_answer(&w->http, 200, "\n" TWIML "\n");
	assert_int_equal(elevenlabs_register_call(&w->vendor, w->mem, &w->call, &twiml, &err), 0);
	check_str(twiml, TWIML);
	assert_string_equal(sent->method, "POST");
	assert_string_equal(sent->url, "https://api.elevenlabs.io/v1/convai/twilio/register-call");
	assert_string_equal(fake_http_sent(sent, "xi-api-key"), "xi_key");
	assert_string_equal(fake_http_sent(sent, "Content-Type"), "application/json");
	/* Twilio gives up after 15 seconds. */
	assert_in_range(sent->timeout_ms, 1000, 10000);
	assert_int_equal(sent->max_reply, 65536);
	body = json_read(w->mem, sent->body, &err);
	assert_string_equal(json_text(body, "agent_id"), "agent_1");
	assert_string_equal(json_text(body, "from_number"), "+14155550100");
	assert_string_equal(json_text(body, "to_number"), "+14155550123");
	assert_string_equal(json_text(body, "direction"), "outbound");
	assert_string_equal(json_text(body, "conversation_initiation_client_data.dynamic_variables.first_name"), "Zo\xc3\xab \"Z\"");
	assert_string_equal(json_text(body, "conversation_initiation_client_data.dynamic_variables.attempt_id"), "9f2c");
	/* The caller's variables are its own still. */
	assert_string_equal(json_text(w->call.variables, "attempt_id"), "9f2c");
}

static void a_call_without_variables_says_none(void **state)
{
	struct world *w = *state;
	struct err err = { 0 };
	struct str twiml;

	w->call.variables = NULL;
	fake_http_answer(&w->http, 200, "<Response><Connect/></Response>");
	assert_int_equal(elevenlabs_register_call(&w->vendor, w->mem, &w->call, &twiml, &err), 0);
	assert_null(str_find(w->http.calls[0].body, STR("conversation_initiation_client_data")));
}

static void what_is_no_twiml_is_not_handed_on(void **state)
{
	struct world *w = *state;
	static const struct str rows[] = {
		STR(""), STR("{}"), STR("\"<Response></Response>\""), STR("<html><Response></Response></html>"), STR("<?xml version=\"1.0\"?>"),
		STR("<?xml"), STR("<?xml version=\"1.0\"?><html/>"), STR("<Response>"), STR("<Response/>"), STR("</Response>"),
		STR("<Response></Response><Hangup/>"), STR("<Response>\0</Response>"), STR("<Response>\xff</Response>"),
	};

	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		struct err err = { 0 };
		struct str twiml;

		fake_http_answer_bytes(&w->http, 200, rows[i]);
		check_row(rows[i].ptr, elevenlabs_register_call(&w->vendor, w->mem, &w->call, &twiml, &err) == -1);
		check_row(rows[i].ptr, err.kind == ERR_UPSTREAM);
	}
}

static void a_refusal_has_its_class(void **state)
{
	struct world *w = *state;
	static const struct {
		int status;
		enum err_kind kind;
	} rows[] = { { 401, ERR_DENIED }, { 404, ERR_MISSING }, { 422, ERR_REFUSED }, { 429, ERR_LIMIT }, { 500, ERR_UPSTREAM } };
	struct err lost = { 0 };
	struct str twiml;

	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		const char *name = arena_printf(w->mem, "%d", rows[i].status);
		struct err err = { 0 };

		fake_http_answer(&w->http, rows[i].status, "{\"detail\":\"+14155550123 is bad\"}");
		check_row(name, elevenlabs_register_call(&w->vendor, w->mem, &w->call, &twiml, &err) == -1);
		check_row_text(name, err_kind_name(err.kind), err_kind_name(rows[i].kind));
		check_row(name, !strstr(err.msg, "415555"));
	}
	fake_http_fail(&w->http, ERR_UNKNOWN);
	assert_int_equal(elevenlabs_register_call(&w->vendor, w->mem, &w->call, &twiml, &lost), -1);
	assert_int_equal(lost.kind, ERR_UPSTREAM);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(a_call_is_announced_with_its_variables_and_its_twiml_comes_back, setup, teardown),
		cmocka_unit_test_setup_teardown(a_call_without_variables_says_none, setup, teardown),
		cmocka_unit_test_setup_teardown(what_is_no_twiml_is_not_handed_on, setup, teardown),
		cmocka_unit_test_setup_teardown(a_refusal_has_its_class, setup, teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
