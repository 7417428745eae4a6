/* Cerebras' client against queued answers: the request keeps to the strict rules,
 * only a whole answer counts, nothing billed is repeated, and "too long" is told
 * apart so that the caller can shrink its question. */
#include "tests/support/check.h"

#include <string.h>

#include "base/json.h"
#include "base/limits.h"
#include "tests/support/fake_http.h"
#include "vendors/cerebras.h"

#define OURS "Ada Lovelace"

struct world {
	struct arena *mem;
	struct fake_http http;
	struct fixed_clock clock;
	struct cerebras vendor;
	struct cerebras_question question;
};

static int setup(void **state)
{
	struct world *w = calloc(1, sizeof(*w));

	w->mem = arena_new();
	fake_http_init(&w->http, w->mem);
	fixed_clock_init(&w->clock, 1763632800000);
	w->vendor = (struct cerebras){ &w->http.base, &w->clock.base, "https://api.cerebras.ai", "csk-1", "gpt-oss-120b" };
	w->question = (struct cerebras_question){
		.schema_name = "evaluation",
		.schema = "{\"type\":\"object\",\"properties\":{},\"required\":[],\"additionalProperties\":false}",
		.system = STR("You \"judge\"."),
		.user = STR(OURS "\n\xff"),
		.max_completion_tokens = 4096,
	};
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

static int ask(struct world *w, struct json_object **answer, struct err *err)
{
	return cerebras_ask(&w->vendor, w->mem, &w->question, answer, err);
}

#define ANSWER(finish, content) \
	"{\"choices\":[{\"index\":0,\"finish_reason\":" finish ",\"message\":{\"role\":\"assistant\",\"content\":" content "}}]}"
#define GOOD ANSWER("\"stop\"", "\"{\\\"result\\\":\\\"pass\\\"}\"")

static struct json_object *sent(struct world *w)
{
	struct err err = { 0 };
	struct json_object *o = json_read(w->mem, w->http.calls[0].body, &err);

	assert_non_null(o);
	return o;
}

static void a_question_goes_out_once_on_a_fresh_connection(void **state)
{
	struct world *w = *state;
	const struct http_call *call = &w->http.calls[0];
	struct json_object *answer, *messages;
	struct err err = { 0 };
	int64_t tokens;
	bool strict = false;
	size_t len;

	fake_http_answer(&w->http, 200, GOOD);
	assert_int_equal(ask(w, &answer, &err), 0);
	assert_string_equal(json_text(answer, "result"), "pass");
	assert_string_equal(call->url, "https://api.cerebras.ai/v1/chat/completions");
	assert_string_equal(fake_http_sent(call, "Authorization"), "Bearer csk-1");
	assert_string_equal(fake_http_sent(call, "Content-Type"), "application/json");
	assert_false(call->reuse);
	assert_int_equal(call->timeout_ms, LIMIT_MODEL_SECONDS * 1000);
	assert_string_equal(json_text(sent(w), "model"), "gpt-oss-120b");
	assert_string_equal(json_text(sent(w), "reasoning_effort"), "low");
	assert_true(json_int(sent(w), "max_completion_tokens", &tokens));
	assert_int_equal(tokens, 4096);
	assert_string_equal(json_text(sent(w), "response_format.type"), "json_schema");
	assert_string_equal(json_text(sent(w), "response_format.json_schema.name"), "evaluation");
	assert_true(json_flag(sent(w), "response_format.json_schema.strict", &strict) && strict);
	assert_string_equal(json_text(sent(w), "response_format.json_schema.schema.type"), "object");
	messages = json_list(sent(w), "messages", &len);
	assert_int_equal(len, 2);
	assert_string_equal(json_text(json_object_array_get_idx(messages, 0), "role"), "system");
	assert_string_equal(json_text(json_object_array_get_idx(messages, 0), "content"), "You \"judge\".");
	/* Bytes that are no UTF-8 must not make the whole request unreadable. */
	assert_string_equal(json_text(json_object_array_get_idx(messages, 1), "content"), OURS "\n\xef\xbf\xbd");
}

static void a_model_that_need_not_know_about_effort_is_not_told(void **state)
{
	struct world *w = *state;
	struct json_object *answer;
	struct err err = { 0 };

	w->vendor.model = "other-model";
	fake_http_answer(&w->http, 200, GOOD);
	assert_int_equal(ask(w, &answer, &err), 0);
	assert_null(json_get(sent(w), "reasoning_effort"));
}

struct failure {
	const char *name;
	int status;
	const char *body, *header, *value; /* header NULL: none */
	enum err_kind kind;
	const char *code;
	int wait;
};

#define WORDS(code) "{\"message\":\"" OURS "\",\"type\":\"invalid_request_error\",\"param\":\"x\",\"code\":" code "}"
#define TOO_LONG "{\"message\":\"Please reduce the length of the messages or completion. Current length is 9 while limit is 8\",\"type\":\"invalid_request_error\",\"code\":\"wrong\"}"

static const struct failure failures[] = {
	{ "cut by the token limit", 200, ANSWER("\"length\"", "\"{\\\"result\\\":\\\"pass\\\"}\""), NULL, NULL, ERR_UPSTREAM, "length", 0 },
	{ "filtered", 200, ANSWER("\"content_filter\"", "\"{}\""), NULL, NULL, ERR_REFUSED, "content_filter", 0 },
	{ "tool calls", 200, ANSWER("\"tool_calls\"", "null"), NULL, NULL, ERR_UPSTREAM, "tool_calls", 0 },
	{ "no finish", 200, ANSWER("null", "\"{}\""), NULL, NULL, ERR_UPSTREAM, "no_finish_reason", 0 },
	{ "content null", 200, ANSWER("\"stop\"", "null"), NULL, NULL, ERR_UPSTREAM, "no_content", 0 },
	{ "content empty", 200, ANSWER("\"stop\"", "\"\""), NULL, NULL, ERR_UPSTREAM, "no_content", 0 },
	{ "content is prose", 200, ANSWER("\"stop\"", "\"He passed.\""), NULL, NULL, ERR_UPSTREAM, "no_object", 0 },
	{ "content is a list", 200, ANSWER("\"stop\"", "\"[1]\""), NULL, NULL, ERR_UPSTREAM, "no_object", 0 },
	{ "content has more behind it", 200, ANSWER("\"stop\"", "\"{} {}\""), NULL, NULL, ERR_UPSTREAM, "no_object", 0 },
	{ "no choices", 200, "{\"choices\":[]}", NULL, NULL, ERR_UPSTREAM, "", 0 },
	{ "an error in HTTP 200", 200, "{\"error\":{\"message\":\"x\"}}", NULL, NULL, ERR_UPSTREAM, "", 0 },
	{ "HTML in HTTP 200", 200, "<html>", NULL, NULL, ERR_UPSTREAM, "", 0 },
	{ "empty", 200, "", NULL, NULL, ERR_UPSTREAM, "", 0 },
	{ "schema", 400, WORDS("\"wrong_api_format\""), NULL, NULL, ERR_REFUSED, "wrong_api_format", 0 },
	{ "too long by code", 400, WORDS("\"context_length_exceeded\""), NULL, NULL, ERR_REFUSED, "context_length_exceeded", 0 },
	{ "too long by words", 400, TOO_LONG, NULL, NULL, ERR_REFUSED, "context_length_exceeded", 0 },
	{ "too large", 413, "", NULL, NULL, ERR_REFUSED, "context_length_exceeded", 0 },
	{ "key", 401, WORDS("\"wrong_api_key\""), NULL, NULL, ERR_DENIED, "wrong_api_key", 0 },
	{ "no key, other shape", 403, "{\"detail\":\"Not authenticated\"}", NULL, NULL, ERR_DENIED, "", 0 },
	{ "payment", 402, WORDS("null"), NULL, NULL, ERR_REFUSED, "invalid_request_error", 0 },
	{ "model", 404, WORDS("\"model_not_found\""), NULL, NULL, ERR_REFUSED, "model_not_found", 0 },
	{ "unrouted path", 404, "", NULL, NULL, ERR_REFUSED, "", 0 },
	{ "validation", 422, WORDS("null"), NULL, NULL, ERR_REFUSED, "invalid_request_error", 0 },
	{ "timeout there", 408, "", NULL, NULL, ERR_UPSTREAM, "", 0 },
	{ "conflict", 409, "", NULL, NULL, ERR_UPSTREAM, "", 0 },
	{ "busy: the caller's own backoff", 429, WORDS("\"queue_exceeded\""), NULL, NULL, ERR_LIMIT, "queue_exceeded", 0 },
	{ "quota: a minute", 429, WORDS("\"request_quota_exceeded\""), NULL, NULL, ERR_LIMIT, "request_quota_exceeded", 60 },
	{ "quota with a reset", 429, WORDS("\"token_quota_exceeded\""), "x-ratelimit-reset-tokens-minute", "11.4", ERR_LIMIT, "token_quota_exceeded", 12 },
	{ "retry-after", 429, WORDS("\"token_quota_exceeded\""), "retry-after", "3", ERR_LIMIT, "token_quota_exceeded", 3 },
	{ "retry-after-ms", 429, "", "retry-after-ms", "250", ERR_LIMIT, "", 1 },
	{ "retry-after as a date", 503, "", "retry-after", "Thu, 20 Nov 2025 10:00:09 GMT", ERR_UPSTREAM, "", 9 },
	{ "retry-after unreadable", 429, "", "retry-after", "soon", ERR_LIMIT, "", 0 },
	{ "retry-after absurd", 503, "", "retry-after", "999999", ERR_UPSTREAM, "", LIMIT_RETRY_AFTER_S },
	{ "500", 500, "", NULL, NULL, ERR_UPSTREAM, "", 0 },
	{ "502 with HTML", 502, "<html>", NULL, NULL, ERR_UPSTREAM, "", 0 },
	{ "529", 529, "", NULL, NULL, ERR_UPSTREAM, "", 0 },
	{ "redirect", 302, "", NULL, NULL, ERR_UPSTREAM, "", 0 },
	{ "told to repeat", 400, WORDS("\"wrong_api_format\""), "x-should-retry", "true", ERR_UPSTREAM, "wrong_api_format", 0 },
	{ "told not to repeat", 503, "", "x-should-retry", "false", ERR_REFUSED, "", 0 },
	{ "told nothing readable", 503, "", "x-should-retry", "perhaps", ERR_UPSTREAM, "", 0 },
};

static void each_failure_has_its_class_and_quotes_nothing(void **state)
{
	struct world *w = *state;

	for (size_t i = 0; i < ARRAY_LEN(failures); i++) {
		const struct failure *f = &failures[i];
		struct json_object *answer;
		struct err err = { 0 };

		fake_http_answer(&w->http, f->status, f->body);
		if (f->header)
			fake_http_header(&w->http, f->header, f->value);
		check_row(f->name, ask(w, &answer, &err) == -1);
		check_row_text(f->name, err_kind_name(err.kind), err_kind_name(f->kind));
		check_row_text(f->name, err.code, f->code);
		check_row(f->name, err.retry_after == f->wait);
		check_row(f->name, !strstr(err.msg, "Ada") && !strstr(err.msg, "csk-1") && !strstr(err.msg, "passed"));
	}
	assert_int_equal(w->http.call_count, ARRAY_LEN(failures)); /* each is billed: none is repeated */
}

static void a_lost_answer_stays_unknown_because_it_may_be_billed(void **state)
{
	struct world *w = *state;
	struct json_object *answer;
	struct err err = { 0 };

	fake_http_fail(&w->http, ERR_UNKNOWN);
	assert_int_equal(ask(w, &answer, &err), -1);
	assert_int_equal(err.kind, ERR_UNKNOWN);
}

static void a_question_over_our_own_bound_is_too_long_without_asking(void **state)
{
	struct world *w = *state;
	struct json_object *answer;
	struct err err = { 0 };

	w->question.user = (struct str){ arena_alloc(w->mem, 5 << 20), 5 << 20 };
	assert_int_equal(ask(w, &answer, &err), -1);
	assert_string_equal(err.code, "context_length_exceeded");
	assert_int_equal(w->http.call_count, 0);
}

static void the_configured_model_is_looked_for_in_the_list(void **state)
{
	struct world *w = *state;
	bool offered = false;
	struct err none = { 0 }, denied = { 0 }, unreadable = { 0 };

	fake_http_answer(&w->http, 200, "{\"object\":\"list\",\"data\":[{\"id\":\"x\"},{\"id\":\"gpt-oss-120b\"}]}");
	assert_int_equal(cerebras_model_offered(&w->vendor, w->mem, &offered, &none), 0);
	assert_true(offered);
	assert_string_equal(w->http.calls[0].url, "https://api.cerebras.ai/v1/models");
	fake_http_answer(&w->http, 200, "{\"object\":\"list\",\"data\":[{\"id\":\"gpt-oss-120\"},7]}");
	assert_int_equal(cerebras_model_offered(&w->vendor, w->mem, &offered, &none), 0);
	assert_false(offered);
	fake_http_answer(&w->http, 401, WORDS("\"wrong_api_key\""));
	assert_int_equal(cerebras_model_offered(&w->vendor, w->mem, &offered, &denied), -1);
	assert_int_equal(denied.kind, ERR_DENIED);
	fake_http_answer(&w->http, 200, "{}");
	assert_int_equal(cerebras_model_offered(&w->vendor, w->mem, &offered, &unreadable), -1);
	assert_int_equal(unreadable.kind, ERR_UPSTREAM);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(a_question_goes_out_once_on_a_fresh_connection),
		TEST(a_model_that_need_not_know_about_effort_is_not_told),
		TEST(each_failure_has_its_class_and_quotes_nothing),
		TEST(a_lost_answer_stays_unknown_because_it_may_be_billed),
		TEST(a_question_over_our_own_bound_is_too_long_without_asking),
		TEST(the_configured_model_is_looked_for_in_the_list),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
