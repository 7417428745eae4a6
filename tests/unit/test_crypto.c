/* The cryptographic operations against published vectors (RFC 4231, RFC 4648,
 * FIPS 180-4) and against each other. */
#include "tests/support/check.h"

#include "base/crypto.h"

/* Keys and messages of RFC 4231 that are one byte repeated, or text. */
static const struct {
	const char *name;
	struct str key, message;
	size_t key_times, message_times;
	const char *want;
} rfc4231[] = {
	{ "4.2", STR("\x0b"), STR("Hi There"), 20, 1, "b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7" },
	{ "4.3", STR("Jefe"), STR("what do ya want for nothing?"), 1, 1,
	  "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843" },
	{ "4.4", STR("\xaa"), STR("\xdd"), 20, 50, "773ea91e36800e46854db8ebd09181a72959098b3ef8c122d9635514ced565fe" },
	{ "4.5", STR("\x01\x02\x03\x04\x05\x06\x07\x08\x09\x0a\x0b\x0c\x0d\x0e\x0f\x10\x11\x12\x13\x14\x15\x16\x17\x18\x19"),
	  STR("\xcd"), 1, 50, "82558a389a443c0ea4cc819899f2083a85f0faa3e578f8077a2e3ff46729665b" },
	{ "4.7", STR("\xaa"), STR("Test Using Larger Than Block-Size Key - Hash Key First"), 131, 1,
	  "60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54" },
	{ "4.8", STR("\xaa"),
	  STR("This is a test using a larger than block-size key and a larger than block-size data. The key needs to be "
	      "hashed before being used by the HMAC algorithm."),
	  131, 1, "9b09ffa71b942fcb27635fbcd5b0e944bfdc63644f0713938a7f51535c3a35e2" },
	/* Not of the RFC: the empty key and message (Wikipedia, checked with openssl). */
	{ "empty", STR(""), STR(""), 1, 1, "b613679a0814d9ec772f95d778c35fc5ff1697c493715653c6c712144292c5ad" },
};

static struct str repeat(struct arena *a, struct str s, size_t times)
{
	char *out = arena_alloc(a, s.len * times + 1);

	for (size_t i = 0; i < times; i++)
		memcpy(out + i * s.len, s.ptr, s.len);
	return (struct str){ out, s.len * times };
}

static void hmac_agrees_with_rfc_4231(void **state)
{
	struct arena *a = arena_new();
	unsigned char digest[SHA256_SIZE];
	char hex[2 * SHA256_SIZE + 1];

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(rfc4231); i++) {
		struct str key = repeat(a, rfc4231[i].key, rfc4231[i].key_times);
		struct str message = repeat(a, rfc4231[i].message, rfc4231[i].message_times);

		/* As one part and cut anywhere into three. */
		for (size_t cut = 0; cut <= message.len; cut++) {
			struct str parts[] = { { message.ptr, cut }, { NULL, 0 },
					       { message.ptr + cut, message.len - cut } };

			hmac_sha256(key, parts, 3, digest);
			hex_encode(digest, sizeof(digest), hex);
			check_row_text(rfc4231[i].name, hex, rfc4231[i].want);
		}
	}
	hmac_sha256((struct str){ NULL, 0 }, NULL, 0, digest);
	hex_encode(digest, sizeof(digest), hex);
	assert_string_equal(hex, rfc4231[ARRAY_LEN(rfc4231) - 1].want);
	arena_free(a);
}

static void hmac_sha1_agrees_with_rfc_2202(void **state)
{
	struct arena *a = arena_new();
	const struct {
		const char *name;
		struct str key, message;
		const char *want;
	} rows[] = {
		{ "case 1", repeat(a, STR("\x0b"), 20), STR("Hi There"), "b617318655057264e28bc0b6fb378c8ef146be00" },
		{ "case 2", STR("Jefe"), STR("what do ya want for nothing?"), "effcdf6ae5eb2fa2d27416d5f184df9c259a7c79" },
		{ "case 3", repeat(a, STR("\xaa"), 20), repeat(a, STR("\xdd"), 50), "125d7342b9ac11cd91a39af48aa17b4f63f175d3" },
		{ "case 6", repeat(a, STR("\xaa"), 80), STR("Test Using Larger Than Block-Size Key - Hash Key First"),
		  "aa4ae5e15272d00e95705637ce8a3b55ed402112" },
	};
	unsigned char digest[SHA1_SIZE];
	char hex[2 * SHA1_SIZE + 1];

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		struct str parts[] = { { rows[i].message.ptr, 3 }, { rows[i].message.ptr + 3, rows[i].message.len - 3 } };

		hmac_sha1(rows[i].key, parts, 2, digest);
		hex_encode(digest, sizeof(digest), hex);
		check_row_text(rows[i].name, hex, rows[i].want);
	}
	arena_free(a);
}

static void sha256_agrees_with_fips_180(void **state)
{
	unsigned char digest[SHA256_SIZE];
	char hex[2 * SHA256_SIZE + 1];

	(void)state;
	sha256(STR("abc"), digest);
	hex_encode(digest, sizeof(digest), hex);
	assert_string_equal(hex, "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
	sha256((struct str){ NULL, 0 }, digest);
	hex_encode(digest, sizeof(digest), hex);
	assert_string_equal(hex, "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
}

static void equality_needs_length_and_every_byte(void **state)
{
	unsigned char bytes[2][32] = { { 0 }, { 0 } };

	(void)state;
	assert_true(equal_constant_time(STR(""), STR("")));
	assert_true(equal_constant_time((struct str){ NULL, 0 }, STR("")));
	assert_false(equal_constant_time(STR("a"), STR("")));
	assert_false(equal_constant_time(STR("ab"), STR("a")));
	assert_false(equal_constant_time(STR("a"), STR("ab")));
	assert_false(equal_constant_time(STR(""), STR("a")));
	assert_false(equal_constant_time(STR("a\0b"), STR("a\0c")));
	for (size_t bit = 0; bit < 256; bit++) {
		struct str a = { (char *)bytes[0], 32 }, b = { (char *)bytes[1], 32 };

		bytes[0][bit / 8] ^= (unsigned char)(1 << bit % 8);
		assert_false(equal_constant_time(a, b));
		bytes[1][bit / 8] ^= (unsigned char)(1 << bit % 8);
		assert_true(equal_constant_time(a, b));
	}
}

static const struct {
	struct str bytes;
	const char *standard, *url;
} base64_rows[] = {
	{ STR(""), "", "" },
	{ STR("f"), "Zg==", "Zg" },
	{ STR("fo"), "Zm8=", "Zm8" },
	{ STR("foo"), "Zm9v", "Zm9v" },
	{ STR("foob"), "Zm9vYg==", "Zm9vYg" },
	{ STR("fooba"), "Zm9vYmE=", "Zm9vYmE" },
	{ STR("foobar"), "Zm9vYmFy", "Zm9vYmFy" },
	{ STR("\0"), "AA==", "AA" },
	{ STR("\0\0\0"), "AAAA", "AAAA" },
	{ STR("\xfb\xff\xbf"), "+/+/", "-_-_" },
	{ STR("\xff\xff"), "//8=", "__8" },
};

static void base64_goes_there_and_back(void **state)
{
	struct arena *a = arena_new();
	struct str back;

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(base64_rows); i++) {
		check_row_text(base64_rows[i].standard, base64_encode(a, base64_rows[i].bytes), base64_rows[i].standard);
		check_row_text(base64_rows[i].url, base64url_encode(a, base64_rows[i].bytes), base64_rows[i].url);
		check_row(base64_rows[i].standard, base64_decode(a, str_from(base64_rows[i].standard), &back));
		check_row(base64_rows[i].standard, str_eq(back, base64_rows[i].bytes));
		check_row(base64_rows[i].standard, back.ptr[back.len] == '\0');
	}
	for (size_t len = 0; len < 200; len++) {
		char *bytes = arena_alloc(a, len);

		random_bytes(bytes, len);
		assert_true(base64_decode(a, str_from(base64_encode(a, (struct str){ bytes, len })), &back));
		assert_true(str_eq(back, (struct str){ bytes, len }));
	}
	arena_free(a);
}

static void malformed_base64_is_refused(void **state)
{
	static const struct str rows[] = {
		STR("Zg"), STR("Zg="), STR("Z"), STR("Zg==="), STR("===="), STR("Z==="), STR("=Zg="), STR("Zg==Zg=="),
		STR("Zm9v\n"), STR("Zm 9"), STR(" Zm9"), STR("Zm9-"), STR("Zm9_"), STR("Zm9v\0\0\0\0"), STR("\0\0\0\0"),
		STR("Zm=v"), STR("Z\xc3\xa4v"), STR("    "), STR("Zm9v    "), STR("----"),
	};
	struct arena *a = arena_new();
	struct str back;

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(rows); i++)
		check_row(rows[i].ptr, !base64_decode(a, rows[i], &back));
	arena_free(a);
}

static void check_uuid_shape(const char *uuid)
{
	assert_int_equal(strlen(uuid), 36);
	for (int i = 0; i < 36; i++) {
		if (i == 8 || i == 13 || i == 18 || i == 23)
			assert_int_equal(uuid[i], '-');
		else
			assert_non_null(strchr("0123456789abcdef", uuid[i]));
	}
	assert_int_equal(uuid[14], '4');
	assert_non_null(strchr("89ab", uuid[19]));
}

static void uuids_carry_version_and_variant(void **state)
{
	struct arena *a = arena_new();
	char subject[16];

	(void)state;
	for (int i = 0; i < 500; i++) {
		check_uuid_shape(uuid_random(a));
		snprintf(subject, sizeof(subject), "s%d", i);
		check_uuid_shape(uuid_of(a, "test", subject));
	}
	assert_string_not_equal(uuid_random(a), uuid_random(a));
	arena_free(a);
}

static void a_uuid_of_words_depends_on_both_words(void **state)
{
	struct arena *a = arena_new();

	(void)state;
	assert_string_equal(uuid_of(a, "comment", "x"), uuid_of(a, "comment", "x"));
	assert_string_not_equal(uuid_of(a, "comment", "x"), uuid_of(a, "comment", "y"));
	assert_string_not_equal(uuid_of(a, "comment", "x"), uuid_of(a, "attachment", "x"));
	assert_string_not_equal(uuid_of(a, "ab", "c"), uuid_of(a, "a", "bc"));
	assert_string_not_equal(uuid_of(a, "", "abc"), uuid_of(a, "abc", ""));
	arena_free(a);
}

static void random_bytes_fill_all_of_it(void **state)
{
	unsigned char seen[64] = { 0 }, bytes[64];

	(void)state;
	for (int round = 0; round < 16; round++) {
		random_bytes(bytes, sizeof(bytes));
		for (size_t i = 0; i < sizeof(bytes); i++)
			seen[i] |= bytes[i];
	}
	for (size_t i = 0; i < sizeof(seen); i++)
		assert_int_not_equal(seen[i], 0);
	random_bytes(bytes, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(hmac_agrees_with_rfc_4231),
		cmocka_unit_test(hmac_sha1_agrees_with_rfc_2202),
		cmocka_unit_test(sha256_agrees_with_fips_180),
		cmocka_unit_test(equality_needs_length_and_every_byte),
		cmocka_unit_test(base64_goes_there_and_back),
		cmocka_unit_test(malformed_base64_is_refused),
		cmocka_unit_test(uuids_carry_version_and_variant),
		cmocka_unit_test(a_uuid_of_words_depends_on_both_words),
		cmocka_unit_test(random_bytes_fill_all_of_it),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
