/* Webhooks as the vendors send them: through the public address, to our own programs.
 *
 * A request that is signed rightly must be accepted, one that is signed wrongly refused.
 * What they carry means nothing to the programs (an event of an unknown type, a call of nobody), so
 * that neither changes anything.  What breaks this in practice: a proxy that rewrites the
 * path or the body, a WEBHOOK_BASE_URL that is not what the vendor calls, a wrong clock. */
#include <inttypes.h>
#include <string.h>

#include "base/crypto.h"
#include "doctor/checks.h"
#include "net/http.h"
#include "screening/workspace.h"

enum { TIMEOUT_MS = 8000, WORKSPACES_MOST = 5 };

#define WRONG_SECRET "not-the-secret"

/* A vendor's way of signing: fills the call's body and headers. */
struct knock {
	const char *vendor, *path, *secret;
	void (*sign)(struct app *app, const char *secret, struct http_call *call);
};

static const char *hex_hmac(struct arena *mem, const char *secret, const struct str *parts, size_t count)
{
	char *hex = arena_alloc(mem, 2 * SHA256_SIZE + 1);
	unsigned char mac[SHA256_SIZE];

	hmac_sha256(str_from(secret), parts, count, mac);
	hex_encode(mac, sizeof(mac), hex);
	return hex;
}

static void set_json(struct http_call *call, const char *body)
{
	http_call_header(call, "Content-Type", "application/json");
	call->body = str_from(body);
}

static void sign_twilio(struct app *app, const char *secret, struct http_call *call)
{
	static const char sid[] = "CA00000000000000000000000000000000";
	const char *account = app->cfg.twilio_account_sid;
	const struct str parts[] = { str_from(call->url), STR("AccountSid"), str_from(account), STR("CallSid"), str_from(sid) };
	unsigned char mac[SHA1_SIZE];
	struct buf *form = buf_in(app->mem, 4 << 10);

	buf_puts(form, "AccountSid=");
	buf_url(form, str_from(account));
	buf_printf(form, "&CallSid=%s", sid);
	call->body = buf_view(form);
	hmac_sha1(str_from(secret), parts, ARRAY_LEN(parts), mac);
	http_call_header(call, "Content-Type", "application/x-www-form-urlencoded");
	http_call_header(call, "X-Twilio-Signature", base64_encode(app->mem, (struct str){ (const char *)mac, sizeof(mac) }));
}

static void sign_elevenlabs(struct app *app, const char *secret, struct http_call *call)
{
	static const char body[] = "{\"type\":\"parley_check\",\"data\":{}}";
	const char *stamp = arena_printf(app->mem, "%" PRId64, clock_wall_ms(app->clock) / 1000);
	const struct str parts[] = { str_from(stamp), STR("."), str_from(body) };

	set_json(call, body);
	http_call_header(call, "ElevenLabs-Signature",
			 arena_printf(app->mem, "t=%s,v0=%s", stamp, hex_hmac(app->mem, secret, parts, ARRAY_LEN(parts))));
}

static void sign_linear(struct app *app, const char *secret, struct http_call *call)
{
	const char *body = arena_printf(app->mem, "{\"action\":\"check\",\"type\":\"ParleyCheck\",\"data\":{},\"webhookTimestamp\":%" PRId64 "}",
					clock_wall_ms(app->clock));
	const struct str whole = str_from(body);

	set_json(call, body);
	http_call_header(call, "Linear-Signature", hex_hmac(app->mem, secret, &whole, 1));
}

static void sign_resend(struct app *app, const char *secret, struct http_call *call)
{
	static const char id[] = "msg_parley_check", body[] = "{\"type\":\"parley.check\",\"data\":{}}";
	const char *stamp = arena_printf(app->mem, "%" PRId64, clock_wall_ms(app->clock) / 1000);
	const struct str parts[] = { STR("msg_parley_check"), STR("."), str_from(stamp), STR("."), str_from(body) };
	struct str key = str_from(secret);
	unsigned char mac[SHA256_SIZE];

	if (str_starts(key, STR("whsec_")) && !base64_decode(app->mem, str_from(secret + 6), &key))
		key = str_from(secret);
	hmac_sha256(key, parts, ARRAY_LEN(parts), mac);
	set_json(call, body);
	http_call_header(call, "svix-id", id);
	http_call_header(call, "svix-timestamp", stamp);
	http_call_header(call, "svix-signature",
			 arena_printf(app->mem, "v1,%s", base64_encode(app->mem, (struct str){ (const char *)mac, sizeof(mac) })));
}

/* The status of a knock that is signed with this secret; -1 when there is no answer. */
static int knock_with(struct app *app, const struct knock *k, const char *secret, int *status, struct err *err)
{
	struct http_call call = {
		.method = "POST",
		.url = arena_printf(app->mem, "%s%s", app->cfg.webhook_base_url, k->path),
		.timeout_ms = TIMEOUT_MS,
		.max_reply = 64 << 10,
		.reuse = true,
	};
	struct http_reply reply;

	k->sign(app, secret, &call);
	if (http_send(app->http, app->mem, &call, &reply, err))
		return -1;
	*status = reply.status;
	return 0;
}

static void add_not_accepted(struct findings *f, const struct knock *k, int status)
{
	if (status == 401)
		findings_add(f, FINDING_FAILURE, "webhooks",
			     "Let WEBHOOK_BASE_URL be exactly what the vendor calls, and let proxies change neither path, query nor body.",
			     "What %s signs rightly is refused at WEBHOOK_BASE_URL.", k->vendor);
	else
		findings_add(f, FINDING_FAILURE, "webhooks", "Look at the proxy in front of nginx and at the log of the program.",
			     "WEBHOOK_BASE_URL answers HTTP %d to a webhook of %s.", status, k->vendor);
}

static void knock(struct app *app, struct findings *f, const struct knock *k)
{
	struct err err = { 0 };
	int status;

	if (knock_with(app, k, k->secret, &status, &err)) {
		findings_add(f, FINDING_FAILURE, "webhooks", "Look at DNS, the certificate and the proxy in front of nginx.",
			     "WEBHOOK_BASE_URL does not lead here: %s.", err.msg);
		return;
	}
	if (status != 200) {
		add_not_accepted(f, k, status);
		return;
	}
	if (knock_with(app, k, WRONG_SECRET, &status, &err) || status != 401)
		findings_add(f, FINDING_FAILURE, "webhooks", "Find out who answers at WEBHOOK_BASE_URL: it is not only this installation.",
			     "A wrongly signed webhook of %s is not refused (HTTP %d): anybody could speak for it.", k->vendor,
			     err.kind ? 0 : status);
	else
		findings_add(f, FINDING_OK, "webhooks", NULL, "%s: a signed webhook arrives, a wrongly signed one is refused.", k->vendor);
}

void doctor_loopback_twilio(struct app *app, struct findings *f)
{
	knock(app, f, &(struct knock){ "Twilio", "/api/twilio/webhook", app->cfg.twilio_auth_token, sign_twilio });
}

void doctor_loopback_elevenlabs(struct app *app, struct findings *f)
{
	knock(app, f, &(struct knock){ "ElevenLabs", "/api/webhooks/elevenlabs", app->cfg.elevenlabs_webhook_secret,
				       sign_elevenlabs });
}

void doctor_loopback_resend(struct app *app, struct findings *f)
{
	knock(app, f, &(struct knock){ "Resend", "/api/webhooks/resend", app->cfg.resend_webhook_secret, sign_resend });
}

/* Each workspace has a secret of its own. */
void doctor_loopback_linear(struct app *app, struct findings *f)
{
	struct workspace *list;
	struct err err = { 0 };
	size_t count;

	if (workspace_all(app, &list, &count, &err))
		return;
	for (size_t i = 0; i < count && i < WORKSPACES_MOST; i++) {
		const char *vendor = arena_printf(app->mem, "Linear (%s)", list[i].name);

		knock(app, f, &(struct knock){ vendor, "/api/webhooks/linear", list[i].webhook_secret, sign_linear });
	}
}
