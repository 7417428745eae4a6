/* What an agent's script becomes for one lead, and which scripts are none. */
#include "tests/support/check.h"

#include <string.h>

#include "base/limits.h"
#include "campaign/script_text.h"

static const char *ada(void *ctx, const char *name)
{
	(void)ctx;
	if (!strcmp(name, "name"))
		return "Ada Lovelace";
	if (!strcmp(name, "city"))
		return "London";
	return strcmp(name, "blank") ? NULL : "  ";
}

static void placeholders_are_filled(void **state)
{
	static const struct {
		const char *script, *text;
	} rows[] = {
		{ "Hello.", "Hello." },
		{ "", "" },
		{ "Hello {{first_name}}!", "Hello Ada!" },
		{ "{{name}} of {{city}}", "Ada Lovelace of London" },
		{ "{{city|your city}}", "London" },
		{ "In {{town|your town}}.", "In your town." },
		{ "In {{blank|your town}}.", "In your town." },
		{ "{{title|}}{{name}}", "Ada Lovelace" },
		{ "a { b } c }} d", "a { b } c }} d" },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		struct arena *mem = arena_new();
		const char *missing, *text = script_render(mem, str_from(rows[i].script), ada, NULL, &missing);

		check_row(rows[i].script, text && !missing);
		check_row_text(rows[i].script, text ? text : "(none)", rows[i].text);
		check_row(rows[i].script, script_is_well_formed(str_from(rows[i].script)));
		arena_free(mem);
	}
}

static void the_first_missing_variable_is_named(void **state)
{
	struct arena *mem = arena_new();
	const char *missing;

	(void)state;
	assert_null(script_render(mem, STR("{{city}} {{plan}} {{street}}"), ada, NULL, &missing));
	assert_string_equal(missing, "plan");
	assert_null(script_render(mem, STR("{{blank}}"), ada, NULL, &missing));
	assert_string_equal(missing, "blank");
	arena_free(mem);
}

static void malformed_scripts_are_none(void **state)
{
	static const char *const rows[] = { "{{", "{{name", "{{}}", "{{ name }}", "{{2nd}}", "{{a-b}}", "{{|x}}", "{{a|{{b}}" };
	const char *missing;

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		struct arena *mem = arena_new();

		check_row(rows[i], !script_is_well_formed(str_from(rows[i])));
		check_row(rows[i], !script_render(mem, str_from(rows[i]), ada, NULL, &missing) && !missing);
		arena_free(mem);
	}
}

static void a_preview_keeps_what_is_missing(void **state)
{
	static const struct {
		const char *script, *text;
	} rows[] = {
		{ "Hello {{first_name}} of {{city}}.", "Hello Ada of London." },
		{ "{{plan}} for {{name}}", "{{plan}} for Ada Lovelace" },
		{ "{{blank}}{{plan|}}{{plan|none}}", "{{blank}}none" },
		{ "{{", "(none)" },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		struct arena *mem = arena_new();
		const char *text = script_preview(mem, str_from(rows[i].script), ada, NULL);

		check_row_text(rows[i].script, text ? text : "(none)", rows[i].text);
		arena_free(mem);
	}
}

static void the_pieces_of_a_script_say_what_they_lack(void **state)
{
	struct arena *mem = arena_new();
	struct str script = STR("a{{city}}b{{plan}}{{plan|x}}c");
	static const bool lacks[] = { false, true, false, false };
	struct script_part part;

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(lacks); i++) {
		assert_true(script.len && script_next(&script, &part));
		assert_int_equal(script_lacks(mem, &part, ada, NULL), lacks[i]);
	}
	assert_int_equal(script.len, 0);
	assert_null(part.name.ptr);
	check_str(part.before, "c");
	arena_free(mem);
}

static void what_becomes_too_long_is_refused(void **state)
{
	struct arena *mem = arena_new();
	char *script = arena_alloc(mem, LIMIT_SPOKEN + 2);
	const char *missing;

	(void)state;
	memset(script, 'a', LIMIT_SPOKEN + 1);
	assert_null(script_render(mem, str_from(script), ada, NULL, &missing));
	assert_null(missing);
	arena_free(mem);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(placeholders_are_filled),
		cmocka_unit_test(the_first_missing_variable_is_named),
		cmocka_unit_test(malformed_scripts_are_none),
		cmocka_unit_test(a_preview_keeps_what_is_missing),
		cmocka_unit_test(the_pieces_of_a_script_say_what_they_lack),
		cmocka_unit_test(what_becomes_too_long_is_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
