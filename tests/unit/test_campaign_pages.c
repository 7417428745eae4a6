/* The pages that list and make campaigns, rendered: hostile names, roles, filters, pages, and one that cannot be read. */
#include "tests/support/check.h"

#include <signal.h>
#include <string.h>

#include "console/campaigns.h"
#include "console/page.h"
#include "store/keys.h"
#include "tests/support/campaign_world.h"

#define HOSTILE "<script>alert(1)</script>\\\"'&"

static struct response *page(struct world *w, handler_fn *guard, const char *uri)
{
	const struct route_table *const parts[] = { &campaigns_routes, NULL };
	const struct pages pages = { .guard = guard, .fail = page_fail, .parts = parts };

	return ask(w, (struct ask){ .uri = uri, .pages = &pages });
}

static const char *hostile_campaign(struct world *w)
{
	const char *id = new_campaign(w, new_agent(w, "Hi {{first_name}} in {{city|your city}}"),
				      ",\"keys\":{\"1\":{\"outcome\":\"yes\",\"say\":\"" HOSTILE "\"}}");

	at(w, "PATCH", arena_join(w->app.mem, "/api/campaigns/", id), "{\"name\":\"" HOSTILE "\"}");
	return id;
}

static size_t times(const struct response *res, const char *words)
{
	size_t n = 0;

	for (const char *p = res->body->ptr; (p = strstr(p, words)); p++)
		n++;
	return n;
}

static void every_step_is_shown_and_nothing_in_it_runs(void **state)
{
	static const char *const steps[] = { "", "?step=basics", "?step=2", "?step=hours", "?step=pace", "?step=retries", "?step=keys",
					     "?step=review", "?step=99", "?step=<script>", "?step=%00" };
	struct world *w = *state;
	const char *id = hostile_campaign(w);

	add_lead(w, id, "", 0, NULL);
	for (size_t i = 0; i < ARRAY_LEN(steps); i++) {
		struct response *res = page(w, as_operator, arena_printf(w->app.mem, "/console/campaigns/%s/edit%s", id, steps[i]));

		check_row(steps[i], res->status == 200);
		check_row(steps[i], body_has(res, "&lt;script&gt;alert(1)"));
		check_row(steps[i], !body_has(res, "<script>alert"));
		check_row(steps[i], times(res, "aria-current=\"step\"") == 1);
	}
	assert_int_equal(page(w, as_operator, "/console/campaigns/nobody/edit")->status, 404);
	assert_int_equal(page(w, as_operator, "/console/campaigns/new")->status, 200);
}

static void who_only_looks_finds_nothing_to_press(void **state)
{
	static const char *const steps[] = { "basics", "leads", "hours", "pace", "retries", "keys", "review" };
	struct world *w = *state;
	const char *id = hostile_campaign(w);

	for (size_t i = 0; i < ARRAY_LEN(steps); i++) {
		struct response *res = page(w, as_viewer, arena_printf(w->app.mem, "/console/campaigns/%s/edit?step=%s", id, steps[i]));

		check_row(steps[i], res->status == 200);
		check_row(steps[i], body_has(res, "Your role lets you look"));
		check_row(steps[i], !body_has(res, "type=\"submit\" value=") && !body_has(res, "data-call=") && !body_has(res, "id=\"upload\""));
	}
	assert_false(body_has(page(w, as_viewer, "/console/campaigns"), "data-clone"));
	assert_false(body_has(page(w, as_viewer, "/console/campaigns/new"), "+14155550100"));
}

static void an_ended_campaign_stays_as_it_is(void **state)
{
	struct world *w = *state;
	const char *id = hostile_campaign(w);
	struct response *res;

	run_redis(w, "HSET", key_of(w->app.mem, KEY_CAMPAIGN, id), "state", "stopped");
	res = page(w, as_operator, arena_printf(w->app.mem, "/console/campaigns/%s/edit?step=pace", id));
	assert_true(body_has(res, "This campaign has ended"));
	assert_false(body_has(res, "type=\"submit\" value="));
}

static void the_list_shows_all_and_one_that_cannot_be_read_hides_none(void **state)
{
	struct world *w = *state;
	const char *id = hostile_campaign(w), *bad = new_campaign(w, new_agent(w, "Hi"), "");
	struct response *res;

	assert_true(body_has(page(w, as_operator, "/console/campaigns?state=paused"), "No campaign matches"));
	add_lead(w, id, "", 0, NULL);
	run_redis(w, "HSET", key_of(w->app.mem, KEY_OUTCOMES, id), "no_answer", "1");
	run_redis(w, "HSET", key_of(w->app.mem, KEY_CAMPAIGN, bad), "settings", "{}");
	res = page(w, as_operator, "/console/campaigns");
	assert_int_equal(res->status, 200);
	assert_int_equal(times(res, "data-campaign="), 2);
	assert_true(body_has(res, "(cannot be read)"));
	assert_true(body_has(res, "?outcome=no_answer#leads"));
	assert_false(body_has(res, "<script>alert"));
}

static void the_list_is_searched_and_paged(void **state)
{
	struct world *w = *state;
	const char *agent = new_agent(w, "Hi"), *next;
	struct response *res;

	assert_true(body_has(page(w, as_operator, "/console/campaigns"), "No campaign yet"));
	for (int i = 0; i < 60; i++) {
		w->clock.now_ms += 1000;
		at(w, "POST", "/api/campaigns", arena_printf(w->app.mem, "{\"name\":\"%s %02d\",\"agent_id\":\"%s\",\"timezone\":\"UTC\"}",
							     i % 2 ? "Odd" : "Even", i, agent));
	}
	res = page(w, as_operator, "/console/campaigns");
	assert_int_equal(times(res, "data-campaign="), 25);
	assert_true(body_has(res, ">Odd 59<"));
	res = page(w, as_operator, "/console/campaigns?search=oDD");
	assert_int_equal(times(res, "data-campaign="), 25);
	assert_false(body_has(res, ">Even"));
	next = strstr(res->body->ptr, "search=oDD&amp;cursor=");
	assert_non_null(next);
	next = arena_strndup(w->app.mem, next + strlen("search=oDD&amp;cursor="), strcspn(next + strlen("search=oDD&amp;cursor="), "\""));
	res = page(w, as_operator, arena_join(w->app.mem, "/console/campaigns?search=oDD&cursor=", next));
	assert_int_equal(times(res, "data-campaign="), 5);
	assert_true(body_has(res, ">Odd 01<"));
	assert_false(body_has(res, "cursor="));
	assert_int_equal(page(w, as_operator, "/console/campaigns?cursor=nonsense")->status, 200);
}

static void what_is_our_fault_can_be_tried_again(void **state)
{
	struct world *w = *state;
	struct response *res = page(w, as_operator, "/console/campaigns/nobody/edit");

	assert_int_equal(res->status, 404);
	assert_false(body_has(res, "Try again"));
	redis_server_kill(&w->redis);
	res = page(w, as_operator, "/console/campaigns");
	redis_server_start(&w->redis);
	assert_int_equal(res->status, 503);
	assert_true(body_has(res, "Try again"));
	assert_true(body_has(res, "aria-label=\"Console\"")); /* in the frame */
}

#define test(f) cmocka_unit_test_setup_teardown(f, campaign_world_setup, api_teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		test(every_step_is_shown_and_nothing_in_it_runs),
		test(who_only_looks_finds_nothing_to_press),
		test(an_ended_campaign_stays_as_it_is),
		test(the_list_shows_all_and_one_that_cannot_be_read_hides_none),
		test(the_list_is_searched_and_paged),
		test(what_is_our_fault_can_be_tried_again),
	};

	signal(SIGPIPE, SIG_IGN); /* as serve() does */
	return cmocka_run_group_tests(tests, NULL, NULL);
}
