/* Twilio's webhooks as requests: who is believed, what is answered, and the one
 * line that a refused signature leaves in the log. */
#include "tests/support/check.h"

#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include "app.h"
#include "base/crypto.h"
#include "base/limits.h"
#include "campaign/twilio_webhook.h"
#include "tests/support/cgi_source.h"

#define TOKEN "12345678901234567890123456789012"
#define HOOK "/api/twilio/webhook"
#define EMPTY_TWIML "<?xml version=\"1.0\" encoding=\"UTF-8\"?><Response/>"

struct world {
	struct app app;
	struct fixed_clock clock;
	int log_end;
};

static int setup(void **state)
{
	struct world *w = calloc(1, sizeof(*w));
	int ends[2];

	if (!w || pipe2(ends, O_NONBLOCK))
		return -1;
	fixed_clock_init(&w->clock, 1763632800000);
	w->log_end = ends[0];
	w->app.mem = arena_new();
	w->app.clock = &w->clock.base;
	w->app.log = (struct log){ .fd = ends[1], .program = "test", .clock = w->app.clock };
	w->app.cfg.have_twilio = true;
	w->app.cfg.twilio_auth_token = TOKEN;
	w->app.cfg.webhook_base_url = "https://hooks.example.com";
	*state = w;
	return 0;
}

static int teardown(void **state)
{
	struct world *w = *state;

	close(w->log_end);
	close(w->app.log.fd);
	arena_free(w->app.mem);
	free(w);
	return 0;
}

/* What was logged since the last look. */
static const char *logged(struct world *w)
{
	char text[4096];
	ssize_t len = read(w->log_end, text, sizeof(text));

	return len > 0 ? arena_strndup(w->app.mem, text, (size_t)len) : "";
}

/* Of the text that Twilio would put together: the address, then names and values. */
static const char *signature_of(struct world *w, const char *text)
{
	unsigned char mac[SHA1_SIZE];
	struct str message = str_from(text);

	hmac_sha1(STR(TOKEN), &message, 1, mac);
	return base64_encode(w->app.mem, (struct str){ (const char *)mac, sizeof(mac) });
}

struct ask {
	const char *method;              /* NULL: POST */
	const char *uri;                 /* NULL: a plain CGI server that gives the parts */
	const char *script, *info, *query;
	const char *signature, *body;
	const char *length;              /* NULL: the body's */
};

static struct response *ask(struct world *w, struct ask a)
{
	struct str left = str_from(a.body);
	const struct cgi_variable variables[] = {
		{ "REQUEST_METHOD", a.method ? a.method : "POST" },
		{ "REQUEST_URI", a.uri },
		{ "SCRIPT_NAME", a.script },
		{ "PATH_INFO", a.info },
		{ "QUERY_STRING", a.query },
		{ "REMOTE_ADDR", "192.0.2.7" },
		{ "HTTP_HOST", "elsewhere.example" },
		{ "HTTP_X_FORWARDED_HOST", "elsewhere.example" },
		{ "HTTP_X_TWILIO_SIGNATURE", a.signature },
		{ "CONTENT_TYPE", "application/x-www-form-urlencoded" },
		{ "CONTENT_LENGTH", a.length ? a.length : arena_printf(w->app.mem, "%zu", left.len) },
		{ NULL, NULL },
	};
	struct cgi_source source = cgi_source_new(variables, &left);
	struct response *res = arena_new_object(w->app.mem, struct response);
	struct request req;

	request_init(&req, w->app.mem, &source.base);
	response_init(res, w->app.mem);
	route_request(&w->app, &twilio_pages, &req, res);
	return res;
}

static void a_call_that_is_not_ours_gets_an_empty_response(void **state)
{
	struct world *w = *state;
	static const char *const steps[] = { "", "/answer", "/gather", "/status", "/amd" };

	for (size_t i = 0; i < ARRAY_LEN(steps); i++) {
		const char *uri = arena_printf(w->app.mem, HOOK "%s?att=9f2c&x=%%41", steps[i]);
		const char *text = arena_printf(w->app.mem, "https://hooks.example.com%sCallSidCA1CallStatusringing", uri);
		struct response *res = ask(w, (struct ask){ .uri = uri, .signature = signature_of(w, text),
							    .body = "CallStatus=ringing&CallSid=CA1" });

		check_row(steps[i], res->status == 200);
		check_row_text(steps[i], res->body->ptr, EMPTY_TWIML);
		check_row(steps[i], strstr(res->headers->ptr, "Content-Type: text/xml\r\n"));
		check_row(steps[i], strstr(logged(w), "\"event\":\"twilio.not_ours\""));
	}
}

static void only_the_configured_address_counts(void **state)
{
	struct world *w = *state;
	static const struct {
		const char *base, *signed_for;
		int status;
	} rows[] = {
		{ "https://hooks.example.com", "https://hooks.example.com" HOOK "?a=1", 200 },
		{ "https://hooks.example.com/", "https://hooks.example.com" HOOK "?a=1", 200 },
		{ "https://hooks.example.com", "https://hooks.example.com:443" HOOK "?a=1", 200 },
		{ "https://hooks.example.com:8443", "https://hooks.example.com:8443" HOOK "?a=1", 200 },
		{ "https://hooks.example.com:8443", "https://hooks.example.com" HOOK "?a=1", 200 },
		{ "https://hooks.example.com", "https://elsewhere.example" HOOK "?a=1", 401 },
		{ "https://hooks.example.com", "http://hooks.example.com" HOOK "?a=1", 401 },
		{ "https://hooks.example.com", "https://hooks.example.com" HOOK, 401 },
	};

	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		const char *text = arena_printf(w->app.mem, "%sCallSidCA1", rows[i].signed_for);

		w->app.cfg.webhook_base_url = rows[i].base;
		check_row(rows[i].signed_for, ask(w, (struct ask){ .uri = HOOK "?a=1", .signature = signature_of(w, text),
								  .body = "CallSid=CA1" })->status == rows[i].status);
	}
}

static void plain_cgi_without_the_raw_uri_is_served_too(void **state)
{
	struct world *w = *state;
	const char *with = signature_of(w, "https://hooks.example.com" HOOK "/status?a=1CallSidCA1");
	const char *without = signature_of(w, "https://hooks.example.com" HOOK "/statusCallSidCA1");
	struct ask a = { .script = "/api/twilio", .info = "/webhook/status", .query = "a=1", .signature = with, .body = "CallSid=CA1" };

	assert_int_equal(ask(w, a)->status, 200);
	a.query = "";
	assert_int_equal(ask(w, a)->status, 401);
	a.signature = without;
	assert_int_equal(ask(w, a)->status, 200);
}

static void a_bad_signature_is_refused_with_one_line_in_the_log(void **state)
{
	struct world *w = *state;
	const char *good = signature_of(w, "https://hooks.example.com" HOOK "CallSidCA1");
	const struct {
		const char *signature, *body, *reason;
	} rows[] = {
		{ NULL, "CallSid=CA1", "missing" },
		{ "", "CallSid=CA1", "missing" },
		{ "bm90IGl0", "CallSid=CA1", "wrong" },
		{ good, "CallSid=CA2", "wrong" },
		{ good, "CallSid=CA1&Digits=9", "wrong" },
		{ good, "", "wrong" },
		{ good, "CallSid=%zz", "malformed" },
	};

	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		struct response *res = ask(w, (struct ask){ .uri = HOOK, .signature = rows[i].signature, .body = rows[i].body });
		const char *line = logged(w), *name = rows[i].body;

		check_row(name, res->status == 401);
		check_row(name, strstr(res->body->ptr, "\"code\":\"signature_invalid\""));
		check_row(name, strstr(line, "\"event\":\"security.signature_invalid\""));
		check_row(name, strstr(line, "\"vendor\":\"twilio\""));
		check_row(name, strstr(line, arena_printf(w->app.mem, "\"reason\":\"%s\"", rows[i].reason)));
		check_row(name, strstr(line, "\"remote_addr\":\"192.0.2.7\""));
		check_row(name, strchr(line, '\n') == line + strlen(line) - 1);
	}
	assert_int_equal(ask(w, (struct ask){ .uri = HOOK, .signature = good, .body = "CallSid=CA1" })->status, 200);
}

static void a_signed_event_without_a_call_is_a_bad_one(void **state)
{
	struct world *w = *state;
	static const struct {
		const char *body, *text;
	} rows[] = {
		{ "", "" },
		{ "CallStatus=ringing", "CallStatusringing" },
		{ "CallSid=", "CallSid" },
		{ "CallSid=a%2Fb", "CallSida/b" },
		{ "callsid=CA1", "callsidCA1" },
	};

	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		const char *text = arena_printf(w->app.mem, "https://hooks.example.com" HOOK "%s", rows[i].text);
		struct response *res = ask(w, (struct ask){ .uri = HOOK, .signature = signature_of(w, text), .body = rows[i].body });

		check_row(rows[i].body, res->status == 400);
		check_row(rows[i].body, strstr(res->body->ptr, "\"code\":\"bad_event\""));
	}
}

/* Signed by its hash: nothing of the body was read before. */
static void a_signed_body_that_is_no_form_is_a_bad_event(void **state)
{
	struct world *w = *state;
	static const char body[] = "CallSid=%00";
	unsigned char digest[SHA256_SIZE];
	char hex[2 * SHA256_SIZE + 1];
	const char *uri;
	struct response *res;

	sha256(str_from(body), digest);
	hex_encode(digest, sizeof(digest), hex);
	uri = arena_printf(w->app.mem, HOOK "?bodySHA256=%s", hex);
	res = ask(w, (struct ask){ .uri = uri, .body = body,
				   .signature = signature_of(w, arena_printf(w->app.mem, "https://hooks.example.com%s", uri)) });
	assert_int_equal(res->status, 400);
}

static void without_twilio_nothing_is_taken(void **state)
{
	struct world *w = *state;
	struct response *res;

	w->app.cfg.have_twilio = false;
	w->app.cfg.twilio_auth_token = NULL;
	res = ask(w, (struct ask){ .uri = HOOK, .signature = "x", .body = "CallSid=CA1" });
	assert_int_equal(res->status, 503);
	assert_non_null(strstr(res->body->ptr, "\"code\":\"not_configured\""));
}

static void what_is_too_large_or_elsewhere_is_refused_unread(void **state)
{
	struct world *w = *state;
	const struct {
		struct ask ask;
		int status;
	} rows[] = {
		{ { .uri = HOOK "/answer", .length = "5242881" }, 413 },
		{ { .uri = HOOK "/answer", .length = "5242880" }, 400 }, /* allowed, but it does not come */
		{ { .uri = HOOK "/answer", .method = "GET" }, 405 },
		{ { .uri = HOOK "/other" }, 404 },
		{ { .uri = HOOK "/status/more" }, 404 },
	};

	assert_int_equal(LIMIT_BODY_WEBHOOK, 5242880);
	for (size_t i = 0; i < ARRAY_LEN(rows); i++)
		check_row(rows[i].ask.uri, ask(w, rows[i].ask)->status == rows[i].status);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(a_call_that_is_not_ours_gets_an_empty_response, setup, teardown),
		cmocka_unit_test_setup_teardown(only_the_configured_address_counts, setup, teardown),
		cmocka_unit_test_setup_teardown(plain_cgi_without_the_raw_uri_is_served_too, setup, teardown),
		cmocka_unit_test_setup_teardown(a_bad_signature_is_refused_with_one_line_in_the_log, setup, teardown),
		cmocka_unit_test_setup_teardown(a_signed_event_without_a_call_is_a_bad_one, setup, teardown),
		cmocka_unit_test_setup_teardown(a_signed_body_that_is_no_form_is_a_bad_event, setup, teardown),
		cmocka_unit_test_setup_teardown(without_twilio_nothing_is_taken, setup, teardown),
		cmocka_unit_test_setup_teardown(what_is_too_large_or_elsewhere_is_refused_unread, setup, teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
