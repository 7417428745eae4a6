/* See asks.h.
 *
 * Signing 20 KB for each webhook would cost the load as much as the check costs
 * the program.  The id stands at the end of the body, so that the digest of what
 * comes before it is made once, and copied. */
#include "bench/asks.h"

#include <openssl/core_names.h>
#include <openssl/evp.h>
#include <openssl/params.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

enum { FILE_MOST = 64 << 20, HEAD_MOST = 512, TAIL_MOST = 64 };

struct asks {
	char *text; /* the file: paths, or the body's beginning */
	size_t len;
	char **lines; /* of pages and events */
	bool once;    /* events: each line is sent once */
	size_t count, next;
	EVP_MAC_CTX *signed_so_far; /* NULL: pages */
	long long second;
};

static char *read_file(const char *name, size_t *len)
{
	FILE *f = fopen(name, "rb");
	char *text = f ? malloc(FILE_MOST + 1) : NULL;

	*len = text ? fread(text, 1, FILE_MOST, f) : 0;
	if (f)
		fclose(f);
	if (text)
		text[*len] = '\0';
	return text;
}

static int split_lines(struct asks *a)
{
	char *at = a->text, *end;

	a->lines = calloc(a->len / 2 + 1, sizeof(*a->lines));
	for (; a->lines && (end = strchr(at, '\n')); at = end + 1) {
		*end = '\0';
		a->lines[a->count++] = at;
	}
	return a->count ? 0 : -1;
}

static int begin_signature(struct asks *a, const char *secret)
{
	char digest[] = "SHA256", stamp[32];
	OSSL_PARAM params[] = { OSSL_PARAM_construct_utf8_string(OSSL_MAC_PARAM_DIGEST, digest, 0),
				OSSL_PARAM_construct_end() };
	EVP_MAC *mac = EVP_MAC_fetch(NULL, "HMAC", NULL);
	int n;

	a->second = (long long)time(NULL);
	n = snprintf(stamp, sizeof(stamp), "%lld.", a->second);
	a->signed_so_far = mac ? EVP_MAC_CTX_new(mac) : NULL;
	return a->signed_so_far && EVP_MAC_init(a->signed_so_far, (const unsigned char *)secret, strlen(secret), params) &&
		       EVP_MAC_update(a->signed_so_far, (const unsigned char *)stamp, (size_t)n) &&
		       EVP_MAC_update(a->signed_so_far, (const unsigned char *)a->text, a->len) ? 0 : -1;
}

struct asks *asks_new(const char *kind, char *const *arguments)
{
	struct asks *a = calloc(1, sizeof(*a));

	if (!a || !(a->text = read_file(arguments[0], &a->len)) || !a->len)
		return NULL;
	a->once = !strcmp(kind, "twilio");
	if (a->once || !strcmp(kind, "page"))
		return split_lines(a) ? NULL : a;
	if (strcmp(kind, "webhook") || !arguments[1] || begin_signature(a, arguments[1]))
		return NULL;
	return a;
}

static void make_room(struct ask *ask, size_t room)
{
	if (ask->room >= room)
		return;
	ask->bytes = realloc(ask->bytes, room);
	if (!ask->bytes)
		exit(111);
	ask->room = room;
}

static void next_page(struct asks *a, struct ask *ask)
{
	make_room(ask, HEAD_MOST);
	ask->len = (size_t)snprintf(ask->bytes, ask->room, "GET %s HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n",
				    a->lines[a->next++ % a->count]);
}

static void sign(struct asks *a, const char *tail, size_t len, char hex[65])
{
	EVP_MAC_CTX *ctx = EVP_MAC_CTX_dup(a->signed_so_far);
	unsigned char mac[32];
	size_t got = 0;

	if (!ctx || !EVP_MAC_update(ctx, (const unsigned char *)tail, len) || !EVP_MAC_final(ctx, mac, &got, sizeof(mac)))
		exit(111);
	EVP_MAC_CTX_free(ctx);
	for (size_t i = 0; i < sizeof(mac); i++)
		snprintf(hex + 2 * i, 3, "%02x", mac[i]);
}

static void next_webhook(struct asks *a, struct ask *ask)
{
	char tail[TAIL_MOST], hex[65];
	size_t n = (size_t)snprintf(tail, sizeof(tail), "conv_%08x%012zx\"}}", (unsigned)getpid(), a->next++), head;

	make_room(ask, HEAD_MOST + a->len + n);
	sign(a, tail, n, hex);
	head = (size_t)snprintf(ask->bytes, HEAD_MOST,
				"POST /api/webhooks/elevenlabs HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/json\r\n"
				"ElevenLabs-Signature: t=%lld,v0=%s\r\nContent-Length: %zu\r\n\r\n", a->second, hex, a->len + n);
	memcpy(ask->bytes + head, a->text, a->len);
	memcpy(ask->bytes + head + a->len, tail, n);
	ask->len = head + a->len + n;
}

static void next_event(struct asks *a, struct ask *ask)
{
	char *path = a->lines[a->next++], *signature = strchr(path, '\t'), *body = signature ? strchr(signature + 1, '\t') : NULL;

	if (!body)
		exit(100);
	make_room(ask, HEAD_MOST + strlen(path));
	ask->len = (size_t)snprintf(ask->bytes, ask->room,
				    "POST %.*s HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/x-www-form-urlencoded\r\n"
				    "X-Twilio-Signature: %.*s\r\nContent-Length: %zu\r\n\r\n%s",
				    (int)(signature - path), path, (int)(body - signature - 1), signature + 1, strlen(body + 1), body + 1);
}

bool asks_next(struct asks *a, struct ask *ask)
{
	if (a->once && a->next == a->count)
		return false;
	if (a->once)
		next_event(a, ask);
	else if (a->signed_so_far)
		next_webhook(a, ask);
	else
		next_page(a, ask);
	return true;
}
