/* Linear's client against queued answers: what is sent, how refusals are classed,
 * what is never repeated, and that nothing of ours leaks into an error's text. */
#include "tests/support/check.h"

#include <string.h>

#include "base/json.h"
#include "tests/support/fake_http.h"
#include "vendors/linear.h"

enum { NOW_S = 1763632800 };

struct world {
	struct arena *mem;
	struct fake_http http;
	struct fixed_clock clock;
	struct linear linear;
};

#define ISSUE_ID "539068e2-ae88-4d09-bd75-22eb4a59612f"
#define COMMENT_ID "0b0e3d6a-9a53-4d58-8f0b-6a0d9b7c3e21"
#define SECRET_TEXT "Ada Lovelace <ada@example.org>"

#define ORGANIZATION "\"organization\":{\"id\":\"o1\",\"name\":\"Acme\",\"urlKey\":\"acme\"}"
#define LAST_PAGE "\"pageInfo\":{\"hasNextPage\":false,\"endCursor\":null}"
#define NEXT_PAGE(cursor) "\"pageInfo\":{\"hasNextPage\":true,\"endCursor\":\"" cursor "\"}"
#define REJECTION(message, code, type, status) \
	"{\"data\":null,\"errors\":[{\"message\":\"" message "\",\"extensions\":{\"code\":\"" code "\",\"type\":\"" type \
	"\",\"statusCode\":" status ",\"userPresentableMessage\":\"" SECRET_TEXT "\"}}]}"
#define CONFLICT REJECTION("conflict on insert of Comment", "INPUT_ERROR", "invalid input", "400")

static int setup(void **state)
{
	struct world *w = calloc(1, sizeof(*w));

	w->mem = arena_new();
	fake_http_init(&w->http, w->mem);
	fixed_clock_init(&w->clock, NOW_S * 1000LL);
	w->linear = (struct linear){ &w->http.base, &w->clock.base, "http://127.0.0.1:9", "lin_api_key" };
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

static struct json_object *sent(struct world *w, size_t call)
{
	struct err err = { 0 };
	struct json_object *o = json_read(w->mem, w->http.calls[call].body, &err);

	assert_non_null(o);
	return o;
}

static void a_query_goes_out_with_the_bare_key_and_may_be_repeated(void **state)
{
	struct world *w = *state;
	struct linear_organization org;
	struct err err = { 0 };
	const struct http_call *call = &w->http.calls[0];

	fake_http_answer(&w->http, 200, "{\"data\":{" ORGANIZATION "}}");
	assert_int_equal(linear_organization_get(&w->linear, w->mem, &org, &err), 0);
	assert_string_equal(org.url_key, "acme");
	assert_string_equal(call->method, "POST");
	assert_string_equal(call->url, "http://127.0.0.1:9/graphql");
	assert_string_equal(fake_http_sent(call, "Authorization"), "lin_api_key");
	assert_string_equal(fake_http_sent(call, "Content-Type"), "application/json");
	assert_true(call->reuse);
	assert_true(str_starts(json_str(sent(w, 0), "query"), STR("query Organization")));
}

static void an_issue_comes_with_its_organization_in_one_request(void **state)
{
	struct world *w = *state;
	struct linear_issue issue;
	struct err err = { 0 };

	fake_http_answer(&w->http, 200,
			 "{\"data\":{\"issue\":{\"id\":\"" ISSUE_ID "\",\"identifier\":\"HIR-42\",\"title\":\"T\",\"url\":null,"
			 "\"description\":\"Name: Ada\",\"archivedAt\":null,\"trashed\":true,\"state\":{\"id\":\"s1\",\"name\":\"Screening\"},"
			 "\"team\":{\"id\":\"t1\"},\"project\":{\"name\":\"P\",\"description\":\"short\",\"content\":\"long\"}},"
			 ORGANIZATION "}}");
	assert_int_equal(linear_issue_get(&w->linear, w->mem, "HIR-42", &issue, &err), 0);
	assert_int_equal(w->http.call_count, 1);
	assert_string_equal(json_text(sent(w, 0), "variables.id"), "HIR-42");
	assert_string_equal(issue.id, ISSUE_ID);
	assert_string_equal(issue.description, "Name: Ada");
	assert_string_equal(issue.project_content, "long");
	assert_string_equal(issue.organization.name, "Acme");
	assert_string_equal(issue.state.name, "Screening");
	assert_string_equal(issue.team_id, "t1");
	assert_null(issue.url);
	assert_true(issue.trashed);
	assert_true(issue.has_project);
}

static void an_issue_without_project_is_whole_and_an_archived_one_counts_as_trashed(void **state)
{
	struct world *w = *state;
	struct linear_issue issue;
	struct err err = { 0 };

	fake_http_answer(&w->http, 200,
			 "{\"data\":{\"issue\":{\"id\":\"i\",\"identifier\":\"HIR-1\",\"trashed\":null,"
			 "\"archivedAt\":\"2026-01-01T00:00:00.000Z\",\"state\":{\"id\":\"s\",\"name\":\"S\"},"
			 "\"team\":{\"id\":\"t\"},\"project\":null}," ORGANIZATION "}}");
	assert_int_equal(linear_issue_get(&w->linear, w->mem, "i", &issue, &err), 0);
	assert_false(issue.has_project);
	assert_null(issue.description);
	assert_true(issue.trashed);
}

struct refusal {
	const char *name;
	int status;
	const char *body;
	enum err_kind kind;
	const char *code;
};

static const struct refusal refusals[] = {
	{ "rate limit comes as 400", 400, REJECTION("Rate limit exceeded", "RATELIMITED", "ratelimited", "429"), ERR_LIMIT, "RATELIMITED" },
	{ "429 without JSON", 429, "slow down", ERR_LIMIT, "" },
	{ "bad key", 401, REJECTION("no", "AUTHENTICATION_ERROR", "authentication error", "401"), ERR_DENIED, "AUTHENTICATION_ERROR" },
	{ "bad key in HTTP 200", 200, REJECTION("no", "AUTHENTICATION_ERROR", "authentication error", "401"), ERR_DENIED, "AUTHENTICATION_ERROR" },
	{ "401 with unknown words", 401, "{\"errors\":[{\"message\":\"no\"}]}", ERR_DENIED, "" },
	{ "401 without JSON", 401, "<html>", ERR_DENIED, "" },
	{ "forbidden", 200, REJECTION("no", "FORBIDDEN", "forbidden", "403"), ERR_DENIED, "FORBIDDEN" },
	{ "not found by code", 200, REJECTION("x", "ENTITY_NOT_FOUND", "invalid input", "400"), ERR_MISSING, "ENTITY_NOT_FOUND" },
	{ "not found by words", 200, REJECTION("Entity not found: Issue", "INPUT_ERROR", "invalid input", "400"), ERR_MISSING, "INPUT_ERROR" },
	{ "bad input", 200, REJECTION("Argument Validation Error", "INVALID_INPUT", "invalid input", "400"), ERR_REFUSED, "INVALID_INPUT" },
	{ "plan", 200, REJECTION("limit", "USAGE_LIMIT_EXCEEDED", "usage limit exceeded", "400"), ERR_REFUSED, "USAGE_LIMIT_EXCEEDED" },
	{ "schema", 400, REJECTION("Cannot query field", "GRAPHQL_VALIDATION_FAILED", "graphql error", "400"), ERR_REFUSED, "GRAPHQL_VALIDATION_FAILED" },
	{ "lock timeout", 200, REJECTION("lock", "LOCK_TIMEOUT", "lock timeout", "500"), ERR_UPSTREAM, "LOCK_TIMEOUT" },
	{ "internal error", 200, REJECTION("oops", "INTERNAL_SERVER_ERROR", "internal error", "500"), ERR_UPSTREAM, "INTERNAL_SERVER_ERROR" },
	{ "a failing server's final word", 503, REJECTION("bad", "INPUT_ERROR", "invalid input", "400"), ERR_UPSTREAM, "INPUT_ERROR" },
	{ "5xx with HTML", 502, "<html>Bad gateway</html>", ERR_UPSTREAM, "" },
	{ "4xx with HTML", 404, "<html>", ERR_REFUSED, "" },
	{ "redirect", 302, "", ERR_UPSTREAM, "" },
	{ "HTML in HTTP 200", 200, "<html>Welcome to the hotel network</html>", ERR_UPSTREAM, "" },
	{ "empty", 200, "", ERR_UPSTREAM, "" },
	{ "cut off", 200, "{\"data\":{\"issue\":{\"id\"", ERR_UPSTREAM, "" },
	{ "no data", 200, "{}", ERR_UPSTREAM, "" },
	{ "data is null", 200, "{\"data\":null}", ERR_UPSTREAM, "" },
	{ "issue is null", 200, "{\"data\":{\"issue\":null}}", ERR_UPSTREAM, "" },
	{ "state is no object", 200, "{\"data\":{\"issue\":{\"state\":[]}}}", ERR_UPSTREAM, "" },
	{ "errors that are no objects", 200, "{\"errors\":[7],\"data\":{}}", ERR_REFUSED, "" },
	{ "an error beside partial data", 200,
	  "{\"data\":{\"issue\":{\"id\":\"i\",\"state\":{\"id\":\"s\",\"name\":\"S\"}}},\"errors\":[{\"message\":\"" SECRET_TEXT "\"}]}",
	  ERR_REFUSED, "" },
	{ "a code that quotes us", 200, REJECTION("x", SECRET_TEXT, "y", "400"), ERR_REFUSED, "" },
};

static void each_refusal_has_its_class_and_quotes_nothing(void **state)
{
	struct world *w = *state;

	for (size_t i = 0; i < ARRAY_LEN(refusals); i++) {
		const struct refusal *r = &refusals[i];
		struct linear_state s;
		struct err err = { 0 };

		fake_http_answer(&w->http, r->status, r->body);
		check_row(r->name, linear_issue_state(&w->linear, w->mem, "i", &s, &err) == -1);
		check_row_text(r->name, err_kind_name(err.kind), err_kind_name(r->kind));
		check_row_text(r->name, err.code, r->code);
		check_row(r->name, !strstr(err.msg, "Ada") && !strstr(err.msg, "lin_api_key"));
	}
	assert_int_equal(w->http.call_count, ARRAY_LEN(refusals)); /* nothing is repeated */
}

static void a_lost_answer_is_unknown_after_a_change_and_harmless_after_a_question(void **state)
{
	struct world *w = *state;
	static const struct {
		const char *name, *body;
		int status;
	} rows[] = {
		{ "bad gateway", "", 502 },
		{ "HTML", "<html>", 200 },
		{ "no outcome", "{\"data\":{\"issueUpdate\":{}}}", 200 },
		{ "internal error", REJECTION("x", "INTERNAL_SERVER_ERROR", "internal error", "500"), 200 },
	};
	struct linear_state s;
	struct err question = { 0 }, change = { 0 };

	fake_http_fail(&w->http, ERR_UNKNOWN);
	fake_http_fail(&w->http, ERR_UNKNOWN);
	assert_int_equal(linear_issue_state(&w->linear, w->mem, "i", &s, &question), -1);
	assert_int_equal(question.kind, ERR_UPSTREAM);
	assert_int_equal(linear_issue_move(&w->linear, w->mem, "i", "s", &change), -1);
	assert_int_equal(change.kind, ERR_UNKNOWN);
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		struct err err = { 0 };

		fake_http_answer(&w->http, rows[i].status, rows[i].body);
		check_row(rows[i].name, linear_issue_move(&w->linear, w->mem, "i", "s", &err) == -1);
		check_row_text(rows[i].name, err_kind_name(err.kind), "unknown");
	}
}

static void the_rate_limit_waits_for_the_emptied_bucket(void **state)
{
	struct world *w = *state;
	static const struct {
		const char *name, *headers[6]; /* name, value, ... */
		int wait;
	} rows[] = {
		{ "requests", { "x-ratelimit-requests-reset", "1763632811500" }, 12 },
		{ "the empty one of two",
		  { "x-ratelimit-requests-reset", "1763632805000", "x-ratelimit-requests-remaining", "0",
		    "x-ratelimit-complexity-reset", "1763633800000" },
		  5 },
		{ "none is said to be empty: the slowest",
		  { "x-ratelimit-requests-reset", "1763632805000", "x-ratelimit-complexity-reset", "1763632900000" }, 100 },
		{ "Retry-After first", { "retry-after", "7", "x-ratelimit-requests-reset", "1763632900000" }, 7 },
		{ "capped", { "x-ratelimit-requests-reset", "1863632900000" }, 3600 },
		{ "in the past", { "x-ratelimit-requests-reset", "1763632700000" }, 0 },
		{ "unreadable", { "x-ratelimit-requests-reset", "soon" }, 0 },
		{ "absent", { NULL }, 0 },
	};

	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		struct linear_state s;
		struct err err = { 0 };

		fake_http_answer(&w->http, 400, refusals[0].body);
		for (size_t h = 0; h < ARRAY_LEN(rows[i].headers) && rows[i].headers[h]; h += 2)
			fake_http_header(&w->http, rows[i].headers[h], rows[i].headers[h + 1]);
		check_row(rows[i].name, linear_issue_state(&w->linear, w->mem, "i", &s, &err) == -1);
		check_row(rows[i].name, err.kind == ERR_LIMIT);
		check_row(rows[i].name, err.retry_after == rows[i].wait);
	}
}

static void a_server_that_is_away_may_say_for_how_long(void **state)
{
	struct world *w = *state;
	struct linear_state s;
	struct err question = { 0 }, change = { 0 };

	fake_http_answer(&w->http, 503, "");
	fake_http_header(&w->http, "retry-after", "9");
	assert_int_equal(linear_issue_state(&w->linear, w->mem, "i", &s, &question), -1);
	assert_int_equal(question.retry_after, 9);
	fake_http_answer(&w->http, 503, "");
	fake_http_header(&w->http, "retry-after", "9");
	assert_int_equal(linear_issue_move(&w->linear, w->mem, "i", "s", &change), -1);
	assert_int_equal(change.retry_after, 9);
}

static void a_team_state_is_found_on_a_later_page_whatever_its_case(void **state)
{
	struct world *w = *state;
	struct linear_state s;
	struct err err = { 0 };

	fake_http_answer(&w->http, 200, "{\"data\":{\"workflowStates\":{\"nodes\":[{\"id\":\"a\",\"name\":\"Todo\"}]," NEXT_PAGE("c1") "}}}");
	fake_http_answer(&w->http, 200, "{\"data\":{\"workflowStates\":{\"nodes\":[{\"id\":\"b\",\"name\":\"Screening\"}]," LAST_PAGE "}}}");
	assert_int_equal(linear_team_state(&w->linear, w->mem, "t1", "screening", &s, &err), 0);
	assert_string_equal(s.id, "b");
	assert_null(json_get(json_get(sent(w, 0), "variables"), "after"));
	assert_string_equal(json_text(sent(w, 1), "variables.after"), "c1");
	assert_string_equal(json_text(sent(w, 1), "variables.teamId"), "t1");
}

static void a_team_without_the_state_is_told_apart_from_a_failure(void **state)
{
	struct world *w = *state;
	struct linear_state s;
	struct err err = { 0 };

	fake_http_answer(&w->http, 200, "{\"data\":{\"workflowStates\":{\"nodes\":[{\"id\":\"a\",\"name\":\"Todo\"}]," LAST_PAGE "}}}");
	assert_int_equal(linear_team_state(&w->linear, w->mem, "t1", "Done", &s, &err), -1);
	assert_int_equal(err.kind, ERR_MISSING);
}

static void a_list_that_never_ends_is_an_error(void **state)
{
	struct world *w = *state;
	struct linear_state s;
	struct err err = { 0 };

	for (size_t i = 0; i < 200; i++)
		fake_http_answer(&w->http, 200, "{\"data\":{\"workflowStates\":{\"nodes\":[]," NEXT_PAGE("same") "}}}");
	assert_int_equal(linear_team_state(&w->linear, w->mem, "t1", "Done", &s, &err), -1);
	assert_int_equal(err.kind, ERR_UPSTREAM);
	assert_int_equal(w->http.unanswered, 0);
}

static void a_move_is_absolute_and_must_succeed(void **state)
{
	struct world *w = *state;
	struct err ok = { 0 }, refused = { 0 };

	fake_http_answer(&w->http, 200, "{\"data\":{\"issueUpdate\":{\"success\":true}}}");
	assert_int_equal(linear_issue_move(&w->linear, w->mem, ISSUE_ID, "s2", &ok), 0);
	assert_string_equal(json_text(sent(w, 0), "variables.stateId"), "s2");
	assert_false(w->http.calls[0].reuse);
	fake_http_answer(&w->http, 200, "{\"data\":{\"issueUpdate\":{\"success\":false}}}");
	assert_int_equal(linear_issue_move(&w->linear, w->mem, ISSUE_ID, "s2", &refused), -1);
	assert_int_equal(refused.kind, ERR_REFUSED);
}

static void a_comment_carries_its_id_and_its_text_survives(void **state)
{
	struct world *w = *state;
	struct err err = { 0 };

	fake_http_answer(&w->http, 200, "{\"data\":{\"commentCreate\":{\"success\":true,\"comment\":{\"id\":\"" COMMENT_ID "\"}}}}");
	assert_int_equal(linear_comment_create(&w->linear, w->mem, COMMENT_ID, ISSUE_ID, STR("a \"b\"\n\xf0\x9f\x8e\x89\xff"), &err), 0);
	assert_string_equal(json_text(sent(w, 0), "variables.input.id"), COMMENT_ID);
	assert_string_equal(json_text(sent(w, 0), "variables.input.issueId"), ISSUE_ID);
	assert_string_equal(json_text(sent(w, 0), "variables.input.body"), "a \"b\"\n\xf0\x9f\x8e\x89\xef\xbf\xbd");
	assert_false(w->http.calls[0].reuse);
}

static void a_conflict_is_success_when_the_object_is_ours(void **state)
{
	struct world *w = *state;
	static const struct {
		const char *name, *read;
		enum err_kind kind;
	} rows[] = {
		{ "ours by id", "{\"data\":{\"comment\":{\"id\":\"c\",\"issue\":{\"id\":\"" ISSUE_ID "\",\"identifier\":\"HIR-1\"}}}}", ERR_NONE },
		{ "of another issue", "{\"data\":{\"comment\":{\"id\":\"c\",\"issue\":{\"id\":\"other\",\"identifier\":\"HIR-2\"}}}}", ERR_REFUSED },
		{ "of no issue", "{\"data\":{\"comment\":{\"id\":\"c\",\"issue\":null}}}", ERR_REFUSED },
		{ "gone", REJECTION("Entity not found: Comment", "INPUT_ERROR", "invalid input", "400"), ERR_MISSING },
		{ "unreadable", "<html>", ERR_UPSTREAM },
	};

	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		struct err err = { 0 };
		size_t before = w->http.call_count;

		fake_http_answer(&w->http, 200, CONFLICT);
		fake_http_answer(&w->http, 200, rows[i].read);
		check_row(rows[i].name, linear_comment_create(&w->linear, w->mem, COMMENT_ID, ISSUE_ID, STR("x"), &err) ==
						(rows[i].kind ? -1 : 0));
		check_row_text(rows[i].name, err_kind_name(err.kind), err_kind_name(rows[i].kind));
		check_row(rows[i].name, w->http.call_count == before + 2);
	}
}

static void bad_input_is_not_taken_for_a_conflict(void **state)
{
	struct world *w = *state;
	struct err err = { 0 };

	fake_http_answer(&w->http, 200, REJECTION("issueId must be a UUID", "INPUT_ERROR", "invalid input", "400"));
	assert_int_equal(linear_comment_create(&w->linear, w->mem, COMMENT_ID, ISSUE_ID, STR("x"), &err), -1);
	assert_int_equal(err.kind, ERR_REFUSED);
	assert_int_equal(w->http.call_count, 1);
}

static void an_attachment_may_be_repeated_and_named_by_the_identifier(void **state)
{
	struct world *w = *state;
	struct err err = { 0 };

	fake_http_answer(&w->http, 200, REJECTION("conflict on insert of Attachment", "INPUT_ERROR", "invalid input", "400"));
	fake_http_answer(&w->http, 200, "{\"data\":{\"attachment\":{\"id\":\"a\",\"issue\":{\"id\":\"i\",\"identifier\":\"HIR-42\"}}}}");
	assert_int_equal(linear_attachment_create(&w->linear, w->mem, COMMENT_ID, "HIR-42", "Transcript", NULL, "https://x/y", &err), 0);
	assert_string_equal(json_text(sent(w, 0), "variables.input.url"), "https://x/y");
	assert_null(json_get(json_path(sent(w, 0), "variables.input"), "subtitle"));
}

#define SLOT(url, asset, headers) \
	"{\"data\":{\"fileUpload\":{\"success\":true,\"uploadFile\":{\"uploadUrl\":\"" url "\",\"assetUrl\":\"" asset \
	"\",\"headers\":[" headers "]}}}}"
#define GOOD_SLOT \
	SLOT("https://storage.example/u?sig=1", "https://uploads.linear.app/a", \
	     "{\"key\":\"x-goog-content-length-range\",\"value\":\"5,5\"},{\"key\":\"Content-Disposition\",\"value\":\"attachment; filename=\\\"t.md\\\"\"}")

static int upload(struct world *w, const char **asset, struct err *err)
{
	return linear_file_upload(&w->linear, w->mem, "t.md", "text/markdown", STR("a\0b\nc"), asset, err);
}

static void an_upload_sends_exactly_the_headers_of_its_slot_and_no_key(void **state)
{
	struct world *w = *state;
	const struct http_call *put = &w->http.calls[1];
	const char *asset;
	struct err err = { 0 };
	int64_t size;
	int headers = 0;

	fake_http_answer(&w->http, 200, GOOD_SLOT);
	fake_http_answer(&w->http, 201, "");
	assert_int_equal(upload(w, &asset, &err), 0);
	assert_string_equal(asset, "https://uploads.linear.app/a");
	assert_true(json_int(sent(w, 0), "variables.size", &size));
	assert_int_equal(size, 5);
	assert_string_equal(put->method, "PUT");
	assert_string_equal(put->url, "https://storage.example/u?sig=1");
	assert_int_equal(put->body.len, 5);
	assert_memory_equal(put->body.ptr, "a\0b\nc", 5);
	assert_string_equal(fake_http_sent(put, "x-goog-content-length-range"), "5,5");
	assert_string_equal(fake_http_sent(put, "Content-Disposition"), "attachment; filename=\"t.md\"");
	assert_string_equal(fake_http_sent(put, "Content-Type"), "text/markdown");
	assert_string_equal(fake_http_sent(put, "Cache-Control"), "public, max-age=31536000");
	while (headers < HTTP_HEADERS && put->headers[headers].name)
		headers++;
	assert_int_equal(headers, 4); /* so no Authorization either */
}

static void headers_of_the_slot_win_over_ours(void **state)
{
	struct world *w = *state;
	const char *asset;
	struct err err = { 0 };

	fake_http_answer(&w->http, 200, SLOT("https://s/u", "https://s/a", "{\"key\":\"content-type\",\"value\":\"text/plain\"}"));
	fake_http_answer(&w->http, 200, "");
	assert_int_equal(upload(w, &asset, &err), 0);
	assert_string_equal(w->http.calls[1].headers[0].value, "text/plain");
	assert_string_equal(w->http.calls[1].headers[1].name, "Cache-Control");
	assert_null(w->http.calls[1].headers[2].name);
}

#define ONE_HEADER "{\"key\":\"x\",\"value\":\"1\"}"
#define FIVE_HEADERS ONE_HEADER "," ONE_HEADER "," ONE_HEADER "," ONE_HEADER "," ONE_HEADER

static void a_slot_that_leads_elsewhere_is_not_used(void **state)
{
	struct world *w = *state;
	static const char *const slots[] = {
		SLOT("http://storage.example/u", "https://s/a", ""),
		SLOT("http://localhost.example/u", "https://s/a", ""),
		SLOT("http://127.0.0.1.example/u", "https://s/a", ""),
		SLOT("http://127.0.0.1:80@evil.example/u", "https://s/a", ""),
		SLOT("https://s@evil.example/u", "https://s/a", ""),
		SLOT("file:///etc/passwd", "https://s/a", ""),
		SLOT("https:///u", "https://s/a", ""),
		SLOT("https://s/u v", "https://s/a", ""),
		SLOT("https://s/u", "javascript:alert(1)", ""),
		SLOT("https://s/u", "https://s/a", "{\"key\":\"x\",\"value\":\"1\\r\\nhost: evil\"}"),
		SLOT("https://s/u", "https://s/a", "{\"key\":\"x: y\",\"value\":\"1\"}"),
		SLOT("https://s/u", "https://s/a", "{\"key\":\"x\"}"),
		SLOT("https://s/u", "https://s/a", FIVE_HEADERS "," FIVE_HEADERS "," FIVE_HEADERS),
		"{\"data\":{\"fileUpload\":{\"success\":true,\"uploadFile\":null}}}",
	};

	for (size_t i = 0; i < ARRAY_LEN(slots); i++) {
		const char *asset;
		struct err err = { 0 };

		fake_http_answer(&w->http, 200, slots[i]);
		check_row(slots[i], upload(w, &asset, &err) == -1);
		check_row_text(slots[i], err_kind_name(err.kind), "upstream");
		check_row(slots[i], w->http.call_count == i + 1);
	}
}

static void plain_http_storage_is_for_a_sandbox_only(void **state)
{
	struct world *w = *state;
	const char *asset;
	struct err sandbox = { 0 }, real = { 0 };

	fake_http_answer(&w->http, 200, SLOT("http://127.0.0.1:7/u", "http://localhost:7/a", ""));
	fake_http_answer(&w->http, 200, "");
	assert_int_equal(upload(w, &asset, &sandbox), 0);
	w->linear.base_url = "https://api.linear.app";
	fake_http_answer(&w->http, 200, SLOT("http://127.0.0.1:7/u", "http://localhost:7/a", ""));
	assert_int_equal(upload(w, &asset, &real), -1);
	assert_int_equal(w->http.unanswered, 0); /* the file was not sent */
}

static void an_expired_slot_is_asked_for_again_and_a_refused_file_is_not(void **state)
{
	struct world *w = *state;
	static const struct {
		int status;
		const char *kind;
	} rows[] = { { 403, "upstream" }, { 503, "upstream" }, { 429, "upstream" }, { 302, "upstream" }, { 400, "refused" }, { 413, "refused" } };

	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		const char *asset;
		struct err err = { 0 };

		fake_http_answer(&w->http, 200, GOOD_SLOT);
		fake_http_answer(&w->http, rows[i].status, "<Error>" SECRET_TEXT "</Error>");
		assert_int_equal(upload(w, &asset, &err), -1);
		assert_string_equal(err_kind_name(err.kind), rows[i].kind);
		assert_null(strstr(err.msg, "Ada"));
	}
}

static void an_empty_file_is_refused_without_asking(void **state)
{
	struct world *w = *state;
	const char *asset;
	struct err err = { 0 };

	assert_int_equal(linear_file_upload(&w->linear, w->mem, "t", "text/plain", STR(""), &asset, &err), -1);
	assert_int_equal(w->http.call_count, 0);
}

#define NODE(id, created, state, history) \
	"{\"id\":\"" id "\",\"createdAt\":\"" created "\",\"state\":{\"id\":\"s1\",\"name\":\"" state "\"},\"history\":{" history "}}"
#define MOVE(at, to) "{\"createdAt\":\"" at "\",\"toStateId\":\"" to "\"}"

static void entries_know_when_each_issue_last_entered_the_state(void **state)
{
	struct world *w = *state;
	struct linear_entry *entries;
	struct err err = { 0 };
	size_t count;

	fake_http_answer(&w->http, 200,
			 "{\"data\":{\"issues\":{\"nodes\":["
			 NODE("moved", "1970-01-01T00:00:01Z", "screening",
			      "\"nodes\":[" MOVE("1970-01-01T00:00:05Z", "s1") "," MOVE("1970-01-01T00:00:09Z", "s2") ","
			      MOVE("1970-01-01T00:00:03.000Z", "s1") ",{\"createdAt\":\"x\",\"toStateId\":null}]," LAST_PAGE) ","
			 NODE("elsewhere", "1970-01-01T00:00:01Z", "Done", "\"nodes\":[]," LAST_PAGE) "]," NEXT_PAGE("p2") "}}}");
	fake_http_answer(&w->http, 200,
			 "{\"data\":{\"issues\":{\"nodes\":["
			 NODE("created", "1970-01-01T00:00:02Z", "Screening", "\"nodes\":[]," LAST_PAGE) ","
			 NODE("long", "1970-01-01T00:00:01Z", "Screening", "\"nodes\":[]," NEXT_PAGE("h2")) "]," LAST_PAGE "}}}");
	fake_http_answer(&w->http, 200,
			 "{\"data\":{\"issue\":{\"history\":{\"nodes\":[" MOVE("1970-01-01T00:00:07Z", "s1") "]," LAST_PAGE "}}}}");
	assert_int_equal(linear_entries(&w->linear, w->mem, "Screening", 500, &entries, &count, &err), 0);
	assert_int_equal(count, 3);
	assert_string_equal(entries[0].issue_id, "moved");
	assert_int_equal(entries[0].entered_ms, 5000);
	assert_string_equal(entries[1].issue_id, "created");
	assert_int_equal(entries[1].entered_ms, 2000);
	assert_string_equal(entries[2].issue_id, "long");
	assert_int_equal(entries[2].entered_ms, 7000);
	assert_string_equal(json_text(sent(w, 0), "variables.since"), "1970-01-01T00:00:00.500Z");
	assert_string_equal(json_text(sent(w, 1), "variables.after"), "p2");
	assert_string_equal(json_text(sent(w, 2), "variables.after"), "h2");
}

static void no_entries_is_an_answer_and_an_unreadable_one_is_not(void **state)
{
	struct world *w = *state;
	struct linear_entry *entries;
	struct err ok = { 0 }, bad = { 0 };
	size_t count;

	fake_http_answer(&w->http, 200, "{\"data\":{\"issues\":{\"nodes\":[]," LAST_PAGE "}}}");
	assert_int_equal(linear_entries(&w->linear, w->mem, "Screening", 0, &entries, &count, &ok), 0);
	assert_int_equal(count, 0);
	fake_http_answer(&w->http, 200, "{\"data\":{\"issues\":{\"nodes\":[" NODE("i", "yesterday", "Screening", "\"nodes\":[]") "]," LAST_PAGE "}}}");
	assert_int_equal(linear_entries(&w->linear, w->mem, "Screening", 0, &entries, &count, &bad), -1);
	assert_int_equal(bad.kind, ERR_UPSTREAM);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(a_query_goes_out_with_the_bare_key_and_may_be_repeated),
		TEST(an_issue_comes_with_its_organization_in_one_request),
		TEST(an_issue_without_project_is_whole_and_an_archived_one_counts_as_trashed),
		TEST(each_refusal_has_its_class_and_quotes_nothing),
		TEST(a_lost_answer_is_unknown_after_a_change_and_harmless_after_a_question),
		TEST(the_rate_limit_waits_for_the_emptied_bucket),
		TEST(a_server_that_is_away_may_say_for_how_long),
		TEST(a_team_state_is_found_on_a_later_page_whatever_its_case),
		TEST(a_team_without_the_state_is_told_apart_from_a_failure),
		TEST(a_list_that_never_ends_is_an_error),
		TEST(a_move_is_absolute_and_must_succeed),
		TEST(a_comment_carries_its_id_and_its_text_survives),
		TEST(a_conflict_is_success_when_the_object_is_ours),
		TEST(bad_input_is_not_taken_for_a_conflict),
		TEST(an_attachment_may_be_repeated_and_named_by_the_identifier),
		TEST(an_upload_sends_exactly_the_headers_of_its_slot_and_no_key),
		TEST(headers_of_the_slot_win_over_ours),
		TEST(a_slot_that_leads_elsewhere_is_not_used),
		TEST(plain_http_storage_is_for_a_sandbox_only),
		TEST(an_expired_slot_is_asked_for_again_and_a_refused_file_is_not),
		TEST(an_empty_file_is_refused_without_asking),
		TEST(entries_know_when_each_issue_last_entered_the_state),
		TEST(no_entries_is_an_answer_and_an_unreadable_one_is_not),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
