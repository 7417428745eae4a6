/* The way to Redis, against a private server that is killed, stopped and locked:
 * every kind of answer arrives, a lost connection is opened again once, and what
 * may have run is not run again behind our back. */
#include "tests/support/check.h"

#include <arpa/inet.h>
#include <signal.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "store/store.h"
#include "tests/support/redis_server.h"

static struct redis_server server;
static struct store *store;
static struct arena *mem;
static struct err err;
static struct reply reply;

static int open_store(void **state)
{
	(void)state;
	mem = arena_new();
	err = (struct err){ 0 };
	store = store_new(server.url, &system_clock);
	return store_call(store, mem, &reply, &err, "FLUSHALL", NULL);
}

static int close_store(void **state)
{
	(void)state;
	store_free(store);
	arena_free(mem);
	return 0;
}

#define CALL(...) store_call(store, mem, &reply, &err, __VA_ARGS__, NULL)

/* The connection's number at the server: the same one means the same connection. */
static int64_t connection(void)
{
	assert_int_equal(CALL("CLIENT", "ID"), 0);
	return reply.number;
}

static void every_type_of_answer_arrives(void **state)
{
	(void)state;
	assert_int_equal(CALL("GET", "absent"), 0);
	assert_int_equal(reply.type, REPLY_NIL);
	assert_null(reply_text(&reply));
	assert_int_equal(CALL("SET", "k", "v"), 0);
	assert_int_equal(reply.type, REPLY_TEXT);
	assert_string_equal(reply_text(&reply), "OK");
	assert_int_equal(CALL("GET", "k"), 0);
	assert_string_equal(reply_text(&reply), "v");
	assert_int_equal(CALL("SET", "empty", ""), 0);
	assert_int_equal(CALL("GET", "empty"), 0);
	assert_string_equal(reply_text(&reply), "");
	assert_int_equal(CALL("STRLEN", "k"), 0);
	assert_int_equal(reply.type, REPLY_NUMBER);
	assert_true(reply.number == 1);
	assert_int_equal(CALL("LRANGE", "absent", "0", "-1"), 0);
	assert_int_equal(reply.type, REPLY_LIST);
	assert_int_equal(reply.count, 0);
	assert_int_equal(CALL("MGET", "k", "absent"), 0);
	assert_int_equal(reply.count, 2);
	assert_string_equal(reply_text(&reply.items[0]), "v");
	assert_int_equal(reply.items[1].type, REPLY_NIL);
	assert_int_equal(CALL("EVAL", "return {1,{2,{3}}}", "0"), 0);
	assert_true(reply.items[1].items[1].items[0].number == 3);
	assert_int_equal(CALL("EVAL", "return {{{{{{1}}}}}}", "0"), 0);
	assert_int_equal(CALL("EVAL", "return {{{{{{{1}}}}}}}", "0"), -1); /* nobody asks for that */
}

static void values_may_hold_any_byte(void **state)
{
	struct str value = STR("a\0b\r\n\xff%s{}");
	struct command set = command_new(mem, "SET");

	(void)state;
	command_text(&set, "k");
	command_str(&set, value);
	assert_int_equal(store_run(store, &set, &reply, &err), 0);
	assert_int_equal(CALL("GET", "k"), 0);
	assert_true(str_eq(reply.text, value));
}

static void absent_arguments_are_empty(void **state)
{
	struct command c = command_new(mem, "SET");

	(void)state;
	command_text(&c, "k");
	command_text(&c, NULL);
	assert_int_equal(store_run(store, &c, &reply, &err), 0);
	c = command_new(mem, "HSET");
	command_text(&c, "h");
	command_str(&c, (struct str){ NULL, 0 });
	command_int(&c, INT64_MIN);
	assert_int_equal(store_run(store, &c, &reply, &err), 0);
	assert_int_equal(CALL("HGET", "h", ""), 0);
	assert_string_equal(reply_text(&reply), "-9223372036854775808");
}

static void numbers_are_read_from_text_too(void **state)
{
	static const struct {
		const char *text;
		bool good;
		int64_t number;
	} rows[] = { { "42", true, 42 }, { "-7", true, -7 }, { "", false, 0 }, { "x", false, 0 }, { "4x", false, 0 },
		     { "1.5", false, 0 }, { "99999999999999999999", false, 0 } };
	int64_t n;

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		struct reply r = { .type = REPLY_TEXT, .text = str_from(rows[i].text) };

		check_row(rows[i].text, reply_int(&r, &n) == rows[i].good);
		check_row(rows[i].text, !rows[i].good || n == rows[i].number);
	}
	assert_true(reply_int(&(struct reply){ .type = REPLY_NUMBER, .number = 5 }, &n) && n == 5);
	assert_false(reply_int(&(struct reply){ .type = REPLY_NIL }, &n));
	assert_null(reply_text(&(struct reply){ .type = REPLY_NUMBER }));
}

static void an_error_answer_keeps_the_connection(void **state)
{
	int64_t before = connection();

	(void)state;
	assert_int_equal(CALL("SET", "k", "secret value"), 0);
	assert_int_equal(CALL("LPUSH", "k", "x"), -1);
	assert_int_equal(err.kind, ERR_SYSTEM);
	assert_string_equal(err.msg, "Redis answers WRONGTYPE");
	err = (struct err){ 0 };
	assert_int_equal(CALL("NONSENSE", "secret value"), -1);
	assert_null(strstr(err.msg, "secret"));
	err = (struct err){ 0 };
	assert_true(connection() == before);
}

static void the_first_failure_is_kept(void **state)
{
	(void)state;
	err_set(&err, ERR_INPUT, "earlier");
	assert_int_equal(CALL("NONSENSE"), -1);
	assert_string_equal(err.msg, "earlier");
}

static const struct script counting = {
	.name = "counting",
	.text = "return {KEYS[1], ARGV[1], redis.call(\"INCR\", KEYS[1])}",
	.sha1 = "4368b8aeda95241001781026594bbb3b6890de1a",
};
static const struct script pushing = {
	.name = "pushing",
	.text = "return redis.call('LPUSH', KEYS[1], 'x')",
	.sha1 = "c0f4e07d13acc8c1c810243d737b96cf873d836e",
};

static int count_once(void)
{
	struct command c = script_new(mem, &counting, 1);

	command_text(&c, "counter");
	command_text(&c, "argument");
	return script_run(store, &counting, &c, &reply, &err);
}

static void a_script_is_loaded_when_redis_does_not_know_it(void **state)
{
	(void)state;
	for (int i = 1; i <= 4; i++) {
		assert_int_equal(count_once(), 0);
		assert_string_equal(reply_text(&reply.items[0]), "counter");
		assert_string_equal(reply_text(&reply.items[1]), "argument");
		assert_true(reply.items[2].number == i);
		if (i % 2)
			assert_int_equal(CALL("SCRIPT", "FLUSH"), 0);
	}
	assert_int_equal(err.kind, ERR_NONE);
}

static void a_failing_script_is_an_error_answer(void **state)
{
	struct command c = script_new(mem, &pushing, 1);

	(void)state;
	command_text(&c, "k");
	assert_int_equal(CALL("SET", "k", "text"), 0);
	assert_int_equal(script_run(store, &pushing, &c, &reply, &err), -1);
	assert_int_equal(err.kind, ERR_SYSTEM);
	err = (struct err){ 0 };
	assert_int_equal(CALL("PING"), 0);
}

static void a_pipeline_answers_in_order(void **state)
{
	struct command commands[500];
	struct reply replies[500];

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(commands); i++) {
		commands[i] = command_new(mem, "INCRBY");
		command_text(&commands[i], "k");
		command_int(&commands[i], 2);
	}
	assert_int_equal(store_pipeline(store, commands, ARRAY_LEN(commands), replies, &err), 0);
	for (size_t i = 0; i < ARRAY_LEN(commands); i++)
		assert_true(replies[i].number == (int64_t)(2 * i + 2));
}

static void one_error_fails_the_pipeline_but_keeps_step(void **state)
{
	struct command commands[3] = { command_new(mem, "SET"), command_new(mem, "LPUSH"), command_new(mem, "GET") };
	struct reply replies[3];
	int64_t before = connection();

	(void)state;
	for (size_t i = 0; i < 3; i++)
		command_text(&commands[i], "k");
	command_text(&commands[0], "v");
	command_text(&commands[1], "x");
	assert_int_equal(store_pipeline(store, commands, 3, replies, &err), -1);
	assert_string_equal(err.msg, "Redis answers WRONGTYPE");
	err = (struct err){ 0 };
	assert_int_equal(CALL("GET", "k"), 0);
	assert_string_equal(reply_text(&reply), "v");
	assert_true(connection() == before);
}

static void a_restarted_redis_is_found_again(void **state)
{
	(void)state;
	assert_int_equal(count_once(), 0);
	redis_server_kill(&server);
	redis_server_start(&server);
	assert_int_equal(count_once(), 0); /* the new one knows neither us nor the script */
	assert_true(reply.items[2].number == 1);
	assert_int_equal(err.kind, ERR_NONE);
}

static void a_closed_connection_is_opened_again(void **state)
{
	char id[32];

	(void)state;
	snprintf(id, sizeof(id), "%lld", (long long)connection());
	assert_int_equal(CALL("CLIENT", "KILL", "ID", id, "SKIPME", "no"), 0); /* answered, then closed */
	assert_int_equal(CALL("PING"), 0);
	assert_int_equal(err.kind, ERR_NONE);
}

static void a_command_sent_ahead_is_answered_later(void **state)
{
	struct command c = command_new(mem, "INCR");

	(void)state;
	command_text(&c, "ahead");
	for (int turn = 1; turn <= 3; turn++) {
		if (turn == 2)
			kill(server.pid, SIGSTOP); /* or it might answer before it is killed */
		store_begin(store, &c, 1);
		if (turn == 2) {
			redis_server_kill(&server);
			redis_server_start(&server);
		}
		assert_int_equal(store_run(store, &c, &reply, &err), 0);
		assert_int_equal(reply.number, turn == 1 ? 1 : turn - 1);
		assert_int_equal(CALL("GET", "ahead"), 0);
		assert_string_equal(reply_text(&reply), turn == 3 ? "2" : "1");
	}
	redis_server_kill(&server);
	store_begin(store, &c, 1);
	assert_int_equal(store_run(store, &c, &reply, &err), -1);
	assert_int_equal(err.kind, ERR_SYSTEM);
	err = (struct err){ 0 };
	redis_server_start(&server);
	store_begin(store, &c, 1);
	assert_int_equal(store_run(store, &c, &reply, &err), 0);
	assert_int_equal(reply.number, 1);
}

static void several_commands_ahead_are_answered_together_and_it_can_be_seen(void **state)
{
	struct store *twin = store_twin(store);
	struct command commands[2] = { command_new(mem, "INCR"), command_new(mem, "GET") };
	struct reply replies[2];
	int64_t value = 0;

	(void)state;
	command_text(&commands[0], "twin");
	command_text(&commands[1], "twin");
	assert_true(store_is_answered(twin)); /* nothing is awaited */
	assert_int_equal(store_descriptor(twin), -1);
	kill(server.pid, SIGSTOP);
	store_begin(twin, commands, 2);
	assert_false(store_is_answered(twin));
	assert_true(store_descriptor(twin) >= 0);
	kill(server.pid, SIGCONT);
	for (int i = 0; i < 5000 && !store_is_answered(twin); i++)
		usleep(1000);
	assert_true(store_is_answered(twin));
	assert_int_equal(CALL("PING"), 0); /* the other connection waits for nothing */
	assert_int_equal(store_pipeline(twin, commands, 2, replies, &err), 0);
	assert_int_equal(replies[0].number, 1);
	assert_true(reply_int(&replies[1], &value) && value == 1);
	store_begin(twin, commands, 2);
	redis_server_kill(&server);
	for (int i = 0; i < 5000 && !store_is_answered(twin); i++)
		usleep(1000);
	assert_true(store_is_answered(twin)); /* a lost connection is something to look at */
	redis_server_start(&server);
	assert_int_equal(store_pipeline(twin, commands, 2, replies, &err), 0);
	store_free(twin);
}

static void an_absent_redis_is_told_and_its_return_noticed(void **state)
{
	(void)state;
	assert_int_equal(CALL("PING"), 0);
	redis_server_kill(&server);
	for (int i = 0; i < 2; i++) {
		assert_int_equal(CALL("PING"), -1);
		assert_int_equal(err.kind, ERR_SYSTEM);
		err = (struct err){ 0 };
	}
	redis_server_start(&server);
	assert_int_equal(CALL("PING"), 0);
}

/* The command may have run, or may still run: only the caller can know whether
 * it bears repeating. */
static void a_timeout_is_not_repeated(void **state)
{
	int64_t began;

	(void)state;
	assert_int_equal(CALL("INCR", "k"), 0);
	began = clock_monotonic_ms(&system_clock);
	kill(server.pid, SIGSTOP);
	assert_int_equal(CALL("INCR", "k"), -1);
	kill(server.pid, SIGCONT);
	assert_int_equal(err.kind, ERR_SYSTEM);
	assert_true(clock_monotonic_ms(&system_clock) - began < 15000); /* one timeout, not two */
	err = (struct err){ 0 };
	assert_int_equal(CALL("GET", "k"), 0);
	assert_string_equal(reply_text(&reply), "2");
}

static int try_url(const char *url)
{
	struct store *other = store_new(url, &system_clock);
	int rc;

	err = (struct err){ 0 };
	rc = store_call(other, mem, &reply, &err, "SET", "who", url, NULL);
	if (!rc)
		rc = store_call(other, mem, &reply, &err, "GET", "who", NULL);
	store_free(other);
	return rc;
}

static void addresses_are_understood_or_refused(void **state)
{
	static const char *const wrong[] = { "", "redis://", "unix://", "unix:///nonexistent/socket", "http://127.0.0.1",
					     "redis://127.0.0.1:0", "redis://127.0.0.1:x", "redis://127.0.0.1:70000",
					     "redis://127.0.0.1:1", "rediss://127.0.0.1:1", "redis://:6379" };

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(wrong); i++) {
		check_row(wrong[i], try_url(wrong[i]) == -1);
		check_row(wrong[i], err.kind == ERR_SYSTEM);
	}
	err = (struct err){ 0 };
	assert_int_equal(try_url(arena_printf(mem, "%s?db=3", server.url)), 0);
	assert_int_equal(try_url(arena_printf(mem, "%s?db=99", server.url)), -1);
	assert_int_equal(try_url(arena_printf(mem, "%s?db=x", server.url)), -1);
	err = (struct err){ 0 };
	assert_int_equal(CALL("EXISTS", "who"), 0);
	assert_true(reply.number == 0); /* db 3 is another one */
}

/* A port that was free a moment ago. */
static int free_port(void)
{
	struct sockaddr_in address = { .sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	socklen_t len = sizeof(address);
	int fd = socket(AF_INET, SOCK_STREAM, 0);

	assert_int_equal(bind(fd, (struct sockaddr *)&address, sizeof(address)), 0);
	assert_int_equal(getsockname(fd, (struct sockaddr *)&address, &len), 0);
	close(fd);
	return ntohs(address.sin_port);
}

static void passwords_are_sent_and_never_told(void **state)
{
	struct redis_server locked = { .password = "p@ss:word/1%", .port = free_port() };
	const char *at;

	(void)state;
	redis_server_open(&locked);
	at = arena_printf(mem, "127.0.0.1:%d", locked.port);
	assert_int_equal(try_url(arena_printf(mem, "redis://:p%%40ss%%3Aword%%2F1%%25@%s/2", at)), 0);
	assert_int_equal(try_url(arena_printf(mem, "redis://default:p%%40ss%%3Aword%%2F1%%25@%s", at)), 0);
	assert_int_equal(try_url(arena_printf(mem, "%s?password=p%%40ss%%3Aword%%2F1%%25", locked.url)), 0);
	assert_int_equal(try_url(arena_printf(mem, "redis://:wrong@%s", at)), -1);
	assert_null(strstr(err.msg, "wrong"));
	assert_int_equal(try_url(arena_printf(mem, "redis://%s", at)), -1);
	assert_string_equal(err.msg, "Redis answers NOAUTH");
	redis_server_close(&locked);
}

static void waiting_takes_one_element_or_ends_in_time(void **state)
{
	static const int timeouts[] = { 150, 1, 0, -5 };
	int64_t began;
	bool got;

	(void)state;
	assert_int_equal(CALL("RPUSH", "list", "a", "b"), 0);
	assert_int_equal(store_wait(store, mem, "list", 1000, &got, &err), 0);
	assert_true(got);
	assert_int_equal(CALL("LLEN", "list"), 0);
	assert_true(reply.number == 1);
	for (size_t i = 0; i < ARRAY_LEN(timeouts); i++) {
		began = clock_monotonic_ms(&system_clock);
		assert_int_equal(store_wait(store, mem, "none", timeouts[i], &got, &err), 0);
		assert_false(got);
		assert_true(clock_monotonic_ms(&system_clock) - began >= (i ? 0 : 140));
		assert_true(clock_monotonic_ms(&system_clock) - began < 2000);
	}
}

static void waiting_longer_than_a_command_may_take_is_cut(void **state)
{
	int64_t began = clock_monotonic_ms(&system_clock);
	bool got;

	(void)state;
	assert_int_equal(store_wait(store, mem, "none", 3600000, &got, &err), 0);
	assert_false(got);
	assert_true(clock_monotonic_ms(&system_clock) - began < 8000);
}

static void waiting_ends_when_an_element_comes(void **state)
{
	bool got = false;
	pid_t child = fork();

	(void)state;
	assert_true(child >= 0);
	if (!child) { /* pushes once our wait is seen at the server */
		struct store *other = store_new(server.url, &system_clock);
		bool blocked = false;

		for (int i = 0; i < 100000 && !blocked; i++)
			blocked = !store_call(other, mem, &reply, &err, "INFO", "clients", NULL) &&
				  strstr(reply.text.ptr, "blocked_clients:1");
		_exit(!blocked || store_call(other, mem, &reply, &err, "RPUSH", "list", "x", NULL));
	}
	assert_int_equal(store_wait(store, mem, "list", 4900, &got, &err), 0);
	assert_true(got);
	waitpid(child, NULL, 0);
}

static void entries_of_a_stream_are_waited_for_after_an_id(void **state)
{
	(void)state;
	assert_int_equal(store_wait_stream(store, mem, "stream", "0-0", 10, 1, &reply, &err), 0);
	assert_int_equal(reply.type, REPLY_NIL);
	for (int i = 1; i <= 3; i++)
		assert_int_equal(CALL("XADD", "stream", arena_printf(mem, "%d-0", i), "field", "value"), 0);
	assert_int_equal(store_wait_stream(store, mem, "stream", "1-0", 10, 1000, &reply, &err), 0);
	assert_int_equal(reply.type, REPLY_LIST);
	assert_int_equal(reply.count, 2);
	assert_string_equal(reply_text(&reply.items[0].items[0]), "2-0");
	assert_string_equal(reply_text(&reply.items[0].items[1].items[1]), "value");
	assert_int_equal(store_wait_stream(store, mem, "stream", "0-0", 1, 1000, &reply, &err), 0);
	assert_int_equal(reply.count, 1);
	assert_int_equal(store_wait_stream(store, mem, "stream", "3-0", 10, 1, &reply, &err), 0);
	assert_int_equal(reply.type, REPLY_NIL);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, open_store, close_store)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(every_type_of_answer_arrives),
		TEST(values_may_hold_any_byte),
		TEST(absent_arguments_are_empty),
		TEST(numbers_are_read_from_text_too),
		TEST(an_error_answer_keeps_the_connection),
		TEST(the_first_failure_is_kept),
		TEST(a_script_is_loaded_when_redis_does_not_know_it),
		TEST(a_failing_script_is_an_error_answer),
		TEST(a_pipeline_answers_in_order),
		TEST(one_error_fails_the_pipeline_but_keeps_step),
		TEST(a_restarted_redis_is_found_again),
		TEST(a_closed_connection_is_opened_again),
		TEST(a_command_sent_ahead_is_answered_later),
		TEST(several_commands_ahead_are_answered_together_and_it_can_be_seen),
		TEST(an_absent_redis_is_told_and_its_return_noticed),
		TEST(a_timeout_is_not_repeated),
		TEST(addresses_are_understood_or_refused),
		TEST(passwords_are_sent_and_never_told),
		TEST(waiting_takes_one_element_or_ends_in_time),
		TEST(waiting_longer_than_a_command_may_take_is_cut),
		TEST(entries_of_a_stream_are_waited_for_after_an_id),
		TEST(waiting_ends_when_an_element_comes),
	};
	int failed;

	if (!redis_server_installed()) {
		puts("redis-server is not installed");
		return 77; /* skipped, in the words of automake */
	}
	signal(SIGPIPE, SIG_IGN); /* as app_open() does */
	redis_server_open(&server);
	failed = cmocka_run_group_tests(tests, NULL, NULL);
	redis_server_close(&server);
	return failed;
}
