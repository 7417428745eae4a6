/* Failures: the first one wins, its message is bounded, and every kind has a
 * name, an answer and a verdict on repeating. */
#include "tests/support/check.h"

#include "base/err.h"
#include "web/response.h"

static void the_first_failure_wins(void **state)
{
	struct err err = { 0 };

	(void)state;
	assert_int_equal(err_set(&err, ERR_MISSING, "no %s", "issue"), -1);
	assert_int_equal(err_set(&err, ERR_SYSTEM, "later"), -1);
	assert_int_equal(err.kind, ERR_MISSING);
	assert_string_equal(err.msg, "no issue");
}

static void a_long_message_is_cut(void **state)
{
	struct err err = { 0 };

	(void)state;
	err_set(&err, ERR_INPUT, "%01000d", 7);
	assert_int_equal(strlen(err.msg), sizeof(err.msg) - 1);
}

static void every_kind_has_an_answer(void **state)
{
	static const struct {
		enum err_kind kind;
		const char *name;
		bool transient;
		int status;
	} rows[] = {
		{ ERR_NONE, "none", false, 500 }, /* failing without saying why is a bug */
		{ ERR_INPUT, "input", false, 400 },
		{ ERR_DENIED, "denied", false, 401 },
		{ ERR_MISSING, "missing", false, 404 },
		{ ERR_CONFLICT, "conflict", false, 409 },
		{ ERR_LIMIT, "limit", true, 429 },
		{ ERR_REFUSED, "refused", false, 502 },
		{ ERR_UPSTREAM, "upstream", true, 502 },
		{ ERR_UNKNOWN, "unknown", true, 502 },
		{ ERR_SYSTEM, "system", true, 503 },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		struct err err = { .kind = rows[i].kind, .msg = "internal detail" };
		struct public_error e = public_error_of(&err);

		check_row_text(rows[i].name, err_kind_name(rows[i].kind), rows[i].name);
		check_row(rows[i].name, err_is_transient(&err) == rows[i].transient);
		check_row(rows[i].name, e.status == rows[i].status);
		check_row(rows[i].name, e.code && *e.code && e.sentence[strlen(e.sentence) - 1] == '.');
		check_row(rows[i].name, !strstr(e.sentence, "internal detail"));
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_first_failure_wins),
		cmocka_unit_test(a_long_message_is_cut),
		cmocka_unit_test(every_kind_has_an_answer),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
