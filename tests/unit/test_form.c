/* Percent-encoding and forms: what browsers send is read, what is broken is
 * refused, and no name or value holds a NUL. */
#include "tests/support/check.h"

#include "base/buf.h"
#include "base/limits.h"
#include "base/percent.h"
#include "web/form.h"

static void escapes_are_decoded(void **state)
{
	static const struct {
		struct str text, plain, with_plus;
	} rows[] = {
		{ STR(""), STR(""), STR("") },
		{ STR("abc"), STR("abc"), STR("abc") },
		{ STR("a+b"), STR("a+b"), STR("a b") },
		{ STR("a%2Bb"), STR("a+b"), STR("a+b") },
		{ STR("%41%7a%7A"), STR("Azz"), STR("Azz") },
		{ STR("%c3%A4"), STR("\xc3\xa4"), STR("\xc3\xa4") },
		{ STR("%00"), STR("\0"), STR("\0") },
		{ STR("%2541"), STR("%41"), STR("%41") }, /* once only */
		{ STR("%25"), STR("%"), STR("%") },
		{ STR("\xff"), STR("\xff"), STR("\xff") },
	};
	struct arena *a = arena_new();
	struct str out;

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		check_row(rows[i].text.ptr, percent_decode(a, rows[i].text, false, &out) && str_eq(out, rows[i].plain));
		check_row(rows[i].text.ptr, percent_decode(a, rows[i].text, true, &out) && str_eq(out, rows[i].with_plus));
		check_row(rows[i].text.ptr, out.ptr[out.len] == '\0');
	}
	assert_true(percent_decode(a, (struct str){ NULL, 0 }, true, &out));
	assert_int_equal(out.len, 0);
	arena_free(a);
}

static void broken_escapes_are_refused(void **state)
{
	static const struct str rows[] = { STR("%"), STR("%4"), STR("a%"), STR("a%4"), STR("%g0"), STR("%0g"), STR("%%41"),
					   STR("%u0041"), STR("%-1"), STR("% 41"), STR("%4\0"), STR("ok%zz") };
	struct arena *a = arena_new();
	struct str out;

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(rows); i++)
		check_row(rows[i].ptr, !percent_decode(a, rows[i], true, &out));
	/* The two digits behind the end of the view do not count. */
	assert_false(percent_decode(a, (struct str){ "%41", 2 }, true, &out));
	arena_free(a);
}

static void every_byte_survives_encoding(void **state)
{
	struct arena *a = arena_new();
	struct buf *b = buf_in(a, 4096);
	char all[256];
	struct str out;

	(void)state;
	for (int i = 0; i < 256; i++)
		all[i] = (char)i;
	buf_url(b, (struct str){ all, sizeof(all) });
	for (size_t plus = 0; plus < 2; plus++) {
		assert_true(percent_decode(a, buf_view(b), plus, &out));
		assert_true(str_eq(out, (struct str){ all, sizeof(all) }));
	}
	arena_free(a);
}

/* The fields of a form in one line, to compare them: "name=value;name=value;" */
static const char *flat(struct arena *a, struct str text)
{
	struct form form = { 0 };
	struct err err = { 0 };
	struct buf *b = buf_in(a, 1 << 20);

	if (form_parse(a, text, &form, &err)) {
		assert_int_equal(err.kind, ERR_INPUT);
		return "refused";
	}
	for (size_t i = 0; i < form.count; i++) {
		buf_str(b, form.fields[i].name);
		buf_putc(b, '=');
		buf_str(b, form.fields[i].value);
		buf_putc(b, ';');
	}
	return b->ptr;
}

static void forms_are_read_in_order(void **state)
{
	static const struct {
		struct str text;
		const char *want;
	} rows[] = {
		{ STR(""), "" },
		{ STR("a=1"), "a=1;" },
		{ STR("a=1&b=2&a=3"), "a=1;b=2;a=3;" },
		{ STR("a"), "a=;" },
		{ STR("a="), "a=;" },
		{ STR("=1"), "=1;" },
		{ STR("="), "=;" },
		{ STR("&&a=1&&"), "a=1;" },
		{ STR("a=b=c"), "a=b=c;" },
		{ STR("a+b=c+d%2Be"), "a b=c d+e;" },
		{ STR("%61%3d=%26"), "a==&;" },
		{ STR("a;b=1"), "a;b=1;" },
		{ STR("a=%"), "refused" },
		{ STR("%=a"), "refused" },
		{ STR("a=1&b=%zz"), "refused" },
		{ STR("a=%00"), "refused" },
		{ STR("a%00b=1"), "refused" },
		{ STR("a=\0"), "refused" },
	};
	struct arena *a = arena_new();

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(rows); i++)
		check_row_text(rows[i].text.ptr, flat(a, rows[i].text), rows[i].want);
	assert_string_equal(flat(a, (struct str){ NULL, 0 }), "");
	arena_free(a);
}

static void the_first_field_of_a_name_counts(void **state)
{
	struct arena *a = arena_new();
	struct form form;
	struct err err = { 0 };

	(void)state;
	assert_int_equal(form_parse(a, STR("a=1&a=2&empty="), &form, &err), 0);
	assert_string_equal(form_get(&form, "a"), "1");
	assert_string_equal(form_get(&form, "empty"), "");
	assert_null(form_get(&form, "b"));
	assert_null(form_get(&form, ""));
	arena_free(a);
}

static void the_number_of_fields_is_bounded(void **state)
{
	struct arena *a = arena_new();
	struct buf *b = buf_in(a, 1 << 20);
	struct form form;
	struct err err = { 0 };

	(void)state;
	for (int i = 1; i < LIMIT_FORM_FIELDS; i++)
		buf_puts(b, "a&");
	buf_puts(b, "a");
	assert_int_equal(form_parse(a, buf_view(b), &form, &err), 0);
	assert_int_equal(form.count, LIMIT_FORM_FIELDS);
	buf_puts(b, "&a");
	assert_int_equal(form_parse(a, buf_view(b), &form, &err), -1);
	assert_int_equal(err.kind, ERR_INPUT);
	arena_free(a);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(escapes_are_decoded),
		cmocka_unit_test(broken_escapes_are_refused),
		cmocka_unit_test(every_byte_survives_encoding),
		cmocka_unit_test(forms_are_read_in_order),
		cmocka_unit_test(the_first_field_of_a_name_counts),
		cmocka_unit_test(the_number_of_fields_is_bounded),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
