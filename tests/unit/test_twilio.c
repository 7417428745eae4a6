/* Twilio's client against queued answers: the exact requests, the class of each
 * answer, and that a dial whose outcome is not known is called just that. */
#include "tests/support/check.h"

#include <string.h>

#include "base/limits.h"
#include "tests/support/fake_http.h"
#include "vendors/twilio.h"

#define TO "+14155550123"
#define FROM "+14155550100"
#define ROOT "https://api.twilio.com/2010-04-01/Accounts/AC01/"
#define CREATED "{\"sid\":\"CA01\",\"status\":\"queued\",\"to\":\"" TO "\",\"from\":\"" FROM "\",\"answered_by\":null," \
		"\"duration\":null,\"date_created\":null}"

struct world {
	struct arena *mem;
	struct fake_http http;
	struct fixed_clock clock;
	struct twilio vendor;
};

static int setup(void **state)
{
	struct world *w = calloc(1, sizeof(*w));

	w->mem = arena_new();
	fake_http_init(&w->http, w->mem);
	fixed_clock_init(&w->clock, 1763632800000);
	w->vendor = (struct twilio){ &w->http.base, &w->clock.base, "https://api.twilio.com", "AC01", "secret", NULL };
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

static const struct twilio_dial a_dial = {
	.to = TO, .from = FROM, .url = "https://hooks.example.com/answer?att=9f2c",
	.status_url = "https://hooks.example.com/status?att=9f2c#rc=3&rp=5xx,ct,rt", .machine_detection = "Enable",
	.machine_url = "https://hooks.example.com/amd?att=9f2c", .ring_s = 25, .most_s = 300,
};

/* As the dialer does it, over the fake. */
static int dial_and_read(const struct twilio *t, struct arena *mem, const struct twilio_dial *dial, struct twilio_call *call,
			 struct err *err)
{
	struct http_call request;
	struct http_reply reply;

	if (twilio_dial_call(t, mem, dial, &request, err) || http_send(t->http, mem, &request, &reply, err))
		return -1;
	return twilio_dial_reply(t, mem, &reply, call, err);
}

static void a_dial_is_sent_once_and_whole(void **state)
{
	struct world *w = *state;
	const struct http_call *sent = &w->http.calls[0];
	struct twilio_call call;
	struct err err = { 0 };

	fake_http_answer(&w->http, 201, CREATED);
	assert_int_equal(dial_and_read(&w->vendor, w->mem, &a_dial, &call, &err), 0);
	assert_int_equal(w->http.call_count, 1);
	assert_string_equal(sent->method, "POST");
	assert_string_equal(sent->url, ROOT "Calls.json");
	check_str(sent->body,
		  "To=%2B14155550123&From=%2B14155550100&Url=https%3A%2F%2Fhooks.example.com%2Fanswer%3Fatt%3D9f2c&Method=POST"
		  "&StatusCallback=https%3A%2F%2Fhooks.example.com%2Fstatus%3Fatt%3D9f2c%23rc%3D3%26rp%3D5xx%2Cct%2Crt"
		  "&StatusCallbackMethod=POST&StatusCallbackEvent=initiated&StatusCallbackEvent=ringing"
		  "&StatusCallbackEvent=answered&StatusCallbackEvent=completed&Timeout=25&TimeLimit=300"
		  "&MachineDetection=Enable&AsyncAmd=true&AsyncAmdStatusCallback=https%3A%2F%2Fhooks.example.com%2Famd%3Fatt%3D9f2c"
		  "&AsyncAmdStatusCallbackMethod=POST");
	assert_string_equal(fake_http_sent(sent, "Authorization"), "Basic QUMwMTpzZWNyZXQ=");
	assert_string_equal(fake_http_sent(sent, "Content-Type"), "application/x-www-form-urlencoded");
	assert_false(sent->reuse);
	assert_true(sent->once);
	assert_int_equal(sent->timeout_ms, 30000);
	assert_string_equal(call.sid, "CA01");
	assert_string_equal(call.status, "queued");
	assert_string_equal(call.to, TO);
	assert_string_equal(call.from, FROM);
	assert_null(call.answered_by);
	assert_int_equal(call.created_ms, 0);
	assert_int_equal(call.duration_s, -1);
}

static void a_dial_can_be_sent_by_someone_else(void **state)
{
	struct world *w = *state;
	struct http_call request;
	struct http_reply created = { .status = 201, .body = STR(CREATED) }, broken = { .status = 500 };
	struct twilio_call call;
	struct err err = { 0 };

	w->vendor.http = NULL;
	assert_int_equal(twilio_dial_call(&w->vendor, w->mem, &a_dial, &request, &err), 0);
	assert_string_equal(request.url, ROOT "Calls.json");
	assert_true(request.once);
	assert_int_equal(request.timeout_ms, 30000);
	assert_int_equal(twilio_dial_reply(&w->vendor, w->mem, &created, &call, &err), 0);
	assert_string_equal(call.sid, "CA01");
	assert_int_equal(twilio_dial_reply(&w->vendor, w->mem, &broken, &call, &err), -1);
	assert_int_equal(err.kind, ERR_UNKNOWN);
}

static void what_a_dial_does_not_name_is_left_out(void **state)
{
	struct world *w = *state;
	const struct twilio_dial dial = { .to = TO, .from = FROM, .url = "https://h.example/a", .machine_url = "https://h.example/m" };
	struct twilio_call call;
	struct err err = { 0 };

	fake_http_answer(&w->http, 201, CREATED);
	assert_int_equal(dial_and_read(&w->vendor, w->mem, &dial, &call, &err), 0);
	check_str(w->http.calls[0].body,
		  "To=%2B14155550123&From=%2B14155550100&Url=https%3A%2F%2Fh.example%2Fa&Method=POST");
}

static void a_dial_over_the_limit_is_not_sent(void **state)
{
	struct world *w = *state;
	struct twilio_dial dial = a_dial;
	struct twilio_call call;
	struct err err = { 0 };

	dial.url = arena_printf(w->mem, "%*s", 20000, "x");
	assert_int_equal(dial_and_read(&w->vendor, w->mem, &dial, &call, &err), -1);
	assert_int_equal(err.kind, ERR_INPUT);
	assert_int_equal(w->http.call_count, 0);
}

struct answer {
	int status;
	const char *code; /* NULL: the body is no JSON */
	enum err_kind dial, other; /* after a dial, and after what may be repeated */
	enum twilio_error means;   /* of a dial */
};

static const struct answer answers[] = {
	{ 400, "21211", ERR_REFUSED, ERR_REFUSED, TWILIO_NUMBER_PERMANENT },
	{ 400, "21214", ERR_REFUSED, ERR_REFUSED, TWILIO_NUMBER_PERMANENT },
	{ 400, "21215", ERR_REFUSED, ERR_REFUSED, TWILIO_NUMBER_PERMANENT },
	{ 400, "21216", ERR_REFUSED, ERR_REFUSED, TWILIO_NUMBER_PERMANENT },
	{ 400, "21217", ERR_REFUSED, ERR_REFUSED, TWILIO_NUMBER_PERMANENT },
	{ 400, "13224", ERR_REFUSED, ERR_REFUSED, TWILIO_NUMBER_PERMANENT },
	{ 400, "21610", ERR_REFUSED, ERR_REFUSED, TWILIO_NUMBER_PERMANENT },
	{ 401, "20003", ERR_DENIED, ERR_DENIED, TWILIO_CONFIG },
	{ 401, "20005", ERR_DENIED, ERR_DENIED, TWILIO_CONFIG },
	{ 403, "10001", ERR_DENIED, ERR_DENIED, TWILIO_CONFIG },
	{ 403, "20006", ERR_DENIED, ERR_DENIED, TWILIO_CONFIG },
	{ 403, "20008", ERR_DENIED, ERR_DENIED, TWILIO_CONFIG },
	{ 400, "21201", ERR_DENIED, ERR_DENIED, TWILIO_CONFIG },
	{ 400, "21205", ERR_DENIED, ERR_DENIED, TWILIO_CONFIG },
	{ 400, "21210", ERR_DENIED, ERR_DENIED, TWILIO_CONFIG },
	{ 400, "21212", ERR_DENIED, ERR_DENIED, TWILIO_CONFIG },
	{ 400, "21219", ERR_DENIED, ERR_DENIED, TWILIO_CONFIG },
	{ 400, "99999", ERR_DENIED, ERR_DENIED, TWILIO_CONFIG },
	{ 403, NULL, ERR_DENIED, ERR_DENIED, TWILIO_CONFIG },
	{ 404, "20404", ERR_MISSING, ERR_MISSING, TWILIO_CONFIG },
	{ 404, NULL, ERR_MISSING, ERR_MISSING, TWILIO_CONFIG },
	{ 400, "21220", ERR_CONFLICT, ERR_CONFLICT, TWILIO_NONE },
	{ 429, "20429", ERR_LIMIT, ERR_LIMIT, TWILIO_RETRY_LATER },
	{ 429, NULL, ERR_LIMIT, ERR_LIMIT, TWILIO_RETRY_LATER },
	{ 400, "10004", ERR_LIMIT, ERR_LIMIT, TWILIO_RETRY_LATER },
	{ 429, "10004", ERR_LIMIT, ERR_LIMIT, TWILIO_RETRY_LATER },
	{ 500, "20500", ERR_UNKNOWN, ERR_UPSTREAM, TWILIO_UNKNOWN },
	{ 503, "20503", ERR_UNKNOWN, ERR_UPSTREAM, TWILIO_UNKNOWN },
	/* The status decides: the call may have been made. */
	{ 500, "21211", ERR_UNKNOWN, ERR_UPSTREAM, TWILIO_UNKNOWN },
	{ 503, "20429", ERR_UNKNOWN, ERR_UPSTREAM, TWILIO_UNKNOWN },
	{ 502, NULL, ERR_UNKNOWN, ERR_UPSTREAM, TWILIO_UNKNOWN },
	{ 408, NULL, ERR_UNKNOWN, ERR_UPSTREAM, TWILIO_UNKNOWN },
	{ 302, NULL, ERR_UNKNOWN, ERR_UPSTREAM, TWILIO_UNKNOWN },
	/* Successes that tell nothing. */
	{ 201, NULL, ERR_UNKNOWN, ERR_UPSTREAM, TWILIO_UNKNOWN },
	{ 201, "0", ERR_UNKNOWN, ERR_UPSTREAM, TWILIO_UNKNOWN },
};

/* The messages quote what was sent, as Twilio's do. */
static void queue_answer(struct world *w, const struct answer *a)
{
	if (a->code)
		fake_http_answer(&w->http, a->status,
				 arena_printf(w->mem, "{\"code\":%s,\"message\":\"%s is not good\",\"status\":%d}", a->code, TO, a->status));
	else
		fake_http_answer(&w->http, a->status, "<html>" TO "</html>");
}

static void check_failure(const char *name, const struct answer *a, const struct err *err, enum err_kind kind)
{
	check_row(name, err->kind == kind);
	check_row_text(name, err->code, a->code && a->status >= 300 ? a->code : "");
	/* Neither numbers nor secrets get into the log. */
	check_row(name, !strstr(err->msg, "415555") && !strstr(err->msg, "secret"));
	check_row(name, !strncmp(err->msg, "Twilio: ", 8));
}

static void every_answer_has_its_class(void **state)
{
	struct world *w = *state;

	for (size_t i = 0; i < ARRAY_LEN(answers); i++) {
		const struct answer *a = &answers[i];
		const char *name = arena_printf(w->mem, "%d %s", a->status, a->code ? a->code : "no JSON");
		struct err err[4] = { { 0 } };
		struct twilio_call call, *list;
		size_t count = 9;

		for (int n = 0; n < 4; n++)
			queue_answer(w, a);
		check_row(name, dial_and_read(&w->vendor, w->mem, &a_dial, &call, &err[0]) == -1);
		check_row(name, twilio_call_update(&w->vendor, w->mem, "CA01", "completed", &call, &err[1]) == -1);
		check_row(name, twilio_call_fetch(&w->vendor, w->mem, "CA01", &call, &err[2]) == -1);
		check_row(name, twilio_calls_list(&w->vendor, w->mem, TO, FROM, 50, &list, &count, &err[3]) == -1);
		check_row(name, count == 0);
		check_failure(name, a, &err[0], a->dial);
		for (int n = 1; n < 4; n++)
			check_failure(name, a, &err[n], a->other);
		check_row(name, twilio_error_of(&err[0]) == a->means);
	}
	/* Nothing was sent a second time. */
	assert_int_equal(w->http.call_count, 4 * ARRAY_LEN(answers));
}

static void a_lost_answer_is_unknown_only_after_a_dial(void **state)
{
	struct world *w = *state;
	static const struct {
		const char *name;
		enum err_kind transport, dial, other;
		enum twilio_error means;
	} rows[] = {
		{ "not connected", ERR_UPSTREAM, ERR_UPSTREAM, ERR_UPSTREAM, TWILIO_RETRY_LATER },
		{ "no answer in time", ERR_UNKNOWN, ERR_UNKNOWN, ERR_UPSTREAM, TWILIO_UNKNOWN },
	};

	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		struct err dial = { 0 }, other = { 0 };
		struct twilio_call call;

		fake_http_fail(&w->http, rows[i].transport);
		fake_http_fail(&w->http, rows[i].transport);
		check_row(rows[i].name, dial_and_read(&w->vendor, w->mem, &a_dial, &call, &dial) == -1);
		check_row(rows[i].name, twilio_call_fetch(&w->vendor, w->mem, "CA01", &call, &other) == -1);
		check_row(rows[i].name, dial.kind == rows[i].dial && other.kind == rows[i].other);
		check_row(rows[i].name, twilio_error_of(&dial) == rows[i].means);
	}
	assert_int_equal(w->http.call_count, 2 * ARRAY_LEN(rows));
}

static void no_failure_is_no_error(void **state)
{
	const struct err err = { 0 };

	(void)state;
	assert_int_equal(twilio_error_of(&err), TWILIO_NONE);
}

static void the_wait_that_twilio_names_is_kept(void **state)
{
	struct world *w = *state;
	struct err limit = { 0 }, unknown = { 0 };
	struct twilio_call call;

	fake_http_answer(&w->http, 429, "{\"code\":20429}");
	fake_http_header(&w->http, "retry-after", "7");
	fake_http_answer(&w->http, 503, "{\"code\":20503}");
	fake_http_header(&w->http, "retry-after", "7");
	assert_int_equal(dial_and_read(&w->vendor, w->mem, &a_dial, &call, &limit), -1);
	assert_int_equal(limit.retry_after, 7);
	/* Whoever waited and dialled again could call twice. */
	assert_int_equal(dial_and_read(&w->vendor, w->mem, &a_dial, &call, &unknown), -1);
	assert_int_equal(unknown.retry_after, 0);
}

static void a_call_is_ended_by_its_status(void **state)
{
	struct world *w = *state;
	struct twilio_call call;
	struct err err = { 0 };

	fake_http_answer(&w->http, 200, "{\"sid\":\"CA01\",\"status\":\"canceled\"}");
	fake_http_answer(&w->http, 200, "{\"sid\":\"CA01\",\"status\":\"completed\",\"duration\":\"37\",\"answered_by\":\"human\"}");
	assert_int_equal(twilio_call_update(&w->vendor, w->mem, "CA01", "canceled", &call, &err), 0);
	assert_string_equal(call.status, "canceled");
	assert_int_equal(twilio_call_update(&w->vendor, w->mem, "CA01", "completed", &call, &err), 0);
	assert_int_equal(call.duration_s, 37);
	assert_string_equal(call.answered_by, "human");
	assert_string_equal(w->http.calls[0].method, "POST");
	assert_string_equal(w->http.calls[0].url, ROOT "Calls/CA01.json");
	check_str(w->http.calls[0].body, "Status=canceled");
	check_str(w->http.calls[1].body, "Status=completed");
}

static void a_live_call_is_sent_elsewhere_once(void **state)
{
	struct world *w = *state;
	struct twilio_call call;
	struct err over = { 0 }, lost = { 0 }, err = { 0 };

	fake_http_answer(&w->http, 200, "{\"sid\":\"CA01\",\"status\":\"in-progress\"}");
	fake_http_answer(&w->http, 400, "{\"code\":21220}");
	fake_http_fail(&w->http, ERR_UNKNOWN);
	assert_int_equal(twilio_call_redirect(&w->vendor, w->mem, "CA01", "https://h.example/m?a=1", &call, &err), 0);
	assert_string_equal(w->http.calls[0].url, ROOT "Calls/CA01.json");
	check_str(w->http.calls[0].body, "Url=https%3A%2F%2Fh.example%2Fm%3Fa%3D1&Method=POST");
	assert_false(w->http.calls[0].reuse);
	assert_int_equal(twilio_call_redirect(&w->vendor, w->mem, "CA01", "https://h.example/m", &call, &over), -1);
	assert_int_equal(over.kind, ERR_CONFLICT);
	assert_int_equal(twilio_call_redirect(&w->vendor, w->mem, "CA01", "https://h.example/m", &call, &lost), -1);
	assert_int_equal(lost.kind, ERR_UNKNOWN);
	assert_int_equal(w->http.call_count, 3);
}

static void a_call_is_fetched_with_its_times(void **state)
{
	struct world *w = *state;
	struct twilio_call call;
	struct err err = { 0 };

	fake_http_answer(&w->http, 200, "{\"sid\":\"CA01\",\"status\":\"busy\",\"date_created\":\"Thu, 20 Nov 2025 10:00:00 +0000\","
					"\"duration\":\"0\"}");
	assert_int_equal(twilio_call_fetch(&w->vendor, w->mem, "CA01", &call, &err), 0);
	assert_string_equal(w->http.calls[0].method, "GET");
	assert_string_equal(w->http.calls[0].url, ROOT "Calls/CA01.json");
	assert_null(w->http.calls[0].body.ptr);
	assert_true(call.created_ms == 1763632800000);
	assert_int_equal(call.duration_s, 0);
}

static void a_sid_that_leads_elsewhere_is_not_asked_for(void **state)
{
	struct world *w = *state;
	static const char *const sids[] = { "", "../CA01", "CA01/Recordings", "CA01?x=1", "CA 01" };
	struct twilio_call call;

	for (size_t i = 0; i < ARRAY_LEN(sids); i++) {
		struct err err[2] = { { 0 } };

		check_row(sids[i], twilio_call_fetch(&w->vendor, w->mem, sids[i], &call, &err[0]) == -1);
		check_row(sids[i], twilio_call_update(&w->vendor, w->mem, sids[i], "completed", &call, &err[1]) == -1);
		check_row(sids[i], err[0].kind == ERR_INPUT && err[1].kind == ERR_INPUT);
	}
	assert_int_equal(w->http.call_count, 0);
}

static void the_calls_between_two_numbers_are_listed(void **state)
{
	struct world *w = *state;
	struct twilio_call *calls;
	struct err err = { 0 };
	size_t count;

	fake_http_answer(&w->http, 200, "{\"calls\":[{\"sid\":\"CA02\",\"status\":\"ringing\",\"to\":\"" TO "\"},"
					"{\"sid\":\"CA01\",\"status\":\"completed\"}],\"next_page_uri\":null}");
	fake_http_answer(&w->http, 200, "{\"calls\":[]}");
	assert_int_equal(twilio_calls_list(&w->vendor, w->mem, TO, FROM, 50, &calls, &count, &err), 0);
	assert_int_equal(count, 2);
	assert_string_equal(calls[0].sid, "CA02");
	assert_string_equal(calls[0].to, TO);
	assert_string_equal(calls[1].status, "completed");
	assert_string_equal(w->http.calls[0].method, "GET");
	assert_string_equal(w->http.calls[0].url, ROOT "Calls.json?To=%2B14155550123&From=%2B14155550100&PageSize=50");
	assert_int_equal(twilio_calls_list(&w->vendor, w->mem, TO, FROM, 5000, &calls, &count, &err), 0);
	assert_int_equal(count, 0);
	assert_non_null(strstr(w->http.calls[1].url, "&PageSize=1000"));
}

#define LISTED(sid, next) "{\"calls\":[{\"sid\":\"" sid "\",\"status\":\"completed\"}],\"next_page_uri\":" next "}"
#define NEXT "\"/2010-04-01/Accounts/AC01/Calls.json?Page=1&PageToken=PACA01\""

static void a_list_is_followed_to_its_end(void **state)
{
	struct world *w = *state;
	struct twilio_call *calls;
	struct err err = { 0 };
	size_t count;

	fake_http_answer(&w->http, 200, LISTED("CA03", NEXT));
	fake_http_answer(&w->http, 200, LISTED("CA02", NEXT));
	fake_http_answer(&w->http, 200, LISTED("CA01", "null"));
	assert_int_equal(twilio_calls_list(&w->vendor, w->mem, TO, FROM, 1, &calls, &count, &err), 0);
	assert_int_equal(count, 3);
	assert_string_equal(calls[0].sid, "CA03");
	assert_string_equal(calls[2].sid, "CA01");
	assert_string_equal(w->http.calls[1].url, ROOT "Calls.json?Page=1&PageToken=PACA01");
	assert_non_null(fake_http_sent(&w->http.calls[1], "Authorization"));
}

static void a_list_that_leads_elsewhere_does_not_end_or_breaks_off_is_no_list(void **state)
{
	struct world *w = *state;
	static const char *const elsewhere[] = {
		LISTED("CA01", "\"https://elsewhere.example/\""), LISTED("CA01", "\"/2010-04-01/Accounts/AC02/Calls.json?Page=1\""),
		LISTED("CA01", "\"@elsewhere.example/2010-04-01/Accounts/AC01/Calls.json?Page=1\""), LISTED("CA01", "\"\""),
	};
	struct err endless = { 0 }, broken = { 0 };
	struct twilio_call *calls;
	size_t count, sent;

	for (size_t i = 0; i < ARRAY_LEN(elsewhere); i++) {
		struct err err = { 0 };

		fake_http_answer(&w->http, 200, elsewhere[i]);
		check_row(elsewhere[i], twilio_calls_list(&w->vendor, w->mem, TO, FROM, 1, &calls, &count, &err) == -1);
		check_row(elsewhere[i], err.kind == ERR_UPSTREAM && count == 0 && w->http.call_count == i + 1);
	}
	fake_http_answer(&w->http, 200, LISTED("CA01", NEXT));
	fake_http_answer(&w->http, 500, "");
	assert_int_equal(twilio_calls_list(&w->vendor, w->mem, TO, FROM, 1, &calls, &count, &broken), -1);
	assert_int_equal(count, 0);
	for (int i = 0; i < 30; i++)
		fake_http_answer(&w->http, 200, LISTED("CA01", NEXT));
	sent = w->http.call_count;
	assert_int_equal(twilio_calls_list(&w->vendor, w->mem, TO, FROM, 1, &calls, &count, &endless), -1);
	assert_int_equal(endless.kind, ERR_UPSTREAM);
	assert_int_equal(count, 0);
	assert_int_equal(w->http.call_count - sent, 20);
}

static void a_list_with_an_unreadable_call_is_no_list(void **state)
{
	struct world *w = *state;
	struct twilio_call *calls;
	struct err err = { 0 };
	size_t count;

	fake_http_answer(&w->http, 200, "{\"calls\":[{\"sid\":\"CA02\",\"status\":\"ringing\"},{\"status\":\"ringing\"}]}");
	assert_int_equal(twilio_calls_list(&w->vendor, w->mem, TO, FROM, 50, &calls, &count, &err), -1);
	assert_int_equal(err.kind, ERR_UPSTREAM);
	assert_int_equal(count, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(a_dial_is_sent_once_and_whole, setup, teardown),
		cmocka_unit_test_setup_teardown(a_dial_can_be_sent_by_someone_else, setup, teardown),
		cmocka_unit_test_setup_teardown(what_a_dial_does_not_name_is_left_out, setup, teardown),
		cmocka_unit_test_setup_teardown(a_dial_over_the_limit_is_not_sent, setup, teardown),
		cmocka_unit_test_setup_teardown(every_answer_has_its_class, setup, teardown),
		cmocka_unit_test_setup_teardown(a_lost_answer_is_unknown_only_after_a_dial, setup, teardown),
		cmocka_unit_test(no_failure_is_no_error),
		cmocka_unit_test_setup_teardown(the_wait_that_twilio_names_is_kept, setup, teardown),
		cmocka_unit_test_setup_teardown(a_call_is_ended_by_its_status, setup, teardown),
		cmocka_unit_test_setup_teardown(a_live_call_is_sent_elsewhere_once, setup, teardown),
		cmocka_unit_test_setup_teardown(a_call_is_fetched_with_its_times, setup, teardown),
		cmocka_unit_test_setup_teardown(a_sid_that_leads_elsewhere_is_not_asked_for, setup, teardown),
		cmocka_unit_test_setup_teardown(the_calls_between_two_numbers_are_listed, setup, teardown),
		cmocka_unit_test_setup_teardown(a_list_is_followed_to_its_end, setup, teardown),
		cmocka_unit_test_setup_teardown(a_list_that_leads_elsewhere_does_not_end_or_breaks_off_is_no_list, setup, teardown),
		cmocka_unit_test_setup_teardown(a_list_with_an_unreadable_call_is_no_list, setup, teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
