/* Resend's client against queued answers: the bytes of a mail, the class of each
 * (status, name), and that neither a quota nor a lost answer is taken lightly. */
#include "tests/support/check.h"

#include <string.h>

#include "base/json.h"
#include "base/limits.h"
#include "tests/support/fake_http.h"
#include "vendors/resend.h"

#define OURS "ada@example.org"

struct world {
	struct arena *mem;
	struct fake_http http;
	struct fixed_clock clock;
	struct resend vendor;
};

static int setup(void **state)
{
	struct world *w = calloc(1, sizeof(*w));

	w->mem = arena_new();
	fake_http_init(&w->http, w->mem);
	fixed_clock_init(&w->clock, 1763632800000);
	w->vendor = (struct resend){ &w->http.base, &w->clock.base, "https://api.resend.com", "re_key" };
	*state = w;
	return 0;
}

static int teardown(void **state)
{
	struct world *w = *state;

	arena_free(w->mem);
	free(w);
	return 0;
}

static struct resend_mail a_mail(void)
{
	return (struct resend_mail){ .from = "Acme <jobs@acme.example>", .to = OURS, .subject = "Hello",
				     .html = STR("<p>\"Hi\"</p>"), .text = STR("Hi\n"), .tag_kind = "invite", .tag_session = "a1b2c3d4" };
}

static struct buf *body_of(struct world *w, const struct resend_mail *mail)
{
	struct buf *out = buf_in(w->mem, LIMIT_BODY_API);

	resend_mail_body(mail, out);
	return out;
}

static void a_mail_has_the_vendors_form_and_always_the_same_bytes(void **state)
{
	struct world *w = *state;
	struct resend_mail mail = a_mail();

	assert_string_equal(body_of(w, &mail)->ptr,
			    "{\"from\":\"Acme <jobs@acme.example>\",\"to\":[\"" OURS "\"],\"subject\":\"Hello\","
			    "\"html\":\"<p>\\\"Hi\\\"</p>\",\"text\":\"Hi\\n\",\"tags\":[{\"name\":\"kind\",\"value\":\"invite\"},"
			    "{\"name\":\"session\",\"value\":\"a1b2c3d4\"}]}");
	assert_string_equal(body_of(w, &mail)->ptr, body_of(w, &mail)->ptr);
}

static void a_mail_without_html_and_tags_leaves_them_out(void **state)
{
	struct world *w = *state;
	struct resend_mail mail = a_mail();

	mail.html = (struct str){ NULL, 0 };
	mail.tag_kind = NULL;
	mail.tag_session = "not allowed: blanks";
	assert_string_equal(body_of(w, &mail)->ptr,
			    "{\"from\":\"Acme <jobs@acme.example>\",\"to\":[\"" OURS "\"],\"subject\":\"Hello\",\"text\":\"Hi\\n\",\"tags\":[]}");
	mail.tag_session = "s1";
	assert_non_null(strstr(body_of(w, &mail)->ptr, "\"tags\":[{\"name\":\"session\",\"value\":\"s1\"}]"));
}

static void a_subject_stays_one_line(void **state)
{
	struct world *w = *state;
	struct resend_mail mail = a_mail();
	struct err err = { 0 };

	mail.subject = "Hi\r\nBcc: everybody@example.org\t\x7f\xc3\xa9";
	assert_string_equal(json_text(json_read(w->mem, buf_view(body_of(w, &mail)), &err), "subject"),
			    "Hi  Bcc: everybody@example.org  \xc3\xa9");
}

static void an_address_that_could_begin_another_header_makes_no_mail(void **state)
{
	struct world *w = *state;
	struct resend_mail to = a_mail(), from = a_mail();

	to.to = "a@b.example\r\nBcc: c@d.example";
	from.from = "Acme\n <jobs@acme.example>";
	assert_true(body_of(w, &to)->failed);
	assert_true(body_of(w, &from)->failed);
}

static void a_mail_over_the_limit_of_its_buffer_fails(void **state)
{
	struct world *w = *state;
	struct resend_mail mail = a_mail();

	mail.text = (struct str){ arena_alloc(w->mem, LIMIT_BODY_API + 1), LIMIT_BODY_API + 1 };
	assert_true(body_of(w, &mail)->failed);
	mail = a_mail();
	mail.subject = arena_printf(w->mem, "%*s", LIMIT_SETTING + 1, "x");
	assert_true(body_of(w, &mail)->failed);
}

static int send_one(struct world *w, const char **id, struct err *err)
{
	return resend_send(&w->vendor, w->mem, "invite/1/1", STR("{\"stored\": \"bytes\"}"), id, err);
}

static void the_stored_bytes_go_out_with_their_key_on_a_fresh_connection(void **state)
{
	struct world *w = *state;
	const struct http_call *call = &w->http.calls[0];
	const char *id;
	struct err err = { 0 };

	fake_http_answer(&w->http, 200, "{\"id\":\"49a3999c\"}");
	assert_int_equal(send_one(w, &id, &err), 0);
	assert_string_equal(id, "49a3999c");
	assert_string_equal(call->method, "POST");
	assert_string_equal(call->url, "https://api.resend.com/emails");
	check_str(call->body, "{\"stored\": \"bytes\"}");
	assert_string_equal(fake_http_sent(call, "Idempotency-Key"), "invite/1/1");
	assert_string_equal(fake_http_sent(call, "Authorization"), "Bearer re_key");
	assert_string_equal(fake_http_sent(call, "Content-Type"), "application/json");
	assert_false(call->reuse);
}

struct failure {
	int status;
	const char *name; /* NULL: the body is no JSON */
	enum err_kind kind;
};

/* The vendor's table, and what lies beside it. */
static const struct failure failures[] = {
	{ 400, "validation_error", ERR_REFUSED },
	{ 400, "invalid_idempotency_key", ERR_REFUSED },
	{ 401, "missing_api_key", ERR_DENIED },
	{ 401, "restricted_api_key", ERR_DENIED },
	{ 403, "invalid_api_key", ERR_DENIED },
	{ 403, "suspended_api_key", ERR_DENIED },
	{ 403, "invalid_permission", ERR_DENIED },
	{ 403, "email_above_quota", ERR_REFUSED },
	{ 403, "validation_error", ERR_REFUSED },
	{ 404, "not_found", ERR_REFUSED },
	{ 405, "method_not_allowed", ERR_REFUSED },
	{ 409, "invalid_idempotent_request", ERR_REFUSED },
	{ 409, "concurrent_idempotent_requests", ERR_UPSTREAM },
	{ 409, "resource_locked", ERR_UPSTREAM },
	{ 422, "invalid_from_address", ERR_REFUSED },
	{ 422, "missing_required_field", ERR_REFUSED },
	{ 429, "rate_limit_exceeded", ERR_LIMIT },
	{ 429, "daily_quota_exceeded", ERR_LIMIT },
	{ 429, "monthly_quota_exceeded", ERR_LIMIT },
	{ 451, "security_error", ERR_REFUSED },
	{ 500, "application_error", ERR_UPSTREAM },
	{ 500, "internal_server_error", ERR_UPSTREAM },
	{ 503, "service_unavailable", ERR_UPSTREAM },
	/* A name beside the wrong status means nothing. */
	{ 500, "invalid_api_key", ERR_UPSTREAM },
	{ 422, "concurrent_idempotent_requests", ERR_REFUSED },
	{ 429, NULL, ERR_LIMIT },
	{ 401, NULL, ERR_DENIED },
	{ 403, NULL, ERR_REFUSED },
	{ 408, NULL, ERR_UPSTREAM },
	{ 502, NULL, ERR_UPSTREAM },
	{ 302, NULL, ERR_UPSTREAM },
};

static void each_status_and_name_has_its_class_and_quotes_nothing(void **state)
{
	struct world *w = *state;

	for (size_t i = 0; i < ARRAY_LEN(failures); i++) {
		const struct failure *f = &failures[i];
		const char *row = arena_printf(w->mem, "%d %s", f->status, f->name ? f->name : "without JSON"), *id;
		struct err err = { 0 };

		fake_http_answer(&w->http, f->status,
				 f->name ? arena_printf(w->mem, "{\"statusCode\":%d,\"name\":\"%s\",\"message\":\"Invalid `to`: " OURS "\"}",
							f->status, f->name)
					 : "local_rate_limited " OURS);
		check_row(row, send_one(w, &id, &err) == -1);
		check_row_text(row, err_kind_name(err.kind), err_kind_name(f->kind));
		check_row_text(row, err.code, f->name ? f->name : "");
		check_row(row, !strstr(err.msg, OURS) && !strstr(err.msg, "re_key"));
	}
	assert_int_equal(w->http.call_count, ARRAY_LEN(failures));
}

static void success_without_an_id_is_unknown(void **state)
{
	struct world *w = *state;
	static const char *const bodies[] = { "", "<html>", "{}", "{\"id\":null}", "{\"id\":\"\"}", "{\"id\":7}", "[]", "{\"id\":\"4" };

	for (size_t i = 0; i < ARRAY_LEN(bodies); i++) {
		const char *id;
		struct err err = { 0 };

		fake_http_answer(&w->http, 200, bodies[i]);
		check_row(bodies[i], send_one(w, &id, &err) == -1);
		check_row_text(bodies[i], err_kind_name(err.kind), "unknown");
	}
}

static void a_lost_answer_is_unknown(void **state)
{
	struct world *w = *state;
	const char *id;
	struct err err = { 0 };

	fake_http_fail(&w->http, ERR_UNKNOWN);
	assert_int_equal(send_one(w, &id, &err), -1);
	assert_int_equal(err.kind, ERR_UNKNOWN);
}

static void the_pace_is_read_from_the_answer_and_a_quota_is_not_a_matter_of_pace(void **state)
{
	struct world *w = *state;
	static const struct {
		const char *name, *header, *value;
		int wait;
	} rows[] = {
		{ "rate_limit_exceeded", "retry-after", "2", 2 },
		{ "rate_limit_exceeded", "ratelimit-reset", "1", 1 },
		{ "daily_quota_exceeded", "ratelimit-reset", "1", 0 },
		{ "daily_quota_exceeded", "retry-after", "3600", 3600 },
		{ "rate_limit_exceeded", "retry-after", "soon", 0 },
	};

	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		const char *id;
		struct err err = { 0 };

		fake_http_answer(&w->http, 429, arena_printf(w->mem, "{\"name\":\"%s\"}", rows[i].name));
		fake_http_header(&w->http, rows[i].header, rows[i].value);
		check_row(rows[i].name, send_one(w, &id, &err) == -1);
		check_row(rows[i].header, err.retry_after == rows[i].wait);
	}
}

static void a_key_that_may_only_send_is_good_enough(void **state)
{
	struct world *w = *state;
	struct err full = { 0 }, sending = { 0 }, wrong = { 0 }, away = { 0 };

	fake_http_answer(&w->http, 200, "{\"data\":[]}");
	assert_int_equal(resend_check(&w->vendor, w->mem, &full), 0);
	assert_string_equal(w->http.calls[0].method, "GET");
	assert_string_equal(w->http.calls[0].url, "https://api.resend.com/domains");
	fake_http_answer(&w->http, 401, "{\"name\":\"restricted_api_key\"}");
	assert_int_equal(resend_check(&w->vendor, w->mem, &sending), 0);
	assert_int_equal(sending.kind, ERR_NONE);
	fake_http_answer(&w->http, 403, "{\"name\":\"invalid_api_key\"}");
	assert_int_equal(resend_check(&w->vendor, w->mem, &wrong), -1);
	assert_int_equal(wrong.kind, ERR_DENIED);
	fake_http_answer(&w->http, 503, "");
	assert_int_equal(resend_check(&w->vendor, w->mem, &away), -1);
	assert_int_equal(away.kind, ERR_UPSTREAM);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(a_mail_has_the_vendors_form_and_always_the_same_bytes),
		TEST(a_mail_without_html_and_tags_leaves_them_out),
		TEST(a_subject_stays_one_line),
		TEST(an_address_that_could_begin_another_header_makes_no_mail),
		TEST(a_mail_over_the_limit_of_its_buffer_fails),
		TEST(the_stored_bytes_go_out_with_their_key_on_a_fresh_connection),
		TEST(each_status_and_name_has_its_class_and_quotes_nothing),
		TEST(success_without_an_id_is_unknown),
		TEST(a_lost_answer_is_unknown),
		TEST(the_pace_is_read_from_the_answer_and_a_quota_is_not_a_matter_of_pace),
		TEST(a_key_that_may_only_send_is_good_enough),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
