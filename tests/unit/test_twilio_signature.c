/* X-Twilio-Signature: every recorded vector as the vendor's library judged it, and
 * what each of them no longer is after one change.  The counts are checked so that no
 * vector goes missing. */
#include "tests/support/check.h"

#include <string.h>

#include "base/buf.h"
#include "base/crypto.h"
#include "base/json.h"
#include "base/limits.h"
#include "tests/support/fixture.h"
#include "vendors/twilio_signature.h"

#define TOKEN "12345678901234567890123456789012"

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

static struct json_object *vectors(struct arena *mem, const char *which, size_t *len)
{
	return json_list(fixture_json(mem, "twilio_signature_vectors.json"), which, len);
}

static void put_pair(struct buf *out, const char *name, struct json_object *value)
{
	buf_puts(out, out->len ? "&" : "");
	buf_url(out, str_from(name));
	buf_putc(out, '=');
	buf_url(out, str_from(json_object_get_string(value)));
}

/* The form of a vector's parameters, encoded by us. */
static struct str form_of(struct arena *mem, struct json_object *params)
{
	struct buf *out = buf_in(mem, LIMIT_BODY_API);

	json_object_object_foreach(params, name, value) {
		if (!json_object_is_type(value, json_type_array)) {
			put_pair(out, name, value);
			continue;
		}
		for (size_t i = 0; i < json_object_array_length(value); i++)
			put_pair(out, name, json_object_array_get_idx(value, i));
	}
	return buf_view(out);
}

static struct str body_of(struct json_object *v)
{
	struct str raw = json_str(v, "raw_body");

	return raw.ptr ? raw : json_str(v, "form_body");
}

static int check(struct arena *mem, struct json_object *v, const char *signature, struct str body, struct err *err)
{
	return twilio_signature_check(mem, json_str(v, "auth_token"), signature, json_str(v, "request_url"), body, err);
}

static void every_good_vector_is_accepted(void **state)
{
	struct arena *mem = *state;
	size_t len, published = 0;
	struct json_object *list = vectors(mem, "positive", &len);

	assert_int_equal(len, 16);
	for (size_t i = 0; i < len; i++) {
		struct json_object *v = json_object_array_get_idx(list, i);
		const char *name = json_text(v, "name");
		struct err err = { 0 };

		check_row(name, check(mem, v, json_text(v, "signature"), body_of(v), &err) == 0);
		check_row(name, err.kind == ERR_NONE);
		/* The same parameters, in another encoding. */
		if (!json_text(v, "raw_body"))
			check_row(name, check(mem, v, json_text(v, "signature"), form_of(mem, json_get(v, "params")), &err) == 0);
		published += json_text(v, "published_value") != NULL;
	}
	assert_int_equal(published, 2);
}

static void every_bad_vector_is_refused(void **state)
{
	struct arena *mem = *state;
	size_t len;
	struct json_object *list = vectors(mem, "negative", &len);

	assert_int_equal(len, 6);
	for (size_t i = 0; i < len; i++) {
		struct json_object *v = json_object_array_get_idx(list, i);
		const char *name = json_text(v, "name"), *signature = json_text(v, "signature");
		struct err err = { 0 };

		check_row(name, check(mem, v, signature, form_of(mem, json_get(v, "params")), &err) == -1);
		check_row(name, err.kind == ERR_DENIED);
		check_row_text(name, err.msg, *signature ? "wrong" : "missing");
	}
}

static void a_good_vector_is_refused_after_any_one_change(void **state)
{
	struct arena *mem = *state;
	size_t len;
	struct json_object *list = vectors(mem, "positive", &len);

	for (size_t i = 0; i < len; i++) {
		struct json_object *v = json_object_array_get_idx(list, i);
		const char *name = json_text(v, "name"), *good = json_text(v, "signature");
		struct str body = body_of(v), token = json_str(v, "auth_token"), url = json_str(v, "request_url");
		char *bent = arena_strdup(mem, good);
		struct err err = { 0 };

		bent[3] = bent[3] == 'A' ? 'B' : 'A';
		check_row(name, check(mem, v, bent, body, &err) == -1);
		check_row(name, check(mem, v, arena_printf(mem, "%s=", good), body, &err) == -1);
		check_row(name, check(mem, v, arena_strndup(mem, good, strlen(good) - 1), body, &err) == -1);
		check_row(name, check(mem, v, good, str_from(arena_printf(mem, "%s&Zz=1", body.ptr)), &err) == -1);
		check_row(name, twilio_signature_check(mem, STR("another"), good, url, body, &err) == -1);
		url = str_from(arena_printf(mem, "%s%s", url.ptr, str_find(url, STR("?")) ? "&x" : "?x"));
		check_row(name, twilio_signature_check(mem, token, good, url, body, &err) == -1);
	}
}

static void what_cannot_be_checked_is_refused_with_its_reason(void **state)
{
	struct arena *mem = *state;
	const struct str url = STR("https://hooks.example.com/t");
	char *many = arena_alloc(mem, LIMIT_FORM_FIELDS + 2);
	const struct {
		const char *name;
		struct str token;
		const char *header;
		struct str url, body;
		const char *reason;
	} rows[] = {
		{ "no header", STR(TOKEN), NULL, url, STR("a=1"), "missing" },
		{ "no token: anybody could sign", STR(""), "x", url, STR("a=1"), "missing" },
		{ "no address", STR(TOKEN), "x", STR("/t"), STR("a=1"), "malformed" },
		{ "no host", STR(TOKEN), "x", STR("https:///t"), STR("a=1"), "malformed" },
		{ "broken escape", STR(TOKEN), "x", url, STR("a=%zz"), "malformed" },
		{ "too many fields", STR(TOKEN), "x", url, str_from(many), "malformed" },
	};

	memset(many, '&', LIMIT_FORM_FIELDS);
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		struct str body = i + 1 == ARRAY_LEN(rows) ? str_from(many) : rows[i].body;
		struct err err = { 0 };

		check_row(rows[i].name, twilio_signature_check(mem, rows[i].token, rows[i].header, rows[i].url, body, &err) == -1);
		check_row(rows[i].name, err.kind == ERR_DENIED);
		check_row_text(rows[i].name, err.msg, rows[i].reason);
	}
}

static const char *signature_of(struct arena *mem, const char *text)
{
	unsigned char mac[SHA1_SIZE];
	struct str message = str_from(text);

	hmac_sha1(STR(TOKEN), &message, 1, mac);
	return base64_encode(mem, (struct str){ (const char *)mac, sizeof(mac) });
}

/* What is signed for an address beside what was received. */
static void the_host_is_found_in_every_kind_of_address(void **state)
{
	struct arena *mem = *state;
	static const struct {
		const char *received, *signed_for;
		bool good;
	} rows[] = {
		{ "https://user:pass@hooks.example.com/t", "https://hooks.example.com/t", true },
		{ "https://user:pass@hooks.example.com:8443/t", "https://hooks.example.com/t", true },
		{ "https://[2001:db8::1]/t", "https://[2001:db8::1]:443/t", true },
		{ "https://[2001:db8::1]:8443/t", "https://[2001:db8::1]/t", true },
		{ "https://hooks.example.com?x=a@b:9", "https://hooks.example.com?x=a@b:9", true },
		{ "https://hooks.example.com/t?x=a@b:9", "https://hooks.example.com:443/t?x=a@b:9", true },
		{ "https://hooks.example.com/a%20b", "https://hooks.example.com/a b", false },
		{ "https://hooks.example.com:8443/t", "https://hooks.example.com:443/t", false },
		{ "https://hooks.example.com/t", "https://hooks.example.org/t", false },
	};

	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		struct err err = { 0 };
		int rc = twilio_signature_check(mem, STR(TOKEN), signature_of(mem, rows[i].signed_for), str_from(rows[i].received),
						STR(""), &err);

		check_row(rows[i].received, rc == (rows[i].good ? 0 : -1));
	}
}

static void a_hash_that_is_signed_must_be_that_of_the_body(void **state)
{
	struct arena *mem = *state;
	static const char empty[] = "https://h.example/t?a=1&bodySHA256=";
	struct err err = { 0 };

	assert_int_equal(twilio_signature_check(mem, STR(TOKEN), signature_of(mem, empty), STR("https://h.example/t?a=1&bodySHA256="),
						STR("{}"), &err), -1);
	assert_string_equal(err.msg, "wrong");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(every_good_vector_is_accepted, setup, teardown),
		cmocka_unit_test_setup_teardown(every_bad_vector_is_refused, setup, teardown),
		cmocka_unit_test_setup_teardown(a_good_vector_is_refused_after_any_one_change, setup, teardown),
		cmocka_unit_test_setup_teardown(what_cannot_be_checked_is_refused_with_its_reason, setup, teardown),
		cmocka_unit_test_setup_teardown(the_host_is_found_in_every_kind_of_address, setup, teardown),
		cmocka_unit_test_setup_teardown(a_hash_that_is_signed_must_be_that_of_the_body, setup, teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
