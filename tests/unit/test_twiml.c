/* TwiML: what is written, how values are escaped, and the bound. */
#include "tests/support/check.h"

#include <string.h>

#include "base/limits.h"
#include "campaign/twiml.h"

#define HEAD "<?xml version=\"1.0\" encoding=\"UTF-8\"?>"

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

static void an_empty_document_is_a_response(void **state)
{
	check_str(twiml_document(twiml_new(*state)), HEAD "<Response/>");
}

static void elements_nest_and_close_by_themselves(void **state)
{
	struct twiml *t = twiml_new(*state);

	twiml_open(t, "Gather");
	twiml_attribute(t, "input", "dtmf");
	twiml_attribute(t, "action", "https://h.example/gather?att=1&step=1");
	twiml_element(t, "Play", "https://h.example/audio/a.wav");
	twiml_close(t);
	twiml_element(t, "Hangup", NULL);
	twiml_open(t, "Say");
	twiml_text(t, "Good");
	twiml_text(t, "bye");
	check_str(twiml_document(t), HEAD "<Response><Gather input=\"dtmf\" action=\"https://h.example/gather?att=1&amp;step=1\">"
				     "<Play>https://h.example/audio/a.wav</Play></Gather><Hangup/><Say>Goodbye</Say></Response>");
}

static void every_value_is_escaped(void **state)
{
	static const struct {
		const char *value, *written;
	} rows[] = {
		{ "plain", "plain" },
		{ "", "" },
		{ "a&b<c>d\"e'f", "a&amp;b&lt;c&gt;d&quot;e'f" },
		{ "</Say><Dial>+1</Dial>", "&lt;/Say&gt;&lt;Dial&gt;+1&lt;/Dial&gt;" },
		{ "&amp;", "&amp;amp;" },
		{ "]]>", "]]&gt;" },
		{ "a\nb\tc\rd", "a b c d" },
		{ "a\x01\x08\x1f\x7f" "b", "ab" },
		{ "Gr\xc3\xbc\xc3\x9f" "e \xf0\x9f\x98\x80", "Gr\xc3\xbc\xc3\x9f" "e \xf0\x9f\x98\x80" },
		{ "a\xff" "b\xc3", "a\xef\xbf\xbd" "b\xef\xbf\xbd" },
		{ "\xed\xa0\x80", "\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd" }, /* half a surrogate pair */
		{ "\xc0\xbc" "Dial", "\xef\xbf\xbd\xef\xbf\xbd" "Dial" },     /* an overlong '<' */
		{ "\xef\xbf\xbe\xef\xbf\xbf", "\xef\xbf\xbd\xef\xbf\xbd" },
	};
	struct arena *mem = *state;

	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		struct twiml *t = twiml_new(mem);

		twiml_open(t, "Say");
		twiml_attribute(t, "voice", rows[i].value);
		twiml_text(t, rows[i].value);
		check_row_text(rows[i].written, twiml_document(t).ptr,
			       arena_printf(mem, HEAD "<Response><Say voice=\"%s\">%s</Say></Response>", rows[i].written,
					    rows[i].written));
	}
}

static void what_twilio_would_not_read_is_no_document(void **state)
{
	struct arena *mem = *state;
	char *text = arena_alloc(mem, LIMIT_TWIML + 1);
	struct twiml *t = twiml_new(mem);

	memset(text, 'x', LIMIT_TWIML);
	twiml_element(t, "Say", text);
	assert_null(twiml_document(t).ptr);
	t = twiml_new(mem);
	text[LIMIT_TWIML - 100] = '\0';
	twiml_element(t, "Say", text);
	assert_non_null(twiml_document(t).ptr);
}

static void a_misused_builder_makes_no_document(void **state)
{
	struct twiml *late = twiml_new(*state), *deep = twiml_new(*state), *closed = twiml_new(*state);

	twiml_element(late, "Say", "a");
	twiml_attribute(late, "loop", "2");
	assert_null(twiml_document(late).ptr);
	for (int i = 0; i < 10; i++)
		twiml_open(deep, "Say");
	assert_null(twiml_document(deep).ptr);
	for (int i = 0; i < 3; i++)
		twiml_close(closed);
	check_str(twiml_document(closed), HEAD "<Response/>");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(an_empty_document_is_a_response, setup, teardown),
		cmocka_unit_test_setup_teardown(elements_nest_and_close_by_themselves, setup, teardown),
		cmocka_unit_test_setup_teardown(every_value_is_escaped, setup, teardown),
		cmocka_unit_test_setup_teardown(what_twilio_would_not_read_is_no_document, setup, teardown),
		cmocka_unit_test_setup_teardown(a_misused_builder_makes_no_document, setup, teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
