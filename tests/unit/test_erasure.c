/* Which jobs go with an erased candidate, and that nobody else's do. */
#include "tests/support/check.h"

#include "screening/erasure.h"

#define SESSION "Sess0123456789abcdefgh"
#define ISSUE "7f3c1c9e-0000-4000-8000-000000000001"

static const struct {
	const char *id, *payload;
	bool goes;
} rows[] = {
	{ "verdict:Sess0123:conv_1:void", "", true },
	{ "comment:Sess0123:bounced", "", true },
	{ "mail:3f0c", "invite/" SESSION "/1", true },
	{ "issue:default:" ISSUE ":5", "", true },
	{ "transcript:conv_1", "{\"data\":{\"conversation_id\":\"conv_1\"}}", true },
	{ "transcript:conv_1:Sess0123", "{\"conversation_id\":\"conv_1\"}", true },
	{ "check:conv_1:29", "", true },
	{ "erasure:Sess0123:x", SESSION, false },
	{ "transcript:conv_12", "{\"data\":{\"conversation_id\":\"conv_12\"}}", false },
	{ "verdict:Other123:conv_9:void", "{\"session\":\"Other123\",\"conversation\":\"conv_9\"}", false },
	/* What a browser may call its conversation. */
	{ "transcript:conv_2", "{\"type\":\"post_call_transcription\",\"data\":{\"conversation_id\":\"conv_2\",\"a\":\"default\"}}", false },
	{ "issue:default:9b3c1c9e-0000-4000-8000-000000000002:5", "{\"workspace\":\"default\",\"issue\":\"x\"}", false },
	{ "linear-sweep:default:7", "", false },
	{ "alert:orphan:7", "orphan", false },
};

static void only_what_is_the_persons_goes(void **state)
{
	static const char *const names[] = { "conv_1", "a", "default", "orphan", "session", "type", "x" };
	struct arena *mem = arena_new();
	struct erasure e = { .at_ms = 10, .sessions = { SESSION }, .issues = { "default:" ISSUE }, .session_count = 1 };

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(names); i++)
		e.conversations[e.conversation_count++] = names[i];
	for (size_t i = 0; i < ARRAY_LEN(rows); i++)
		if (erasure_owns_job(&e, mem, rows[i].id, str_from(rows[i].payload), 5) != rows[i].goes)
			fail_msg("%s", rows[i].id);
	arena_free(mem);
}

int main(void)
{
	const struct CMUnitTest tests[] = { cmocka_unit_test(only_what_is_the_persons_goes) };

	return cmocka_run_group_tests(tests, NULL, NULL);
}
