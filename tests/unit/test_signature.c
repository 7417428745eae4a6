/* The vendors' signatures: every recorded vector, judged as the vendor's own
 * library judged it, save where we refuse more on purpose; those rows are named
 * here with the reason.  The counts are checked so that no vector goes missing. */
#include "tests/support/check.h"

#include <string.h>

#include "base/crypto.h"
#include "base/json.h"
#include "tests/support/fixture.h"
#include "vendors/signature.h"

/* Accepted by the vendor's library, refused by us. */
struct stricter {
	const char *vector, *reason, *answer;
};

static const struct stricter elevenlabs_stricter[] = {
	{ "timestamp 1 day in the future accepted by SDK (no upper bound)",
	  "a captured request with a late time would stay valid until then", "from the future" },
	{ "non-numeric t, correctly signed (SDK accepts: NaN comparison is false)",
	  "without a time there is no time window", "malformed" },
};

static const struct stricter svix_stricter[] = {
	{ "timestamp with trailing junk", "the signed text would not be the text received", "malformed" },
	{ "timestamp with leading zeros", "the signed text would not be the text received", "malformed" },
};

static const char *const reasons[] = { "missing", "malformed", "too old", "from the future", "wrong" };

static const struct stricter *find_stricter(const struct stricter *list, size_t count, const char *name)
{
	for (size_t i = 0; i < count; i++)
		if (!strcmp(list[i].vector, name))
			return &list[i];
	return NULL;
}

static bool is_reason(const char *msg)
{
	for (size_t i = 0; i < ARRAY_LEN(reasons); i++)
		if (!strcmp(msg, reasons[i]))
			return true;
	return false;
}

/* What we said against what the library said. */
static void judge(const char *name, int rc, const struct err *err, bool library_accepts, const struct stricter *s)
{
	if (s) {
		check_row(name, library_accepts);
		check_row(name, rc == -1);
		check_row_text(name, err->msg, s->answer);
		print_message("stricter: %s: %s\n", s->vector, s->reason);
	} else if (library_accepts) {
		check_row(name, rc == 0);
		check_row(name, err->kind == ERR_NONE);
	} else {
		check_row(name, rc == -1);
		check_row(name, err->kind == ERR_DENIED);
		check_row(name, is_reason(err->msg));
	}
}

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

static void elevenlabs_vectors_are_judged_as_by_the_library(void **state)
{
	struct arena *mem = *state;
	size_t len, stricter = 0;
	struct json_object *list = json_list(fixture_json(mem, "elevenlabs_webhook_vectors.json"), "vectors", &len);

	assert_int_equal(len, 18);
	for (size_t i = 0; i < len; i++) {
		struct json_object *v = json_object_array_get_idx(list, i);
		const char *name = json_text(v, "name");
		const struct stricter *s = find_stricter(elevenlabs_stricter, ARRAY_LEN(elevenlabs_stricter), name);
		struct err err = { 0 };
		bool accepts = false;
		int64_t now;
		int rc;

		assert_true(json_int(v, "now", &now) && json_flag(v, "sdk_accepts", &accepts));
		rc = signature_elevenlabs(json_str(v, "secret"), json_text(v, "header"), json_str(v, "body"),
					  now * 1000, &err);
		judge(name, rc, &err, accepts, s);
		stricter += s != NULL;
	}
	assert_int_equal(stricter, ARRAY_LEN(elevenlabs_stricter));
}

/* The whole of what the receiver does with a Linear webhook before believing it. */
static int accept_linear(struct arena *mem, struct json_object *v, struct str body, int64_t now_ms, struct err *err)
{
	struct err unreadable = { 0 };
	struct json_object *event;
	int64_t stamp = 0;
	bool present;

	if (signature_linear(json_str(v, "secret"), json_text(v, "linear_signature"), body, err))
		return -1;
	event = json_read(mem, body, &unreadable);
	if (!event)
		return err_set(err, ERR_DENIED, "malformed");
	present = json_int(event, "webhookTimestamp", &stamp);
	return signature_linear_time(present, stamp, now_ms, 60, err);
}

static void linear_vectors_are_judged_as_by_the_library(void **state)
{
	struct arena *mem = *state;
	struct json_object *file = fixture_json(mem, "vectors/linear-webhook.json");
	size_t len;
	struct json_object *list = json_list(file, "vectors", &len);

	assert_int_equal(len, 21);
	for (size_t i = 0; i < len; i++) {
		struct json_object *v = json_object_array_get_idx(list, i);
		struct err err = { 0 };
		struct str body;
		bool accepts = false;
		int64_t now_ms;
		int rc;

		assert_true(json_int(v, "now_ms", &now_ms) && json_flag(v, "sdk_accepts", &accepts));
		assert_true(base64_decode(mem, json_str(v, "body_base64"), &body));
		rc = accept_linear(mem, v, body, now_ms, &err);
		judge(json_text(v, "name"), rc, &err, accepts, NULL);
	}
}

static void linear_anchors_match_the_plain_hmac(void **state)
{
	struct arena *mem = *state;
	size_t len;
	struct json_object *list = json_list(fixture_json(mem, "vectors/linear-webhook.json"), "anchors", &len);

	assert_int_equal(len, 4);
	for (size_t i = 0; i < len; i++) {
		struct json_object *v = json_object_array_get_idx(list, i);
		struct str key = json_str(v, "key");
		struct err err = { 0 };
		int rc = signature_linear(key, json_text(v, "hmac_sha256_hex"), json_str(v, "message"), &err);

		/* The HMAC with an empty key is right, and worthless: anybody can make it. */
		assert_int_equal(rc, key.len ? 0 : -1);
	}
}

static void svix_vectors_are_judged_as_by_both_libraries(void **state)
{
	struct arena *mem = *state;
	size_t len, stricter = 0;
	struct json_object *list = json_list(fixture_json(mem, "vectors/svix-webhook.json"), "vectors", &len);

	assert_int_equal(len, 30);
	for (size_t i = 0; i < len; i++) {
		struct json_object *v = json_object_array_get_idx(list, i);
		const char *name = json_text(v, "name");
		const struct stricter *s = find_stricter(svix_stricter, ARRAY_LEN(svix_stricter), name);
		struct json_object *result = json_get(v, "result");
		/* Their names hold dots, so no path leads there. */
		bool accepts = str_eq(json_str(json_get(result, "svix 1.99.1"), ""), STR("accept"));
		struct err err = { 0 };
		struct str body;
		int64_t now_s;
		int rc;

		check_row(name, accepts == str_eq(json_str(json_get(result, "resend 6.38.0"), ""), STR("accept")));
		assert_true(json_int(v, "now_s", &now_s));
		assert_true(base64_decode(mem, json_str(v, "body_base64"), &body));
		rc = signature_svix(mem, json_str(v, "secret"), json_text(v, "svix_id"), json_text(v, "svix_timestamp"),
				    json_text(v, "svix_signature"), body, now_s * 1000, &err);
		judge(name, rc, &err, accepts, s);
		stricter += s != NULL;
	}
	assert_int_equal(stricter, ARRAY_LEN(svix_stricter));
}

static const char eleven_secret[] = "wsec_test";

/* A header for the body "{}" signed at the time that stands in it as text. */
static const char *eleven_header(struct arena *mem, const char *stamp)
{
	struct str parts[] = { str_from(stamp), STR("."), STR("{}") };
	unsigned char mac[SHA256_SIZE];
	char hex[2 * SHA256_SIZE + 1];

	hmac_sha256(str_from(eleven_secret), parts, 3, mac);
	hex_encode(mac, sizeof(mac), hex);
	return arena_printf(mem, "t=%s,v0=%s", stamp, hex);
}

static void elevenlabs_times_are_bounded_both_ways_and_never_overflow(void **state)
{
	static const struct {
		const char *stamp;
		int64_t now_ms;
		const char *answer; /* NULL: accepted */
	} rows[] = {
		{ "1000000", 1000000000LL - 300000, NULL },
		{ "1000000", 1000000000LL - 300001, "from the future" },
		{ "1000000", 1000000000LL + 1800000, NULL },
		{ "1000000", 1000000000LL + 1800001, "too old" },
		{ "999999999999999999", 1000000000LL, "malformed" },
		{ "99999999999999999999999999", 1000000000LL, "malformed" },
		{ "-1000000", 1000000000LL, "malformed" },
		{ "+1000000", 1000000000LL, "malformed" },
		{ " 1000000", 1000000000LL, "malformed" },
		{ "1e6", 1000000000LL, "malformed" },
		{ "1000000.0", 1000000000LL, "malformed" },
		{ "", 1000000000LL, "malformed" },
	};

	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		struct err err = { 0 };
		int rc = signature_elevenlabs(str_from(eleven_secret), eleven_header(*state, rows[i].stamp), STR("{}"),
					      rows[i].now_ms, &err);

		check_row(rows[i].stamp, rc == (rows[i].answer ? -1 : 0));
		if (rows[i].answer)
			check_row_text(rows[i].stamp, err.msg, rows[i].answer);
	}
}

static void an_absent_header_or_an_empty_secret_is_refused(void **state)
{
	struct arena *mem = *state;
	/* HMAC-SHA-256 of nothing with an empty key: what an attacker would send. */
	const char *empty_hmac = "b613679a0814d9ec772f95d778c35fc5ff1697c493715653c6c712144292c5ad";
	struct err e[7] = { 0 };

	assert_int_equal(signature_elevenlabs(STR("s"), NULL, STR("{}"), 0, &e[0]), -1);
	assert_int_equal(signature_elevenlabs(STR(""), eleven_header(mem, "1"), STR("{}"), 1000, &e[1]), -1);
	assert_int_equal(signature_linear(STR("s"), NULL, STR("{}"), &e[2]), -1);
	assert_int_equal(signature_linear(STR(""), empty_hmac, STR(""), &e[3]), -1);
	assert_int_equal(signature_svix(mem, STR("AAAA"), NULL, "1", "v1,x", STR("{}"), 1000, &e[4]), -1);
	assert_int_equal(signature_svix(mem, STR("AAAA"), "m", NULL, "v1,x", STR("{}"), 1000, &e[5]), -1);
	assert_int_equal(signature_svix(mem, STR("AAAA"), "m", "1", NULL, STR("{}"), 1000, &e[6]), -1);
	for (size_t i = 0; i < ARRAY_LEN(e); i++) {
		assert_int_equal(e[i].kind, ERR_DENIED);
		assert_string_equal(e[i].msg, "missing");
	}
}

static void a_svix_secret_that_is_empty_or_no_base64_verifies_nothing(void **state)
{
	static const char *const secrets[] = { "", "whsec_", "whsec_!!!!", "whsec_abc" };
	struct str parts[] = { STR("m.1.{}") };
	unsigned char mac[SHA256_SIZE];
	const char *entry;

	/* What anybody can compute: the HMAC with an empty key. */
	hmac_sha256(STR(""), parts, 1, mac);
	entry = arena_printf(*state, "v1,%s", base64_encode(*state, (struct str){ (const char *)mac, sizeof(mac) }));
	for (size_t i = 0; i < ARRAY_LEN(secrets); i++) {
		struct err err = { 0 };

		check_row(secrets[i], signature_svix(*state, str_from(secrets[i]), "m", "1", entry, STR("{}"), 1000,
						     &err) == -1);
		check_row(secrets[i], err.kind == ERR_DENIED);
	}
}

static void a_svix_entry_counts_only_as_a_whole(void **state)
{
	static const char good[] = "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=";
	static const struct {
		const char *name, *format;
		bool accepted;
	} rows[] = {
		{ "as it is", "%s", true },
		{ "after another version", "v2,AAAA %s", true },
		{ "between blanks", " %s ", true },
		{ "with something behind a comma", "%s,x", false },
		{ "with a letter more", "%sA", false },
		{ "separated by a tab", "v1,AAAA\t%s", false },
		{ "version in capitals", "V%s", false },
	};

	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		struct err err = { 0 };
		struct str before, after;
		const char *entries;

		before = str_cut(str_from(rows[i].format), '%', &after);
		entries = arena_printf(*state, "%.*s%s%s", (int)before.len, before.ptr, good, after.ptr + 1);
		check_row(rows[i].name,
			  signature_svix(*state, STR("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"),
					 "msg_p5jXN8AQM9LWM0D4loKWxJek", "1614265330", entries,
					 STR("{\"test\": 2432232314}"), 1614265330000, &err) ==
				  (rows[i].accepted ? 0 : -1));
	}
}

static void linear_times_follow_the_setting_and_never_overflow(void **state)
{
	static const struct {
		const char *name;
		bool present;
		int64_t stamp, now;
		int tolerance_s;
		const char *answer;
	} rows[] = {
		{ "absent", false, 1000000, 1000000, 60, "missing" },
		{ "exact", true, 1000000, 1000000, 0, NULL },
		{ "a later delivery under a wider setting", true, 1000000, 1000000 + 25200000, 25200, NULL },
		{ "least number", true, INT64_MIN, 1000000, 60, "too old" },
		{ "greatest number", true, INT64_MAX, 1000000, 60, "from the future" },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		struct err err = { 0 };
		int rc = signature_linear_time(rows[i].present, rows[i].stamp, rows[i].now, rows[i].tolerance_s, &err);

		check_row(rows[i].name, rc == (rows[i].answer ? -1 : 0));
		if (rows[i].answer)
			check_row_text(rows[i].name, err.msg, rows[i].answer);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(elevenlabs_vectors_are_judged_as_by_the_library, setup, teardown),
		cmocka_unit_test_setup_teardown(linear_vectors_are_judged_as_by_the_library, setup, teardown),
		cmocka_unit_test_setup_teardown(linear_anchors_match_the_plain_hmac, setup, teardown),
		cmocka_unit_test_setup_teardown(svix_vectors_are_judged_as_by_both_libraries, setup, teardown),
		cmocka_unit_test_setup_teardown(elevenlabs_times_are_bounded_both_ways_and_never_overflow, setup, teardown),
		cmocka_unit_test_setup_teardown(an_absent_header_or_an_empty_secret_is_refused, setup, teardown),
		cmocka_unit_test_setup_teardown(a_svix_secret_that_is_empty_or_no_base64_verifies_nothing, setup, teardown),
		cmocka_unit_test_setup_teardown(a_svix_entry_counts_only_as_a_whole, setup, teardown),
		cmocka_unit_test(linear_times_follow_the_setting_and_never_overflow),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
