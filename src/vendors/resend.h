/* Resend (vendors/resend.md): sending one mail, idempotently.
 *
 * The caller stores the exact bytes and the key and repeats both unchanged, for
 * at most 23 hours.  Failures: ERR_REFUSED (final), ERR_DENIED (key), ERR_LIMIT
 * (rate: retry_after; quota: code daily_quota_exceeded or monthly_quota_exceeded),
 * ERR_UPSTREAM / ERR_UNKNOWN (repeat).  err->code holds the error's `name`.
 */
#ifndef PARLEY_VENDORS_RESEND_H
#define PARLEY_VENDORS_RESEND_H

#include "base/arena.h"
#include "base/buf.h"
#include "base/clock.h"
#include "base/err.h"

struct http_client;

struct resend {
	struct http_client *http;
	const struct clock *clock;
	const char *base_url, *api_key;
};

struct resend_mail {
	const char *from, *to, *subject;
	struct str html; /* ptr NULL: none */
	struct str text;
	const char *tag_kind, *tag_session; /* tags kind and session; NULL: left out */
};

/* The request body.  A subject's control characters become blanks. */
void resend_mail_body(const struct resend_mail *mail, struct buf *out);

int resend_send(const struct resend *r, struct arena *mem, const char *idempotency_key, struct str body,
		const char **email_id, struct err *err);

/* Whether the key is accepted at all (a sending-only key is fine). */
int resend_check(const struct resend *r, struct arena *mem, struct err *err);

/* What Resend says of the domain that `sender` ("Name <address>" or an address) sends from: "verified",
 * "pending", ...; NULL when the account has no such domain.  ERR_DENIED with code "restricted_api_key":
 * the key may only send, which is all we do, so nobody can look. */
int resend_domain_get(const struct resend *r, struct arena *mem, const char *sender, const char **status, struct err *err);

#endif
