/* Signature headers: lines 1 to 3 are headers, the rest is the body.  Whatever
 * they are, a refusal says ERR_DENIED, and nothing that holds no HMAC passes. */
#include "tests/fuzz/fuzz.h"

#include "base/crypto.h"
#include "vendors/signature.h"

static const int64_t now_ms = 1795167000000;

/* True when the right answer stands somewhere in the headers, in hex or base64. */
static bool holds_answer(struct arena *mem, struct str key, const struct str *parts, size_t count, struct str headers)
{
	unsigned char digest[SHA256_SIZE];
	char hex[2 * SHA256_SIZE + 1], *lower = arena_strndup(mem, headers.ptr, headers.len);

	hmac_sha256(key, parts, count, digest);
	hex_encode(digest, sizeof(digest), hex);
	for (size_t i = 0; i < headers.len; i++)
		if (lower[i] >= 'A' && lower[i] <= 'F')
			lower[i] = (char)(lower[i] + 32);
	return str_find((struct str){ lower, headers.len }, str_from(hex)) ||
	       str_find(headers, str_from(base64_encode(mem, (struct str){ (char *)digest, sizeof(digest) })));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const struct str secret = { "secret", 6 }, svix_secret = { "whsec_c2VjcmV0", 14 };
	struct str rest = all_of(data, size);
	struct str first = take_line(&rest), second = take_line(&rest), third = take_line(&rest);
	struct str body = rest.ptr ? rest : STR("");
	struct arena *mem = arena_new();
	struct err err = { 0 };
	const char *header = as_text(mem, first);

	if (signature_linear(secret, header, body, &err))
		must(err.kind == ERR_DENIED && *err.msg);
	else
		must(holds_answer(mem, secret, &body, 1, first));
	err = (struct err){ 0 };
	if (signature_elevenlabs(secret, header, body, now_ms, &err))
		must(err.kind == ERR_DENIED && *err.msg);
	else
		must(strstr(header, "t=") && strstr(header, "v0="));
	err = (struct err){ 0 };
	if (signature_svix(mem, svix_secret, header, as_text(mem, second), as_text(mem, third), body, now_ms, &err)) {
		must(err.kind == ERR_DENIED && *err.msg);
	} else {
		struct str parts[] = { str_from(header), STR("."), str_from(as_text(mem, second)), STR("."), body };

		must(holds_answer(mem, secret, parts, 5, third));
	}
	arena_free(mem);
	return 0;
}
