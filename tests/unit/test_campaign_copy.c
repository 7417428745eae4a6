/* A campaign made from another one. */
#include "tests/support/check.h"

#include <string.h>

#include "base/buf.h"
#include "base/json.h"
#include "campaign/api.h"
#include "campaign/campaign_copy.h"
#include "store/keys.h"
#include "tests/support/campaign_world.h"

static const char *path(struct world *w, const char *id, const char *rest)
{
	return arena_printf(w->app.mem, "/api/campaigns/%s%s", id, rest);
}

static void leads(struct world *w, const char *id, const char *csv)
{
	struct response *res = ask(w, (struct ask){ .method = "POST", .type = "text/csv", .body = csv, .pages = &campaign_pages,
						    .uri = path(w, id, "/leads") });

	assert_int_equal(res->status, 200);
}

static void settings_go_along_and_leads_do_not(void **state)
{
	struct world *w = *state;
	const char *id = new_campaign(w, new_agent(w, "Hi"), ",\"daily_cap\":7,\"keys\":{\"1\":{\"outcome\":\"yes\"}}"), *copy;
	struct response *res;

	leads(w, id, "phone\n+14155550101\n");
	res = at(w, "POST", path(w, id, "/clone"), NULL);
	assert_int_equal(res->status, 201);
	copy = text_of(w, res, "id");
	assert_string_not_equal(copy, id);
	assert_string_equal(text_of(w, res, "name"), "Copy of Survey");
	assert_string_equal(text_of(w, res, "state"), "draft");
	assert_int_equal(number_of(w, res, "daily_cap"), 7);
	assert_string_equal(text_of(w, res, "keys.1.outcome"), "yes");
	assert_int_equal(number_of(w, at(w, "GET", path(w, copy, "/status"), NULL), "counts.total"), 0);
	assert_int_equal(number_of(w, at(w, "GET", path(w, id, "/status"), NULL), "counts.total"), 1);
}

static void leads_go_along_as_if_imported_anew(void **state)
{
	struct world *w = *state;
	const char *id = new_campaign(w, new_agent(w, "Hi"), ""), *copy;
	struct response *res;

	leads(w, id, "phone,name,timezone,city\n+14155550101,Ada,Europe/Rome,Rome\n+14155550102,Bob,,\n+14155550103,,,Oslo\n");
	at(w, "POST", "/api/do-not-call", "{\"phone\":\"+14155550102\"}");
	res = at(w, "POST", path(w, id, "/clone"), "{\"name\":\"Autumn\",\"leads\":true}");
	assert_int_equal(res->status, 201);
	copy = text_of(w, res, "id");
	assert_string_equal(text_of(w, res, "name"), "Autumn");
	assert_int_equal(number_of(w, res, "copied.accepted"), 3);
	assert_int_equal(number_of(w, res, "copied.suppressed"), 1);
	res = at(w, "GET", path(w, copy, "/leads/1"), NULL);
	assert_string_equal(text_of(w, res, "phone"), "+14155550101");
	assert_string_equal(text_of(w, res, "name"), "Ada");
	assert_string_equal(text_of(w, res, "timezone"), "Europe/Rome");
	assert_string_equal(text_of(w, res, "variables.city"), "Rome");
	assert_string_equal(text_of(w, at(w, "GET", path(w, copy, "/leads/2"), NULL), "outcome"), "suppressed");
	assert_int_equal(redis_number(w, arena_printf(w->app.mem, "ZCARD " KEY_VARIABLES "%s", copy)), 1);
}

static void many_leads_are_all_there(void **state)
{
	struct world *w = *state;
	const char *id = new_campaign(w, new_agent(w, "Hi"), ""), *copy;
	struct buf *csv = buf_in(w->app.mem, 1 << 20);
	struct response *res;

	buf_puts(csv, "phone\n");
	for (int i = 0; i < 1234; i++)
		buf_printf(csv, "+1415555%04d\n", i);
	leads(w, id, csv->ptr);
	res = at(w, "POST", path(w, id, "/clone"), "{\"leads\":true}");
	copy = text_of(w, res, "id");
	assert_int_equal(number_of(w, res, "copied.accepted"), 1234);
	assert_int_equal(number_of(w, at(w, "GET", path(w, copy, "/status"), NULL), "counts.pending"), 1234);
	assert_string_equal(text_of(w, at(w, "GET", path(w, copy, "/leads/1234"), NULL), "phone"), "+14155551233");
}

/* Somebody else deletes the campaign while its leads are being copied. */
struct deletion {
	struct world *w;
	const char *id;
};

static bool take_and_delete(void *ctx, const struct lead *lead)
{
	const struct deletion *t = ctx;
	struct err err = { 0 };
	enum campaign_deleted deleted;

	if (lead->number > 1)
		return true;
	assert_int_equal(campaign_delete(&t->w->app, t->id, &deleted, &err), 0);
	assert_int_equal(deleted, CAMPAIGN_DELETED);
	return true;
}

static void half_a_list_is_no_copy(void **state)
{
	struct world *w = *state;
	const char *id = new_campaign(w, new_agent(w, "Hi"), "");
	struct deletion deletion = { w, id };
	struct campaign_copy copy = { .takes = take_and_delete, .ctx = &deletion };
	struct err err = { 0 };
	struct campaign from;

	leads(w, id, "phone\n+14155550101\n+14155550102\n");
	assert_int_equal(campaign_load(&w->app, id, &from, &err), 0);
	assert_int_equal(campaign_copy(&w->app, &from, &copy, &err), -1);
	assert_int_equal(err.kind, ERR_MISSING);
	assert_int_equal(redis_number(w, "ZCARD " KEY_CAMPAIGNS), 0);
}

static void what_is_wrong_is_told_by_name(void **state)
{
	static const struct {
		const char *body, *field;
	} rows[] = {
		{ "{\"name\":\"\"}", "name" }, { "{\"name\":7}", "name" }, { "{\"leads\":1}", "leads" },
		{ "{\"colour\":1}", "colour" }, { "[]", "(none)" },
	};
	struct world *w = *state;
	const char *id = new_campaign(w, new_agent(w, "Hi"), "");

	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		struct response *res = at(w, "POST", path(w, id, "/clone"), rows[i].body);

		check_row(rows[i].body, res->status == 400);
		check_row_text(rows[i].body, text_of(w, res, "error.field"), rows[i].field);
	}
	assert_int_equal(redis_number(w, "ZCARD " KEY_CAMPAIGNS), 1);
	assert_int_equal(at(w, "POST", path(w, "nobody", "/clone"), NULL)->status, 404);
}

#define test(f) cmocka_unit_test_setup_teardown(f, campaign_world_setup, api_teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		test(settings_go_along_and_leads_do_not),
		test(leads_go_along_as_if_imported_anew),
		test(many_leads_are_all_there),
		test(half_a_list_is_no_copy),
		test(what_is_wrong_is_told_by_name),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
