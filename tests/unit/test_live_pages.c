/* The pages of a campaign that runs, of calls and of the do-not-call list, rendered: hostile values, what a viewer sees,
 * bad questions, and what is not there. */
#include "tests/support/check.h"

#include <inttypes.h>
#include <string.h>

#include "campaign/lead.h"
#include "console/call_log.h"
#include "console/live.h"
#include "console/page.h"
#include "store/keys.h"
#include "tests/support/campaign_world.h"

#define HOSTILE "<script>alert(1)</script>'&{{X}}"
#define PHONE "+14155550001"

static struct response *page(struct world *w, handler_fn *guard, const char *uri)
{
	const struct route_table *const parts[] = { &live_routes, &call_log_routes, NULL };
	const struct pages pages = { .guard = guard, .fail = page_fail, .parts = parts };

	return ask(w, (struct ask){ .uri = uri, .pages = &pages });
}

/* A campaign with one lead that was called once; everything that people wrote is hostile. */
static const char *called_campaign(struct world *w)
{
	const char *id = new_campaign(w, new_agent(w, "Hi"), "");
	struct arena *mem = w->app.mem;

	at(w, "PATCH", arena_join(mem, "/api/campaigns/", id), "{\"name\":\"" HOSTILE "\"}");
	add_lead(w, id, "", 0, NULL);
	redis_text(w, arena_printf(mem, "HSET " KEY_LEAD "%s:1 n " HOSTILE " s d o " HOSTILE " q first v:city " HOSTILE, id));
	redis_text(w, arena_printf(mem, "HSET " KEY_OUTCOMES "%s " HOSTILE " 1", id));
	redis_text(w, arena_printf(mem, "HSET " KEY_CALL "first campaign %s lead 1 phone " PHONE " from +14155550100 status completed outcome "
				   HOSTILE " digits " HOSTILE " speech " HOSTILE " error " HOSTILE " v 3 placed %lld", id, API_NOW_MS));
	redis_text(w, arena_printf(mem, "ZADD " KEY_CALLS "%s %lld first", id, API_NOW_MS));
	redis_text(w, arena_printf(mem, "ZADD " KEY_CALLS_ALL " %lld first", API_NOW_MS));
	redis_text(w, arena_printf(mem, "HSET %s " PHONE " 1", phones_key(mem, id, PHONE)));
	at(w, "POST", "/api/do-not-call", "{\"phone\":\"" PHONE "\",\"reason\":\"" HOSTILE "\"}");
	return id;
}

static const char *const addresses[] = {
	"/console/campaigns/%s", "/console/campaigns/%s?search=" HOSTILE "&outcome=x", "/console/campaigns/%s/leads/1",
	"/console/campaigns/%s/calls/first", "/console/calls?campaign=%s", "/console/do-not-call?reason=script",
};

static const char *address(struct world *w, size_t i, const char *id)
{
	const char *at_id = strstr(addresses[i], "%s");

	return !at_id ? addresses[i]
		      : arena_printf(w->app.mem, "%.*s%s%s", (int)(at_id - addresses[i]), addresses[i], id, at_id + 2);
}

static void nothing_that_people_wrote_runs(void **state)
{
	struct world *w = *state;
	const char *id = called_campaign(w);

	for (size_t i = 0; i < ARRAY_LEN(addresses); i++) {
		struct response *res = page(w, as_operator, address(w, i, id));

		check_row(addresses[i], res->status == 200);
		check_row(addresses[i], !body_has(res, "<script>alert"));
		check_row(addresses[i], body_has(res, "&lt;script&gt;alert(1)"));
	}
}

static void a_viewer_sees_no_number_and_nothing_to_press(void **state)
{
	struct world *w = *state;
	const char *id = called_campaign(w);

	for (size_t i = 0; i < ARRAY_LEN(addresses); i++) {
		struct response *res = page(w, as_viewer, address(w, i, id));

		check_row(addresses[i], res->status == 200);
		check_row(addresses[i], !body_has(res, "4155550001") && !body_has(res, "4155550100"));
		check_row(addresses[i], !body_has(res, "data-call=") && !body_has(res, "id=\"stop\"") && !body_has(res, "id=\"import\""));
	}
	assert_true(body_has(page(w, as_operator, address(w, 2, id)), PHONE));
}

static void what_is_not_there_is_not_found(void **state)
{
	static const char *const none[] = { "/console/campaigns/none", "/console/campaigns/none/leads/1", "/console/campaigns/none/calls/first" };
	struct world *w = *state;
	const char *id = called_campaign(w), *other = new_campaign(w, new_agent(w, "Hi"), "");

	for (size_t i = 0; i < ARRAY_LEN(none); i++)
		check_row(none[i], page(w, as_operator, none[i])->status == 404);
	assert_int_equal(page(w, as_operator, arena_printf(w->app.mem, "/console/campaigns/%s/leads/2", id))->status, 404);
	assert_int_equal(page(w, as_operator, arena_printf(w->app.mem, "/console/campaigns/%s/leads/x", id))->status, 404);
	assert_int_equal(page(w, as_operator, arena_printf(w->app.mem, "/console/campaigns/%s/calls/first", other))->status, 404);
}

static void bad_questions_are_answered_in_words(void **state)
{
	static const char *const bad[] = { "/console/calls?phone=hello", "/console/calls?from=monday", "/console/calls?cursor=x",
					   "/console/calls?outcome=%20", "/console/calls?x=%zz", "/console/do-not-call?search=ada",
					   "/console/do-not-call?cursor=x" };
	struct world *w = *state;
	const char *id = called_campaign(w);
	struct response *res;

	for (size_t i = 0; i < ARRAY_LEN(bad); i++) {
		res = page(w, as_operator, bad[i]);
		check_row(bad[i], res->status == 400);
		check_row(bad[i], body_has(res, "role=\"alert\"") && body_has(res, "</html>"));
	}
	res = page(w, as_operator, arena_printf(w->app.mem, "/console/campaigns/%s?state=sleeping", id));
	assert_true(res->status < 500 && body_has(res, "role=\"alert\""));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(nothing_that_people_wrote_runs, campaign_world_setup, api_teardown),
		cmocka_unit_test_setup_teardown(a_viewer_sees_no_number_and_nothing_to_press, campaign_world_setup, api_teardown),
		cmocka_unit_test_setup_teardown(what_is_not_there_is_not_found, campaign_world_setup, api_teardown),
		cmocka_unit_test_setup_teardown(bad_questions_are_answered_in_words, campaign_world_setup, api_teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
