/* Leads whose columns are chosen by the one who uploads them; the preview; what was rejected. */
#include "tests/support/check.h"

#include <dirent.h>
#include <string.h>
#include <time.h>
#include <unistd.h>
#include <utime.h>

#include "base/json.h"
#include "campaign/api.h"
#include "campaign/import_rejects.h"
#include "campaign/lead_columns.h"
#include "store/keys.h"
#include "tests/support/campaign_world.h"

#define LEADS "/api/campaigns/spring/leads"

static int setup(void **state)
{
	struct world *w;

	if (campaign_world_setup(state))
		return -1;
	w = *state;
	redis_text(w, arena_printf(w->app.mem, "RENAME " KEY_CAMPAIGN "%s " KEY_CAMPAIGN "spring", new_campaign(w, new_agent(w, "Hi"), "")));
	return 0;
}

static int teardown(void **state)
{
	struct world *w = *state;
	const char *dir = arena_join(w->app.mem, w->state_dir, "/imports");
	DIR *d = opendir(dir);
	struct dirent *e;

	while (d && (e = readdir(d)))
		unlinkat(dirfd(d), e->d_name, 0);
	if (d)
		closedir(d);
	rmdir(dir);
	return api_teardown(state);
}

static struct response *post(struct world *w, const char *query, const char *body)
{
	return ask(w, (struct ask){ .method = "POST", .uri = arena_join(w->app.mem, LEADS, query), .type = "text/csv", .body = body,
				    .pages = &campaign_pages });
}

static const char file[] = "Customer No;Phone No.;Full name;Town;=SUM(A1)\n"
			   "7;+1 415 555 0101;Ada;Rome;x\n"
			   "8;nonsense;Bob;Oslo;y\n"
			   "9;+14155550103;=cmd();Bonn;z\n";

static void columns_are_what_the_wish_says(void **state)
{
	struct world *w = *state;
	struct response *res = post(w, "?columns=-,phone,name,city,-", file);

	assert_int_equal(res->status, 200);
	assert_int_equal(number_of(w, res, "accepted"), 2);
	assert_int_equal(number_of(w, res, "rejected_count"), 1);
	assert_true(body_has(res, "\"field\":\"phone\""));
	res = at(w, "GET", LEADS "/1", NULL);
	assert_string_equal(text_of(w, res, "phone"), "+14155550101");
	assert_string_equal(text_of(w, res, "name"), "Ada");
	assert_string_equal(text_of(w, res, "variables.city"), "Rome");
	assert_string_equal(text_of(w, res, "variables.Town"), "(none)");
}

static void a_wrong_wish_is_refused_and_stores_nothing(void **state)
{
	static const char *const wishes[] = {
		"phone", "-,phone,name,city,-,more", "-,-,name,city,-", "phone,phone,-,-,-", "-,phone,name,name,-",
		"-,phone,a,a,-", "-,phone,1st,-,-", "-,phone,%7B%7B,-,-", ",,,,", "auto",
	};
	struct world *w = *state;

	for (size_t i = 0; i < ARRAY_LEN(wishes); i++) {
		struct response *res = post(w, arena_join(w->app.mem, "?columns=", wishes[i]), file);

		check_row(wishes[i], res->status == 400);
		check_row_text(wishes[i], text_of(w, res, "error.field"), "columns");
	}
	assert_int_equal(redis_number(w, "EXISTS " KEY_COUNTS "spring"), 0);
}

static void a_preview_guesses_and_names_bad_cells(void **state)
{
	struct world *w = *state;
	struct response *res = post(w, "?columns=auto&dry_run=1&preview=2", file);
	struct json_object *json = json_of(w, res);
	size_t n;

	assert_int_equal(res->status, 200);
	assert_int_equal(number_of(w, res, "accepted"), 2);
	json_list(json, "columns", &n);
	assert_int_equal(n, 5);
	assert_true(body_has(res, "{\"header\":\"Customer No\",\"use\":\"variable\",\"variable\":\"customer_no\"}"));
	assert_true(body_has(res, "{\"header\":\"Full name\",\"use\":\"name\",\"variable\":null}"));
	/* no known name: found by its first cell */
	assert_true(body_has(res, "{\"header\":\"Phone No.\",\"use\":\"phone\",\"variable\":null}"));
	assert_true(body_has(res, "\"variable\":\"sum_a1\""));
	json_list(json, "preview", &n);
	assert_int_equal(n, 2);
	assert_true(body_has(res, "{\"row\":3,\"cells\":[\"8\",\"nonsense\",\"Bob\",\"Oslo\",\"y\"],\"reason\":\""));
	assert_true(body_has(res, "\"column\":1}"));
	assert_int_equal(redis_number(w, "EXISTS " KEY_COUNTS "spring"), 0);
}

static void a_file_without_numbers_is_shown_and_says_so(void **state)
{
	struct world *w = *state;
	struct response *res = post(w, "?columns=auto&dry_run=1&preview=5", "a,b\nx,y\n");

	assert_int_equal(res->status, 200);
	assert_string_equal(text_of(w, res, "problem.field"), "columns");
	assert_int_equal(number_of(w, res, "accepted"), 0);
	assert_true(body_has(res, "[\"x\",\"y\"]"));
}

static void all_rejected_rows_can_be_had(void **state)
{
	struct world *w = *state;
	struct response *res = post(w, "?columns=-,phone,name,city,note&import=the-first-upload", file);
	struct request_more {
		int more;
	} left = { 1 };

	assert_string_equal(text_of(w, res, "rejected_csv"), "/api/campaigns/spring/imports/the-first-upload/rejected.csv");
	res = at(w, "GET", text_of(w, res, "rejected_csv"), NULL);
	assert_int_equal(res->status, 200);
	assert_non_null(str_find(buf_view(res->headers), STR("Cache-Control: no-store\r\n"))); /* they are people's numbers */
	while (res->more && left.more == 1)
		left.more = res->more(res->more_ctx, res->body);
	assert_int_equal(left.more, 0);
	assert_string_equal(res->body->ptr,
			    "rejected_row,rejected_because,Customer No,Phone No.,Full name,Town,'=SUM(A1)\r\n"
			    "3,This is not a telephone number.,8,nonsense,Bob,Oslo,y\r\n");
	res = at(w, "GET", "/api/campaigns/spring/imports/the-first-upload", NULL);
	assert_string_equal(text_of(w, res, "state"), "done");
	assert_int_equal(number_of(w, res, "rows"), 3);
	assert_int_equal(number_of(w, res, "rejected"), 1);
	assert_int_equal(number_of(w, res, "bytes"), (int64_t)strlen(file));
	assert_int_equal(at(w, "GET", "/api/campaigns/spring/imports/another-upload", NULL)->status, 404);
	assert_int_equal(at(w, "GET", "/api/campaigns/spring/imports/another-upload/rejected.csv", NULL)->status, 404);
	assert_int_equal(at(w, "GET", "/api/campaigns/spring/imports/..%2Fx/rejected.csv", NULL)->status, 404);
}

static void nothing_rejected_makes_no_file(void **state)
{
	struct world *w = *state;
	struct response *res = post(w, "?import=the-first-upload", "phone\n+14155550101\n");

	assert_true(body_has(res, "\"rejected_csv\":null"));
	assert_int_equal(at(w, "GET", "/api/campaigns/spring/imports/the-first-upload/rejected.csv", NULL)->status, 404);
	res = post(w, "?import=x", "phone\n+14155550101\n");
	assert_string_equal(text_of(w, res, "error.field"), "import");
}

static void files_of_rejected_rows_are_kept_for_a_day(void **state)
{
	struct world *w = *state;
	const char *kept = arena_join(w->app.mem, w->state_dir, "/imports/spring.upload-kept.csv");
	const char *old = arena_join(w->app.mem, w->state_dir, "/imports/spring.upload-old-1.csv");
	struct utimbuf two_days_ago = { time(NULL) - 2 * 86400, time(NULL) - 2 * 86400 };

	post(w, "?import=upload-kept", "phone\nbad\n");
	post(w, "?import=upload-old-1", "phone\nbad\n");
	assert_int_equal(utime(old, &two_days_ago), 0);
	import_rejects_tend(&w->app);
	assert_int_equal(access(kept, R_OK), 0);
	assert_int_equal(access(old, R_OK), -1);
}

static void guesses(void **state)
{
	static const struct {
		const char *header, *use, *variable;
	} rows[] = {
		{ "Telephone number", "phone", NULL }, { "MOBILE", "phone", NULL }, { "Time zone", "timezone", NULL },
		{ "Name", "name", NULL }, { "E-mail (private)", "variable", "e_mail_private" }, { "1st", "variable", "_1st" },
		{ "", "drop", NULL }, { "***", "drop", NULL }, { "Straße", "variable", "stra_e" },
		{ "{{evil}}", "variable", "evil" },
	};
	struct arena *mem = arena_new();

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		const struct str cell = str_from(rows[i].header);
		struct lead_columns columns = { .count = 0 };
		struct json_object *one;

		lead_columns_guess(mem, &cell, 1, &columns);
		one = json_object_array_get_idx(json_owned(mem, lead_columns_json(&columns)), 0);
		check_row_text(rows[i].header, json_text(one, "use"), rows[i].use);
		check_row_text(rows[i].header, json_text(one, "variable") ? json_text(one, "variable") : "-",
			       rows[i].variable ? rows[i].variable : "-");
	}
	arena_free(mem);
}

static void guesses_never_name_one_thing_twice(void **state)
{
	const struct str cells[] = { STR("phone"), STR("Phone"), STR("City"), STR("city"), STR("name"), STR("NAME") };
	struct arena *mem = arena_new();
	struct lead_columns columns = { .count = 0 };

	(void)state;
	lead_columns_guess(mem, cells, ARRAY_LEN(cells), &columns);
	assert_int_equal(columns.list[0].use, COLUMN_PHONE);
	check_str(columns.list[1].name, "phone_2");
	check_str(columns.list[2].name, "city");
	check_str(columns.list[3].name, "city_2");
	check_str(columns.list[5].name, "name_2");
	arena_free(mem);
}

#define test(f) cmocka_unit_test_setup_teardown(f, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		test(columns_are_what_the_wish_says),
		test(a_wrong_wish_is_refused_and_stores_nothing),
		test(a_preview_guesses_and_names_bad_cells),
		test(a_file_without_numbers_is_shown_and_says_so),
		test(all_rejected_rows_can_be_had),
		test(nothing_rejected_makes_no_file),
		test(files_of_rejected_rows_are_kept_for_a_day),
		cmocka_unit_test(guesses),
		cmocka_unit_test(guesses_never_name_one_thing_twice),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
