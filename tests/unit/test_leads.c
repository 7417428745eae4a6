/* The import of leads from CSV and JSON, and the groups in which they stand. */
#include "tests/support/check.h"

#include <string.h>

#include "base/buf.h"
#include "base/json.h"
#include "base/limits.h"
#include "campaign/api.h"
#include "campaign/lead.h"
#include "campaign/phone_zones.h"
#include "store/keys.h"
#include "store/scripts.h"
#include "tests/support/campaign_world.h"

#define LEADS "/api/campaigns/spring/leads"

static struct response *post(struct world *w, const char *uri, const char *type, const char *body)
{
	return ask(w, (struct ask){ .method = "POST", .uri = uri, .type = type, .body = body, .pages = &campaign_pages });
}

static struct response *show(struct world *w, const char *uri)
{
	return at(w, "GET", uri, NULL);
}

static int setup(void **state)
{
	struct world *w;

	if (campaign_world_setup(state))
		return -1;
	w = *state;
	redis_text(w, arena_printf(w->app.mem, "RENAME " KEY_CAMPAIGN "%s " KEY_CAMPAIGN "spring", new_campaign(w, new_agent(w, "Hi"), "")));
	return 0;
}

/* "2 +1 555: why" for each rejected row. */
static const char *rejected(struct world *w, const struct response *res)
{
	struct buf *out = buf_in(w->app.mem, 1 << 16);
	size_t count;
	struct json_object *list = json_list(json_of(w, res), "rejected", &count);

	for (size_t i = 0; i < count; i++) {
		struct json_object *one = json_object_array_get_idx(list, i);
		int64_t row = -1;

		json_int(one, "row", &row);
		buf_printf(out, "%s%d %s: %s", i ? "\n" : "", (int)row, json_text(one, "value"), json_text(one, "reason"));
	}
	return out->ptr;
}

static void check_counts(struct world *w, const struct response *res, int accepted, int duplicates, int suppressed, int bad)
{
	assert_int_equal(res->status, 200);
	assert_int_equal(number_of(w, res, "accepted"), accepted);
	assert_int_equal(number_of(w, res, "duplicates"), duplicates);
	assert_int_equal(number_of(w, res, "suppressed"), suppressed);
	assert_int_equal(number_of(w, res, "rejected_count"), bad);
}

/* "1 +1415... pending" for each lead of a list. */
static const char *listed(struct world *w, const char *uri)
{
	struct buf *out = buf_in(w->app.mem, 1 << 16);
	struct response *res = show(w, uri);
	size_t count;
	struct json_object *list = json_list(json_of(w, res), "items", &count);

	assert_int_equal(res->status, 200);
	for (size_t i = 0; i < count; i++) {
		struct json_object *one = json_object_array_get_idx(list, i);

		buf_printf(out, "%s%s %s %s", i ? "\n" : "", json_text(one, "id"), json_text(one, "phone"), json_text(one, "state"));
	}
	return out->ptr;
}

/* ---- the import ---- */

static const char three[] = "Phone;NAME;Favourite colour;timezone\r\n"
			    "+1 (415) 555-0123;Ada Lovelace;red;\r\n"
			    "+44 20 7946 0958;;;Europe/London\r\n"
			    "+1 907 555 0199;Bob;;\r\n";

static void csv_becomes_leads(void **state)
{
	struct world *w = *state;
	struct response *res = post(w, LEADS, "text/csv; charset=utf-8", three);

	check_counts(w, res, 3, 0, 0, 0);
	assert_string_equal(listed(w, LEADS), "1 +14155550123 pending\n2 +442079460958 pending\n3 +19075550199 pending");
	res = show(w, LEADS "/1");
	assert_string_equal(text_of(w, res, "name"), "Ada Lovelace");
	assert_string_equal(text_of(w, res, "variables.Favourite_colour"), "red");
	assert_string_equal(text_of(w, res, "timezone"), "(none)");
	assert_string_equal(text_of(w, show(w, LEADS "/2"), "timezone"), "Europe/London");
	assert_int_equal(redis_number(w, "HGET " KEY_COUNTS "spring total"), 3);
	assert_int_equal(redis_number(w, "HGET " KEY_COUNTS "spring pending"), 3);
	assert_int_equal(redis_number(w, "HGET " KEY_CAMPAIGN "spring leads"), 3);
	assert_int_equal(show(w, LEADS "/4")->status, 404);
	assert_int_equal(show(w, LEADS "/x")->status, 404);
}

static void leads_stand_in_the_group_of_their_zones(void **state)
{
	struct world *w = *state;

	check_counts(w, post(w, LEADS, "text/csv", three), 3, 0, 0, 0);
	check_counts(w, post(w, LEADS, "text/csv", "phone\n+80012345678\n"), 1, 0, 0, 0);
	assert_int_equal(redis_number(w, "HGET " KEY_GROUPS "spring America/Los_Angeles"), 0);
	assert_int_equal(redis_number(w, "HGET " KEY_GROUPS "spring Europe/London"), 1);
	assert_int_equal(redis_number(w, "HGET " KEY_GROUPS "spring America/Adak&America/Anchorage"), 2);
	assert_int_equal(redis_number(w, "HGET " KEY_GROUPS "spring "), 3);
	assert_int_equal(redis_number(w, "ZSCORE " KEY_DUE "spring:0 1"), 1);
	assert_int_equal(redis_number(w, "ZSCORE " KEY_DUE "spring:2 3"), 3);
	assert_int_equal(redis_number(w, "ZSCORE " KEY_DUE "spring:3 4"), 4);
	assert_int_equal(redis_number(w, "HGET " KEY_LEAD "spring:3 g"), 2);
}

static void the_longest_prefix_gives_the_zones(void **state)
{
	static const struct {
		const char *phone, *zones;
	} rows[] = {
		{ "+14155550123", "America/Los_Angeles" },
		{ "+19075550199", "America/Adak&America/Anchorage" },
		{ "+390612345678", "Europe/Rome" },
		{ "+4930123456", "Europe/Berlin" },
		{ "+80012345678", "(none)" },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		const char *zones = phone_zones(rows[i].phone);

		check_row_text(rows[i].phone, zones ? zones : "(none)", rows[i].zones);
	}
	/* toll-free: anywhere in North America */
	assert_non_null(strstr(phone_zones("+18005550123"), "America/New_York&"));
	assert_non_null(strstr(phone_zones("+18005550123"), "&Pacific/Honolulu"));
}

static void a_number_is_in_a_campaign_once(void **state)
{
	struct world *w = *state;

	check_counts(w, post(w, LEADS, "text/csv", three), 3, 0, 0, 0);
	check_counts(w, post(w, LEADS, "text/csv", "phone\n+14155550123\n+14155550124\n+1 415 555 0124\n"), 1, 2, 0, 0);
	assert_int_equal(redis_number(w, "HGET " KEY_COUNTS "spring total"), 4);
	assert_int_equal(redis_number(w, "ZCARD " KEY_DUE "spring:0"), 2);
}

static void a_number_of_the_do_not_call_list_is_done_from_the_start(void **state)
{
	struct world *w = *state;
	struct response *res;

	post(w, "/api/do-not-call", "application/json", "{\"phone\":\"+14155550124\"}");
	check_counts(w, post(w, LEADS, "text/csv", "phone\n+14155550123\n+14155550124\n"), 2, 0, 1, 0);
	assert_string_equal(listed(w, LEADS "?state=done"), "2 +14155550124 done");
	res = show(w, LEADS "/2");
	assert_string_equal(text_of(w, res, "outcome"), "suppressed");
	assert_int_equal(redis_number(w, "HGET " KEY_COUNTS "spring total"), 2);
	assert_int_equal(redis_number(w, "HGET " KEY_COUNTS "spring pending"), 1);
	assert_int_equal(redis_number(w, "HGET " KEY_COUNTS "spring done"), 1);
	assert_int_equal(redis_number(w, "HGET " KEY_OUTCOMES "spring suppressed"), 1);
	assert_int_equal(redis_number(w, "ZCARD " KEY_DUE "spring:0"), 1);
}

static void bad_rows_are_told_and_good_ones_kept(void **state)
{
	struct world *w = *state;
	struct response *res = post(w, LEADS, "text/csv",
				    "phone,name,timezone,\n"
				    "+14155550123,Ada,,\n"
				    "415 555 0124,Bob,,\n"
				    ",Nobody,,\n"
				    "\n"
				    "+14155550125,Cy,Mars/Olympus,\n"
				    "+14155550126,Dee\n"
				    "+14155550127,\"E\"e,,\n"
				    "+14155550128,Fay,,what is this\n"
				    ",,,\n"
				    "+14155550129,Gus,Europe/Berlin&Europe/Rome,\n"
				    "+14155550130,Hal,,\n");

	check_counts(w, res, 2, 0, 0, 7);
	assert_string_equal(rejected(w, res),
			    "3 415 555 0124: The number has no country code, and no country was given.\n"
			    "4 : The number is missing.\n"
			    "6 +14155550125: There is no time zone \"Mars/Olympus\".\n"
			    "7 +14155550126: The row has another number of cells than the header.\n"
			    "8 : A quotation mark stands where none may.\n"
			    "9 +14155550128: A cell stands below no name.\n"
			    "11 +14155550129: There is no time zone \"Europe/Berlin&Europe/Rome\".");
	assert_string_equal(listed(w, LEADS), "1 +14155550123 pending\n2 +14155550130 pending");
}

static void a_country_reads_national_numbers(void **state)
{
	struct world *w = *state;

	check_counts(w, post(w, LEADS "?country=US", "text/csv", "phone\n(415) 555-0123\n+442079460958\n"), 2, 0, 0, 0);
	assert_string_equal(listed(w, LEADS), "1 +14155550123 pending\n2 +442079460958 pending");
}

static void a_dry_run_stores_nothing(void **state)
{
	struct world *w = *state;
	const char *body = "phone\n+14155550123\n+14155550124\n+14155550125\n+14155550124\n+1\n";

	post(w, "/api/do-not-call", "application/json", "{\"phone\":\"+14155550125\"}");
	check_counts(w, post(w, LEADS, "text/csv", "phone\n+14155550123\n"), 1, 0, 0, 0);
	check_counts(w, post(w, LEADS "?dry_run=1", "text/csv", body), 2, 2, 1, 1);
	assert_int_equal(redis_number(w, "HGET " KEY_COUNTS "spring total"), 1);
	assert_int_equal(redis_number(w, "EXISTS " KEY_LEAD "spring:2"), 0);
	/* and it told what the import then does */
	check_counts(w, post(w, LEADS, "text/csv", body), 2, 2, 1, 1);
}

static void json_becomes_leads(void **state)
{
	struct world *w = *state;
	struct response *res = post(w, LEADS, "application/json",
				    "{\"leads\":[{\"phone\":\"+14155550123\",\"name\":\"Ada\",\"age\":36,\"vip\":true,\"note\":null},"
				    "{\"phone\":14155550124},{\"phone\":\"+14155550125\",\"pets\":[\"cat\"]},7,"
				    "{\"name\":\"Nobody\"},{\"phone\":\"+14155550126\",\"e-mail\":\"x\"},"
				    "{\"phone\":\"+14155550127\",\"x\":\"a\\u0000b\"}]}");

	check_counts(w, res, 1, 0, 0, 6);
	assert_string_equal(rejected(w, res),
			    "2 14155550124: The telephone number must be text.\n"
			    "3 +14155550125: A lead's members are texts and numbers: nothing is nested.\n"
			    "4 : A lead must be an object.\n"
			    "5 : The number is missing.\n"
			    "6 +14155550126: \"e-mail\" cannot be the name of a variable.\n"
			    "7 +14155550127: The lead holds a NUL character.");
	res = show(w, LEADS "/1");
	assert_string_equal(text_of(w, res, "variables.age"), "36");
	assert_string_equal(text_of(w, res, "variables.vip"), "true");
	assert_string_equal(text_of(w, res, "variables.note"), "(none)");
}

static void what_cannot_be_imported_is_refused(void **state)
{
	static const struct {
		const char *uri, *type, *body;
		int status;
		const char *field;
	} rows[] = {
		{ LEADS, "text/csv", "", 400, "phone" },
		{ LEADS, "text/csv", "name\nAda\n", 400, "phone" },
		{ LEADS, "text/csv", "phone,e-mail\n+14155550123,x\n", 400, "e-mail" },
		{ LEADS, "text/csv", "phone,2nd\n+14155550123,x\n", 400, "2nd" },
		{ LEADS, "text/csv", "phone,city,city\n+14155550123,x,y\n", 400, "city" },
		{ LEADS, "text/csv", "phone,PHONE\n+14155550123,x\n", 400, "PHONE" },
		{ LEADS, "text/csv", "phone,\"x\n", 400, "" },
		{ LEADS "?country=USA", "text/csv", "phone\n", 400, "country" },
		{ LEADS "?country=us", "text/csv", "phone\n", 400, "country" },
		{ LEADS "?dry_run=maybe", "text/csv", "phone\n", 400, "dry_run" },
		{ LEADS, "text/plain", "phone\n", 415, "(none)" },
		{ LEADS, "application/json", "[]", 400, "(none)" },
		{ LEADS, "application/json", "{}", 400, "leads" },
		{ LEADS, "application/json", "{\"leads\":{}}", 400, "leads" },
		{ LEADS, "application/json", "{\"leads\":[],\"x\":1}", 400, "x" },
		{ "/api/campaigns/none/leads", "text/csv", "phone\n+14155550123\n", 404, "(none)" },
		{ "/api/campaigns/none/leads", "application/json", "{\"leads\":[]}", 404, "(none)" },
	};
	struct world *w = *state;

	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		struct response *res = post(w, rows[i].uri, rows[i].type, rows[i].body);

		check_row(rows[i].body, res->status == rows[i].status);
		check_row_text(rows[i].body, text_of(w, res, "error.field"), rows[i].field);
	}
	assert_string_equal(redis_text(w, "HGET " KEY_CAMPAIGN "spring leads"), "(nil)");
}

static void a_campaign_that_has_ended_takes_no_leads(void **state)
{
	static const struct {
		const char *state;
		int status;
	} rows[] = { { "draft", 200 }, { "running", 200 }, { "paused", 200 }, { "completed", 409 }, { "stopped", 409 } };
	struct world *w = *state;

	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		run_redis(w, "HSET", KEY_CAMPAIGN "spring", "state", rows[i].state);
		check_row(rows[i].state, post(w, LEADS, "text/csv", "phone\n+14155550123\n")->status == rows[i].status);
	}
}

/* As when the connection to Redis closed before the answer came. */
static void a_batch_that_is_sent_twice_is_taken_once(void **state)
{
	struct world *w = *state;
	struct command c = script_new(w->app.mem, &script_leads_add, 7);
	static const char *const words[] = {
		KEY_CAMPAIGN "spring", KEY_COUNTS "spring", KEY_OUTCOMES "spring", KEY_GROUPS "spring", KEY_DO_NOT_CALL,
		KEY_IMPORT "x", KEY_VARIABLES "spring", KEY_LEAD "spring:", KEY_DUE "spring:", "1", "60", "0", "[\"UTC\"]", "[\"city\"]",
		"[[\"b\",1,[\"p\",\"+14155550123\",\"v:city\",\"Rome\"]],[\"b\",1,[\"p\",\"+14155550123\"]],"
		"[\"b\",1,[\"p\",\"+14155550124\"]]]",
	};

	for (size_t i = 0; i < ARRAY_LEN(words); i++)
		command_text(&c, words[i]);
	for (int i = 0; i < 2; i++) {
		struct err err = { 0 };
		struct reply r;

		assert_int_equal(script_run(w->app.store, &script_leads_add, &c, &r, &err), 0);
		assert_string_equal(reply_text(&r.items[0]), "ok");
		assert_string_equal(reply_text(&r.items[1]), "ada");
		assert_int_equal(redis_number(w, "HGET " KEY_COUNTS "spring total"), 2);
		assert_int_equal(redis_number(w, "ZCARD " KEY_DUE "spring:0"), 2);
		assert_int_equal(redis_number(w, "HGET " KEY_CAMPAIGN "spring leads"), 2);
	}
}

static void an_upload_that_breaks_off_keeps_whole_leads(void **state)
{
	struct world *w = *state;
	struct buf *csv = buf_in(w->app.mem, 1 << 20);
	struct response *res;

	buf_puts(csv, "phone\n");
	for (int i = 0; i < 7000; i++)
		buf_printf(csv, "+1415555%04d\n", 1000 + i);
	res = ask(w, (struct ask){ .method = "POST", .uri = LEADS, .type = "text/csv", .body = csv->ptr, .length = csv->len + 1,
				   .pages = &campaign_pages });
	assert_int_equal(res->status, 400);
	assert_string_equal(text_of(w, res, "error.code"), "bad_request");
	assert_int_equal(number_of(w, res, "accepted"), 7000);
	assert_int_equal(redis_number(w, "HGET " KEY_COUNTS "spring total"), number_of(w, res, "accepted"));
	assert_int_equal(redis_number(w, "ZCARD " KEY_DUE "spring:0"), number_of(w, res, "accepted"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(csv_becomes_leads, setup, api_teardown),
		cmocka_unit_test_setup_teardown(leads_stand_in_the_group_of_their_zones, setup, api_teardown),
		cmocka_unit_test(the_longest_prefix_gives_the_zones),
		cmocka_unit_test_setup_teardown(a_number_is_in_a_campaign_once, setup, api_teardown),
		cmocka_unit_test_setup_teardown(a_number_of_the_do_not_call_list_is_done_from_the_start, setup, api_teardown),
		cmocka_unit_test_setup_teardown(bad_rows_are_told_and_good_ones_kept, setup, api_teardown),
		cmocka_unit_test_setup_teardown(a_country_reads_national_numbers, setup, api_teardown),
		cmocka_unit_test_setup_teardown(a_dry_run_stores_nothing, setup, api_teardown),
		cmocka_unit_test_setup_teardown(json_becomes_leads, setup, api_teardown),
		cmocka_unit_test_setup_teardown(what_cannot_be_imported_is_refused, setup, api_teardown),
		cmocka_unit_test_setup_teardown(a_campaign_that_has_ended_takes_no_leads, setup, api_teardown),
		cmocka_unit_test_setup_teardown(a_batch_that_is_sent_twice_is_taken_once, setup, api_teardown),
		cmocka_unit_test_setup_teardown(an_upload_that_breaks_off_keeps_whole_leads, setup, api_teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
