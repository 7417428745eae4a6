/* Templates: every one of templates/ is filled with values that want out of their
 * place, and none gets out.  Names of values and sections are read from the
 * templates themselves, so that a new template is tested without a new line. */
#include "tests/support/check.h"

#include <dirent.h>

#include "base/arena.h"
#include "web/view.h"

enum { PAGE = 1 << 20 };

static const char *const hostile[] = {
	"<script>alert(1)</script>", "\"><script>alert(1)</script>", "'><img src=x onerror=alert(1)>",
	"Q\"Q onmouseover=\"alert(1)", "Q'Q onmouseover='alert(1)", "</title></textarea></style><script>alert(1)</script>",
	"javascript:alert(1)", " javascript:alert(1)", "JaVaScRiPt:alert(1)", "data:text/html,<script>alert(1)</script>",
	"{{%AUTOESCAPE context=\"HTML\"}}{{CANDIDATE_NAME}}", "{{>/etc/passwd}}", "&lt;script&gt;", "-->", "\\\"\n\r\t",
	"\xff\xc0\x80<script>", "&#34;><svg/onload=alert(1)>", "`${alert(1)}`", "",
};

static struct arena *mem;

static int open_arena(void **state)
{
	(void)state;
	mem = arena_new();
	return 0;
}

static int close_arena(void **state)
{
	(void)state;
	arena_free(mem);
	return 0;
}

static char *read_file(const char *path)
{
	char *text = arena_alloc(mem, PAGE + 1);
	FILE *f = fopen(path, "re");

	assert_non_null(f);
	assert_true(fread(text, 1, PAGE, f) < PAGE);
	fclose(f);
	return text;
}

/* Fills every value and shows every section that the text names. */
static struct view *filled(const char *text, const char *value)
{
	struct view *v = view_new(mem);

	for (const char *at = strstr(text, "{{"); at; at = strstr(at + 2, "{{")) {
		size_t len = strspn(at + 2 + (at[2] == '#'), "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_");
		char *name = arena_strndup(mem, at + 2 + (at[2] == '#'), len);

		if (!len)
			continue;
		if (at[2] == '#')
			view_show(v, name);
		else
			view_set(v, name, value);
	}
	return v;
}

static void stays_in_its_place(const char *name, const char *value, const char *page)
{
	static const char *const never[] = { "<script>", "<img src=x", "<svg/onload", "Q\"Q", "Q'Q",
					     "href=\"javascript:", "href=\" javascript:", "href=\"JaVa",
					     "href=\"data:", "src=\"javascript:", "src=\"data:", "root:x:" };

	for (size_t i = 0; i < ARRAY_LEN(never); i++)
		if (strstr(page, never[i]))
			fail_msg("%s lets %s of %s through", name, never[i], value);
}

/* Calls fn for every template of templates/, with its name below it. */
static void each_template(void (*fn)(const char *name, const char *text))
{
	const char *root = TEST_DATA_DIR "/templates";
	DIR *folders = opendir(root);
	struct dirent *folder, *file;
	int count = 0;

	assert_non_null(folders);
	while ((folder = readdir(folders))) {
		DIR *files = folder->d_name[0] == '.' ? NULL : opendir(arena_printf(mem, "%s/%s", root, folder->d_name));

		while (files && (file = readdir(files))) {
			char *name = arena_printf(mem, "%s/%s", folder->d_name, file->d_name);

			if (file->d_name[0] == '.')
				continue;
			fn(name, read_file(arena_printf(mem, "%s/%s", root, name)));
			count++;
		}
		if (files)
			closedir(files);
	}
	closedir(folders);
	assert_true(count >= 2);
}

static bool is_html(const char *name)
{
	return strlen(name) > 5 && !strcmp(name + strlen(name) - 5, ".html");
}

static void render_hostile(const char *name, const char *text)
{
	for (size_t i = 0; is_html(name) && i < ARRAY_LEN(hostile); i++) {
		struct buf *page = buf_in(mem, PAGE);
		struct err err = { 0 };

		if (view_render(filled(text, hostile[i]), TEST_DATA_DIR, name, page, &err))
			fail_msg("%s: %s", name, err.msg);
		assert_false(page->failed);
		check_row(name, page->len > 40); /* parts are short */
		stays_in_its_place(name, hostile[i], page->ptr);
	}
}

static void no_value_gets_out_of_its_place(void **state)
{
	(void)state;
	each_template(render_hostile);
}

static void render_text(const char *name, const char *text)
{
	struct buf *mail = buf_in(mem, PAGE);
	struct err err = { 0 };

	if (is_html(name))
		return;
	assert_int_equal(view_render_text(filled(text, "O'Neil & <Co> \"x\""), TEST_DATA_DIR, name, mail, &err), 0);
	check_row(name, strstr(mail->ptr, "O'Neil & <Co> \"x\""));
	check_row(name, !strstr(mail->ptr, "{{") && !strstr(mail->ptr, "&amp;"));
	check_row(name, strstr(mail->ptr, "\n\n")); /* blank lines are kept */
}

static void plain_text_is_not_escaped(void **state)
{
	(void)state;
	each_template(render_text);
}

/* A template of the test's own: the pragma and `body`. */
static const char *own_template(const char *body)
{
	static char dir[] = "/tmp/parley-view-XXXXXX";
	static int count;
	char *name;
	FILE *f;

	if (!count) {
		assert_non_null(mkdtemp(dir));
		assert_int_equal(system(arena_printf(mem, "mkdir %s/templates", dir)), 0);
	}
	name = arena_printf(mem, "%d.html", count++);
	f = fopen(arena_printf(mem, "%s/templates/%s", dir, name), "we");
	assert_non_null(f);
	fputs(body, f);
	assert_int_equal(fclose(f), 0);
	return arena_printf(mem, "%s:%s", dir, name);
}

static int render_own(struct view *v, const char *own, struct buf *out, struct err *err)
{
	const char *colon = strchr(own, ':');

	return view_render(v, arena_strndup(mem, own, (size_t)(colon - own)), colon + 1, out, err);
}

static int remove_own_templates(void **state)
{
	char *own = arena_strdup(mem, own_template(""));

	(void)state;
	own[strcspn(own, ":")] = '\0';
	assert_int_equal(system(arena_printf(mem, "rm -r %s", own)), 0);
	return close_arena(state);
}

static void sections_and_rounds_are_shown(void **state)
{
	struct view *v = view_new(mem), *round;
	struct buf *out = buf_in(mem, PAGE);
	struct err err = { 0 };

	(void)state;
	view_set(v, "NAME", "A&B");
	view_set(v, "MARKS", "{{NAME}}"); /* a value is no template */
	view_set(v, "NOTHING", NULL);
	view_set_int(v, "N", -42);
	view_show(v, "SHOWN");
	for (int i = 1; i <= 3; i++) {
		round = view_add(v, "ROW");
		view_set_int(round, "I", i);
	}
	assert_int_equal(render_own(v, own_template("{{%AUTOESCAPE context=\"HTML\"}}{{NAME}} [{{NOTHING}}] {{N}} {{MARKS}} {{#SHOWN}}shown{{/SHOWN}}"
						    "{{#HIDDEN}}hidden{{/HIDDEN}}{{#ROW}} {{I}}{{NAME}}{{/ROW}}"), out, &err), 0);
	assert_string_equal(out->ptr, "A&amp;B [] -42 {{NAME}} shown 1A&amp;B 2A&amp;B 3A&amp;B");
}

/* Ordinary escaping makes one line of a text. */
static void lines_are_kept_where_a_template_asks_for_it(void **state)
{
	struct view *v = view_new(mem);
	struct buf *out = buf_in(mem, PAGE);
	struct err err = { 0 };

	(void)state;
	view_set(v, "V", "\n<b>\n\t\"&'");
	assert_int_equal(render_own(v, own_template("{{%AUTOESCAPE context=\"HTML\"}}<textarea>\n{{V:pre_escape}}</textarea>{{V}}"), out, &err), 0);
	assert_string_equal(out->ptr, "<textarea>\n\n&lt;b&gt;\n\t&quot;&amp;&#39;</textarea> &lt;b&gt;  &quot;&amp;&#39;");
}

static void a_value_is_copied(void **state)
{
	char value[] = "first";
	struct view *v = view_new(mem);
	struct buf *out = buf_in(mem, PAGE);
	struct err err = { 0 };

	(void)state;
	view_set(v, "V", value);
	memcpy(value, "later", 5);
	assert_int_equal(render_own(v, own_template("{{%AUTOESCAPE context=\"HTML\"}}{{V}}"), out, &err), 0);
	assert_string_equal(out->ptr, "first");
}

/* A part has its own values, and only those; each call shows it once more. */
static void a_part_shows_its_own_values(void **state)
{
	const char *part = own_template("{{%AUTOESCAPE context=\"HTML\"}}({{A}}{{B}})");
	const char *whole = own_template("{{%AUTOESCAPE context=\"HTML\"}}{{A}}{{>PART}}{{>NONE}}");
	struct view *v = view_new(mem);
	struct buf *out = buf_in(mem, PAGE);
	struct err err = { 0 };

	(void)state;
	view_root(v, arena_strndup(mem, part, strcspn(part, ":")));
	view_set(v, "A", "outside");
	view_set(view_part(v, "PART", strchr(part, ':') + 1), "B", "<1>");
	view_set(view_part(v, "PART", strchr(part, ':') + 1), "B", "2");
	assert_int_equal(render_own(v, whole, out, &err), 0);
	assert_string_equal(out->ptr, "outside(&lt;1&gt;)(2)");
}

static void a_broken_template_appends_nothing(void **state)
{
	static const char *const broken[] = { "{{%AUTOESCAPE context=\"HTML\"}}text {{#OPEN}}", "text {{V:nonsense}}",
					      "{{%AUTOESCAPE context=\"HTML\"}}<a href={{V}}>" };

	(void)state;
	for (size_t i = 0; i <= ARRAY_LEN(broken); i++) {
		struct buf *out = buf_in(mem, PAGE);
		struct err err = { 0 };
		int rc;

		buf_puts(out, "before");
		if (i < ARRAY_LEN(broken))
			rc = render_own(view_new(mem), own_template(broken[i]), out, &err);
		else
			rc = view_render(view_new(mem), TEST_DATA_DIR, "interview/absent.html", out, &err);
		assert_int_equal(rc, -1);
		assert_int_equal(err.kind, ERR_SYSTEM);
		assert_string_equal(out->ptr, "before");
		assert_int_equal(out->len, 6);
	}
}

static void a_page_over_the_limit_fails_its_buf(void **state)
{
	struct buf *out = buf_in(mem, 10);
	struct err err = { 0 };
	struct view *v = view_new(mem);

	(void)state;
	view_set(v, "V", "more than ten bytes");
	render_own(v, own_template("{{%AUTOESCAPE context=\"HTML\"}}{{V}}"), out, &err);
	assert_true(out->failed);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, open_arena, close_arena)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(no_value_gets_out_of_its_place),
		TEST(plain_text_is_not_escaped),
		TEST(sections_and_rounds_are_shown),
		TEST(lines_are_kept_where_a_template_asks_for_it),
		TEST(a_value_is_copied),
		TEST(a_part_shows_its_own_values),
		TEST(a_broken_template_appends_nothing),
		cmocka_unit_test_setup_teardown(a_page_over_the_limit_fails_its_buf, open_arena, remove_own_templates),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
