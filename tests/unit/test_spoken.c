/* What a called person's words mean. */
#include "tests/support/check.h"

#include <string.h>

#include "campaign/spoken.h"

static int setup(void **state)
{
	*state = arena_new();
	return 0;
}

static int teardown(void **state)
{
	arena_free(*state);
	return 0;
}

static void case_and_punctuation_do_not_count(void **state)
{
	static const struct {
		const char *said, *words;
	} rows[] = {
		{ "Stop, calling!", "stop calling" },
		{ "  Don't  call. ", "dont call" },
		{ "Don\xe2\x80\x99t call", "dont call" },
		{ "call_me-back", "call me back" },
		{ "...", "" },
		{ "", "" },
		{ "Gr\xc3\xbc\xc3\x9f Gott", "gr\xc3\xbc\xc3\x9f gott" },
		{ "9.", "9" },
	};

	for (size_t i = 0; i < ARRAY_LEN(rows); i++)
		check_row_text(rows[i].said, spoken_words(*state, str_from(rows[i].said)), rows[i].words);
}

static void who_wants_no_more_calls_is_understood(void **state)
{
	static const struct {
		const char *said;
		bool opts_out;
	} rows[] = {
		{ "Stop calling me!", true },
		{ "please STOP CALLING this number", true },
		{ "Don't call me again.", true },
		{ "do not call", true },
		{ "Could you not call me any more?", true },
		{ "take me off your list", true },
		{ "Remove my number, please", true },
		{ "I want to opt out.", true },
		{ "unsubscribe", true },
		{ "Stop.", true },
		{ "Stop, please.", true },
		{ "I'm interested", false },
		{ "yes", false },
		{ "the bus stop is near", false },
		{ "Please call me", false },
		{ "I could stop by tomorrow", false },
		{ "optoutside", false },
		{ "", false },
	};

	for (size_t i = 0; i < ARRAY_LEN(rows); i++)
		check_row(rows[i].said, spoken_opts_out(spoken_words(*state, str_from(rows[i].said))) == rows[i].opts_out);
}

static void a_key_can_be_said(void **state)
{
	static const struct {
		const char *said;
		char key;
	} rows[] = {
		{ "One.", '1' }, { "nine", '9' }, { "9", '9' }, { "Press 3", '3' }, { "option two", '2' }, { "star", '*' },
		{ "*", '*' }, { "pound", '#' }, { "one two", 0 }, { "someone", 0 }, { "12", 0 }, { "", 0 }, { "press", 0 },
	};

	for (size_t i = 0; i < ARRAY_LEN(rows); i++)
		check_row(rows[i].said, spoken_key(spoken_words(*state, str_from(rows[i].said))) == rows[i].key);
}

static void an_outcome_is_said_as_a_whole(void **state)
{
	static const struct {
		const char *said, *outcome;
		bool same;
	} rows[] = {
		{ "Interested.", "interested", true },
		{ "Call me back", "call_me_back", true },
		{ "call me back", "Call-Me_Back", true },
		{ "not interested", "interested", false },
		{ "", "___", false },
	};

	for (size_t i = 0; i < ARRAY_LEN(rows); i++)
		check_row(rows[i].said, spoken_is_outcome(*state, spoken_words(*state, str_from(rows[i].said)), rows[i].outcome) ==
						rows[i].same);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(case_and_punctuation_do_not_count, setup, teardown),
		cmocka_unit_test_setup_teardown(who_wants_no_more_calls_is_understood, setup, teardown),
		cmocka_unit_test_setup_teardown(a_key_can_be_said, setup, teardown),
		cmocka_unit_test_setup_teardown(an_outcome_is_said_as_a_whole, setup, teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
