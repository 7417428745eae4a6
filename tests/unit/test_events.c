/* A campaign's numbered events: in order, from any number on, and when some are gone. */
#include "tests/support/check.h"

#include <inttypes.h>
#include <string.h>

#include "base/buf.h"
#include "base/json.h"
#include "campaign/api.h"
#include "live/events.h"
#include "store/keys.h"
#include "store/store.h"
#include "tests/support/api.h"

#define CAMPAIGN "AAAAAAAAAAAAAAAAAAAAAA"

/* Writes events of about `size` bytes as the campaigns' scripts do (events.h), `kept` of them staying. */
static void add_events(struct world *w, int64_t count, int64_t kept, int64_t size)
{
	struct command c = command_new(w->app.mem, "EVAL");
	struct err err = { 0 };
	struct reply r;

	command_text(&c, "redis.call('HSET', KEYS[1], 'state', 'running') "
			 "for _ = 1, tonumber(ARGV[1]) do "
			 "  local n = redis.call('HINCRBY', KEYS[1], 'seq', 1) "
			 "  local event = string.format('{\"seq\":%d,\"at\":\"2025-11-20T10:00:00.000Z\",\"type\":\"call\",\"call\":{\"speech\":\"%s\"}}', n, string.rep('a', ARGV[3])) "
			 "  redis.call('XADD', KEYS[2], 'MAXLEN', ARGV[2], n .. '-0', 'e', event) "
			 "end");
	command_int(&c, 2);
	command_text(&c, KEY_CAMPAIGN CAMPAIGN);
	command_text(&c, KEY_EVENTS CAMPAIGN);
	command_int(&c, count);
	command_int(&c, kept);
	command_int(&c, size);
	assert_int_equal(store_run(w->app.store, &c, &r, &err), 0);
}

static struct response *events(struct world *w, const char *query)
{
	return ask(w, (struct ask){ .uri = arena_join(w->app.mem, "/api/campaigns/" CAMPAIGN "/events", query),
				    .pages = &campaign_pages });
}

/* The answer holds the events first..last, each once and in order; none when last < first. */
static void check_events(struct world *w, const char *query, int64_t first, int64_t last)
{
	struct response *res = events(w, query);
	struct json_object *items;
	size_t count;

	check_row(query, res->status == 200);
	items = json_list(json_of(w, res), "items", &count);
	check_row(query, (int64_t)count == last - first + 1);
	for (size_t i = 0; i < count; i++) {
		int64_t seq = 0;

		check_row(query, json_int(json_object_array_get_idx(items, i), "seq", &seq) && seq == first + (int64_t)i);
	}
}

static void a_reader_gets_what_came_after_the_last_it_saw(void **state)
{
	struct world *w = *state;

	add_events(w, 1200, EVENTS_KEPT, 10);
	check_events(w, "", 1, 1000);
	check_events(w, "?after=0&limit=1", 1, 1);
	check_events(w, "?after=1000", 1001, 1200);
	check_events(w, "?after=300&limit=10", 301, 310);
	check_events(w, "?limit=10000", 1, 1200);
	check_events(w, "?after=1199", 1200, 1200);
	check_events(w, "?after=1200", 1, 0);
	check_events(w, "?after=5000", 1, 0);
}

static void a_campaign_without_events_has_none(void **state)
{
	struct world *w = *state;

	add_events(w, 0, EVENTS_KEPT, 10);
	check_events(w, "", 1, 0);
	check_events(w, "?after=7", 1, 0);
}

static void events_that_are_gone_are_told(void **state)
{
	struct world *w = *state;
	struct response *res;

	add_events(w, 50, 20, 10);
	check_events(w, "?after=30", 31, 50);
	res = events(w, "?after=29");
	assert_int_equal(res->status, 410);
	assert_string_equal(text_of(w, res, "error.code"), "gone");
	assert_int_equal(events(w, "")->status, 410);
	run_redis(w, "DEL", KEY_EVENTS CAMPAIGN, NULL, NULL);
	assert_int_equal(events(w, "?after=49")->status, 410);
	check_events(w, "?after=50", 1, 0);
}

static void a_long_answer_is_cut_between_events_and_the_rest_follows(void **state)
{
	struct world *w = *state;
	int64_t after = 0;
	int answers = 0;

	add_events(w, 20, EVENTS_KEPT, 600000);
	while (after < 20 && ++answers < 20) {
		struct response *res = events(w, arena_printf(w->app.mem, "?after=%" PRId64, after));
		struct json_object *items;
		size_t count;

		assert_false(res->body->failed);
		items = json_list(json_of(w, res), "items", &count);
		for (size_t i = 0; i < count; i++) {
			int64_t seq = 0;

			assert_true(json_int(json_object_array_get_idx(items, i), "seq", &seq));
			assert_int_equal(seq, ++after);
		}
	}
	assert_int_equal(after, 20);
	assert_true(answers > 1);
}

static void only_the_key_reads_events(void **state)
{
	struct world *w = *state;

	add_events(w, 1, EVENTS_KEPT, 10);
	assert_int_equal(ask(w, (struct ask){ .uri = "/api/campaigns/" CAMPAIGN "/events", .key = "Bearer wrong",
					      .pages = &campaign_pages })->status, 401);
}

static void bad_input_is_told_by_name(void **state)
{
	static const struct {
		const char *query;
		int status;
		const char *field;
	} rows[] = {
		{ "?after=-1", 400, "after" },       { "?after=x", 400, "after" },
		{ "?after=", 400, "after" },         { "?after=1.5", 400, "after" },
		{ "?after=9999999999999999999", 400, "after" }, { "?limit=0", 400, "limit" },
		{ "?limit=10001", 400, "limit" },    { "?limit=all", 400, "limit" },
		{ "?after=%zz", 400, "(none)" },
	};
	struct world *w = *state;

	add_events(w, 1, EVENTS_KEPT, 10);
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		struct response *res = events(w, rows[i].query);

		check_row(rows[i].query, res->status == rows[i].status);
		check_row_text(rows[i].query, text_of(w, res, "error.field"), rows[i].field);
	}
}

static void a_campaign_that_is_not_there_is_not_found(void **state)
{
	static const char *const uris[] = {
		"/api/campaigns/BBBBBBBBBBBBBBBBBBBBBB/events", "/api/campaigns/a%20b/events", "/api/campaigns//events",
	};
	struct world *w = *state;

	add_events(w, 1, EVENTS_KEPT, 10);
	run_redis(w, "HSET", KEY_CAMPAIGN CAMPAIGN, "state", "deleting");
	assert_int_equal(events(w, "")->status, 404);
	for (size_t i = 0; i < ARRAY_LEN(uris); i++)
		check_row(uris[i], ask(w, (struct ask){ .uri = uris[i], .pages = &campaign_pages })->status == 404);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(a_reader_gets_what_came_after_the_last_it_saw, api_setup, api_teardown),
		cmocka_unit_test_setup_teardown(a_campaign_without_events_has_none, api_setup, api_teardown),
		cmocka_unit_test_setup_teardown(events_that_are_gone_are_told, api_setup, api_teardown),
		cmocka_unit_test_setup_teardown(a_long_answer_is_cut_between_events_and_the_rest_follows, api_setup, api_teardown),
		cmocka_unit_test_setup_teardown(only_the_key_reads_events, api_setup, api_teardown),
		cmocka_unit_test_setup_teardown(bad_input_is_told_by_name, api_setup, api_teardown),
		cmocka_unit_test_setup_teardown(a_campaign_that_is_not_there_is_not_found, api_setup, api_teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
