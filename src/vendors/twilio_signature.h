/* X-Twilio-Signature (vendors/twilio.md 9): base64 of HMAC-SHA-1 over the address
 * that was called and the form's parameters.
 *
 * `url` is the configured public base and the raw request URI, its encoding
 * untouched, never anything of Host or X-Forwarded-*.  Twilio may have signed it with
 * or without the port: both are tried.  A query with bodySHA256 means that the address
 * alone is signed and the body's hash stands there; any other body is taken for a form.
 *
 * Returns 0, or -1 with ERR_DENIED and a reason fit for the security log ("missing",
 * "malformed", "wrong").  Compared in constant time.  There is no time in the
 * signature: who acts on a request must know it when it comes again.
 */
#ifndef PARLEY_VENDORS_TWILIO_SIGNATURE_H
#define PARLEY_VENDORS_TWILIO_SIGNATURE_H

#include "base/arena.h"
#include "base/err.h"
#include "base/str.h"

/* `token`: the account's auth token; `header` may be NULL. */
int twilio_signature_check(struct arena *mem, struct str token, const char *header, struct str url, struct str body,
			   struct err *err);

#endif
