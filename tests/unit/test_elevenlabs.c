/* ElevenLabs' client against queued answers, among them the recorded ones: all
 * four shapes of error, the traps in 401 and 402, and a vendor that lies. */
#include "tests/support/check.h"

#include <string.h>

#include "base/json.h"
#include "tests/support/fake_http.h"
#include "tests/support/fixture.h"
#include "vendors/elevenlabs.h"

#define AGENT "agent_7101k5zvyjhmfg983brhmhkd98n6"
#define CONVERSATION "conv_8901k1zzy54rf5qs9xkbt7rxme0a"
#define OURS "Ada Lovelace"

struct world {
	struct arena *mem;
	struct fake_http http;
	struct fixed_clock clock;
	struct elevenlabs vendor;
};

static int setup(void **state)
{
	struct world *w = calloc(1, sizeof(*w));

	w->mem = arena_new();
	fake_http_init(&w->http, w->mem);
	fixed_clock_init(&w->clock, 1763632800000);
	w->vendor = (struct elevenlabs){ &w->http.base, &w->clock.base, "https://api.elevenlabs.io", "xi_key" };
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

/* The body of a recorded exchange, as text. */
static const char *recorded(struct world *w, const char *name)
{
	struct json_object *fixtures = json_get(fixture_json(w->mem, "elevenlabs_fixtures.json"), "fixtures");
	struct json_object *body = json_get(json_get(fixtures, name), "body");

	assert_non_null(body);
	return arena_strdup(w->mem, json_write(body));
}

static void a_signed_url_is_asked_for_within_the_given_time(void **state)
{
	struct world *w = *state;
	const struct http_call *call = &w->http.calls[0];
	const char *url;
	struct err err = { 0 };

	fake_http_answer(&w->http, 200, recorded(w, "signed_url.200"));
	assert_int_equal(elevenlabs_signed_url(&w->vendor, w->mem, "agent 1&x=", 1234, &url, &err), 0);
	assert_true(str_starts(str_from(url), STR("wss://api.elevenlabs.io/")));
	assert_string_equal(call->url, "https://api.elevenlabs.io/v1/convai/conversation/get-signed-url?agent_id=agent%201%26x%3D");
	assert_string_equal(call->method, "GET");
	assert_string_equal(fake_http_sent(call, "xi-api-key"), "xi_key");
	assert_int_equal(call->timeout_ms, 1234);
	assert_true(call->reuse);
}

static void only_an_absolute_websocket_address_is_a_signed_url(void **state)
{
	struct world *w = *state;
	static const struct {
		const char *base, *url;
		bool good;
	} rows[] = {
		{ "https://api.elevenlabs.io", "wss://api.eu.residency.elevenlabs.io/v1?a=b", true },
		{ "https://api.elevenlabs.io", "ws://127.0.0.1:7/v1", false },
		{ "http://127.0.0.1:7", "ws://127.0.0.1:7/v1?a=b", true },
		{ "http://127.0.0.1:7", "http://127.0.0.1:7/v1", false },
		{ "https://api.elevenlabs.io", "https://api.elevenlabs.io/v1", false },
		{ "https://api.elevenlabs.io", "javascript:alert(1)", false },
		{ "https://api.elevenlabs.io", "wss://", false },
		{ "https://api.elevenlabs.io", "wss:///v1", false },
		{ "https://api.elevenlabs.io", "wss://host/a b", false },
		{ "https://api.elevenlabs.io", "wss://host/<script>", false },
		{ "https://api.elevenlabs.io", "wss://host/\\u0007", false },
		{ "https://api.elevenlabs.io", "", false },
	};

	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		const char *url;
		struct err err = { 0 };

		w->vendor.base_url = rows[i].base;
		fake_http_answer(&w->http, 200, arena_printf(w->mem, "{\"signed_url\":\"%s\"}", rows[i].url));
		check_row(rows[i].url, elevenlabs_signed_url(&w->vendor, w->mem, AGENT, 0, &url, &err) == (rows[i].good ? 0 : -1));
		check_row(rows[i].url, err.kind == (rows[i].good ? ERR_NONE : ERR_UPSTREAM));
	}
}

struct refusal {
	const char *name; /* begins with "error.": the recorded body of that name */
	int status;
	const char *body;
	enum err_kind kind;
	const char *code;
};

static const struct refusal refusals[] = {
	{ "error.401_new", 401, NULL, ERR_DENIED, "invalid_api_key" },
	{ "error.429_concurrency_legacy", 429, NULL, ERR_LIMIT, "too_many_concurrent_requests" },
	{ "error.429_concurrency_new", 429, NULL, ERR_LIMIT, "concurrent_limit_exceeded" },
	{ "error.429_busy", 429, NULL, ERR_LIMIT, "system_busy" },
	{ "error.401_quota_legacy", 401, NULL, ERR_REFUSED, "quota_exceeded" },
	{ "error.422", 422, NULL, ERR_REFUSED, "" },
	{ "error.plain_string", 404, NULL, ERR_MISSING, "" },
	{ "credits, new form", 402, "{\"detail\":{\"type\":\"payment_required\",\"code\":\"insufficient_credits\"}}", ERR_REFUSED, "insufficient_credits" },
	{ "402 without words", 402, "", ERR_REFUSED, "" },
	{ "code and status differ", 401, "{\"detail\":{\"code\":\"unauthorized\",\"status\":\"quota_exceeded\"}}", ERR_REFUSED, "quota_exceeded" },
	{ "missing permission", 401, "{\"detail\":{\"code\":\"unauthorized\",\"status\":\"missing_permissions\"}}", ERR_DENIED, "unauthorized" },
	{ "forbidden", 403, "{\"detail\":{\"code\":\"forbidden\"}}", ERR_DENIED, "forbidden" },
	{ "plan", 403, "{\"detail\":{\"code\":\"feature_not_available\"}}", ERR_REFUSED, "feature_not_available" },
	{ "conversation gone", 404, "{\"detail\":{\"code\":\"conversation_not_found\"}}", ERR_MISSING, "conversation_not_found" },
	{ "bad request", 400, "{\"detail\":{\"code\":\"invalid_parameters\"}}", ERR_REFUSED, "invalid_parameters" },
	{ "too early", 425, "", ERR_UPSTREAM, "" },
	{ "request timeout", 408, "", ERR_UPSTREAM, "" },
	{ "changed meanwhile", 409, "{\"detail\":{\"code\":\"concurrent_modification\"}}", ERR_UPSTREAM, "concurrent_modification" },
	{ "500", 500, "{\"detail\":{\"code\":\"internal_error\"}}", ERR_UPSTREAM, "internal_error" },
	{ "a failing server that speaks of quota", 503, "{\"detail\":{\"status\":\"quota_exceeded\"}}", ERR_UPSTREAM, "quota_exceeded" },
	{ "HTML", 502, "<html>Bad gateway</html>", ERR_UPSTREAM, "" },
	{ "redirect", 302, "", ERR_UPSTREAM, "" },
	{ "HTML in HTTP 200", 200, "<html>", ERR_UPSTREAM, "" },
	{ "empty", 200, "", ERR_UPSTREAM, "" },
	{ "a list", 200, "[]", ERR_UPSTREAM, "" },
	{ "no URL", 200, "{}", ERR_UPSTREAM, "" },
	{ "URL is a number", 200, "{\"signed_url\":7}", ERR_UPSTREAM, "" },
	{ "a code that quotes us", 400, "{\"detail\":{\"code\":\"" OURS "\",\"message\":\"" OURS "\"}}", ERR_REFUSED, "" },
};

static void each_refusal_has_its_class_and_quotes_nothing(void **state)
{
	struct world *w = *state;

	for (size_t i = 0; i < ARRAY_LEN(refusals); i++) {
		const struct refusal *r = &refusals[i];
		const char *url;
		struct err err = { 0 };

		fake_http_answer(&w->http, r->status, r->body ? r->body : recorded(w, r->name));
		check_row(r->name, elevenlabs_signed_url(&w->vendor, w->mem, AGENT, 0, &url, &err) == -1);
		check_row_text(r->name, err_kind_name(err.kind), err_kind_name(r->kind));
		check_row_text(r->name, err.code, r->code);
		check_row(r->name, !strstr(err.msg, OURS) && !strstr(err.msg, "xi_key") && !strstr(err.msg, AGENT));
	}
	assert_int_equal(w->http.call_count, ARRAY_LEN(refusals)); /* nothing is repeated here */
}

static void the_wait_is_taken_from_the_answer(void **state)
{
	struct world *w = *state;
	const char *url;
	struct err limit = { 0 }, away = { 0 };

	fake_http_answer(&w->http, 429, "{}");
	fake_http_header(&w->http, "retry-after", "12");
	assert_int_equal(elevenlabs_signed_url(&w->vendor, w->mem, AGENT, 0, &url, &limit), -1);
	assert_int_equal(limit.retry_after, 12);
	fake_http_answer(&w->http, 503, "");
	fake_http_header(&w->http, "retry-after", "Thu, 20 Nov 2025 10:00:05 GMT");
	assert_int_equal(elevenlabs_signed_url(&w->vendor, w->mem, AGENT, 0, &url, &away), -1);
	assert_int_equal(away.retry_after, 5);
}

static void a_lost_answer_to_a_question_may_be_asked_again(void **state)
{
	struct world *w = *state;
	const char *url;
	struct err err = { 0 };

	fake_http_fail(&w->http, ERR_UNKNOWN);
	assert_int_equal(elevenlabs_signed_url(&w->vendor, w->mem, AGENT, 0, &url, &err), -1);
	assert_int_equal(err.kind, ERR_UPSTREAM);
}

static void a_conversation_comes_as_recorded(void **state)
{
	struct world *w = *state;
	struct json_object *c;
	struct err err = { 0 };
	size_t turns;

	fake_http_answer(&w->http, 200, recorded(w, "conversation_get.200"));
	assert_int_equal(elevenlabs_conversation(&w->vendor, w->mem, CONVERSATION, &c, &err), 0);
	assert_string_equal(w->http.calls[0].url, "https://api.elevenlabs.io/v1/convai/conversations/" CONVERSATION);
	assert_string_equal(json_text(c, "status"), "done");
	json_list(c, "transcript", &turns);
	assert_true(turns > 0);
}

static void somebody_elses_conversation_is_not_taken(void **state)
{
	struct world *w = *state;
	struct json_object *c;
	struct err err = { 0 };

	fake_http_answer(&w->http, 200, recorded(w, "conversation_get.200"));
	assert_int_equal(elevenlabs_conversation(&w->vendor, w->mem, "conv_other", &c, &err), -1);
	assert_int_equal(err.kind, ERR_UPSTREAM);
}

static void an_id_that_could_leave_its_path_is_never_sent(void **state)
{
	struct world *w = *state;
	static const char *const ids[] = { "", "../agents", "a/b", "a?b", "a b", "%2e%2e" };

	for (size_t i = 0; i < ARRAY_LEN(ids); i++) {
		struct json_object *c;
		struct err err = { 0 };

		check_row(ids[i], elevenlabs_conversation(&w->vendor, w->mem, ids[i], &c, &err) == -1);
		check_row(ids[i], err.kind == ERR_REFUSED);
	}
	assert_int_equal(w->http.call_count, 0);
}

#define ITEM(id, agent, start, status) \
	"{\"conversation_id\":\"" id "\",\"agent_id\":\"" agent "\",\"start_time_unix_secs\":" start ",\"status\":\"" status "\"}"

static void finished_conversations_are_collected_over_the_pages(void **state)
{
	struct world *w = *state;
	const char *ids[10];
	struct err err = { 0 };
	size_t count;

	fake_http_answer(&w->http, 200,
			 "{\"conversations\":[" ITEM("c5", "a", "1005", "done") "," ITEM("c4", "a", "1004", "processing") ","
			 ITEM("c3", "other", "1003", "done") "],\"has_more\":true,\"next_cursor\":\"n/1\"}");
	fake_http_answer(&w->http, 200,
			 "{\"conversations\":[" ITEM("c2", "a", "1000", "failed") "," ITEM("c1", "a", "999", "done") ","
			 ITEM("../x", "a", "1001", "done") ",7],\"has_more\":false,\"next_cursor\":null}");
	assert_int_equal(elevenlabs_conversations(&w->vendor, w->mem, "a", 1000, ids, 10, &count, &err), 0);
	assert_int_equal(count, 2);
	assert_string_equal(ids[0], "c5");
	assert_string_equal(ids[1], "c2");
	assert_string_equal(w->http.calls[0].url,
			    "https://api.elevenlabs.io/v1/convai/conversations?agent_id=a&call_start_after_unix=999&page_size=100");
	assert_true(strstr(w->http.calls[1].url, "&cursor=n%2F1") != NULL);
}

static void the_list_stops_where_the_room_does(void **state)
{
	struct world *w = *state;
	const char *ids[1];
	struct err err = { 0 };
	size_t count;

	fake_http_answer(&w->http, 200,
			 "{\"conversations\":[" ITEM("c2", "a", "2", "done") "," ITEM("c1", "a", "1", "done") "],\"has_more\":true,\"next_cursor\":\"n\"}");
	assert_int_equal(elevenlabs_conversations(&w->vendor, w->mem, "a", 0, ids, 1, &count, &err), 0);
	assert_int_equal(count, 1);
	assert_int_equal(w->http.call_count, 1);
}

static void a_list_without_end_or_without_list_is_an_error(void **state)
{
	struct world *w = *state;
	const char *ids[1];
	struct err endless = { 0 }, none = { 0 };
	size_t count;

	for (int i = 0; i < 200; i++)
		fake_http_answer(&w->http, 200, "{\"conversations\":[],\"has_more\":true,\"next_cursor\":\"same\"}");
	assert_int_equal(elevenlabs_conversations(&w->vendor, w->mem, "a", 0, ids, 1, &count, &endless), -1);
	assert_int_equal(endless.kind, ERR_UPSTREAM);
	assert_int_equal(w->http.unanswered, 0);
	fake_http_answer(&w->http, 200, "{\"has_more\":false}");
	assert_int_equal(elevenlabs_conversations(&w->vendor, w->mem, "a", 0, ids, 1, &count, &none), -1);
	assert_int_equal(none.kind, ERR_UPSTREAM);
}

static void the_recorded_list_is_read(void **state)
{
	struct world *w = *state;
	const char *ids[4];
	struct err err = { 0 };
	size_t count;

	fake_http_answer(&w->http, 200, recorded(w, "conversations_list.200"));
	assert_int_equal(elevenlabs_conversations(&w->vendor, w->mem, AGENT, 1763000000, ids, 4, &count, &err), 0);
	assert_int_equal(count, 1);
	assert_string_equal(ids[0], CONVERSATION);
}

static void an_agent_is_read_by_its_id(void **state)
{
	struct world *w = *state;
	struct json_object *agent;
	struct err err = { 0 };

	fake_http_answer(&w->http, 200, "{\"agent_id\":\"a/1\"}");
	assert_int_equal(elevenlabs_agent(&w->vendor, w->mem, "a/1", &agent, &err), 0);
	assert_string_equal(w->http.calls[0].url, "https://api.elevenlabs.io/v1/convai/agents/a%2F1");
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(a_signed_url_is_asked_for_within_the_given_time),
		TEST(only_an_absolute_websocket_address_is_a_signed_url),
		TEST(each_refusal_has_its_class_and_quotes_nothing),
		TEST(the_wait_is_taken_from_the_answer),
		TEST(a_lost_answer_to_a_question_may_be_asked_again),
		TEST(a_conversation_comes_as_recorded),
		TEST(somebody_elses_conversation_is_not_taken),
		TEST(an_id_that_could_leave_its_path_is_never_sent),
		TEST(finished_conversations_are_collected_over_the_pages),
		TEST(the_list_stops_where_the_room_does),
		TEST(a_list_without_end_or_without_list_is_an_error),
		TEST(the_recorded_list_is_read),
		TEST(an_agent_is_read_by_its_id),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
