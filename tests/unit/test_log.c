/* The log: whatever is in a value, an event is one line and that line is JSON. */
#include "tests/support/check.h"

#include <fcntl.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/json.h"
#include "base/log.h"

struct capture {
	struct arena *mem;
	struct fixed_clock clock;
	struct log log;
	int read_fd;
};

static int open_capture(void **state)
{
	struct capture *c = calloc(1, sizeof(*c));
	int ends[2];

	if (!c || pipe2(ends, O_NONBLOCK))
		return -1;
	c->mem = arena_new();
	fixed_clock_init(&c->clock, 1795167000123);
	c->log = (struct log){ .fd = ends[1], .program = "test", .clock = &c->clock.base, .request_id = "abc12345" };
	c->read_fd = ends[0];
	*state = c;
	return 0;
}

static int close_capture(void **state)
{
	struct capture *c = *state;

	close(c->read_fd);
	close(c->log.fd);
	arena_free(c->mem);
	free(c);
	return 0;
}

/* What was logged since the last time: one line without its end. */
static struct str line_of(struct capture *c)
{
	char *text = arena_alloc(c->mem, 64 << 10);
	ssize_t len = read(c->read_fd, text, (64 << 10) - 1);

	assert_true(len > 1);
	assert_int_equal(text[len - 1], '\n');
	assert_null(memchr(text, '\n', (size_t)len - 1));
	return (struct str){ text, (size_t)len - 1 };
}

static struct json_object *event_of(struct capture *c)
{
	struct err err = { 0 };
	struct json_object *o = json_read(c->mem, line_of(c), &err);

	if (!o)
		fail_msg("not JSON: %s", err.msg);
	return o;
}

static void a_line_has_the_agreed_members_first(void **state)
{
	struct capture *c = *state;

	log_event(&c->log, LOG_WARNING, "call.unknown_outcome", LOG_TEXT("session", "a1b2c3d4"), LOG_NUM("attempt", -3));
	check_str(line_of(c),
		  "{\"time\":\"2026-11-20T09:30:00.123Z\",\"level\":\"warning\",\"program\":\"test\","
		  "\"event\":\"call.unknown_outcome\",\"request_id\":\"abc12345\",\"session\":\"a1b2c3d4\",\"attempt\":-3}");
}

static void levels_have_names(void **state)
{
	static const char *const names[] = { "debug", "info", "warning", "error" };
	struct capture *c = *state;

	for (int i = 0; i < 4; i++) {
		log_event(&c->log, (enum log_level)i, "x", LOG_NUM("n", INT64_MIN));
		assert_string_equal(json_text(event_of(c), "level"), names[i]);
	}
}

static void no_value_can_begin_a_line(void **state)
{
	static const char *const rows[] = {
		"a\nb", "\r\n{\"event\":\"forged\"}", "\"},\n{\"", "\x1b[2J\x07", "\\", "\x7f", "",
		"\xe2\x80\xa8\xe2\x80\xa9\xc2\x85", "\xff\xfe\x80",
	};
	struct capture *c = *state;

	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		struct json_object *o;
		struct str line;
		struct err err = { 0 };

		log_event(&c->log, LOG_INFO, "event", LOG_TEXT("value", rows[i]));
		line = line_of(c);
		for (size_t k = 0; k < line.len; k++)
			check_row(rows[i], (unsigned char)line.ptr[k] >= ' ' && line.ptr[k] != 0x7f);
		check_row(rows[i], !str_find(line, STR("\xe2\x80\xa8")) && !str_find(line, STR("\xc2\x85")));
		o = json_read(c->mem, line, &err);
		check_row(rows[i], o && !strcmp(json_text(o, "event"), "event"));
		if (str_is_utf8(str_from(rows[i])))
			check_row_text("value", json_text(o, "value"), rows[i]);
	}
}

static void a_missing_text_is_empty(void **state)
{
	struct capture *c = *state;
	const char *absent = NULL;

	log_event(&c->log, LOG_INFO, "event", LOG_TEXT("value", absent));
	assert_string_equal(json_text(event_of(c), "value"), "");
}

static void a_long_value_is_cut_between_characters(void **state)
{
	struct capture *c = *state;
	char bytes[3001], *text = bytes;

	/* Each start puts the cut at another byte of the three of a euro sign. */
	for (int start = 0; start < 3; start++) {
		const char *value;

		memset(text, 'x', (size_t)start);
		for (int i = start; i + 3 < (int)sizeof(bytes); i += 3)
			memcpy(text + i, "\xe2\x82\xac", 4);
		log_event(&c->log, LOG_INFO, "event", LOG_TEXT("value", text));
		value = json_text(event_of(c), "value");
		assert_true(strlen(value) <= 1024 && strlen(value) > 1000);
		assert_memory_equal(value, text, strlen(value));
		assert_null(strstr(value, "\xef\xbf\xbd"));
	}
}

/* An event that vanishes because someone sent much of what must be escaped would
 * hide exactly the events worth seeing. */
static void an_event_is_logged_however_long_its_values(void **state)
{
	struct capture *c = *state;
	char bytes[2000], *text = bytes;
	struct json_object *o;

	memset(text, 1, sizeof(bytes) - 1);
	text[sizeof(bytes) - 1] = '\0';
	log_event(&c->log, LOG_WARNING, "security.signature_invalid", LOG_TEXT("a", text), LOG_TEXT("b", text),
		  LOG_TEXT("c", text), LOG_TEXT("d", text), LOG_TEXT("e", text), LOG_NUM("last", 1));
	o = event_of(c);
	assert_string_equal(json_text(o, "event"), "security.signature_invalid");
	assert_string_equal(json_text(o, "request_id"), "abc12345");
	assert_true(strlen(json_text(o, "a")) == 1024);
	assert_non_null(json_get(o, "last")); /* what still fits is there */
}

static void one_event_is_one_write(void **state)
{
	struct capture *c = *state;

	for (int i = 0; i < 20; i++)
		log_event(&c->log, LOG_INFO, "event", LOG_NUM("i", i));
	/* All are there and whole: 20 ends of line, each behind a brace. */
	{
		char text[8192];
		ssize_t len = read(c->read_fd, text, sizeof(text));
		int lines = 0;

		for (ssize_t i = 1; i < len; i++)
			lines += text[i] == '\n' && text[i - 1] == '}';
		assert_int_equal(lines, 20);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(a_line_has_the_agreed_members_first, open_capture, close_capture),
		cmocka_unit_test_setup_teardown(levels_have_names, open_capture, close_capture),
		cmocka_unit_test_setup_teardown(no_value_can_begin_a_line, open_capture, close_capture),
		cmocka_unit_test_setup_teardown(a_missing_text_is_empty, open_capture, close_capture),
		cmocka_unit_test_setup_teardown(a_long_value_is_cut_between_characters, open_capture, close_capture),
		cmocka_unit_test_setup_teardown(an_event_is_logged_however_long_its_values, open_capture, close_capture),
		cmocka_unit_test_setup_teardown(one_event_is_one_write, open_capture, close_capture),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
