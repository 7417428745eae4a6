/* See signature.h.  All three vendors sign with HMAC-SHA-256; they differ in the
 * text that is signed and in where its time stands.  Where a vendor's own library
 * is lenient (times from the future, times with trailing letters) this is not:
 * no real sender needs it, and each leniency is a way around the time window. */
#include "vendors/signature.h"

#include <string.h>

#include "base/crypto.h"

enum {
	ELEVENLABS_PAST_MS = 1800 * 1000,
	ELEVENLABS_FUTURE_MS = 300 * 1000,
	SVIX_WINDOW_S = 300,
};

/* Keeps seconds * 1000 far from overflow; the year 33658. */
#define LATEST_SECOND 1000000000000LL

static int denied(struct err *err, const char *reason)
{
	return err_set(err, ERR_DENIED, "%s", reason);
}

/* Anybody can sign with an empty key. */
static bool is_absent(const char *text)
{
	return !text || !*text;
}

/* The first of the comma-separated parts that begins with `name`, without it; ptr
 * NULL when none does.  Parts are not trimmed: the vendor's library does not either. */
static struct str first_part(const char *header, struct str name)
{
	struct str rest = str_from(header);

	while (rest.ptr) {
		struct str part = str_cut(rest, ',', &rest);

		if (str_starts(part, name))
			return (struct str){ part.ptr + name.len, part.len - name.len };
	}
	return (struct str){ NULL, 0 };
}

static bool is_hex_hmac_of(struct str given, struct str key, const struct str *parts, size_t count)
{
	unsigned char mac[SHA256_SIZE];
	char hex[2 * SHA256_SIZE + 1];

	hmac_sha256(key, parts, count, mac);
	hex_encode(mac, sizeof(mac), hex);
	return equal_constant_time(given, str_from(hex));
}

int signature_elevenlabs(struct str secret, const char *header, struct str body, int64_t now_ms, struct err *err)
{
	struct str stamp, given;
	long long second;

	if (is_absent(header) || !secret.len)
		return denied(err, "missing");
	stamp = first_part(header, STR("t="));
	given = first_part(header, STR("v0="));
	second = str_number(stamp, LATEST_SECOND);
	if (!stamp.ptr || !given.ptr || second < 0)
		return denied(err, "malformed");
	if (second * 1000 < now_ms - ELEVENLABS_PAST_MS)
		return denied(err, "too old");
	if (second * 1000 > now_ms + ELEVENLABS_FUTURE_MS)
		return denied(err, "from the future");
	if (!is_hex_hmac_of(given, secret, (struct str[]){ stamp, STR("."), body }, 3))
		return denied(err, "wrong");
	return 0;
}

int signature_linear(struct str secret, const char *header, struct str body, struct err *err)
{
	if (is_absent(header) || !secret.len)
		return denied(err, "missing");
	if (!is_hex_hmac_of(str_from(header), secret, &body, 1))
		return denied(err, "wrong");
	return 0;
}

int signature_linear_time(bool present, int64_t stamp_ms, int64_t now_ms, int tolerance_s, struct err *err)
{
	int64_t window_ms = (int64_t)tolerance_s * 1000;

	if (!present)
		return denied(err, "missing");
	/* Never stamp - now, which a hostile stamp could make overflow. */
	if (stamp_ms < now_ms - window_ms)
		return denied(err, "too old");
	if (stamp_ms > now_ms + window_ms)
		return denied(err, "from the future");
	return 0;
}

/* Base64 of the text's HMAC in one of the entries "v1,..." between blanks; entries
 * of other versions are passed over.  All entries are looked at, right or wrong. */
static bool has_svix_entry(const char *signatures, const char *expected)
{
	struct str rest = str_from(signatures);
	bool found = false;

	while (rest.ptr) {
		struct str value, version = str_cut(str_cut(rest, ' ', &rest), ',', &value);

		if (value.ptr && str_eq(version, STR("v1")))
			found |= equal_constant_time(value, str_from(expected));
	}
	return found;
}

int signature_svix(struct arena *mem, struct str secret, const char *id, const char *timestamp,
		   const char *signatures, struct str body, int64_t now_ms, struct err *err)
{
	struct str prefix = STR("whsec_"), key;
	unsigned char mac[SHA256_SIZE];
	long long second;

	if (is_absent(id) || is_absent(timestamp) || is_absent(signatures) || !secret.len)
		return denied(err, "missing");
	second = str_number(str_from(timestamp), LATEST_SECOND);
	if (second < 0 || timestamp[0] == '0')
		return denied(err, "malformed");
	if (second < now_ms / 1000 - SVIX_WINDOW_S)
		return denied(err, "too old");
	if (second > now_ms / 1000 + SVIX_WINDOW_S)
		return denied(err, "from the future");
	if (str_starts(secret, prefix))
		secret = (struct str){ secret.ptr + prefix.len, secret.len - prefix.len };
	if (!base64_decode(mem, secret, &key) || !key.len)
		return denied(err, "the configured secret is not base64");
	hmac_sha256(key, (struct str[]){ str_from(id), STR("."), str_from(timestamp), STR("."), body }, 5, mac);
	if (!has_svix_entry(signatures, base64_encode(mem, (struct str){ (const char *)mac, sizeof(mac) })))
		return denied(err, "wrong");
	return 0;
}
