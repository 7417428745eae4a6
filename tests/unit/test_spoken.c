/* What a called person's words mean. */
#include "tests/support/check.h"

#include <string.h>

#include "campaign/spoken.h"
#include "campaign/spoken_language.h"

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
		{ "\xc3\x89teignez \xc3\x87" "a", "\xc3\xa9teignez \xc3\xa7" "a" },
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
		check_row(rows[i].said, spoken_opts_out(spoken_words(*state, str_from(rows[i].said)), NULL) == rows[i].opts_out);
}

static void it_is_understood_in_the_language_of_the_agent(void **state)
{
	static const struct {
		const char *language, *said;
		bool opts_out;
	} rows[] = {
		{ "de", "Rufen Sie bitte nicht mehr an!", true },
		{ "de", "Ich m\u00f6chte nicht mehr angerufen werden, bitte nicht wieder anrufen.", true },
		{ "de", "H\u00f6ren Sie auf.", true },
		{ "de", "STOPP", true },
		{ "de", "Streichen Sie mich von der Liste", true },
		{ "de", "Ja, ich habe Interesse.", false },
		{ "de", "Rufen Sie mich morgen an.", false },
		{ "fr", "Ne m\u2019appelez plus.", true },
		{ "fr", "Arr\u00eatez de m'appeler, s'il vous pla\u00eet", true },
		{ "fr", "Retirez-moi de votre liste", true },
		{ "fr", "\u00c7a suffit !", true },
		{ "fr", "Oui, rappelez-moi demain.", false },
		{ "es", "\u00a1No me llamen m\u00e1s!", true },
		{ "es", "Quiero darme de baja", true },
		{ "es", "Basta.", true },
		{ "es", "Ll\u00e1meme ma\u00f1ana", false },
		{ "it", "Non chiamatemi pi\u00f9", true },
		{ "it", "Mi tolga dalla lista, per favore", true },
		{ "it", "Mi chiami domani", false },
		{ "pt", "N\u00e3o me ligue mais, por favor", true },
		{ "pt", "Pare de me ligar", true },
		{ "pt", "Me ligue amanh\u00e3", false },
		{ "nl", "Bel me niet meer", true },
		{ "nl", "Haal me van de lijst", true },
		{ "nl", "Bel me morgen terug", false },
		{ "nl", "Stop calling me", true }, /* English is understood everywhere */
		{ "pl", "Stop calling me", true },
		{ "pl", "Nicht mehr anrufen", false },
		{ NULL, "Nicht mehr anrufen", false },
	};

	for (size_t i = 0; i < ARRAY_LEN(rows); i++)
		check_row(rows[i].said, spoken_opts_out(spoken_words(*state, str_from(rows[i].said)), rows[i].language) ==
						rows[i].opts_out);
}

/* What stands in the table must be what spoken_words() makes of it, or nobody can say it. */
static void every_phrase_can_be_said(void **state)
{
	static const char *const codes[] = { "en", "de", "fr", "es", "it", "pt", "nl" };

	for (size_t i = 0; i < ARRAY_LEN(codes); i++) {
		const struct spoken_language *l = spoken_language(codes[i]);

		assert_non_null(l);
		for (size_t j = 0; l->phrases[j]; j++)
			check_row_text(l->phrases[j], spoken_words(*state, str_from(l->phrases[j])), l->phrases[j]);
		for (size_t j = 0; l->alone[j]; j++)
			check_row_text(l->alone[j], spoken_words(*state, str_from(l->alone[j])), l->alone[j]);
		for (int j = 0; j < SPOKEN_DIGITS; j++)
			check_row(l->digits[j], spoken_key(spoken_words(*state, str_from(l->digits[j])), codes[i]) == '0' + j);
		assert_true(l->confirmation && l->hints);
	}
	assert_null(spoken_language("pl"));
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
		check_row(rows[i].said, spoken_key(spoken_words(*state, str_from(rows[i].said)), NULL) == rows[i].key);
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
		cmocka_unit_test_setup_teardown(it_is_understood_in_the_language_of_the_agent, setup, teardown),
		cmocka_unit_test_setup_teardown(every_phrase_can_be_said, setup, teardown),
		cmocka_unit_test_setup_teardown(a_key_can_be_said, setup, teardown),
		cmocka_unit_test_setup_teardown(an_outcome_is_said_as_a_whole, setup, teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
