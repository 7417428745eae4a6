/* Webhook signatures, over the raw bytes received and before any parsing.
 *
 * Each check returns 0, or -1 with ERR_DENIED and a reason fit for the security
 * log ("missing", "malformed", "too old", "from the future", "wrong").  Compared
 * in constant time.  Times: `now_ms` is Unix milliseconds.
 */
#ifndef PARLEY_VENDORS_SIGNATURE_H
#define PARLEY_VENDORS_SIGNATURE_H

#include <stdbool.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/err.h"
#include "base/str.h"

/* ElevenLabs-Signature: t=<unix s>,v0=<hex> (vendors/elevenlabs.md 4.1).  Older
 * than 1800 s or more than 300 s in the future is refused.  `header` may be NULL. */
int signature_elevenlabs(struct str secret, const char *header, struct str body, int64_t now_ms, struct err *err);

/* Linear-Signature: hex HMAC of the body (vendors/linear.md 1.2).  Its time stamp
 * is inside the body: signature_linear_time() after parsing. */
int signature_linear(struct str secret, const char *header, struct str body, struct err *err);

/* webhookTimestamp in milliseconds (`present` false: absent or no number),
 * within tolerance_s of now, both ways, inclusive. */
int signature_linear_time(bool present, int64_t stamp_ms, int64_t now_ms, int tolerance_s, struct err *err);

/* Svix scheme, as Resend uses it (vendors/resend.md 5); within 300 s, inclusive.
 * `mem` holds the decoded key. */
int signature_svix(struct arena *mem, struct str secret, const char *id, const char *timestamp,
		   const char *signatures, struct str body, int64_t now_ms, struct err *err);

#endif
