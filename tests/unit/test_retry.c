/* Retries: which outcomes, when, how often. */
#include "tests/support/check.h"

#include "campaign/retry.h"

static void delays(void **state)
{
	static const struct retry_rule rule = { .max_attempts = 5, .no_answer = { { 3600, 14400 }, 2 }, .busy = { { 600 }, 1 } };
	static const struct {
		const char *outcome;
		int used;
		uint32_t random;
		int64_t delay_ms; /* -1: none */
	} rows[] = {
		{ "no_answer", 1, 0, 3600000 }, { "no_answer", 2, 0, 14400000 }, { "no_answer", 4, 0, 14400000 },
		{ "no_answer", 5, 0, -1 },      { "busy", 1, 1000, 660000 },     { "busy", 1, 500, 630000 },
		{ "failed", 1, 0, -1 },         { "answered", 1, 0, -1 },        { "invalid_number", 1, 0, -1 },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		int64_t next = 999;
		bool again = retry_next_ms(&rule, rows[i].outcome, rows[i].used, rows[i].random, 1000, &next);

		check_row(rows[i].outcome, again == (rows[i].delay_ms >= 0));
		check_row(rows[i].outcome, !again || next == 1000 + rows[i].delay_ms);
	}
}

static void jitter_is_bounded(void **state)
{
	static const struct retry_rule rule = { .max_attempts = 2, .busy = { { 600 }, 1 } };

	(void)state;
	for (uint32_t i = 0; i < 5000; i++) {
		int64_t next;

		assert_true(retry_next_ms(&rule, "busy", 1, i * 2654435761U, 0, &next));
		assert_true(next >= 600000 && next <= 660000);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = { cmocka_unit_test(delays), cmocka_unit_test(jitter_is_bounded) };

	return cmocka_run_group_tests(tests, NULL, NULL);
}
