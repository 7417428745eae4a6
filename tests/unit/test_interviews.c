/* What operators can do to one interview: read all of it, decide otherwise than the model, hear it, erase it; and
 * what they can do with transcripts that belong to none. */
#include "tests/support/check.h"

#include <string.h>
#include <time.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/json.h"
#include "screening/api.h"
#include "screening/erased.h"
#include "screening/jobs.h"
#include "screening/recording.h"
#include "screening/session.h"
#include "store/keys.h"
#include "tests/support/api.h"
#include "tests/support/fake_http.h"

#define TALK "conv_1"

/* A second operator's answers, and vendors that answer what a test queues. */
static struct fake_http vendors;

static int setup(void **state)
{
	int rc = api_setup(state);
	struct world *w = *state;

	fake_http_init(&vendors, w->app.mem);
	w->app.http = &vendors.base;
	w->app.cfg.have_elevenlabs = w->app.cfg.have_linear = true;
	w->app.cfg.elevenlabs_base_url = w->app.cfg.linear_base_url = "http://127.0.0.1:1";
	w->app.cfg.elevenlabs_api_key = w->app.cfg.linear_api_key = "key";
	w->app.cfg.linear_webhook_secret = "secret";
	w->app.cfg.linear_screening_state = "Screening";
	w->app.cfg.linear_pass_state = "Done";
	w->app.cfg.linear_fail_state = "Declined";
	return rc;
}

static int teardown(void **state)
{
	struct world *w = *state;

	unlink(arena_printf(w->app.mem, "%s/recordings-cache/" TALK ".mp3", w->state_dir));
	for (int i = 0; i < 16; i++)
		unlink(arena_printf(w->app.mem, "%s/recordings-cache/.lock-%x", w->state_dir, i));
	rmdir(arena_printf(w->app.mem, "%s/recordings-cache", w->state_dir));
	unlink(arena_printf(w->app.mem, "%s/recordings/" TALK ".mp3", w->state_dir));
	rmdir(arena_printf(w->app.mem, "%s/recordings", w->state_dir));
	return api_teardown(state);
}

static struct response *send(struct world *w, const char *method, const char *uri, const char *body)
{
	return ask(w, (struct ask){ .method = method, .uri = uri, .type = "application/json", .body = body });
}

static const char *path_of(struct world *w, const char *id, const char *rest)
{
	return arena_printf(w->app.mem, "/api/interviews/%s%s", id, rest);
}

/* A talk with its transcript, and an evaluation of it. */
static void add_talk(struct world *w, const char *id)
{
	struct arena *mem = w->app.mem;

	run_redis(w, "ZADD", key_of(mem, KEY_SESSION_CONVERSATIONS, id), "1763632700000", TALK);
	run_redis(w, "HSET", KEY_CONVERSATION TALK, "session", id);
	run_redis(w, "HSET", KEY_CONVERSATION TALK, "state", "received");
	run_redis(w, "HSET", KEY_CONVERSATION TALK, "received", "1763632790000");
	run_redis(w, "HSET", KEY_CONVERSATION TALK, "data",
		  "{\"has_audio\":true,\"metadata\":{\"call_duration_secs\":62},\"transcript\":["
		  "{\"role\":\"agent\",\"message\":\"Hello?\",\"time_in_call_secs\":0},"
		  "{\"role\":\"user\",\"message\":\"I rewrote the settlement batch in C. <b>\",\"time_in_call_secs\":7}]}");
	run_redis(w, "HSET", key_of(mem, KEY_EVALUATIONS, id), arena_printf(mem, "verdict:%.8s:" TALK, id),
		  "{\"result\":\"fail\",\"confidence\":0.6,\"reasoning\":\"Too little.\",\"basis\":\"model\",\"parts\":1,\"dropped\":2,"
		  "\"at\":1763632795000,\"keyPoints\":[{\"point\":\"Knows C\",\"quote\":\"rewrote the settlement batch in C\",\"time\":\"00:07\","
		  "\"speaker\":\"candidate\"},{\"point\":\"Gone\",\"quote\":\"words that nobody said here\",\"time\":\"00:01\"}]}");
	run_redis(w, "HSET", key_of(mem, KEY_SESSION, id), "result", "fail");
	run_redis(w, "HSET", key_of(mem, KEY_SESSION, id), "judged_by", arena_printf(mem, "verdict:%.8s:" TALK, id));
	run_redis(w, "HSET", key_of(mem, KEY_SESSION, id), "started", "1763632700000");
	run_redis(w, "HSET", key_of(mem, KEY_SESSION, id), "ended", "1763632780000");
	run_redis(w, "HSET", key_of(mem, KEY_SESSION, id), "conversation_id", TALK);
	run_redis(w, "HSET", key_of(mem, KEY_SESSION, id), "evaluated", "1763632795000");
	run_redis(w, "ZADD", key_of(mem, KEY_TIMELINE, id), "1763632795000", "evaluated fail\tverdict:x");
}

static const char *text_in(struct json_object *o, const char *list, size_t i, const char *path)
{
	const char *text = json_text(json_object_array_get_idx(json_get(o, list), i), path);

	return text ? text : "(none)";
}

/* ---- the detail ---- */

static void the_detail_tells_everything_but_the_secret(void **state)
{
	struct world *w = *state;
	const char *secret, *id = add_session(w, "issue-1", &secret);
	struct json_object *o, *turns, *points;
	struct response *res;
	int64_t n = -1;

	add_talk(w, id);
	res = get(w, path_of(w, id, ""));
	o = json_of(w, res);
	assert_int_equal(res->status, 200);
	assert_false(body_has(res, secret));
	assert_string_equal(json_text(o, "candidate_email"), API_EMAIL);
	assert_string_equal(text_in(o, "conversations", 0, "id"), TALK);
	assert_string_equal(text_in(o, "conversations", 0, "recording_url"), path_of(w, id, "/conversations/" TALK "/recording"));
	turns = json_get(json_object_array_get_idx(json_get(o, "conversations"), 0), "turns");
	assert_int_equal(json_object_array_length(turns), 2);
	assert_string_equal(json_text(json_object_array_get_idx(turns, 1), "time"), "00:07");
	assert_string_equal(text_in(o, "evaluations", 0, "result"), "fail");
	points = json_get(json_object_array_get_idx(json_get(o, "evaluations"), 0), "key_points");
	assert_true(json_int(json_object_array_get_idx(points, 0), "turn", &n));
	assert_int_equal(n, 1);
	assert_null(json_get(json_object_array_get_idx(points, 1), "turn"));
	assert_string_equal(text_in(o, "timeline", 0, "words"), "Evaluated: fail");
	assert_string_equal(text_in(o, "timeline", 0, "event"), "evaluated fail");
}

static void the_list_can_be_searched(void **state)
{
	static const struct {
		const char *query;
		size_t found;
	} rows[] = {
		{ "search=lovelace", 2 }, { "search=COUNTESS", 2 }, { "search=hir-1", 2 }, { "search=engineer", 2 }, { "search=nobody", 0 },
		{ "search=ada%40candidate", 2 }, { "verdict=none", 1 }, { "verdict=fail", 1 }, { "verdict=pass", 0 },
		{ "verdict=fail&search=lovelace&state=evaluated", 1 }, { "search=", 2 },
		{ "invited_since=2001-01-01T00:00:00Z", 2 }, { "invited_since=2101-01-01T00:00:00Z", 0 },
		{ "begun_since=2001-01-01T00:00:00Z", 1 }, { "begun_since=2101-01-01T00:00:00Z&verdict=fail", 0 },
		{ "evaluated_since=2001-01-01T00:00:00Z", 1 },
	};
	struct world *w = *state;
	size_t found;

	add_talk(w, add_session(w, "issue-1", NULL));
	add_session(w, "issue-2", NULL);
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		json_list(json_of(w, get(w, arena_printf(w->app.mem, "/api/interviews?%s", rows[i].query))), "items", &found);
		check_row(rows[i].query, found == rows[i].found);
	}
	assert_string_equal(text_of(w, get(w, "/api/interviews?verdict=maybe"), "error.field"), "verdict");
	assert_string_equal(text_of(w, get(w, "/api/interviews?begun_since=today"), "error.field"), "begun_since");
}

/* ---- a person's word ---- */

static void a_decision_needs_a_result_and_a_reason(void **state)
{
	static const struct {
		const char *body, *field;
		int status;
	} rows[] = {
		{ "{}", "result", 400 }, { "{\"result\":\"yes\",\"reason\":\"x\"}", "result", 400 }, { "{\"result\":true,\"reason\":\"x\"}", "result", 400 },
		{ "{\"result\":\"pass\"}", "reason", 400 }, { "{\"result\":\"pass\",\"reason\":\"  \"}", "reason", 400 },
		{ "{\"result\":\"pass\",\"reason\":7}", "reason", 400 }, { "{\"result\":\"pass\",\"reason\":\"x\",\"state\":\"Done\"}", "state", 400 },
		{ "[]", "(none)", 400 }, { "", "(none)", 400 },
		{ "{\"result\":\"pass\",\"reason\":\"x\"}", "(none)", 200 },
	};
	struct world *w = *state;
	const char *id = add_session(w, "issue-1", NULL);

	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		struct response *res = send(w, "POST", path_of(w, id, "/override"), rows[i].body);

		check_row(rows[i].body, res->status == rows[i].status);
		check_row_text(rows[i].body, text_of(w, res, "error.field"), rows[i].field);
	}
	assert_int_equal(send(w, "POST", path_of(w, "AAAAAAAAAAAAAAAAAAAAAA", "/override"), rows[9].body)->status, 404);
}

static int64_t jobs_in(struct world *w, const char *which)
{
	struct queue queue = screening_queue(&w->app);
	struct err err = { 0 };
	int64_t count = -1;

	assert_int_equal(queue_count(&queue, w->app.mem, which, &count, &err), 0);
	return count;
}

static void a_decision_stands_beside_the_models(void **state)
{
	struct world *w = *state;
	const char *id = add_session(w, "issue-1", NULL), *path = path_of(w, id, "/override");
	struct json_object *o;

	add_talk(w, id);
	assert_int_equal(send(w, "POST", path, "{\"result\":\"pass\",\"reason\":\"I know the work.\"}")->status, 200);
	assert_int_equal(send(w, "POST", path, "{\"result\":\"pass\",\"reason\":\"I know the work.\"}")->status, 200);
	assert_int_equal(jobs_in(w, "due"), 1); /* two clicks are one wish */
	o = json_of(w, get(w, path_of(w, id, "")));
	assert_string_equal(json_text(o, "result"), "fail");
	assert_string_equal(json_text(o, "override"), "pass");
	assert_string_equal(json_text(o, "decision"), "pass");
	assert_string_equal(text_in(o, "evaluations", 0, "result"), "fail");
	assert_string_equal(text_in(o, "overrides", 0, "reason"), "I know the work.");
	assert_string_equal(text_in(o, "overrides", 0, "model_result"), "fail");
	assert_string_equal(text_in(o, "overrides", 0, "by"), "the API key");
	assert_string_equal(text_in(o, "jobs", 0, "kind"), JOB_OVERRIDE);
	w->clock.now_ms += 20000;
	assert_int_equal(send(w, "POST", path, "{\"result\":\"fail\",\"reason\":\"On second thought.\"}")->status, 200);
	o = json_of(w, get(w, path_of(w, id, "")));
	assert_string_equal(json_text(o, "decision"), "fail");
	assert_string_equal(text_in(o, "overrides", 0, "result"), "fail");
	assert_string_equal(text_in(o, "overrides", 1, "result"), "pass");
}

/* Runs the due job; its answers are queued. */
static void run_job(struct world *w, const char *kind)
{
	struct queue queue = screening_queue(&w->app);
	struct err err = { 0 };
	struct job job;
	int64_t wait;
	bool got;

	assert_int_equal(queue_claim(&queue, w->app.mem, 60000, &job, &got, &wait, &err), 0);
	assert_true(got);
	assert_string_equal(job.kind, kind);
	job_run(&w->app, &queue, &job);
}

static void answer_issue(const char *state_id, const char *state)
{
	fake_http_answer(&vendors, 200, arena_printf(vendors.mem,
		"{\"data\":{\"issue\":{\"id\":\"issue-1\",\"identifier\":\"HIR-1\",\"title\":\"t\",\"description\":\"d\",\"url\":\"u\","
		"\"archivedAt\":null,\"trashed\":null,\"state\":{\"id\":\"%s\",\"name\":\"%s\"},\"team\":{\"id\":\"team\"},\"project\":null},"
		"\"organization\":{\"id\":\"o\",\"name\":\"Acme\",\"urlKey\":\"acme\"}}}", state_id, state));
}

static void answer_move(void)
{
	fake_http_answer(&vendors, 200, "{\"data\":{\"workflowStates\":{\"nodes\":[{\"id\":\"s-done\",\"name\":\"Done\"},"
					"{\"id\":\"s-declined\",\"name\":\"Declined\"}],\"pageInfo\":{\"hasNextPage\":false,\"endCursor\":null}}}}");
	fake_http_answer(&vendors, 200, "{\"data\":{\"issueUpdate\":{\"success\":true,\"issue\":{\"id\":\"issue-1\",\"state\":{\"id\":\"s\"}}}}}");
}

static void answer_comment(void)
{
	fake_http_answer(&vendors, 200, "{\"data\":{\"commentCreate\":{\"success\":true,\"comment\":{\"id\":\"c\"}}}}");
}

static bool last_call_has(const char *words)
{
	return str_find(vendors.calls[vendors.call_count - 1].body, str_from(words)) != NULL;
}

static void a_decision_moves_the_issue_from_the_screening_state_or_where_we_moved_it(void **state)
{
	struct world *w = *state;
	const char *id = add_session(w, "issue-1", NULL), *path = path_of(w, id, "/override");
	struct json_object *o;

	send(w, "POST", path, "{\"result\":\"pass\",\"reason\":\"Good [x](y).\"}");
	answer_issue("s-screening", "Screening");
	answer_move();
	answer_comment();
	run_job(w, JOB_OVERRIDE);
	assert_int_equal(vendors.unanswered, 0);
	assert_true(last_call_has("Decided by a person: pass"));
	assert_true(last_call_has("moved to **Done**"));
	assert_false(last_call_has("Good [x](y)")); /* escaped */
	o = json_of(w, get(w, path_of(w, id, "")));
	assert_string_equal(json_text(o, "moved_to"), "Done");
	assert_string_equal(json_text(o, "state"), "moved");
	assert_string_equal(text_in(o, "overrides", 0, "moved"), "moved");

	w->clock.now_ms += 20000;
	send(w, "POST", path, "{\"result\":\"fail\",\"reason\":\"No.\"}");
	answer_issue("s-done", "Done"); /* where we had moved it */
	answer_move();
	answer_comment();
	run_job(w, JOB_OVERRIDE);
	assert_int_equal(vendors.unanswered, 0);
	assert_true(last_call_has("moved to **Declined**"));
}

static void an_issue_that_somebody_moved_stays(void **state)
{
	struct world *w = *state;
	const char *id = add_session(w, "issue-1", NULL);

	send(w, "POST", path_of(w, id, "/override"), "{\"result\":\"pass\",\"reason\":\"x\"}");
	answer_issue("s-done", "Done"); /* not by us */
	answer_comment();
	run_job(w, JOB_OVERRIDE);
	assert_int_equal(vendors.unanswered, 0);
	assert_true(last_call_has("Somebody had moved the issue meanwhile"));
	assert_string_equal(text_in(json_of(w, get(w, path_of(w, id, ""))), "overrides", 0, "moved"), "changed");
}

static void inconclusive_moves_nothing(void **state)
{
	struct world *w = *state;
	const char *id = add_session(w, "issue-1", NULL);

	send(w, "POST", path_of(w, id, "/override"), "{\"result\":\"inconclusive\",\"reason\":\"x\"}");
	answer_comment();
	run_job(w, JOB_OVERRIDE);
	assert_int_equal(vendors.call_count, 1);
	assert_true(last_call_has("The issue stays where it is"));
}

static void a_deleted_issue_is_no_fault(void **state)
{
	struct world *w = *state;
	const char *id = add_session(w, "issue-1", NULL);

	send(w, "POST", path_of(w, id, "/override"), "{\"result\":\"pass\",\"reason\":\"x\"}");
	fake_http_answer(&vendors, 200, "{\"errors\":[{\"message\":\"Entity not found\",\"extensions\":{\"code\":\"INPUT_ERROR\",\"type\":\"invalid input\"}}],\"data\":null}");
	run_job(w, JOB_OVERRIDE);
	assert_int_equal(jobs_in(w, "dead"), 0);
	assert_string_equal(text_in(json_of(w, get(w, path_of(w, id, ""))), "overrides", 0, "moved"), "no-issue");
}

/* ---- the recording ---- */

static struct response *hear(struct world *w, const char *id, const char *conversation)
{
	return get(w, path_of(w, id, arena_printf(w->app.mem, "/conversations/%s/recording", conversation)));
}

/* The whole of an answer that comes in pieces. */
static const char *all_of(struct world *w, struct response *res)
{
	struct buf *all = buf_in(w->app.mem, 1 << 20);
	int more = 1;

	while (res->more && more == 1) {
		buf_clear(res->body);
		more = res->more(res->more_ctx, res->body);
		assert_int_not_equal(more, -1);
		buf_str(all, buf_view(res->body));
	}
	return all->ptr;
}

static void a_recording_is_fetched_once(void **state)
{
	struct world *w = *state;
	const char *id = add_session(w, "issue-1", NULL);
	struct response *res;

	add_talk(w, id);
	fake_http_answer(&vendors, 200, "ID3 and so on");
	for (int i = 0; i < 3; i++) {
		res = hear(w, id, TALK);
		assert_int_equal(res->status, 200);
		assert_string_equal(all_of(w, res), "ID3 and so on");
	}
	assert_true(str_find(buf_view(res->headers), STR("Content-Type: audio/mpeg\r\n")));
	assert_true(str_find(buf_view(res->headers), STR("Accept-Ranges: bytes\r\n")));
	assert_int_equal(vendors.call_count, 1);
	assert_true(strstr(vendors.calls[0].url, "/v1/convai/conversations/" TALK "/audio"));
}

static void a_recording_that_is_not_there_says_why(void **state)
{
	static const struct {
		const char *name, *body, *code;
		int status, answer;
	} rows[] = {
		{ "none is kept", "{\"detail\":{\"code\":\"conversation_audio_not_found\"}}", "no_recording", 404, 404 },
		{ "a wrong key", "{}", "upstream", 401, 502 },
		{ "a fault of theirs", "oops", "upstream", 500, 502 },
		{ "a page in place of audio", "<html>", "upstream", 200, 502 },
	};
	struct world *w = *state;
	const char *id = add_session(w, "issue-1", NULL);

	add_talk(w, id);
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		struct response *res;

		fake_http_answer(&vendors, rows[i].status, rows[i].body);
		res = hear(w, id, TALK);
		check_row(rows[i].name, res->status == rows[i].answer);
		check_row_text(rows[i].name, text_of(w, res, "error.code"), rows[i].code);
	}
	assert_int_equal(hear(w, add_session(w, "issue-2", NULL), TALK)->status, 404); /* another's talk */
	assert_int_equal(hear(w, id, "conv_2")->status, 404);
	assert_int_equal(vendors.call_count, ARRAY_LEN(rows));
	w->app.cfg.have_elevenlabs = false;
	assert_string_equal(text_of(w, hear(w, id, TALK), "error.code"), "not_configured");
}

static void old_recordings_go_with_the_interviews(void **state)
{
	struct world *w = *state;
	const char *id = add_session(w, "issue-1", NULL);
	const char *file = arena_printf(w->app.mem, "%s/recordings-cache/" TALK ".mp3", w->state_dir);

	add_talk(w, id);
	fake_http_answer(&vendors, 200, "ID3 and so on");
	assert_int_equal(hear(w, id, TALK)->status, 200);
	w->clock.now_ms = (int64_t)time(NULL) * 1000; /* files have the system's time */
	recording_prune(&w->app);
	assert_int_equal(access(file, F_OK), 0);
	w->clock.now_ms += (w->app.cfg.interview_keep_s + 60) * (int64_t)1000;
	recording_prune(&w->app);
	assert_int_not_equal(access(file, F_OK), 0);
}

/* ---- erasure ---- */

static bool redis_holds(struct world *w, const char *words)
{
	struct err err = { 0 };
	struct reply keys, r;

	/* Compressed, a dump would hide what it holds. */
	assert_int_equal(store_call(w->app.store, w->app.mem, &r, &err, "CONFIG", "SET", "rdbcompression", "no", NULL), 0);
	assert_int_equal(store_call(w->app.store, w->app.mem, &keys, &err, "KEYS", "*", NULL), 0);
	for (size_t i = 0; i < keys.count; i++) {
		const char *key = keys.items[i].text.ptr;

		if (strstr(key, words))
			return true;
		assert_int_equal(store_call(w->app.store, w->app.mem, &r, &err, "DUMP", key, NULL), 0);
		if (str_find(r.text, str_from(words)))
			return true;
	}
	return false;
}

static void erasure_takes_everything_at_once(void **state)
{
	struct world *w = *state;
	const char *secret, *id = add_session(w, "issue-1", &secret), *other = add_session(w, "issue-2", NULL);
	struct response *res;
	struct err err = { 0 };
	bool erased;

	add_talk(w, id);
	run_redis(w, "SET", KEY_REVERSE TALK, secret, NULL);
	run_redis(w, "HSET", key_of(w->app.mem, KEY_SESSION, id), "mail:re_1", "sent");
	run_redis(w, "SET", KEY_MAIL_SENT "re_1", id, NULL);
	send(w, "POST", path_of(w, id, "/resend"), "{}");
	send(w, "POST", path_of(w, id, "/override"), "{\"result\":\"pass\",\"reason\":\"Ada is good\"}");
	assert_true(redis_holds(w, "settlement batch"));
	res = send(w, "DELETE", path_of(w, id, ""), "{}");
	assert_int_equal(res->status, 204);
	assert_false(redis_holds(w, "Lovelace"));
	assert_false(redis_holds(w, API_EMAIL));
	assert_false(redis_holds(w, "settlement batch"));
	assert_false(redis_holds(w, "Ada is good"));
	assert_false(redis_holds(w, secret));
	assert_int_equal(jobs_in(w, "due"), 1); /* the one that goes on */
	assert_int_equal(get(w, path_of(w, id, ""))->status, 410);
	assert_int_equal(get(w, path_of(w, other, ""))->status, 410); /* the same person's */
	assert_string_equal(text_of(w, get(w, path_of(w, id, "")), "error.code"), "erased");
	assert_int_equal(erased_conversation(&w->app, TALK, &erased, &err), 0);
	assert_true(erased);
	assert_int_equal(send(w, "DELETE", path_of(w, id, ""), "{}")->status, 404);
}

static void a_person_of_another_address_and_issue_stays(void **state)
{
	struct world *w = *state;
	const char *id = add_session(w, "issue-1", NULL), *other = add_session(w, "issue-2", NULL);

	run_redis(w, "HSET", key_of(w->app.mem, KEY_SESSION, other), "candidate_email", "grace@candidate.example");
	assert_int_equal(send(w, "DELETE", path_of(w, id, ""), "{}")->status, 204);
	assert_int_equal(get(w, path_of(w, other, ""))->status, 200);
}

static void what_is_left_goes_by_the_queue(void **state)
{
	struct world *w = *state;
	const char *id = add_session(w, "issue-1", NULL);

	add_talk(w, id);
	/* A verdict that is done keeps its steps for a week. */
	run_redis(w, "HSET", arena_printf(w->app.mem, KEY_JOB "verdict:%.8s:" TALK, id), "kind", "verdict");
	run_redis(w, "HSET", arena_printf(w->app.mem, KEY_JOB "verdict:%.8s:" TALK, id), "step:evaluation", "said of the settlement");
	run_redis(w, "HSET", arena_printf(w->app.mem, KEY_MAIL "invite/%s/again-1", id), "body", "Dear Ada Lovelace");
	send(w, "DELETE", path_of(w, id, ""), "{}");
	fake_http_answer(&vendors, 200, "{\"conversation_id\":\"" TALK "\",\"status\":\"done\"}");
	fake_http_answer(&vendors, 500, "oops");
	run_job(w, JOB_ERASURE);
	assert_int_equal(jobs_in(w, "due"), 1); /* again, because of the 500 */
	assert_false(redis_holds(w, "settlement"));
	assert_false(redis_holds(w, "Lovelace"));
	assert_int_equal(vendors.call_count, 2);
	assert_string_equal(vendors.calls[1].method, "DELETE");
}

static void a_talk_that_goes_on_is_not_erased_unless_it_must(void **state)
{
	struct world *w = *state;
	const char *id = add_session(w, "issue-1", NULL);
	struct response *res;

	run_redis(w, "ZADD", key_of(w->app.mem, KEY_SESSION_CONVERSATIONS, id), "1763632790000", TALK);
	run_redis(w, "HSET", KEY_CONVERSATION TALK, "session", id);
	run_redis(w, "HSET", KEY_CONVERSATION TALK, "started", "1763632790000");
	res = send(w, "DELETE", path_of(w, id, ""), "{}");
	assert_int_equal(res->status, 409);
	assert_true(body_has(res, "talking right now"));
	assert_int_equal(send(w, "DELETE", path_of(w, id, ""), "{\"force\":1}")->status, 400);
	assert_int_equal(send(w, "DELETE", path_of(w, id, ""), "{\"force\":false}")->status, 409);
	assert_int_equal(send(w, "DELETE", path_of(w, id, ""), "{\"force\":true}")->status, 204);
}

static void a_talk_that_only_comes_after_the_erasure_is_dropped_and_deleted(void **state)
{
	struct world *w = *state;
	const char *id = add_session(w, "issue-1", NULL);
	struct err err = { 0 };

	assert_int_equal(send(w, "DELETE", path_of(w, id, ""), "{}")->status, 204);
	run_job(w, JOB_ERASURE); /* waits for its second look then */
	assert_int_equal(job_add(&w->app, "transcript:conv_late", JOB_TRANSCRIPT, str_from(arena_printf(w->app.mem,
		"{\"data\":{\"conversation_id\":\"conv_late\",\"transcript\":[{\"role\":\"user\",\"message\":\"settlement batch\"}],"
		"\"conversation_initiation_client_data\":{\"dynamic_variables\":{\"parley_session\":\"%s\"}}}}", id)), 0, "conv_late", &err), 0);
	run_job(w, JOB_TRANSCRIPT);
	assert_false(redis_holds(w, "settlement"));
	fake_http_answer(&vendors, 200, "{\"conversation_id\":\"conv_late\",\"status\":\"done\"}");
	fake_http_answer(&vendors, 200, "{}");
	run_job(w, JOB_ERASURE);
	assert_int_equal(vendors.unanswered, 0);
	assert_true(strstr(vendors.calls[vendors.call_count - 1].url, "conv_late"));
	assert_string_equal(vendors.calls[vendors.call_count - 1].method, "DELETE");
}

/* ---- orphans ---- */

static void add_orphan(struct world *w, const char *conversation)
{
	run_redis(w, "ZADD", KEY_ORPHANS, "1763632790000", conversation);
	run_redis(w, "HSET", key_of(w->app.mem, KEY_CONVERSATION, conversation), "data",
		  "{\"agent_id\":\"agent_x\",\"metadata\":{\"start_time_unix_secs\":1763632700,\"call_duration_secs\":30},\"transcript\":["
		  "{\"role\":\"user\",\"message\":\"Call me at +44 20 7946 0018 or ada@x.example\",\"time_in_call_secs\":3}]}");
}

static void orphans_are_listed_with_what_tells_whose_they_are(void **state)
{
	struct world *w = *state;
	struct json_object *o;

	add_orphan(w, "conv_o");
	o = json_of(w, get(w, "/api/interviews/orphans"));
	assert_string_equal(text_in(o, "items", 0, "conversation_id"), "conv_o");
	assert_string_equal(text_in(o, "items", 0, "started_at"), "2025-11-20T09:58:20.000Z");
	assert_string_equal(text_in(o, "items", 0, "agent_id"), "agent_x");
}

static void an_orphan_can_be_attached_or_discarded_once(void **state)
{
	struct world *w = *state;
	const char *id = add_session(w, "issue-1", NULL), *other = add_session(w, "issue-2", NULL);
	const char *attach = "/api/interviews/orphans/conv_o/attach", *discard = "/api/interviews/orphans/conv_p/discard";
	const char *wish = arena_printf(w->app.mem, "{\"session\":\"%s\"}", id);

	add_orphan(w, "conv_o");
	add_orphan(w, "conv_p");
	assert_string_equal(text_of(w, send(w, "POST", attach, "{}"), "error.field"), "session");
	assert_string_equal(text_of(w, send(w, "POST", attach, "{\"session\":\"AAAAAAAAAAAAAAAAAAAAAA\"}"), "error.field"), "session");
	assert_int_equal(send(w, "POST", "/api/interviews/orphans/conv_x/attach", wish)->status, 404);
	assert_int_equal(send(w, "POST", attach, wish)->status, 204);
	assert_int_equal(send(w, "POST", attach, wish)->status, 204);
	assert_int_equal(jobs_in(w, "due"), 1);
	assert_int_equal(send(w, "POST", attach, arena_printf(w->app.mem, "{\"session\":\"%s\"}", other))->status, 409);
	run_job(w, JOB_TRANSCRIPT);
	assert_string_equal(text_in(json_of(w, get(w, path_of(w, id, ""))), "conversations", 0, "id"), "conv_o");
	assert_string_equal(text_of(w, send(w, "POST", discard, "{\"reason\":\" \"}"), "error.field"), "reason");
	assert_int_equal(send(w, "POST", discard, "{\"reason\":\"a test call\"}")->status, 204);
	assert_int_equal(send(w, "POST", discard, "{\"reason\":\"a test call\"}")->status, 404);
	run_redis(w, "DEL", KEY_CONVERSATION "conv_o", "-", NULL);
	assert_false(redis_holds(w, "7946"));
}

/* Two operators at once. */
static void what_was_attached_is_not_discarded_and_goes_with_its_interview(void **state)
{
	struct world *w = *state;
	const char *id = add_session(w, "issue-1", NULL), *attach = "/api/interviews/orphans/conv_o/attach";
	const char *discard = "/api/interviews/orphans/conv_o/discard", *reason = "{\"reason\":\"a test call\"}";

	add_orphan(w, "conv_o");
	assert_int_equal(send(w, "POST", attach, arena_printf(w->app.mem, "{\"session\":\"%s\"}", id))->status, 204);
	assert_int_equal(send(w, "POST", discard, reason)->status, 409);
	assert_true(redis_holds(w, "7946"));
	/* Before any job has linked it. */
	assert_int_equal(send(w, "DELETE", path_of(w, id, ""), NULL)->status, 204);
	assert_false(redis_holds(w, "7946"));
	assert_int_equal(send(w, "POST", discard, reason)->status, 404);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(the_detail_tells_everything_but_the_secret),
		TEST(the_list_can_be_searched),
		TEST(a_decision_needs_a_result_and_a_reason),
		TEST(a_decision_stands_beside_the_models),
		TEST(a_decision_moves_the_issue_from_the_screening_state_or_where_we_moved_it),
		TEST(an_issue_that_somebody_moved_stays),
		TEST(inconclusive_moves_nothing),
		TEST(a_deleted_issue_is_no_fault),
		TEST(a_recording_is_fetched_once),
		TEST(a_recording_that_is_not_there_says_why),
		TEST(old_recordings_go_with_the_interviews),
		TEST(erasure_takes_everything_at_once),
		TEST(a_person_of_another_address_and_issue_stays),
		TEST(what_is_left_goes_by_the_queue),
		TEST(a_talk_that_goes_on_is_not_erased_unless_it_must),
		TEST(a_talk_that_only_comes_after_the_erasure_is_dropped_and_deleted),
		TEST(orphans_are_listed_with_what_tells_whose_they_are),
		TEST(an_orphan_can_be_attached_or_discarded_once),
		TEST(what_was_attached_is_not_discarded_and_goes_with_its_interview),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
