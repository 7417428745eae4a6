/* A new run for those who were not reached: whom it holds, and that it survives being cut short. */
#include "tests/support/check.h"

#include <inttypes.h>
#include <string.h>

#include "base/buf.h"
#include "base/json.h"
#include "campaign/redial.h"
#include "campaign/api.h"
#include "store/keys.h"
#include "tests/support/campaign_world.h"

/* A completed campaign with `count` leads, whose outcomes go round: no_answer, busy, answered, opted_out. */
static const char *ended_campaign(struct world *w, int count)
{
	static const char *const outcomes[] = { "no_answer", "busy", "answered", "opted_out" };
	const char *id = new_campaign(w, new_agent(w, "Hi {{name}}"), ",\"daily_cap\":77");
	struct buf *csv = buf_in(w->app.mem, 1 << 20);
	struct arena *mem = w->app.mem;

	buf_puts(csv, "phone,name,timezone,city\n");
	for (int i = 1; i <= count; i++)
		buf_printf(csv, "+1415555%04d,Ada %d,Europe/Rome,Rome\n", i, i);
	assert_int_equal(ask(w, (struct ask){ .method = "POST", .uri = arena_printf(mem, "/api/campaigns/%s/leads", id), .type = "text/csv",
					      .body = csv->ptr, .pages = &campaign_pages })->status, 200);
	for (int i = 1; i <= count; i++)
		redis_text(w, arena_printf(mem, "HSET " KEY_LEAD "%s:%d s d o %s", id, i, outcomes[(i - 1) % 4]));
	redis_text(w, arena_printf(mem, "HSET " KEY_COUNTS "%s pending 0 done %d", id, count));
	redis_text(w, arena_printf(mem, "HSET " KEY_CAMPAIGN "%s state completed", id));
	return id;
}

static struct response *redial(struct world *w, const char *id, const char *body)
{
	return at(w, "POST", arena_printf(w->app.mem, "/api/campaigns/%s/redial", id), body);
}

/* The lead's path in a campaign, from its answer. */
static const char *lead(struct world *w, const char *campaign, int number, const char *path)
{
	return text_of(w, at(w, "GET", arena_printf(w->app.mem, "/api/campaigns/%s/leads/%d", campaign, number), NULL), path);
}

static int64_t leads_of(struct world *w, const char *campaign)
{
	return number_of(w, at(w, "GET", arena_printf(w->app.mem, "/api/campaigns/%s/status", campaign), NULL), "counts.total");
}

static void those_who_were_not_reached_are_called_again(void **state)
{
	struct world *w = *state;
	const char *id = ended_campaign(w, 8), *made;
	struct response *res;

	at(w, "POST", "/api/do-not-call", "{\"phone\":\"+14155550005\"}");
	res = redial(w, id, "{\"outcomes\":[\"no_answer\",\"busy\"]}");
	assert_int_equal(res->status, 201);
	made = text_of(w, res, "id");
	assert_string_equal(text_of(w, res, "state"), "draft");
	assert_string_equal(text_of(w, res, "name"), "Survey (redial)");
	assert_string_equal(text_of(w, res, "source_id"), id);
	assert_string_equal(text_of(w, res, "state_reason"), "Holds the 3 leads that an earlier campaign did not reach.");
	assert_int_equal(number_of(w, res, "daily_cap"), 77);
	/* 1 and 5 no_answer, 2 and 6 busy; 5 must not be called */
	assert_int_equal(leads_of(w, made), 3);
	assert_string_equal(lead(w, made, 1, "phone"), "+14155550001");
	assert_string_equal(lead(w, made, 3, "phone"), "+14155550006");
	assert_string_equal(lead(w, made, 3, "name"), "Ada 6");
	assert_string_equal(lead(w, made, 3, "timezone"), "Europe/Rome");
	assert_string_equal(lead(w, made, 3, "variables.city"), "Rome");
	assert_string_equal(lead(w, made, 3, "state"), "pending");
}

static void what_is_asked_for_is_what_is_copied(void **state)
{
	struct world *w = *state;
	const char *id = ended_campaign(w, 8);
	struct response *res = redial(w, id, "{\"outcomes\":[\"busy\"],\"name\":\"Second try\"}");

	assert_string_equal(text_of(w, res, "name"), "Second try");
	assert_int_equal(leads_of(w, text_of(w, res, "id")), 2);
	assert_int_equal(leads_of(w, text_of(w, redial(w, id, "{}"), "id")), 4);
}

static void a_copy_that_was_cut_short_goes_on_and_doubles_nobody(void **state)
{
	struct world *w = *state;
	const char *id = ended_campaign(w, 1600), *made = text_of(w, redial(w, id, "{\"outcomes\":[\"no_answer\"]}"), "id");
	struct arena *mem = w->app.mem;
	struct err err = { 0 };
	bool more = true, idle = true;
	int turns = 0;

	assert_int_equal(leads_of(w, made), 400);
	/* as if it had been killed after its second piece, before that was noted */
	redis_text(w, arena_printf(mem, "HSET " KEY_CAMPAIGN "%s copying 1 copied 500 copy [\"no_answer\"]", made));
	redis_text(w, arena_printf(mem, "HSET " KEY_CAMPAIGNS_COPYING " %s %s", made, id));
	redis_text(w, arena_printf(mem, "HSET " KEY_CAMPAIGN "%s copies 1", id));
	assert_int_equal(at(w, "POST", arena_printf(mem, "/api/campaigns/%s/start", made), "{}")->status, 409);
	assert_int_equal(at(w, "DELETE", arena_join(mem, "/api/campaigns/", id), NULL)->status, 409);
	assert_int_equal(redial_copy(&w->app, made, &more, &err), 0);
	assert_true(more);
	assert_string_equal(text_of(w, at(w, "GET", arena_join(mem, "/api/campaigns/", made), NULL), "state_reason"),
			    "Copying the leads that were not reached: 1000 of 1600 looked at.");
	for (; !idle || !turns; turns++) {
		idle = true;
		assert_int_equal(redial_turn(&w->app, &idle, &err), 0);
	}
	assert_true(turns >= 2 && turns < 5);
	assert_int_equal(leads_of(w, made), 400);
	assert_int_equal(at(w, "DELETE", arena_join(mem, "/api/campaigns/", id), NULL)->status, 204);
}

static void a_deleted_draft_ends_its_copy(void **state)
{
	struct world *w = *state;
	const char *id = ended_campaign(w, 4), *made = text_of(w, redial(w, id, "{}"), "id");
	struct arena *mem = w->app.mem;
	struct err err = { 0 };
	bool idle = true;

	redis_text(w, arena_printf(mem, "HSET " KEY_CAMPAIGNS_COPYING " %s %s", made, id));
	redis_text(w, arena_printf(mem, "HSET " KEY_CAMPAIGN "%s copies 1", id));
	assert_int_equal(at(w, "DELETE", arena_join(mem, "/api/campaigns/", made), NULL)->status, 204);
	assert_int_equal(redial_turn(&w->app, &idle, &err), 0);
	assert_int_equal(redis_number(w, "EXISTS " KEY_CAMPAIGNS_COPYING), 0);
	assert_int_equal(at(w, "DELETE", arena_join(mem, "/api/campaigns/", id), NULL)->status, 204);
}

static void only_an_ended_campaign_is_redialled(void **state)
{
	struct world *w = *state;
	const char *id = ended_campaign(w, 4);
	struct arena *mem = w->app.mem;
	int64_t campaigns = redis_number(w, "ZCARD " KEY_CAMPAIGNS);

	redis_text(w, arena_printf(mem, "HSET " KEY_CAMPAIGN "%s state paused", id));
	assert_int_equal(redial(w, id, "{}")->status, 409);
	redis_text(w, arena_printf(mem, "HSET " KEY_CAMPAIGN "%s state stopped", id));
	redis_text(w, arena_printf(mem, "HSET " KEY_COUNTS "%s calling 1", id));
	assert_int_equal(redial(w, id, "{}")->status, 409);
	assert_int_equal(redial(w, "none", "{}")->status, 404);
	assert_int_equal(redis_number(w, "ZCARD " KEY_CAMPAIGNS), campaigns);
}

static void bad_wishes_are_refused_by_name(void **state)
{
	static const struct {
		const char *body, *field;
	} rows[] = {
		{ "{\"outcomes\":[]}", "outcomes" }, { "{\"outcomes\":\"busy\"}", "outcomes" }, { "{\"outcomes\":[\"answered\"]}", "outcomes" },
		{ "{\"outcomes\":[\"opted_out\"]}", "outcomes" }, { "{\"outcomes\":[\"suppressed\"]}", "outcomes" },
		{ "{\"outcomes\":[7]}", "outcomes" }, { "{\"name\":\"\"}", "name" }, { "{\"colour\":\"red\"}", "colour" }, { "[]", "(none)" },
	};
	struct world *w = *state;
	const char *id = ended_campaign(w, 1);

	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		struct response *res = redial(w, id, rows[i].body);

		check_row(rows[i].body, res->status == 400);
		check_row_text(rows[i].body, text_of(w, res, "error.field"), rows[i].field);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(those_who_were_not_reached_are_called_again, campaign_world_setup, api_teardown),
		cmocka_unit_test_setup_teardown(what_is_asked_for_is_what_is_copied, campaign_world_setup, api_teardown),
		cmocka_unit_test_setup_teardown(a_copy_that_was_cut_short_goes_on_and_doubles_nobody, campaign_world_setup, api_teardown),
		cmocka_unit_test_setup_teardown(a_deleted_draft_ends_its_copy, campaign_world_setup, api_teardown),
		cmocka_unit_test_setup_teardown(only_an_ended_campaign_is_redialled, campaign_world_setup, api_teardown),
		cmocka_unit_test_setup_teardown(bad_wishes_are_refused_by_name, campaign_world_setup, api_teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
