/* Telephone numbers: what is read, as which country's, and what is refused. */
#include "tests/support/check.h"

#include <string.h>

#include "campaign/phone.h"

static void a_number_in_any_usual_writing_becomes_e164(void **state)
{
	static const struct {
		const char *text, *country, *e164;
	} rows[] = {
		{ "+14155550123", NULL, "+14155550123" },
		{ " +1 (415) 555-0123 ", NULL, "+14155550123" },
		{ "(415) 555-0123", "US", "+14155550123" },
		{ "415.555.0123", "US", "+14155550123" },
		{ "tel:+1-415-555-0123", NULL, "+14155550123" },
		{ "030 901820", "DE", "+4930901820" },
		{ "+49 (0)30 901820", NULL, "+4930901820" },
		{ "+44 20 7946 0958", "US", "+442079460958" },
		{ "00 44 20 7946 0958", "DE", "+442079460958" },
	};
	char e164[PHONE_SIZE];

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		check_row(rows[i].text, !phone_read(str_from(rows[i].text), rows[i].country, e164));
		check_row_text(rows[i].text, e164, rows[i].e164);
	}
}

static void what_is_no_number_is_refused_with_the_reason(void **state)
{
	static const struct {
		const char *text, *country, *reason;
	} rows[] = {
		{ "", NULL, "The number is missing." },
		{ "   ", "US", "The number is missing." },
		{ "(415) 555-0123", NULL, "The number has no country code, and no country was given." },
		{ "hello", "US", "This is not a telephone number." },
		{ "+1 415", NULL, "There is no such telephone number." },
		{ "+1415555012345678901234", NULL, "The number is too long." },
		{ "+14155550123 ext. 7", NULL, "A number with an extension cannot be called." },
		{ "911", "US", "There is no such telephone number." },
		{ "+14155550123\xff", NULL, "This is not a telephone number." },
	};
	char e164[PHONE_SIZE];

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		const char *why = phone_read(str_from(rows[i].text), rows[i].country, e164);

		check_row_text(rows[i].text, why ? why : "(read)", rows[i].reason);
	}
}

static void a_country_is_one_that_has_numbers(void **state)
{
	(void)state;
	assert_true(phone_country_is_known(STR("US")));
	assert_true(phone_country_is_known(STR("DE")));
	assert_false(phone_country_is_known(STR("us")));
	assert_false(phone_country_is_known(STR("XX")));
	assert_false(phone_country_is_known(STR("")));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_number_in_any_usual_writing_becomes_e164),
		cmocka_unit_test(what_is_no_number_is_refused_with_the_reason),
		cmocka_unit_test(a_country_is_one_that_has_numbers),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
