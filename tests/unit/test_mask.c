/* What a viewer sees of telephone numbers, addresses, and what called people said. */
#include "tests/support/check.h"

#include <stdio.h>
#include <string.h>
#include <time.h>

#include "access/actor.h"
#include "access/mask.h"
#include "base/json.h"

#define D "\xe2\x80\xa2"

static const struct actor viewer = { .email = "v@acme.example", .role = ROLE_VIEWER };
static const struct actor operator = { .email = "o@acme.example", .role = ROLE_OPERATOR };

static int setup(void **state)
{
	struct request *req = calloc(1, sizeof(*req));

	req->mem = arena_new();
	req->actor = &viewer;
	*state = req;
	return 0;
}

static int teardown(void **state)
{
	arena_free(((struct request *)*state)->mem);
	free(*state);
	return 0;
}

static void a_telephone_number_keeps_its_country_and_four_digits(void **state)
{
	static const struct {
		const char *phone, *shown;
	} rows[] = {
		{ "+14155550100", "+1" D D D D D D "0100" },
		{ "+447700900123", "+44" D D D D D D "0123" },
		{ "+353861234567", "+353" D D D D D "4567" },
		{ "+79161234567", "+7" D D D D D D "4567" },
		{ "4155550100", D D D D D D "0100" },
		{ "+1 (415) 555-0100", "+1" D D D D D D "0100" },
		{ "+12345", "+" D D D D D },
		{ "911", D D D },
		{ "", "" },
		{ "+1" D D "0100", "+1" D D "0100" },
	};
	struct request *req = *state;

	for (size_t i = 0; i < ARRAY_LEN(rows); i++)
		check_row_text(rows[i].phone, shown_phone(req, rows[i].phone), rows[i].shown);
	assert_null(shown_phone(req, NULL));
}

static void an_address_keeps_its_first_letter_and_domain(void **state)
{
	static const struct {
		const char *email, *shown;
	} rows[] = {
		{ "maria@example.com", "m" D D D "@example.com" },
		{ "\xc3\xa9va@example.com", "\xc3\xa9" D D D "@example.com" },
		{ "m" D D D "@example.com", "m" D D D "@example.com" },
		{ "maria", "m" D D D },
		{ "v@acme.example", "v@acme.example" },
	};
	struct request *req = *state;

	for (size_t i = 0; i < ARRAY_LEN(rows); i++)
		check_row_text(rows[i].email, shown_email(req, rows[i].email), rows[i].shown);
}

static void free_text_loses_numbers_and_addresses_only(void **state)
{
	static const struct {
		const char *text, *shown;
	} rows[] = {
		{ "Call +1 415 555 0100, or ada@example.com.", "Call +1" D D D D D D "0100, or a" D D D "@example.com." },
		{ "ada@example.com", "a" D D D "@example.com" },
		{ "<ada@example.com>", "<a" D D D "@example.com>" },
		{ "No.4155550100", "No." D D D D D D "0100" },
		{ "(415) 555-0100", D D D D D D "0100" },
		{ "The number is on another live call.", "The number is on another live call." },
		{ "Next at 2026-11-29T15:45:00.000Z, 3 of 12 calls", "Next at 2026-11-29T15:45:00.000Z, 3 of 12 calls" },
		{ "on 2026-11-29 15:45", "on 2026-11-29 15:45" },
		{ "CA1234567890abcdef1234567890abcdef", "CA1234567890abcdef1234567890abcdef" },
		{ "500 of 1000, 12:30", "500 of 1000, 12:30" },
		{ "a @ b", "a @ b" },
		{ "4155550100: Ada", D D D D D D "0100: Ada" },
		{ "0800-12-345678", D D D D D D D D "5678" },
		{ "+1\xc2\xa0" "415\xe2\x80\x93" "555\xe2\x80\x89" "0100", "+1" D D D D D D "0100" },
		{ "It is 4 1 5, 5 5 5, 0 1 0 0.", "It is " D D D D D D "0100." },
		{ "4155550100, 12:30", D D D D D D "0100, 12:30" },
		{ "call  415 555 0100 now", "call  " D D D D D D "0100 now" },
		{ "x,y@example.com z@example.com", "x,y" D D D "@example.com z" D D D "@example.com" },
		{ "", "" },
	};
	struct request *req = *state;

	for (size_t i = 0; i < ARRAY_LEN(rows); i++)
		check_row_text(rows[i].text, shown_text(req, rows[i].text), rows[i].shown);
}

/* What a candidate or a vendor wrote: each of these took minutes when every piece looked through all the others. */
static void long_texts_take_no_long_time(void **state)
{
	enum { LONG = 1 << 20 };
	static const char *const patterns[] = { " ", "1 ", "a ", ".", "(", "a" };
	struct request *req = *state;
	char *text = arena_alloc(req->mem, LONG + 32);

	for (size_t i = 0; i < ARRAY_LEN(patterns); i++) {
		size_t len = strlen(patterns[i]), n = 0;
		clock_t begun = clock();

		for (; n + len <= LONG / 2; n += len)
			memcpy(text + n, patterns[i], len);
		memset(text + n, 'b', LONG / 2);
		snprintf(text + n + LONG / 2, 32, "@example.com");
		assert_non_null(shown_text(req, text));
		assert_true(clock() - begun < 5 * CLOCKS_PER_SEC);
	}
}

static void others_see_everything_and_nobody_knows_counts_as_a_viewer(void **state)
{
	struct request *req = *state;

	req->actor = &operator;
	assert_string_equal(shown_phone(req, "+14155550100"), "+14155550100");
	assert_string_equal(shown_email(req, "ada@example.com"), "ada@example.com");
	assert_string_equal(shown_text(req, "ada@example.com"), "ada@example.com");
	assert_string_equal(shown_heard(req, "7"), "7");
	req->actor = NULL;
	assert_string_equal(shown_phone(req, "+14155550100"), "+1" D D D D D D "0100");
	assert_string_equal(shown_heard(req, "7"), D D D);
	assert_null(shown_heard(req, NULL));
	assert_string_equal(shown_heard(req, ""), "");
}

static void json_is_masked_wherever_it_stands(void **state)
{
	static const char in[] =
		"{\"id\":\"14155550100\",\"phone\":\"+14155550100\",\"digits\":\"42\",\"speech\":null,\"next_call_at\":\"2026-11-29T15:45:00Z\","
		"\"call_sid\":\"CA1234567\",\"attempts\":3,\"reason\":\"Rang at +14155550100.\",\"audio_url\":\"https://a.example/1234567890\","
		"\"variables\":{\"account_id\":\"4155550100\",\"city\":\"Rome\"},"
		"\"items\":[{\"phone\":\"+14155550100\",\"speech\":\"yes please\"},\"ada@example.com\"],"
		"\"timeline\":[{\"event\":\"digits\",\"value\":\"9\"},{\"event\":\"status\",\"value\":\"busy\"}]}";
	static const char out[] =
		"{\"id\":\"14155550100\",\"phone\":\"+1" D D D D D D "0100\",\"digits\":\"" D D D "\",\"speech\":null,"
		"\"next_call_at\":\"2026-11-29T15:45:00Z\",\"call_sid\":\"CA1234567\",\"attempts\":3,\"reason\":\"Rang at +1" D D D D D D "0100.\","
		"\"audio_url\":\"https://a.example/1234567890\",\"variables\":{\"account_id\":\"" D D D D D D "0100\",\"city\":\"Rome\"},"
		"\"items\":[{\"phone\":\"+1" D D D D D D "0100\",\"speech\":\"" D D D "\"},\"a" D D D "@example.com\"],"
		"\"timeline\":[{\"event\":\"digits\",\"value\":\"" D D D "\"},{\"event\":\"status\",\"value\":\"busy\"}]}";
	struct request *req = *state;
	struct err err = { 0 };
	struct json_object *o = json_read(req->mem, str_from(in), &err), *same = json_read(req->mem, str_from(in), &err);

	assert_non_null(o);
	mask_json(req, o);
	assert_string_equal(json_write(o), out);
	mask_json(req, o);
	assert_string_equal(json_write(o), out);
	req->actor = &operator;
	mask_json(req, same);
	assert_string_equal(json_write(same), in);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(a_telephone_number_keeps_its_country_and_four_digits, setup, teardown),
		cmocka_unit_test_setup_teardown(an_address_keeps_its_first_letter_and_domain, setup, teardown),
		cmocka_unit_test_setup_teardown(free_text_loses_numbers_and_addresses_only, setup, teardown),
		cmocka_unit_test_setup_teardown(long_texts_take_no_long_time, setup, teardown),
		cmocka_unit_test_setup_teardown(others_see_everything_and_nobody_knows_counts_as_a_viewer, setup, teardown),
		cmocka_unit_test_setup_teardown(json_is_masked_wherever_it_stands, setup, teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
