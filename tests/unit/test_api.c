/* The JSON API of the interviews: who may come in, lists and their pages, actions. */
#include "tests/support/check.h"

#include <string.h>

#include "base/buf.h"
#include "base/json.h"
#include "screening/jobs.h"
#include "screening/session.h"
#include "store/keys.h"
#include "tests/support/api.h"

static const char *path_of(struct world *w, const char *id, const char *action)
{
	return arena_printf(w->app.mem, "/api/interviews/%s%s", id, action);
}

/* ---- who may come in ---- */

static void only_the_key_opens_the_api(void **state)
{
	static const struct {
		const char *name, *key;
		int status;
	} rows[] = {
		{ "the key", "Bearer " API_KEY, 200 },
		{ "the scheme in another case", "bearer " API_KEY, 200 },
		{ "none", "", 401 },
		{ "the key alone", API_KEY, 401 },
		{ "a wrong key", "Bearer the-key-of-the-apj", 401 },
		{ "a part of it", "Bearer the-key", 401 },
		{ "more than it", "Bearer " API_KEY "x", 401 },
		{ "an empty one", "Bearer ", 401 },
		{ "another scheme", "Basic " API_KEY, 401 },
	};
	struct world *w = *state;

	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		struct response *res = ask(w, (struct ask){ .uri = "/api/interviews", .key = rows[i].key });

		check_row(rows[i].name, res->status == rows[i].status);
		if (res->status == 401) {
			check_row_text(rows[i].name, text_of(w, res, "error.code"), "unauthorized");
			check_row(rows[i].name, str_find(buf_view(res->headers), STR("WWW-Authenticate: Bearer\r\n")));
		}
	}
}

static void without_a_key_in_the_settings_nobody_comes_in(void **state)
{
	static const char *const keys[] = { "Bearer ", "Bearer", "", "Bearer x" };
	struct world *w = *state;

	w->app.cfg.orchestrator_api_key = NULL;
	for (size_t i = 0; i < ARRAY_LEN(keys); i++)
		assert_int_equal(ask(w, (struct ask){ .uri = "/api/interviews", .key = keys[i] })->status, 401);
}

static void every_address_but_health_needs_the_key(void **state)
{
	static const struct {
		const char *method, *uri, *from, *forwarded;
		int status;
	} rows[] = {
		{ "GET", "/healthz", NULL, NULL, 200 },
		{ "GET", "/readyz", NULL, NULL, 200 },
		{ "GET", "/metrics", NULL, NULL, 401 },
		{ "GET", "/metrics", "127.0.0.1", NULL, 200 },
		{ "GET", "/metrics", "::1", NULL, 200 },
		{ "GET", "/metrics", "127.0.0.1", "192.0.2.7", 401 },
		{ "GET", "/api/interviews", "127.0.0.1", NULL, 401 },
		{ "GET", "/api/interviews/AAAAAAAAAAAAAAAAAAAAAA", NULL, NULL, 401 },
		{ "POST", "/api/interviews/AAAAAAAAAAAAAAAAAAAAAA/resend", NULL, NULL, 401 },
		{ "POST", "/api/interviews/AAAAAAAAAAAAAAAAAAAAAA/revoke", NULL, NULL, 401 },
		{ "POST", "/api/interviews/AAAAAAAAAAAAAAAAAAAAAA/re-evaluate", NULL, NULL, 401 },
	};
	struct world *w = *state;

	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		struct response *res = ask(w, (struct ask){ .method = rows[i].method, .uri = rows[i].uri, .key = "",
							    .from = rows[i].from, .forwarded = rows[i].forwarded });

		check_row(rows[i].uri, res->status == rows[i].status);
	}
}

/* ---- one interview ---- */

static void an_interview_has_the_members_of_the_contract_and_no_secret(void **state)
{
	static const char *const members[] = {
		"id", "issue_id", "candidate_name", "state", "email_state", "conversation_id", "result", "created_at", "expires_at",
		"company_name", "opened_at", "started_at", "ended_at", "evaluated_at", "generic_pointers",
	};
	struct world *w = *state;
	const char *secret, *id = add_session(w, "issue-1", &secret);
	struct response *res = get(w, path_of(w, id, ""));
	struct json_object *o = json_of(w, res);
	bool generic = false;

	assert_int_equal(res->status, 200);
	for (size_t i = 0; i < ARRAY_LEN(members); i++)
		check_row(members[i], json_object_object_get_ex(o, members[i], NULL));
	assert_string_equal(json_text(o, "id"), id);
	assert_string_equal(json_text(o, "candidate_name"), "Ada \"Countess\" Lovelace");
	assert_string_equal(json_text(o, "state"), "invited");
	assert_string_equal(json_text(o, "email_state"), "pending");
	assert_string_equal(json_text(o, "created_at"), "2025-11-20T10:00:00.000Z");
	assert_string_equal(json_text(o, "expires_at"), "2025-11-20T11:00:00.000Z");
	assert_null(json_get(o, "conversation_id"));
	assert_true(json_flag(o, "generic_pointers", &generic) && generic);
	assert_false(body_has(res, secret));
	res = get(w, "/api/interviews");
	assert_false(body_has(res, secret));
	assert_false(body_has(res, API_EMAIL));
}

static void what_is_no_interview_is_not_found(void **state)
{
	static const char *const paths[] = {
		"/api/interviews/", "/api/interviews/x", "/api/interviews/AAAAAAAAAAAAAAAAAAAAAA",
		"/api/interviews/..%2f..%2fx", "/api/interviews/AAAAAAAAAAAAAAAAAAAAAA/more", "/api/campaigns",
	};
	struct world *w = *state;

	for (size_t i = 0; i < ARRAY_LEN(paths); i++) {
		struct response *res = get(w, paths[i]);

		check_row(paths[i], res->status == 404);
		check_row_text(paths[i], text_of(w, res, "error.code"), "not_found");
	}
}

/* ---- the list ---- */

static void pages_show_every_interview_once_newest_first(void **state)
{
	static const size_t limits[] = { 1, 2, 3, 7, 100 };
	struct world *w = *state;
	const char *ids[7];

	/* Three of the same millisecond, so that the cursor must tell ids apart. */
	for (int i = 0; i < 7; i++) {
		w->clock.now_ms = API_NOW_MS + (i < 3 ? 0 : i);
		ids[i] = add_session(w, arena_printf(w->app.mem, "issue-%d", i), NULL);
	}
	for (size_t i = 0; i < ARRAY_LEN(limits); i++) {
		const char *name = arena_printf(w->app.mem, "limit %zu", limits[i]), *cursor = "", *last = "9999";
		int seen[7] = { 0 }, total = 0, pages = 0;

		while (cursor && pages++ < 10) {
			struct response *res = get(w, arena_printf(w->app.mem, "/api/interviews?limit=%zu%s", limits[i], cursor));
			struct json_object *o = json_of(w, res), *items;
			size_t len;

			items = json_list(o, "items", &len);
			check_row(name, res->status == 200 && len > 0 && len <= limits[i]);
			for (size_t k = 0; k < len; k++) {
				struct json_object *item = json_object_array_get_idx(items, k);

				check_row(name, strcmp(json_text(item, "created_at"), last) <= 0);
				last = json_text(item, "created_at");
				for (int n = 0; n < 7; n++)
					seen[n] += !strcmp(ids[n], json_text(item, "id"));
				total++;
			}
			cursor = json_text(o, "next_cursor");
			if (cursor)
				cursor = arena_printf(w->app.mem, "&cursor=%s", cursor);
		}
		check_row(name, total == 7);
		for (int n = 0; n < 7; n++)
			check_row(name, seen[n] == 1);
	}
}

static void a_session_added_between_pages_moves_nothing(void **state)
{
	struct world *w = *state;
	const char *first, *cursor;
	struct json_object *o;

	first = add_session(w, "issue-1", NULL);
	w->clock.now_ms++;
	add_session(w, "issue-2", NULL);
	cursor = json_text(json_of(w, get(w, "/api/interviews?limit=1")), "next_cursor");
	assert_non_null(cursor);
	w->clock.now_ms++;
	add_session(w, "issue-3", NULL);
	o = json_of(w, get(w, arena_printf(w->app.mem, "/api/interviews?limit=1&cursor=%s", cursor)));
	assert_string_equal(json_text(json_object_array_get_idx(json_get(o, "items"), 0), "id"), first);
	assert_null(json_get(o, "next_cursor"));
}

static void a_state_chooses(void **state)
{
	struct world *w = *state;
	const char *id = add_session(w, "issue-1", NULL);
	struct json_object *o;
	size_t len;

	add_session(w, "issue-2", NULL);
	run_redis(w, "HSET", key_of(w->app.mem, KEY_SESSION, id), "opened", "1763632800000");
	o = json_of(w, get(w, "/api/interviews?state=opened"));
	json_list(o, "items", &len);
	assert_int_equal(len, 1);
	assert_string_equal(json_text(json_object_array_get_idx(json_get(o, "items"), 0), "id"), id);
	w->clock.now_ms += 3600 * 1000;
	json_list(json_of(w, get(w, "/api/interviews?state=expired")), "items", &len);
	assert_int_equal(len, 2);
}

static void an_empty_list_is_a_list(void **state)
{
	struct world *w = *state;
	struct response *res = get(w, "/api/interviews");

	assert_int_equal(res->status, 200);
	check_str(str_trim(buf_view(res->body)), "{\"items\":[],\"next_cursor\":null}");
}

static void a_query_that_cannot_be_meant_is_refused_by_name(void **state)
{
	static const struct {
		const char *query, *field;
	} rows[] = {
		{ "limit=0", "limit" }, { "limit=101", "limit" }, { "limit=-1", "limit" }, { "limit=ten", "limit" },
		{ "limit=", "limit" }, { "limit=1%00", "(none)" },
		{ "cursor=", "cursor" }, { "cursor=!!", "cursor" }, { "cursor=YWJj", "cursor" },
		{ "cursor=MTIzOkFB", "cursor" }, { "cursor=LTE6QUFBQUFBQUFBQUFBQUFBQUFBQUFBQQ", "cursor" },
		{ "state=asleep", "state" }, { "state=", "state" }, { "%zz=1", "(none)" },
	};
	struct world *w = *state;

	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		struct response *res = get(w, arena_printf(w->app.mem, "/api/interviews?%s", rows[i].query));

		check_row(rows[i].query, res->status == 400);
		check_row_text(rows[i].query, text_of(w, res, "error.field"), rows[i].field);
	}
}

/* ---- actions ---- */

static struct response *post(struct world *w, const char *id, const char *action)
{
	return ask(w, (struct ask){ .method = "POST", .uri = path_of(w, id, action) });
}

static void an_action_takes_nothing_or_an_empty_object(void **state)
{
	static const struct {
		const char *type, *body, *field;
		int status;
	} rows[] = {
		{ "application/json", "{}", "(none)", 200 },
		{ "application/json; charset=utf-8", " { } ", "(none)", 409 }, /* understood, but revoked already */
		{ "text/plain", "", "(none)", 409 },
		{ "text/plain", "{}", "(none)", 415 },
		{ NULL, "{}", "(none)", 415 },
		{ "application/json", "{", "(none)", 400 },
		{ "application/json", "[]", "(none)", 400 },
		{ "application/json", "{\"force\":true}", "force", 400 },
	};
	struct world *w = *state;
	const char *id = add_session(w, "issue-1", NULL);

	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		struct response *res = ask(w, (struct ask){ .method = "POST", .uri = path_of(w, id, "/revoke"),
							    .type = rows[i].type, .body = rows[i].body });

		check_row(rows[i].body, res->status == rows[i].status);
		check_row_text(rows[i].body, text_of(w, res, "error.field"), rows[i].field);
	}
}

static void a_revoked_link_is_dead_and_says_so(void **state)
{
	struct world *w = *state;
	const char *secret, *id = add_session(w, "issue-1", &secret);
	struct response *res = post(w, id, "/revoke");
	enum link_state link;
	struct session s;
	struct err err = { 0 };

	assert_int_equal(res->status, 200);
	assert_string_equal(text_of(w, res, "state"), "revoked");
	assert_int_equal(session_find(&w->app, str_from(secret), &link, &s, &err), 0);
	assert_int_equal(link, LINK_REVOKED);
	res = post(w, id, "/revoke");
	assert_int_equal(res->status, 409);
	assert_true(body_has(res, "was revoked"));
	res = post(w, id, "/resend");
	assert_int_equal(res->status, 409);
	assert_true(body_has(res, "was revoked"));
}

static int64_t due_jobs(struct world *w)
{
	struct queue queue = screening_queue(&w->app);
	struct err err = { 0 };
	int64_t count = -1;

	assert_int_equal(queue_count(&queue, w->app.mem, "due", &count, &err), 0);
	return count;
}

static void a_resend_enqueues_one_mail_and_answers_with_the_interview(void **state)
{
	struct world *w = *state;
	const char *secret, *id = add_session(w, "issue-1", &secret);
	struct response *res = post(w, id, "/resend");

	assert_int_equal(res->status, 200);
	assert_string_equal(text_of(w, res, "id"), id);
	assert_int_equal(due_jobs(w), 1);
	assert_false(body_has(res, secret));
}

static void a_session_without_address_is_not_mailed(void **state)
{
	struct world *w = *state;
	const char *id = add_session(w, "issue-1", NULL);
	struct response *res;

	run_redis(w, "HSET", key_of(w->app.mem, KEY_SESSION, id), "candidate_email", "");
	res = post(w, id, "/resend");
	assert_int_equal(res->status, 409);
	assert_true(body_has(res, "no e-mail address"));
	assert_int_equal(due_jobs(w), 0);
}

static void nothing_is_evaluated_again_without_a_transcript(void **state)
{
	struct world *w = *state;
	const char *id = add_session(w, "issue-1", NULL);
	struct response *res = post(w, id, "/re-evaluate");

	assert_int_equal(res->status, 409);
	assert_true(body_has(res, "no transcript"));
	assert_int_equal(due_jobs(w), 0);
}

static void an_interview_with_a_transcript_is_evaluated_again(void **state)
{
	struct world *w = *state;
	const char *id = add_session(w, "issue-1", NULL);
	struct response *res;

	run_redis(w, "ZADD", key_of(w->app.mem, KEY_SESSION_CONVERSATIONS, id), "1763632700000", "conv_1");
	run_redis(w, "HSET", KEY_CONVERSATION "conv_1", "data", "{}");
	res = post(w, id, "/re-evaluate");
	assert_int_equal(res->status, 200);
	assert_string_equal(text_of(w, res, "id"), id);
	assert_int_equal(due_jobs(w), 1);
}

static void an_absent_vendor_answers_503_not_configured(void **state)
{
	struct world *w = *state;
	const char *id = add_session(w, "issue-1", NULL);
	struct response *res;

	w->app.cfg.have_resend = w->app.cfg.have_cerebras = false;
	res = post(w, id, "/resend");
	assert_int_equal(res->status, 503);
	assert_string_equal(text_of(w, res, "error.code"), "not_configured");
	res = post(w, id, "/re-evaluate");
	assert_int_equal(res->status, 503);
	assert_string_equal(text_of(w, res, "error.code"), "not_configured");
}

static void actions_on_an_unknown_interview_are_not_found(void **state)
{
	static const char *const actions[] = { "/resend", "/revoke", "/re-evaluate" };
	struct world *w = *state;

	for (size_t i = 0; i < ARRAY_LEN(actions); i++)
		check_row(actions[i], post(w, "AAAAAAAAAAAAAAAAAAAAAA", actions[i])->status == 404);
}

static void a_known_address_with_another_method_is_405(void **state)
{
	struct world *w = *state;

	assert_int_equal(ask(w, (struct ask){ .method = "DELETE", .uri = "/api/interviews" })->status, 405);
	assert_int_equal(get(w, path_of(w, "AAAAAAAAAAAAAAAAAAAAAA", "/revoke"))->status, 405);
	assert_int_equal(ask(w, (struct ask){ .method = "HEAD", .uri = "/healthz" })->status, 200);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, api_setup, api_teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(only_the_key_opens_the_api),
		TEST(without_a_key_in_the_settings_nobody_comes_in),
		TEST(every_address_but_health_needs_the_key),
		TEST(an_interview_has_the_members_of_the_contract_and_no_secret),
		TEST(what_is_no_interview_is_not_found),
		TEST(pages_show_every_interview_once_newest_first),
		TEST(a_session_added_between_pages_moves_nothing),
		TEST(a_state_chooses),
		TEST(an_empty_list_is_a_list),
		TEST(a_query_that_cannot_be_meant_is_refused_by_name),
		TEST(an_action_takes_nothing_or_an_empty_object),
		TEST(a_revoked_link_is_dead_and_says_so),
		TEST(a_resend_enqueues_one_mail_and_answers_with_the_interview),
		TEST(a_session_without_address_is_not_mailed),
		TEST(nothing_is_evaluated_again_without_a_transcript),
		TEST(an_interview_with_a_transcript_is_evaluated_again),
		TEST(an_absent_vendor_answers_503_not_configured),
		TEST(actions_on_an_unknown_interview_are_not_found),
		TEST(a_known_address_with_another_method_is_405),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
