/* Viewers find no telephone number out: not by paging, not by searching, not in what they export. */
#include "tests/support/check.h"

#include <string.h>

#include "base/json.h"
#include "campaign/api.h"
#include "tests/support/campaign_world.h"
#include "tests/support/visitor.h"

static struct response *see(struct world *w, const struct visitor *v, const char *uri)
{
	return ask_as(w, v, (struct ask){ .uri = uri, .pages = &campaign_pages });
}

static void the_pages_of_the_do_not_call_list_name_no_number(void **state)
{
	struct world *w = *state;
	const struct visitor viewer = come_in(w, "v@acme.example", ROLE_VIEWER), operator = come_in(w, "o@acme.example", ROLE_OPERATOR);
	const char *uri = "/api/do-not-call?limit=2", *next;
	int seen = 0;

	for (int i = 0; i < 5; i++)
		assert_int_equal(at(w, "POST", "/api/do-not-call", arena_printf(w->app.mem, "{\"phone\":\"+1415555010%d\"}", i))->status, 201);
	do {
		struct response *res = see(w, &viewer, uri);
		size_t count;

		assert_int_equal(res->status, 200);
		assert_false(body_has(res, "4155550"));
		for (size_t i = 0; json_list(json_of(w, res), "items", &count) && i < count; i++, seen++) {
			const char *phone = json_text(json_object_array_get_idx(json_list(json_of(w, res), "items", &count), i), "phone");

			assert_int_equal(phone[strlen(phone) - 1], '0' + seen);
		}
		next = json_text(json_of(w, res), "next_cursor");
		uri = arena_printf(w->app.mem, "/api/do-not-call?limit=2&cursor=%s", next ? next : "");
	} while (next && seen < 20);
	assert_int_equal(seen, 5);
	/* A place between two numbers that they choose would tell the digits one by one. */
	assert_int_equal(see(w, &viewer, "/api/do-not-call?cursor=14155550102")->status, 400);
	assert_int_equal(see(w, &operator, "/api/do-not-call?cursor=14155550102")->status, 200);
	assert_int_equal(see(w, &viewer, "/api/do-not-call?reason=555")->status, 400);
	assert_int_equal(see(w, &viewer, "/api/do-not-call?reason=asked")->status, 200);
	assert_true(body_has(see(w, &operator, "/api/do-not-call?limit=2"), "\"next_cursor\":\"14155550101\""));
}

static void a_number_in_a_name_is_neither_found_nor_exported(void **state)
{
	struct world *w = *state;
	const struct visitor viewer = come_in(w, "v@acme.example", ROLE_VIEWER), operator = come_in(w, "o@acme.example", ROLE_OPERATOR);
	const char *id = new_campaign(w, new_agent(w, "Hi"), "");
	const char *leads = arena_printf(w->app.mem, "/api/campaigns/%s/leads", id), *csv = arena_join(w->app.mem, leads, ".csv");
	struct response *res;

	assert_int_equal(at(w, "POST", leads, "{\"leads\":[{\"phone\":\"+14155550101\",\"name\":\"Ada 415 555 0102\"}]}")->status, 200);
	assert_false(body_has(see(w, &viewer, arena_join(w->app.mem, leads, "?search=555+0")), "Ada"));
	assert_true(body_has(see(w, &viewer, arena_join(w->app.mem, leads, "?search=ada")), "Ada"));
	assert_true(body_has(see(w, &operator, arena_join(w->app.mem, leads, "?search=555+0")), "Ada"));
	res = see(w, &viewer, csv);
	assert_int_equal(res->more(res->more_ctx, res->body), 0);
	assert_true(body_has(res, "Ada"));
	assert_false(body_has(res, "555"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(the_pages_of_the_do_not_call_list_name_no_number, campaign_world_setup, api_teardown),
		cmocka_unit_test_setup_teardown(a_number_in_a_name_is_neither_found_nor_exported, campaign_world_setup, api_teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
