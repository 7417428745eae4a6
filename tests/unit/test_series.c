/* Calls over time by the API: which stretch, in which steps, and what is refused. */
#include "tests/support/check.h"

#include <inttypes.h>
#include <string.h>

#include "base/json.h"
#include "store/keys.h"
#include "tests/support/campaign_world.h"

#define HOUR_MS 3600000LL

static const char *setup_campaign(struct world *w)
{
	return new_campaign(w, new_agent(w, "Hi"), "");
}

static void place(struct world *w, const char *campaign, const char *call, int64_t ms)
{
	redis_text(w, arena_printf(w->app.mem, "ZADD " KEY_CALLS "%s %" PRId64 " %s", campaign, ms, call));
}

static struct json_object *series(struct world *w, const char *campaign, const char *query)
{
	struct response *res = at(w, "GET", arena_printf(w->app.mem, "/api/campaigns/%s/series%s", campaign, query), NULL);

	assert_int_equal(res->status, 200);
	return json_of(w, res);
}

static int64_t sum(struct json_object *o, const char *path)
{
	int64_t total = 0;
	size_t count;
	struct json_object *list = json_list(o, path, &count);

	for (size_t i = 0; i < count; i++)
		total += json_object_get_int64(json_object_array_get_idx(list, i));
	return total;
}

static int64_t width(struct json_object *o)
{
	int64_t seconds = 0;

	json_int(o, "bucket_seconds", &seconds);
	return seconds;
}

static void a_campaign_without_calls_has_an_empty_hour(void **state)
{
	struct world *w = *state;
	struct json_object *o = series(w, setup_campaign(w), "");
	size_t count;

	json_list(o, "placed", &count);
	assert_int_equal(count, 61);
	assert_int_equal(sum(o, "placed"), 0);
	assert_int_equal(width(o), 60);
}

static void steps_grow_with_the_time_and_hold_every_call(void **state)
{
	static const struct {
		const char *name;
		int64_t hours, width;
	} rows[] = { { "an hour", 1, 60 }, { "six hours", 6, 300 }, { "two days", 48, 3600 }, { "a month", 720, 21600 } };
	struct world *w = *state;

	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		const char *campaign = setup_campaign(w);
		struct json_object *o;

		place(w, campaign, "a", API_NOW_MS - rows[i].hours * HOUR_MS);
		place(w, campaign, "b", API_NOW_MS - rows[i].hours * HOUR_MS / 2);
		place(w, campaign, "c", API_NOW_MS);
		o = series(w, campaign, "");
		check_row(rows[i].name, width(o) == rows[i].width);
		check_row(rows[i].name, sum(o, "placed") == 3);
	}
}

static void ends_are_told_by_the_minute_and_of_old_ones_by_the_hour(void **state)
{
	struct world *w = *state;
	const char *campaign = setup_campaign(w);
	int64_t minute = API_NOW_MS / 60000 - 10;
	struct json_object *o;

	place(w, campaign, "a", API_NOW_MS - HOUR_MS);
	place(w, campaign, "last", API_NOW_MS - HOUR_MS / 4);
	redis_text(w, arena_printf(w->app.mem, "HSET " KEY_SERIES_DAY "%s:%" PRId64 " %" PRId64 ":busy 2 %" PRId64 ":interested 3", campaign,
				   minute / 1440, minute, minute - 600));
	o = series(w, campaign, "");
	assert_int_equal(sum(o, "outcomes.busy"), 2);
	assert_int_equal(sum(o, "outcomes.interested"), 0); /* before the first call */
	place(w, campaign, "b", API_NOW_MS - 20 * 24 * HOUR_MS);
	redis_text(w, arena_printf(w->app.mem, "HSET " KEY_SERIES "%s %" PRId64 ":busy 5", campaign, (int64_t)(API_NOW_MS / HOUR_MS - 24)));
	o = series(w, campaign, "");
	assert_int_equal(sum(o, "outcomes.busy"), 5);
	/* The minutes of so long ago are not kept. */
	o = series(w, campaign, "?from=2025-11-01T00:00:00Z&to=2025-11-02T00:00:00Z&bucket=300");
	assert_int_equal(width(o), 3600);
}

static void bad_questions_are_refused(void **state)
{
	static const struct {
		const char *query, *field;
	} rows[] = {
		{ "?from=yesterday", "from" }, { "?to=x", "to" }, { "?from=2025-11-02T00:00:00Z&to=2025-11-01T00:00:00Z", "to" },
		{ "?bucket=0", "bucket" }, { "?bucket=61", "bucket" }, { "?bucket=x", "bucket" },
		{ "?from=2025-01-01T00:00:00Z&to=2025-11-01T00:00:00Z&bucket=3600", "bucket" },
	};
	struct world *w = *state;
	const char *campaign = setup_campaign(w);

	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		struct response *res = at(w, "GET", arena_printf(w->app.mem, "/api/campaigns/%s/series%s", campaign, rows[i].query), NULL);

		check_row(rows[i].query, res->status == 400);
		check_row_text(rows[i].query, text_of(w, res, "error.field"), rows[i].field);
	}
	assert_int_equal(at(w, "GET", "/api/campaigns/none/series", NULL)->status, 404);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(a_campaign_without_calls_has_an_empty_hour, campaign_world_setup, api_teardown),
		cmocka_unit_test_setup_teardown(steps_grow_with_the_time_and_hold_every_call, campaign_world_setup, api_teardown),
		cmocka_unit_test_setup_teardown(ends_are_told_by_the_minute_and_of_old_ones_by_the_hour, campaign_world_setup, api_teardown),
		cmocka_unit_test_setup_teardown(bad_questions_are_refused, campaign_world_setup, api_teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
