/* Many calls at once against a server that misbehaves on purpose.  What a single call
 * promises is test_http's; here each must hold it beside the others. */
#include "tests/support/check.h"

#include <string.h>

#include "net/http_many.h"
#include "tests/support/fake_many.h"
#include "tests/support/tiny_http.h"

enum { SHORT_MS = 250, LONG_MS = 10000, POLL_MS = 1000, MOST = 16 };

#define KEPT "HTTP/1.1 200 OK\r\nX-From: tiny\r\nContent-Length: 2\r\n\r\nok"

struct world {
	struct arena *mem;
	struct http_many *many;
	struct tiny_http *server, *other;
};

static int setup(void **state)
{
	struct world *w = calloc(1, sizeof(*w));

	w->mem = arena_new();
	w->many = http_many_new(MOST);
	*state = w;
	return 0;
}

static int teardown(void **state)
{
	struct world *w = *state;

	http_many_free(w->many);
	if (w->server)
		tiny_http_stop(w->server);
	if (w->other)
		tiny_http_stop(w->other);
	arena_free(w->mem);
	free(w);
	return 0;
}

static struct http_call post_to(struct world *w, const struct tiny_http *server)
{
	return (struct http_call){ .method = "POST", .body = STR("To=1"), .timeout_ms = LONG_MS,
				   .url = arena_printf(w->mem, "http://127.0.0.1:%d/", tiny_http_port(server)) };
}

static void start(struct world *w, const struct http_call *call, void *tag)
{
	struct err err = { 0 };

	assert_int_equal(http_many_start(w->many, call, tag, &err), 0);
}

/* Each call has its deadline, so this ends. */
static void wait_for_one(struct world *w, struct http_done *done)
{
	while (!http_many_next(w->many, done))
		http_many_poll(w->many, POLL_MS);
}

static void every_call_comes_back_with_its_tag_and_its_answer(void **state)
{
	struct world *w = *state;
	int tags[MOST] = { 0 };
	struct http_call call;

	w->server = tiny_http_start(TINY_ANSWER, KEPT);
	call = post_to(w, w->server);
	for (int i = 0; i < MOST; i++)
		start(w, &call, &tags[i]);
	assert_int_equal(http_many_running(w->many), MOST);
	for (int i = 0; i < MOST; i++) {
		struct http_done done;

		wait_for_one(w, &done);
		assert_int_equal(done.rc, 0);
		assert_int_equal(done.reply.status, 200);
		check_str(done.reply.body, "ok");
		assert_string_equal(http_reply_header(&done.reply, "x-from"), "tiny");
		++*(int *)done.tag;
	}
	for (int i = 0; i < MOST; i++)
		assert_int_equal(tags[i], 1);
	assert_int_equal(http_many_running(w->many), 0);
	assert_int_equal(tiny_http_requests(w->server), MOST);
}

static void a_silent_server_holds_up_only_its_own_call(void **state)
{
	struct world *w = *state;
	struct http_call slow, quick;
	struct http_done done;
	int a, b;

	w->server = tiny_http_start(TINY_STALL, "");
	w->other = tiny_http_start(TINY_ANSWER, KEPT);
	slow = post_to(w, w->server);
	slow.timeout_ms = SHORT_MS;
	quick = post_to(w, w->other);
	start(w, &slow, &a);
	start(w, &quick, &b);
	wait_for_one(w, &done);
	assert_ptr_equal(done.tag, &b);
	assert_int_equal(done.rc, 0);
	wait_for_one(w, &done);
	assert_ptr_equal(done.tag, &a);
	assert_int_equal(done.rc, -1);
	assert_int_equal(done.err.kind, ERR_UNKNOWN);
	assert_int_equal(tiny_http_requests(w->server), 1);
}

static void what_a_call_was_made_of_may_be_gone_once_it_has_begun(void **state)
{
	struct world *w = *state;
	char url[100], method[] = "POST", body[] = "To=1", value[] = "text/plain";
	struct http_call call = { .method = method, .url = url, .body = { body, 4 }, .timeout_ms = LONG_MS };
	struct http_done done;
	struct str sent;

	w->server = tiny_http_start(TINY_ANSWER, KEPT);
	snprintf(url, sizeof(url), "http://127.0.0.1:%d/path", tiny_http_port(w->server));
	http_call_header(&call, "Content-Type", value);
	start(w, &call, NULL);
	memset(url, 'x', sizeof(url));
	memset(method, 'x', sizeof(method));
	memset(body, 'x', sizeof(body));
	memset(value, 'x', sizeof(value));
	wait_for_one(w, &done);
	assert_int_equal(done.rc, 0);
	sent.ptr = tiny_http_latest(w->server, &sent.len);
	assert_true(str_starts(sent, STR("POST /path HTTP/1.1\r\n")));
	assert_non_null(str_find(sent, STR("\r\nContent-Type: text/plain\r\n")));
	assert_memory_equal(sent.ptr + sent.len - 8, "\r\n\r\nTo=1", 8);
}

static void no_more_calls_than_agreed_run_at_once(void **state)
{
	struct world *w = *state;
	struct http_call call;
	struct http_done done;
	struct err err = { 0 };

	w->server = tiny_http_start(TINY_ANSWER, KEPT);
	call = post_to(w, w->server);
	for (int i = 0; i < MOST; i++)
		start(w, &call, NULL);
	assert_int_equal(http_many_start(w->many, &call, NULL, &err), -1);
	assert_int_equal(err.kind, ERR_LIMIT);
	wait_for_one(w, &done);
	/* There is room again, while the answer is still being read. */
	start(w, &call, NULL);
	check_str(done.reply.body, "ok");
}

static void calls_that_go_out_once_share_kept_connections(void **state)
{
	struct world *w = *state;
	struct http_call call;
	struct http_done done;

	w->server = tiny_http_start(TINY_KEEP, KEPT);
	call = post_to(w, w->server);
	call.once = true;
	for (int i = 0; i < 4; i++) {
		start(w, &call, NULL);
		wait_for_one(w, &done);
		assert_int_equal(done.rc, 0);
	}
	assert_int_equal(tiny_http_requests(w->server), 4);
	assert_int_equal(tiny_http_connections(w->server), 1);
}

/* Without `once` and `reuse` libcurl would not take the connection, with `reuse` it would
 * send the second POST again. */
static void a_dead_kept_connection_is_unknown_and_the_request_went_out_once(void **state)
{
	struct world *w = *state;
	static const struct str bodies[] = { STR("To=1"), STR(""), { NULL, 0 } };
	static const enum tiny_mode modes[] = { TINY_KEEP_ONCE, TINY_KEEP_HEAD };

	for (size_t i = 0; i < ARRAY_LEN(bodies) * ARRAY_LEN(modes); i++) {
		struct http_call call;
		struct http_done done;

		w->server = tiny_http_start(modes[i % ARRAY_LEN(modes)], KEPT);
		call = post_to(w, w->server);
		call.once = true;
		start(w, &call, NULL);
		wait_for_one(w, &done);
		assert_int_equal(done.rc, 0);
		call.body = bodies[i / ARRAY_LEN(modes)];
		start(w, &call, NULL);
		wait_for_one(w, &done);
		assert_int_equal(done.rc, -1);
		assert_int_equal(done.err.kind, ERR_UNKNOWN);
		assert_int_equal(tiny_http_requests(w->server), 2);
		tiny_http_stop(w->server);
		w->server = NULL;
	}
}

static void a_call_that_may_be_repeated_survives_a_dead_kept_connection(void **state)
{
	struct world *w = *state;
	struct http_call call;
	struct http_done done;

	w->server = tiny_http_start(TINY_KEEP_ONCE, KEPT);
	call = post_to(w, w->server);
	call.reuse = true;
	for (int i = 0; i < 2; i++) {
		start(w, &call, NULL);
		wait_for_one(w, &done);
		assert_int_equal(done.rc, 0);
	}
	assert_int_equal(tiny_http_requests(w->server), 3);
}

static void nobody_listening_provably_sent_nothing(void **state)
{
	struct world *w = *state;
	struct tiny_http *gone = tiny_http_start(TINY_ANSWER, KEPT);
	struct http_call call = post_to(w, gone), plain = call;
	struct http_done done;

	tiny_http_stop(gone);
	plain.url = "http://vendor.invalid/";
	start(w, &call, NULL);
	start(w, &plain, NULL);
	for (int i = 0; i < 2; i++) {
		wait_for_one(w, &done);
		assert_int_equal(done.rc, -1);
		assert_int_equal(done.err.kind, ERR_UPSTREAM);
	}
}

static void an_answer_over_its_limit_is_unknown(void **state)
{
	struct world *w = *state;
	struct http_call call;
	struct http_done done;

	w->server = tiny_http_start(TINY_FLOOD, "HTTP/1.1 200 OK\r\n\r\n");
	call = post_to(w, w->server);
	call.max_reply = 1000;
	start(w, &call, NULL);
	wait_for_one(w, &done);
	assert_int_equal(done.rc, -1);
	assert_int_equal(done.err.kind, ERR_UNKNOWN);
}

static void calls_that_still_run_at_the_end_leave_nothing_behind(void **state)
{
	struct world *w = *state;
	struct http_call call;

	w->server = tiny_http_start(TINY_STALL, "");
	call = post_to(w, w->server);
	for (int i = 0; i < 3; i++)
		start(w, &call, NULL);
	while (tiny_http_requests(w->server) < 3)
		http_many_poll(w->many, POLL_MS / 100);
	assert_int_equal(http_many_running(w->many), 3); /* the rest is the leak checker's */
}

static void a_fake_answers_in_order_and_lets_the_others_run(void **state)
{
	struct world *w = *state;
	struct fake_many f;
	struct http_call call = { .method = "POST", .url = "https://vendor.example/" };
	struct http_done done;
	struct err err = { 0 };
	int a, b;

	fake_many_init(&f, w->mem, 2);
	assert_int_equal(http_many_start(&f.base, &call, &a, &err), 0);
	assert_int_equal(http_many_start(&f.base, &call, &b, &err), 0);
	assert_int_equal(http_many_start(&f.base, &call, NULL, &err), -1);
	assert_int_equal(err.kind, ERR_LIMIT);
	assert_false(http_many_next(&f.base, &done));
	fake_http_answer(&f.http, 201, "{}");
	assert_true(http_many_next(&f.base, &done));
	assert_ptr_equal(done.tag, &a);
	assert_int_equal(done.reply.status, 201);
	assert_false(http_many_next(&f.base, &done));
	fake_http_fail(&f.http, ERR_UNKNOWN);
	http_many_poll(&f.base, POLL_MS);
	assert_true(http_many_next(&f.base, &done));
	assert_ptr_equal(done.tag, &b);
	assert_int_equal(done.rc, -1);
	assert_int_equal(done.err.kind, ERR_UNKNOWN);
	assert_int_equal(http_many_running(&f.base), 0);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(every_call_comes_back_with_its_tag_and_its_answer),
		TEST(a_silent_server_holds_up_only_its_own_call),
		TEST(what_a_call_was_made_of_may_be_gone_once_it_has_begun),
		TEST(no_more_calls_than_agreed_run_at_once),
		TEST(calls_that_go_out_once_share_kept_connections),
		TEST(a_dead_kept_connection_is_unknown_and_the_request_went_out_once),
		TEST(a_call_that_may_be_repeated_survives_a_dead_kept_connection),
		TEST(nobody_listening_provably_sent_nothing),
		TEST(an_answer_over_its_limit_is_unknown),
		TEST(calls_that_still_run_at_the_end_leave_nothing_behind),
		TEST(a_fake_answers_in_order_and_lets_the_others_run),
	};
	static const char *const proxies[] = { "http_proxy", "https_proxy", "all_proxy", "HTTPS_PROXY", "ALL_PROXY" };

	/* A proxy of the machine would answer in the servers' place. */
	for (size_t i = 0; i < ARRAY_LEN(proxies); i++)
		unsetenv(proxies[i]);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
