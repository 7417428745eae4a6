/* The JSON API of the interviews and the addresses for monitoring, asked with
 * request literals against a private Redis. */
#include "tests/support/check.h"

#include <inttypes.h>
#include <string.h>
#include <unistd.h>

#include "app.h"
#include "base/buf.h"
#include "base/json.h"
#include "screening/api.h"
#include "screening/conversation.h"
#include "screening/jobs.h"
#include "screening/session.h"
#include "store/keys.h"
#include "store/store.h"
#include "tests/support/cgi_source.h"
#include "tests/support/redis_server.h"

#define NOW_MS 1763632800000LL
#define KEY "the-key-of-the-api"
#define EMAIL "ada@candidate.example"

struct world {
	struct app app;
	struct redis_server redis;
	struct fixed_clock clock;
	char state_dir[64];
};

static int setup(void **state)
{
	struct world *w = calloc(1, sizeof(*w));

	redis_server_open(&w->redis);
	fixed_clock_init(&w->clock, NOW_MS);
	w->app.mem = arena_new();
	w->app.clock = &w->clock.base;
	w->app.log = (struct log){ .fd = -1, .program = "test", .clock = w->app.clock };
	w->app.store = store_new(w->redis.url, w->app.clock);
	strncpy(w->state_dir, "/tmp/parley-test-XXXXXX", sizeof(w->state_dir) - 1);
	assert_non_null(mkdtemp(w->state_dir));
	w->app.cfg.state_dir = w->state_dir;
	w->app.cfg.public_base_url = "http://127.0.0.1:9";
	w->app.cfg.orchestrator_api_key = KEY;
	w->app.cfg.session_ttl_s = 3600;
	w->app.cfg.have_resend = w->app.cfg.have_cerebras = true;
	w->app.cfg.email_from = "hiring@acme.example";
	w->app.cfg.data_dir = TEST_DATA_DIR;
	*state = w;
	return 0;
}

static int teardown(void **state)
{
	struct world *w = *state;

	store_free(w->app.store);
	redis_server_close(&w->redis);
	rmdir(w->state_dir);
	arena_free(w->app.mem);
	free(w);
	return 0;
}

/* ---- asking ---- */

struct ask {
	const char *method, *uri, *key, *type, *body, *from, *forwarded;
};

static struct response *ask(struct world *w, struct ask a)
{
	const char *body = a.body ? a.body : "";
	const struct cgi_variable variables[] = {
		{ "REQUEST_METHOD", a.method ? a.method : "GET" },
		{ "REQUEST_URI", a.uri },
		{ "REMOTE_ADDR", a.from ? a.from : "192.0.2.7" },
		{ "CONTENT_LENGTH", arena_printf(w->app.mem, "%zu", strlen(body)) },
		{ "CONTENT_TYPE", a.type },
		{ "HTTP_AUTHORIZATION", a.key ? a.key : "Bearer " KEY },
		{ "HTTP_X_FORWARDED_FOR", a.forwarded },
		{ NULL, NULL },
	};
	struct str left = str_from(body);
	struct cgi_source source = cgi_source_new(variables, &left);
	struct response *res = arena_new_object(w->app.mem, struct response);
	struct request req;

	request_init(&req, w->app.mem, &source.base);
	response_init(res, w->app.mem);
	route_request(&w->app, &api_pages, &req, res);
	return res;
}

static struct response *get(struct world *w, const char *uri)
{
	return ask(w, (struct ask){ .uri = uri });
}

static struct json_object *json_of(struct world *w, const struct response *res)
{
	struct err err = { 0 };
	struct json_object *o = json_read(w->app.mem, buf_view(res->body), &err);

	assert_non_null(o);
	return o;
}

static const char *text_of(struct world *w, const struct response *res, const char *path)
{
	const char *text = json_text(json_of(w, res), path);

	return text ? text : "(none)";
}

static bool body_has(const struct response *res, const char *words)
{
	return str_find(buf_view(res->body), str_from(words)) != NULL;
}

/* ---- what is asked about ---- */

static const char *add_session(struct world *w, const char *issue, const char **secret)
{
	struct session_plan plan = {
		.secret = session_secret_new(w->app.mem), .workspace = "default", .org = "acme", .issue_id = issue,
		.identifier = "HIR-1", .candidate_name = "Ada \"Countess\" Lovelace", .candidate_email = EMAIL,
		.company_name = "Acme", .job_title = "Engineer", .job_description = "d", .candidate_application = "a",
		.pointers = "p", .generic_pointers = true,
	};
	struct err err = { 0 };
	const char *id;

	assert_int_equal(session_create(&w->app, &plan, NULL, NULL, &id, &err), 0);
	if (secret)
		*secret = plan.secret;
	return id;
}

static void run_redis(struct world *w, const char *command, const char *key, const char *a, const char *b)
{
	struct err err = { 0 };
	struct reply r;

	assert_int_equal(store_call(w->app.store, w->app.mem, &r, &err, command, key, a, b, NULL), 0);
}

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
		{ "the key", "Bearer " KEY, 200 },
		{ "the scheme in another case", "bearer " KEY, 200 },
		{ "none", "", 401 },
		{ "the key alone", KEY, 401 },
		{ "a wrong key", "Bearer the-key-of-the-apj", 401 },
		{ "a part of it", "Bearer the-key", 401 },
		{ "more than it", "Bearer " KEY "x", 401 },
		{ "an empty one", "Bearer ", 401 },
		{ "another scheme", "Basic " KEY, 401 },
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
	assert_false(body_has(res, EMAIL));
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
		w->clock.now_ms = NOW_MS + (i < 3 ? 0 : i);
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

/* ---- health ---- */

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

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

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
