/* Who a candidate is, from the many ways in which people write a description. */
#include "tests/support/check.h"

#include "screening/candidate.h"

static const struct {
	const char *description, *name, *email; /* NULL: none */
} rows[] = {
	{ "Name: Ada Lovelace\nEmail: ada@example.org\n\n## CV\n10 years of C", "Ada Lovelace", "ada@example.org" },
	{ "**Name:** Ada Lovelace\n**Email:** ada@example.org", "Ada Lovelace", "ada@example.org" },
	{ "**Name**: Ada Lovelace\n**E-Mail**: ada@example.org", "Ada Lovelace", "ada@example.org" },
	{ "- Name: Ada\n- Email: [ada@example.org](mailto:ada@example.org)", "Ada", "ada@example.org" },
	{ "* **Name:** Ada\n* **Email:** <ada@example.org>", "Ada", "ada@example.org" },
	{ "NAME : Ada\r\nEMAIL : ada@example.org\r\n", "Ada", "ada@example.org" },
	{ "__Name:__ Ada\n__Email:__ ada\\_l@example.org", "Ada", "ada_l@example.org" },
	{ "Email: _ada@example.org_", NULL, "ada@example.org" },
	{ "Email: 'ada@example.org'", NULL, "ada@example.org" },
	{ "Email: o'brien@example.org", NULL, "o'brien@example.org" },
	{ "Email: \"ada@example.org\"; phone 1", NULL, "ada@example.org" },
	{ "contact=ada@example.org&x=1", NULL, "ada@example.org" },
	{ "Email: write to [me](mailto:ada%40x) or ada@example.org.", NULL, "ada@example.org" },
	{ "I am Ada. Reach me at (ada.l+jobs@sub.example.co.uk), thanks!", NULL, "ada.l+jobs@sub.example.co.uk" },
	{ "first@example.org and [other](mailto:other@example.org)", NULL, "other@example.org" },
	{ "**Email:** *ada@example.org*", NULL, "ada@example.org" },
	{ "Email: not an address\nlater: ada@example.org", NULL, NULL },
	{ "Email: ada(at)example.org\n\nReference: boss@bigcorp.example", NULL, NULL },
	{ "Email: later\nEmail: ada@example.org", NULL, "ada@example.org" },
	{ "Username: x\nRename: y\nMy email: z", NULL, NULL },
	{ "Name:\nEmail:", NULL, NULL },
	{ "Name: [Ada Lovelace](https://x.example)\nEmail: a@b.example", "Ada Lovelace", "a@b.example" },
	{ "Name: <script>alert(1)</script>\nEmail: a@b.example", "<script>alert(1)</script>", "a@b.example" },
	{ "Name: Zo\xc3\xab \xe6\x97\xa5\xe6\x9c\xac\nEmail: zoe@b.example", "Zo\xc3\xab \xe6\x97\xa5\xe6\x9c\xac", "zoe@b.example" },
	{ "Email: a@b@c.example", NULL, NULL },
	{ "Email: @example.org", NULL, NULL },
	{ "Email: ada@-bad", NULL, NULL },
	{ "", NULL, NULL },
};

static void check_text_or_none(const char *row, const char *have, const char *want)
{
	if (!have || !want)
		check_row(row, have == want);
	else
		check_row_text(row, have, want);
}

static void name_and_address_are_found(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		struct arena *mem = arena_new();
		struct candidate c = candidate_parse(mem, str_from(rows[i].description));

		check_text_or_none(rows[i].description, c.name, rows[i].name);
		check_text_or_none(rows[i].description, c.email, rows[i].email);
		arena_free(mem);
	}
}

static void a_name_cannot_bring_lines_or_be_endless(void **state)
{
	struct arena *mem = arena_new();
	char text[3000] = "Name: ";
	struct candidate c;

	(void)state;
	memset(text + 6, 'x', sizeof(text) - 7);
	c = candidate_parse(mem, str_from(text));
	assert_true(strlen(c.name) <= 200);
	c = candidate_parse(mem, str_from("Name: Ada\tLove\vlace\nEmail: a@b.example"));
	assert_string_equal(c.name, "Ada Love lace");
	c = candidate_parse(mem, str_from("Name: \xe2\x80\xae" "Ada\xe2\x81\xa6 Love\xe2\x80\xa8lace \xe2\x80\x93 B.\nEmail: a@b.example"));
	assert_string_equal(c.name, "Ada Lovelace \xe2\x80\x93 B.");
	arena_free(mem);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(name_and_address_are_found),
		cmocka_unit_test(a_name_cannot_bring_lines_or_be_endless),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
