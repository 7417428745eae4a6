/* See crypto.h. */
#include "base/crypto.h"

#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/params.h>
#include <openssl/core_names.h>
#include <openssl/rand.h>
#include <stdint.h>
#include <stdio.h>

#include "base/die.h"

void random_bytes(void *out, size_t len)
{
	if (len > INT32_MAX || RAND_bytes(out, (int)len) != 1)
		die_bug("no random bytes");
}

void sha256(struct str data, unsigned char out[SHA256_SIZE])
{
	if (!EVP_Digest(data.ptr, data.len, out, NULL, EVP_sha256(), NULL))
		die_bug("SHA-256");
}

/* `digest` is writable because OpenSSL's parameters ask for it. */
static void hmac(char *digest, struct str key, const struct str *parts, size_t count, unsigned char *out, size_t size)
{
	OSSL_PARAM params[] = { OSSL_PARAM_construct_utf8_string(OSSL_MAC_PARAM_DIGEST, digest, 0),
				OSSL_PARAM_construct_end() };
	EVP_MAC *mac = EVP_MAC_fetch(NULL, "HMAC", NULL);
	EVP_MAC_CTX *ctx = mac ? EVP_MAC_CTX_new(mac) : NULL;
	size_t len = 0;
	/* A NULL key pointer would mean "keep the former key". */
	bool ok = ctx && EVP_MAC_init(ctx, (const unsigned char *)(key.len ? key.ptr : ""), key.len, params);

	for (size_t i = 0; ok && i < count; i++)
		ok = EVP_MAC_update(ctx, (const unsigned char *)parts[i].ptr, parts[i].len);
	ok = ok && EVP_MAC_final(ctx, out, &len, size) && len == size;
	EVP_MAC_CTX_free(ctx);
	EVP_MAC_free(mac);
	if (!ok)
		die_bug("HMAC");
}

void hmac_sha1(struct str key, const struct str *parts, size_t count, unsigned char out[SHA1_SIZE])
{
	char digest[] = "SHA1";

	hmac(digest, key, parts, count, out, SHA1_SIZE);
}

void hmac_sha256(struct str key, const struct str *parts, size_t count, unsigned char out[SHA256_SIZE])
{
	char digest[] = "SHA256";

	hmac(digest, key, parts, count, out, SHA256_SIZE);
}

bool equal_constant_time(struct str a, struct str b)
{
	return a.len == b.len && CRYPTO_memcmp(a.ptr, b.ptr, a.len) == 0;
}

void hex_encode(const unsigned char *bytes, size_t len, char *out)
{
	static const char digits[] = "0123456789abcdef";

	for (size_t i = 0; i < len; i++) {
		out[2 * i] = digits[bytes[i] >> 4];
		out[2 * i + 1] = digits[bytes[i] & 15];
	}
	out[2 * len] = '\0';
}

char *base64_encode(struct arena *a, struct str bytes)
{
	char *out = arena_alloc(a, 4 * ((bytes.len + 2) / 3) + 1);

	if (bytes.len > INT32_MAX / 2)
		die_bug("base64_encode: too long");
	EVP_EncodeBlock((unsigned char *)out, (const unsigned char *)bytes.ptr, (int)bytes.len);
	return out;
}

char *base64url_encode(struct arena *a, struct str bytes)
{
	char *out = base64_encode(a, bytes);

	for (char *p = out; *p; p++) {
		if (*p == '+')
			*p = '-';
		else if (*p == '/')
			*p = '_';
	}
	out[strcspn(out, "=")] = '\0';
	return out;
}

static bool is_base64_char(char c)
{
	return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '+' || c == '/';
}

bool base64_decode(struct arena *a, struct str text, struct str *bytes)
{
	size_t padding = 0;
	unsigned char *out;
	int len;

	if (text.len % 4 || text.len > INT32_MAX)
		return false;
	while (padding < 2 && padding < text.len && text.ptr[text.len - 1 - padding] == '=')
		padding++;
	for (size_t i = 0; i < text.len - padding; i++)
		if (!is_base64_char(text.ptr[i]))
			return false;
	out = arena_alloc(a, text.len / 4 * 3 + 1);
	len = text.len ? EVP_DecodeBlock(out, (const unsigned char *)text.ptr, (int)text.len) : 0;
	if (len < 0)
		return false;
	*bytes = (struct str){ (char *)out, (size_t)len - padding };
	out[bytes->len] = '\0';
	return true;
}

char *random_id(struct arena *a)
{
	char bytes[16];

	random_bytes(bytes, sizeof(bytes));
	return base64url_encode(a, (struct str){ bytes, sizeof(bytes) });
}

static char *uuid_text(struct arena *a, unsigned char b[16], int version)
{
	char hex[33];

	b[6] = (unsigned char)((b[6] & 0x0f) | (version << 4));
	b[8] = (unsigned char)((b[8] & 0x3f) | 0x80);
	hex_encode(b, 16, hex);
	return arena_printf(a, "%.8s-%.4s-%.4s-%.4s-%.12s", hex, hex + 8, hex + 12, hex + 16, hex + 20);
}

char *uuid_random(struct arena *a)
{
	unsigned char b[16];

	random_bytes(b, sizeof(b));
	return uuid_text(a, b, 4);
}

char *uuid_of(struct arena *a, const char *purpose, const char *subject)
{
	unsigned char digest[SHA256_SIZE];
	struct str part = str_from(subject);

	/* The purpose is the key, so ("ab", "c") and ("a", "bc") differ. */
	hmac_sha256(str_from(purpose), &part, 1, digest);
	return uuid_text(a, digest, 4);
}
