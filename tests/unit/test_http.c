/* The HTTP client against a server that misbehaves on purpose.  What must hold:
 * every call ends in time and in size, goes nowhere but where it was sent, is not
 * repeated behind our back, and tells "nothing was sent" from "may have happened". */
#include "tests/support/check.h"

#include <string.h>
#include <unistd.h>

#include "base/limits.h"
#include "net/http.h"
#include "tests/support/tiny_http.h"

enum { SHORT_MS = 250, LONG_MS = 5000, LARGE_BODY = 3 << 19 };

struct world {
	struct arena *mem;
	struct http_client *http;
	struct tiny_http *server;
};

static int setup(void **state)
{
	struct world *w = calloc(1, sizeof(*w));

	w->mem = arena_new();
	w->http = http_curl_new();
	*state = w;
	return 0;
}

static int teardown(void **state)
{
	struct world *w = *state;

	http_curl_free(w->http);
	if (w->server)
		tiny_http_stop(w->server);
	arena_free(w->mem);
	free(w);
	return 0;
}

static struct http_call call_to(struct world *w, const char *method)
{
	return (struct http_call){ .method = method,
				   .url = arena_printf(w->mem, "http://127.0.0.1:%d/path?q=1", tiny_http_port(w->server)),
				   .timeout_ms = LONG_MS };
}

static struct http_call serve(struct world *w, enum tiny_mode mode, const char *answer, const char *method)
{
	w->server = tiny_http_start(mode, answer);
	return call_to(w, method);
}

static void an_answer_has_status_body_and_headers_in_lower_case(void **state)
{
	struct world *w = *state;
	struct http_call call = serve(w, TINY_ANSWER,
				      "HTTP/1.1 201 Created\r\nContent-Type: text/plain\r\nX-Time:   12:30:00  \r\n"
				      "Set-Cookie: a=1\r\nSet-Cookie: b=2\r\nContent-Length: 5\r\n\r\nhello",
				      "GET");
	struct http_reply reply;
	struct err err = { 0 };
	size_t cookies = 0;

	assert_int_equal(http_send(w->http, w->mem, &call, &reply, &err), 0);
	assert_int_equal(reply.status, 201);
	check_str(reply.body, "hello");
	assert_string_equal(http_reply_header(&reply, "content-type"), "text/plain");
	assert_string_equal(http_reply_header(&reply, "x-time"), "12:30:00");
	assert_string_equal(http_reply_header(&reply, "set-cookie"), "a=1");
	for (size_t i = 0; i < reply.header_count; i++)
		cookies += !strcmp(reply.headers[i].name, "set-cookie");
	assert_int_equal(cookies, 2);
	assert_null(http_reply_header(&reply, "absent"));
}

static void headers_of_an_interim_answer_do_not_count(void **state)
{
	struct world *w = *state;
	struct http_call call = serve(w, TINY_ANSWER,
				      "HTTP/1.1 103 Early Hints\r\nRetry-After: 99\r\n\r\n"
				      "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n",
				      "GET");
	struct http_reply reply;
	struct err err = { 0 };

	assert_int_equal(http_send(w->http, w->mem, &call, &reply, &err), 0);
	assert_int_equal(reply.status, 200);
	assert_null(http_reply_header(&reply, "retry-after"));
}

static void a_request_goes_out_byte_for_byte(void **state)
{
	struct world *w = *state;
	struct http_call call = serve(w, TINY_ANSWER, "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n", "PUT");
	struct http_reply reply;
	struct err err = { 0 };
	struct str sent;

	call.body = STR("a\0b");
	http_call_header(&call, "Content-Type", "text/markdown");
	http_call_header(&call, "X-Signed", "5,5");
	assert_int_equal(http_send(w->http, w->mem, &call, &reply, &err), 0);
	sent.ptr = tiny_http_latest(w->server, &sent.len);
	assert_true(str_starts(sent, STR("PUT /path?q=1 HTTP/1.1\r\n")));
	assert_non_null(str_find(sent, STR("\r\nContent-Type: text/markdown\r\n")));
	assert_non_null(str_find(sent, STR("\r\nX-Signed: 5,5\r\n")));
	assert_non_null(str_find(sent, STR("\r\nContent-Length: 3\r\n")));
	assert_non_null(str_find(sent, STR("\r\nUser-Agent: parley/")));
	assert_memory_equal(sent.ptr + sent.len - 7, "\r\n\r\na\0b", 7);
}

/* libcurl would ask with "Expect: 100-continue" and wait a second for the answer. */
static void a_large_body_is_sent_without_asking_first(void **state)
{
	struct world *w = *state;
	struct http_call call = serve(w, TINY_ANSWER, "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n", "POST");
	struct http_reply reply;
	struct err err = { 0 };
	struct str sent;

	call.body = (struct str){ arena_alloc(w->mem, LARGE_BODY), LARGE_BODY };
	assert_int_equal(http_send(w->http, w->mem, &call, &reply, &err), 0);
	sent.ptr = tiny_http_latest(w->server, &sent.len);
	assert_true(sent.len > LARGE_BODY);
	assert_null(str_find(sent, STR("Expect:")));
}

/* Fails as `kind`, and within the call's deadline with room for a slow machine. */
static void check_failure(struct world *w, const struct http_call *call, enum err_kind kind)
{
	int64_t begin = clock_monotonic_ms(&system_clock), took;
	struct http_reply reply;
	struct err err = { 0 };

	assert_int_equal(http_send(w->http, w->mem, call, &reply, &err), -1);
	took = clock_monotonic_ms(&system_clock) - begin;
	assert_string_equal(err_kind_name(err.kind), err_kind_name(kind));
	assert_true(took < call->timeout_ms + 1500);
}

static void a_silent_server_ends_at_the_deadline_as_unknown(void **state)
{
	struct world *w = *state;
	struct http_call call = serve(w, TINY_STALL, "", "POST");

	call.timeout_ms = SHORT_MS;
	call.body = STR("{}");
	check_failure(w, &call, ERR_UNKNOWN);
	assert_int_equal(tiny_http_requests(w->server), 1);
}

static void a_dripping_server_cannot_stretch_the_deadline(void **state)
{
	struct world *w = *state;
	struct http_call call = serve(w, TINY_DRIP, "HTTP/1.1 200 OK\r\n\r\n", "GET");

	call.timeout_ms = SHORT_MS;
	check_failure(w, &call, ERR_UNKNOWN);
}

static void headers_without_end_are_bounded_too(void **state)
{
	struct world *w = *state;
	struct http_call call = serve(w, TINY_DRIP, "HTTP/1.1 200 OK\r\nX: ", "GET");

	call.timeout_ms = SHORT_MS;
	check_failure(w, &call, ERR_UNKNOWN);
}

static void a_flood_ends_at_the_size_limit_before_the_deadline(void **state)
{
	struct world *w = *state;
	struct http_call call = serve(w, TINY_FLOOD, "HTTP/1.1 200 OK\r\n\r\n", "GET");
	int64_t begin = clock_monotonic_ms(&system_clock);

	call.timeout_ms = 60000;
	call.max_reply = 64 << 10;
	check_failure(w, &call, ERR_UNKNOWN);
	assert_true(clock_monotonic_ms(&system_clock) - begin < 20000);
}

static void a_body_of_exactly_the_limit_passes_and_one_more_byte_does_not(void **state)
{
	struct world *w = *state;
	struct http_call call = serve(w, TINY_ANSWER, "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello", "GET");
	struct http_reply reply;
	struct err err = { 0 };

	call.max_reply = 5;
	assert_int_equal(http_send(w->http, w->mem, &call, &reply, &err), 0);
	call.max_reply = 4;
	check_failure(w, &call, ERR_UNKNOWN);
}

static void a_cut_answer_is_unknown(void **state)
{
	struct world *w = *state;
	struct http_call call = serve(w, TINY_ANSWER, "HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nhello", "POST");

	call.body = STR("{}");
	check_failure(w, &call, ERR_UNKNOWN);
	assert_int_equal(tiny_http_requests(w->server), 1);
}

static void what_is_no_http_is_an_error(void **state)
{
	struct world *w = *state;
	struct http_call call = serve(w, TINY_ANSWER, "SSH-2.0-OpenSSH_9.2\r\n", "GET");

	check_failure(w, &call, ERR_UNKNOWN);
}

static void a_post_that_was_read_and_not_answered_is_unknown_and_sent_once(void **state)
{
	struct world *w = *state;
	struct http_call call = serve(w, TINY_CLOSE, "", "POST");

	call.body = STR("{}");
	check_failure(w, &call, ERR_UNKNOWN);
	assert_int_equal(tiny_http_requests(w->server), 1);
	assert_int_equal(tiny_http_connections(w->server), 1);
}

#define KEPT "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"

static void a_post_never_uses_a_kept_connection(void **state)
{
	struct world *w = *state;
	struct http_call get = serve(w, TINY_KEEP_ONCE, KEPT, "GET"), post = call_to(w, "POST");
	struct http_reply reply;
	struct err err = { 0 };

	get.reuse = true;
	post.body = STR("{}");
	assert_int_equal(http_send(w->http, w->mem, &get, &reply, &err), 0);
	/* The kept connection dies at its next request; libcurl would send the POST twice. */
	assert_int_equal(http_send(w->http, w->mem, &post, &reply, &err), 0);
	assert_int_equal(tiny_http_connections(w->server), 2);
	assert_int_equal(tiny_http_requests(w->server), 2);
}

static void a_get_that_may_be_repeated_survives_a_dead_kept_connection(void **state)
{
	struct world *w = *state;
	struct http_call get = serve(w, TINY_KEEP_ONCE, KEPT, "GET");
	struct http_reply reply;
	struct err err = { 0 };

	get.reuse = true;
	assert_int_equal(http_send(w->http, w->mem, &get, &reply, &err), 0);
	assert_int_equal(http_send(w->http, w->mem, &get, &reply, &err), 0);
	check_str(reply.body, "ok");
	/* Two on the first connection, the repetition on another: so it had been kept. */
	assert_int_equal(tiny_http_requests(w->server), 3);
	assert_int_equal(tiny_http_connections(w->server), 2);
}

/* Whatever of it the server has read: everything, nothing but a head, or a request without a body. */
static void a_post_that_goes_out_once_is_not_repeated_on_a_dead_kept_connection(void **state)
{
	struct world *w = *state;
	const struct str large = { arena_alloc(w->mem, LARGE_BODY), LARGE_BODY };
	const struct {
		const char *name;
		enum tiny_mode mode;
		struct str body;
	} rows[] = {
		{ "read whole", TINY_KEEP_ONCE, STR("To=1") },
		{ "large, read whole", TINY_KEEP_ONCE, large },
		{ "empty", TINY_KEEP_ONCE, STR("") },
		{ "no body", TINY_KEEP_ONCE, { NULL, 0 } },
		{ "large, head read", TINY_KEEP_HEAD, large },
		{ "head read", TINY_KEEP_HEAD, STR("To=1") },
	};

	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		struct http_call first = serve(w, rows[i].mode, KEPT, "GET"), post = call_to(w, "POST");
		struct http_reply reply;
		struct err err = { 0 };

		first.reuse = true;
		post.once = true;
		post.body = rows[i].body;
		check_row(rows[i].name, http_send(w->http, w->mem, &first, &reply, &err) == 0);
		check_row(rows[i].name, http_send(w->http, w->mem, &post, &reply, &err) == -1);
		check_row_text(rows[i].name, err_kind_name(err.kind), "unknown");
		check_row(rows[i].name, tiny_http_requests(w->server) == 2);
		tiny_http_stop(w->server);
		w->server = NULL;
	}
}

static void a_post_that_goes_out_once_uses_and_leaves_kept_connections(void **state)
{
	struct world *w = *state;
	struct http_call post = serve(w, TINY_KEEP, KEPT, "POST");
	struct http_reply reply;
	struct err err = { 0 };

	post.once = true;
	post.body = STR("To=1");
	for (int i = 0; i < 3; i++)
		assert_int_equal(http_send(w->http, w->mem, &post, &reply, &err), 0);
	assert_int_equal(tiny_http_requests(w->server), 3);
	assert_int_equal(tiny_http_connections(w->server), 1);
}

static void a_call_for_a_kept_connection_opens_none(void **state)
{
	struct world *w = *state;
	struct http_call first = serve(w, TINY_KEEP_ONCE, KEPT, "GET"), post = call_to(w, "POST");
	struct http_reply reply;
	struct err err = { 0 };

	first.reuse = post.once = post.kept_only = true;
	post.body = STR("To=1");
	assert_int_equal(http_send(w->http, w->mem, &post, &reply, &err), -1);
	assert_string_equal(err_kind_name(err.kind), "upstream");
	assert_int_equal(tiny_http_connections(w->server), 0);
	assert_int_equal(http_send(w->http, w->mem, &first, &reply, &err), 0);
	err = (struct err){ 0 };
	/* The kept connection takes it and dies. */
	assert_int_equal(http_send(w->http, w->mem, &post, &reply, &err), -1);
	assert_string_equal(err_kind_name(err.kind), "unknown");
	err = (struct err){ 0 };
	assert_int_equal(http_send(w->http, w->mem, &post, &reply, &err), -1);
	assert_string_equal(err_kind_name(err.kind), "upstream");
	assert_int_equal(tiny_http_connections(w->server), 1);
	assert_int_equal(tiny_http_requests(w->server), 2);
}

static void a_call_for_a_kept_connection_uses_it(void **state)
{
	struct world *w = *state;
	struct http_call call = serve(w, TINY_KEEP, KEPT, "GET");
	struct http_reply reply;
	struct err err = { 0 };

	call.reuse = true;
	assert_int_equal(http_send(w->http, w->mem, &call, &reply, &err), 0);
	assert_true(reply.fresh);
	call.kept_only = true;
	assert_int_equal(http_send(w->http, w->mem, &call, &reply, &err), 0);
	assert_false(reply.fresh);
	assert_int_equal(tiny_http_requests(w->server), 2);
	assert_int_equal(tiny_http_connections(w->server), 1);
}

static void a_unix_socket_is_connected_to_instead_of_the_host(void **state)
{
	struct world *w = *state;
	char dir[] = "/tmp/parley-test-XXXXXX";
	struct http_call call = { .method = "POST", .url = "http://localhost/path", .body = STR("hello"), .timeout_ms = LONG_MS };
	struct http_reply reply;
	struct err err = { 0 };

	assert_non_null(mkdtemp(dir));
	call.unix_socket = arena_join(w->mem, dir, "/socket");
	assert_int_equal(http_send(w->http, w->mem, &call, &reply, &err), -1);
	assert_string_equal(err_kind_name(err.kind), "upstream");
	err = (struct err){ 0 };
	w->server = tiny_http_start_at(TINY_ANSWER, KEPT, call.unix_socket);
	assert_int_equal(http_send(w->http, w->mem, &call, &reply, &err), 0);
	check_str(reply.body, "ok");
	unlink(call.unix_socket);
	rmdir(dir);
}

static void a_redirect_is_an_answer_and_not_followed(void **state)
{
	struct world *w = *state;
	struct tiny_http *elsewhere = tiny_http_start(TINY_ANSWER, KEPT);
	const char *answer = arena_printf(w->mem, "HTTP/1.1 307 Moved\r\nLocation: http://127.0.0.1:%d/\r\nContent-Length: 0\r\n\r\n",
					  tiny_http_port(elsewhere));
	struct http_call call = serve(w, TINY_ANSWER, answer, "GET");
	struct http_reply reply;
	struct err err = { 0 };

	http_call_header(&call, "Authorization", "key");
	assert_int_equal(http_send(w->http, w->mem, &call, &reply, &err), 0);
	assert_int_equal(reply.status, 307);
	assert_int_equal(tiny_http_connections(elsewhere), 0);
	tiny_http_stop(elsewhere);
}

static void nobody_listening_provably_sent_nothing(void **state)
{
	struct world *w = *state;
	struct tiny_http *gone = tiny_http_start(TINY_ANSWER, KEPT);
	struct http_call call = { .method = "POST", .body = STR("{}"), .timeout_ms = LONG_MS };

	call.url = arena_printf(w->mem, "http://127.0.0.1:%d/", tiny_http_port(gone));
	tiny_http_stop(gone);
	check_failure(w, &call, ERR_UPSTREAM);
}

static void a_failed_tls_handshake_provably_sent_nothing(void **state)
{
	struct world *w = *state;
	enum tiny_mode modes[] = { TINY_HANG_UP, TINY_STALL };

	for (size_t i = 0; i < ARRAY_LEN(modes); i++) {
		struct http_call call = serve(w, modes[i], "", "POST");

		call.url = arena_printf(w->mem, "https://127.0.0.1:%d/", tiny_http_port(w->server));
		call.body = STR("{}");
		call.timeout_ms = SHORT_MS;
		check_failure(w, &call, ERR_UPSTREAM);
		tiny_http_stop(w->server);
		w->server = NULL;
	}
}

/* Refused by the address alone: no name is looked up and nothing is connected.  A
 * good call goes first, so that its times cannot be taken for those of the next. */
static void other_schemes_and_plain_http_beyond_loopback_are_refused(void **state)
{
	struct world *w = *state;
	struct http_call good = serve(w, TINY_ANSWER, KEPT, "GET");
	struct http_reply first;
	struct err none = { 0 };
	static const char *const urls[] = {
		"http://192.0.2.1/", "http://vendor.invalid/", "http://localhost.vendor.invalid/",
		"http://127.0.0.1.vendor.invalid/", "http://127.0.0.1:80@vendor.invalid/", "http://localhost@vendor.invalid/",
		"http://[::1]@vendor.invalid/", "http://127.vendor.invalid/",
		"ftp://127.0.0.1/", "file:///dev/null", "gopher://127.0.0.1/", "vendor.invalid", "",
	};

	assert_int_equal(http_send(w->http, w->mem, &good, &first, &none), 0);
	for (size_t i = 0; i < ARRAY_LEN(urls); i++) {
		struct http_call call = { .method = "GET", .url = urls[i], .timeout_ms = LONG_MS };
		struct http_reply reply;
		struct err err = { 0 };

		check_row(urls[i], http_send(w->http, w->mem, &call, &reply, &err) == -1);
		check_row_text(urls[i], err_kind_name(err.kind), "upstream");
		check_row(urls[i], !strstr(err.msg, "resolve") && !strstr(err.msg, "onnect to server"));
	}
}

static void retry_after_is_read_strictly_and_capped(void **state)
{
	/* 2025-11-20 10:00:00 UTC */
	const int64_t now_ms = 1763632800000;
	static const struct {
		const char *name, *value;
		int wait;
	} rows[] = {
		{ "retry-after", "7", 7 },
		{ "retry-after", "0", 0 },
		{ "retry-after", "999999999", LIMIT_RETRY_AFTER_S },
		{ "retry-after", "99999999999999999999", 0 },
		{ "retry-after", "-5", 0 },
		{ "retry-after", "7s", 0 },
		{ "retry-after", "1.5", 0 },
		{ "retry-after", "", 0 },
		{ "retry-after", "soon", 0 },
		{ "retry-after", "Thu, 20 Nov 2025 10:00:30 GMT", 30 },
		{ "retry-after", "Thu, 20 Nov 2025 09:00:00 GMT", 0 },
		{ "retry-after", "Thu, 20 Nov 2026 10:00:00 GMT", LIMIT_RETRY_AFTER_S },
		{ "retry-after", "Thu, 20 Nov 2025 10:00:30 GMT and more", 0 },
		{ "retry-after-ms", "250", 1 },
		{ "retry-after-ms", "2001", 3 },
		{ "retry-after-ms", "999999999999", LIMIT_RETRY_AFTER_S },
		{ "retry-after-ms", "soon", 0 },
		{ "x-other", "7", 0 },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		struct http_header header = { rows[i].name, rows[i].value };
		struct http_reply reply = { .headers = &header, .header_count = 1 };

		check_row(rows[i].value, http_retry_after(&reply, now_ms) == rows[i].wait);
	}
}

static void milliseconds_win_over_seconds_when_both_are_sent(void **state)
{
	struct http_header headers[] = { { "retry-after", "30" }, { "retry-after-ms", "2000" } };
	struct http_reply reply = { .headers = headers, .header_count = 2 };

	(void)state;
	assert_int_equal(http_retry_after(&reply, 0), 2);
	headers[1].value = "soon";
	assert_int_equal(http_retry_after(&reply, 0), 30);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(an_answer_has_status_body_and_headers_in_lower_case),
		TEST(headers_of_an_interim_answer_do_not_count),
		TEST(a_request_goes_out_byte_for_byte),
		TEST(a_large_body_is_sent_without_asking_first),
		TEST(a_silent_server_ends_at_the_deadline_as_unknown),
		TEST(a_dripping_server_cannot_stretch_the_deadline),
		TEST(headers_without_end_are_bounded_too),
		TEST(a_flood_ends_at_the_size_limit_before_the_deadline),
		TEST(a_body_of_exactly_the_limit_passes_and_one_more_byte_does_not),
		TEST(a_cut_answer_is_unknown),
		TEST(what_is_no_http_is_an_error),
		TEST(a_post_that_was_read_and_not_answered_is_unknown_and_sent_once),
		TEST(a_post_never_uses_a_kept_connection),
		TEST(a_get_that_may_be_repeated_survives_a_dead_kept_connection),
		TEST(a_post_that_goes_out_once_is_not_repeated_on_a_dead_kept_connection),
		TEST(a_post_that_goes_out_once_uses_and_leaves_kept_connections),
		TEST(a_call_for_a_kept_connection_opens_none),
		TEST(a_call_for_a_kept_connection_uses_it),
		TEST(a_unix_socket_is_connected_to_instead_of_the_host),
		TEST(a_redirect_is_an_answer_and_not_followed),
		TEST(nobody_listening_provably_sent_nothing),
		TEST(a_failed_tls_handshake_provably_sent_nothing),
		TEST(other_schemes_and_plain_http_beyond_loopback_are_refused),
		cmocka_unit_test(retry_after_is_read_strictly_and_capped),
		cmocka_unit_test(milliseconds_win_over_seconds_when_both_are_sent),
	};
	static const char *const proxies[] = { "http_proxy", "https_proxy", "all_proxy", "HTTPS_PROXY", "ALL_PROXY" };

	/* A proxy of the machine would answer in the servers' place. */
	for (size_t i = 0; i < ARRAY_LEN(proxies); i++)
		unsetenv(proxies[i]);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
