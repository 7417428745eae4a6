/* Which teams have a state of some name: what is asked, page after page. */
#include "tests/support/check.h"

#include <string.h>

#include "base/buf.h"
#include "base/json.h"
#include "tests/support/fake_http.h"
#include "vendors/linear.h"

struct world {
	struct arena *mem;
	struct fake_http http;
	struct linear linear;
	const char **keys;
	size_t count;
	struct err err;
};

static int setup(void **state)
{
	struct world *w = calloc(1, sizeof(*w));

	w->mem = arena_new();
	fake_http_init(&w->http, w->mem);
	w->linear = (struct linear){ &w->http.base, &system_clock, "http://127.0.0.1:9", "lin_api_key" };
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

static int ask(struct world *w)
{
	return linear_state_teams(&w->linear, w->mem, "Scre\"ening", &w->keys, &w->count, &w->err);
}

static void answer(struct world *w, const char *nodes, const char *cursor)
{
	fake_http_answer(&w->http, 200,
			 arena_printf(w->mem, "{\"data\":{\"workflowStates\":{\"nodes\":[%s],\"pageInfo\":{\"hasNextPage\":%s,\"endCursor\":%s}}}}",
				      nodes, *cursor ? "true" : "false", *cursor ? cursor : "null"));
}

#define NODE(key) "{\"id\":\"s\",\"name\":\"Screening\",\"team\":{\"key\":\"" key "\"}}"

static void keys_of_all_pages_are_gathered(void **state)
{
	struct world *w = *state;
	struct err err = { 0 };
	struct json_object *sent;

	answer(w, NODE("HIR") "," NODE("OPS"), "\"c1\"");
	answer(w, NODE("LAW"), "");
	assert_int_equal(ask(w), 0);
	assert_int_equal(w->count, 3);
	assert_string_equal(w->keys[0], "HIR");
	assert_string_equal(w->keys[2], "LAW");
	assert_int_equal(w->http.call_count, 2);
	sent = json_read(w->mem, w->http.calls[0].body, &err);
	assert_string_equal(json_text(sent, "variables.name"), "Scre\"ening");
	assert_null(json_text(sent, "variables.after"));
	sent = json_read(w->mem, w->http.calls[1].body, &err);
	assert_string_equal(json_text(sent, "variables.after"), "c1");
}

static void no_team_is_an_answer(void **state)
{
	struct world *w = *state;

	answer(w, "", "");
	assert_int_equal(ask(w), 0);
	assert_int_equal(w->count, 0);
}

static void a_list_without_end_is_left_at_its_bound(void **state)
{
	struct world *w = *state;

	for (int i = 0; i < 30; i++)
		answer(w, NODE("HIR"), "\"again\"");
	assert_int_equal(ask(w), 0);
	assert_int_equal(w->count, 20);
	assert_int_equal(w->http.call_count, 20);
}

static void what_is_no_list_is_unreadable(void **state)
{
	struct world *w = *state;

	fake_http_answer(&w->http, 200, "{\"data\":{\"workflowStates\":null}}");
	assert_int_equal(ask(w), -1);
	assert_int_equal(w->err.kind, ERR_UPSTREAM);
}

static void more_than_a_page_is_not_read(void **state)
{
	struct world *w = *state;
	struct buf *nodes = buf_in(w->mem, 64 << 10);

	for (int i = 0; i < 51; i++)
		buf_printf(nodes, "%s%s", i ? "," : "", NODE("HIR"));
	answer(w, nodes->ptr, "");
	assert_int_equal(ask(w), -1);
	assert_int_equal(w->err.kind, ERR_UPSTREAM);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(keys_of_all_pages_are_gathered),
		TEST(no_team_is_an_answer),
		TEST(a_list_without_end_is_left_at_its_bound),
		TEST(what_is_no_list_is_unreadable),
		TEST(more_than_a_page_is_not_read),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
