/* See twilio_signature.h.  The vendor's library also tries addresses normalised in
 * several ways; nginx hands us the URI as it was sent, so none of that is needed. */
#include "vendors/twilio_signature.h"

#include <stdlib.h>

#include "base/crypto.h"
#include "base/limits.h"
#include "base/percent.h"

/* scheme://user@host:port/rest, cut; `port` holds its colon. */
struct address {
	struct str scheme, host, port, rest;
};

struct param {
	struct str name, value;
};

static int denied(struct err *err, const char *reason)
{
	return err_set(err, ERR_DENIED, "%s", reason);
}

static struct str from_to(const char *from, const char *to)
{
	return (struct str){ from, (size_t)(to - from) };
}

static const char *first_of(const char *from, const char *end, const char *set)
{
	while (from < end && !memchr(set, *from, strlen(set)))
		from++;
	return from;
}

static bool cut_address(struct str url, struct address *a)
{
	const char *end = url.ptr + url.len, *host = str_find(url, STR("://")), *stop, *at, *colon;

	if (!host)
		return false;
	host += 3;
	a->scheme = from_to(url.ptr, host);
	stop = first_of(host, end, "/?");
	/* Twilio leaves user and password out of what it signs. */
	while ((at = first_of(host, stop, "@")) < stop)
		host = at + 1;
	colon = first_of(host, stop, "]"); /* an IPv6 address holds colons */
	colon = first_of(colon < stop ? colon : host, stop, ":");
	a->host = from_to(host, colon);
	a->port = from_to(colon, stop);
	a->rest = from_to(stop, end);
	return a->host.len > 0;
}

static int by_name_and_value(const void *x, const void *y)
{
	const struct param *p = x, *q = y;
	const struct str a[] = { p->name, p->value }, b[] = { q->name, q->value };

	for (int i = 0; i < 2; i++) {
		size_t n = a[i].len < b[i].len ? a[i].len : b[i].len;
		int order = n ? memcmp(a[i].ptr, b[i].ptr, n) : 0;

		if (order || a[i].len != b[i].len)
			return order ? order : (a[i].len < b[i].len ? -1 : 1);
	}
	return 0;
}

static bool read_param(struct arena *mem, struct str pair, struct param *p)
{
	struct str value, name = str_cut(pair, '=', &value);

	if (!value.ptr)
		value = STR("");
	return percent_decode(mem, name, true, &p->name) && percent_decode(mem, value, true, &p->value);
}

/* Decodes the form into sorted parameters without repetitions; false when it is none. */
static bool read_params(struct arena *mem, struct str body, struct param **params, size_t *count)
{
	size_t room = 1, n = 0, kept = 0;
	struct param *p;

	for (size_t i = 0; i < body.len; i++)
		room += body.ptr[i] == '&';
	if (room > LIMIT_FORM_FIELDS)
		return false;
	p = arena_alloc(mem, room * sizeof(*p));
	for (struct str rest = body; rest.ptr;) {
		struct str pair = str_cut(rest, '&', &rest);

		if (pair.len && !read_param(mem, pair, &p[n++]))
			return false;
	}
	qsort(p, n, sizeof(*p), by_name_and_value);
	for (size_t i = 0; i < n; i++)
		if (!kept || by_name_and_value(&p[i], &p[kept - 1]))
			p[kept++] = p[i];
	*params = p;
	*count = kept;
	return true;
}

/* The query's bodySHA256, or ptr NULL. */
static struct str announced_hash(struct str rest)
{
	struct str query, name = STR("bodySHA256=");

	str_cut(rest, '?', &query);
	while (query.ptr) {
		struct str pair = str_cut(query, '&', &query);

		if (str_starts(pair, name))
			return (struct str){ pair.ptr + name.len, pair.len - name.len };
	}
	return (struct str){ NULL, 0 };
}

static bool has_hash(struct str body, struct str hash)
{
	unsigned char digest[SHA256_SIZE];
	char hex[2 * SHA256_SIZE + 1];

	sha256(body, digest);
	hex_encode(digest, sizeof(digest), hex);
	return equal_constant_time(hash, str_from(hex));
}

static bool is_signed(struct arena *mem, struct str token, struct str given, const struct address *a, struct str port,
		      const struct param *params, size_t count)
{
	struct str *parts = arena_alloc(mem, (4 + 2 * count) * sizeof(*parts));
	unsigned char mac[SHA1_SIZE];
	size_t n = 0;

	parts[n++] = a->scheme;
	parts[n++] = a->host;
	parts[n++] = port;
	parts[n++] = a->rest;
	for (size_t i = 0; i < count; i++) {
		parts[n++] = params[i].name;
		parts[n++] = params[i].value;
	}
	hmac_sha1(token, parts, n, mac);
	return equal_constant_time(given, str_from(base64_encode(mem, (struct str){ (const char *)mac, sizeof(mac) })));
}

int twilio_signature_check(struct arena *mem, struct str token, const char *header, struct str url, struct str body,
			   struct err *err)
{
	struct str given = str_from(header), port, hash;
	struct param *params = NULL;
	struct address a;
	size_t count = 0;
	bool good;

	/* Anybody can sign with an empty key. */
	if (!given.len || !token.len)
		return denied(err, "missing");
	if (!cut_address(url, &a))
		return denied(err, "malformed");
	hash = announced_hash(a.rest);
	if (!hash.ptr && !read_params(mem, body, &params, &count))
		return denied(err, "malformed");
	port = a.port;
	if (!port.len)
		port = str_eq(a.scheme, STR("http://")) ? STR(":80") : STR(":443");
	/* Both are always computed: the time tells nothing of which was near. */
	good = is_signed(mem, token, given, &a, STR(""), params, count);
	good |= is_signed(mem, token, given, &a, port, params, count);
	if (hash.ptr)
		good &= has_hash(body, hash);
	return good ? 0 : denied(err, "wrong");
}
