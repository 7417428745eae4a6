/* Twilio's calls (vendors/twilio.md 2-4): dialling, ending, looking at them.
 *
 * A dial is never repeated here, and there is no idempotency key: after ERR_UNKNOWN
 * the call may exist, and only a callback or twilio_calls_list() tells.  Failures:
 *
 *	ERR_REFUSED   this number cannot be called, final; also when its country (21215) or
 *	              the number (21216) is barred to the account, which somebody should look at
 *	ERR_DENIED    the account, the caller id or our request: every further call would
 *	              fail alike, so also what this client does not know
 *	ERR_LIMIT     429 and alike: surely not dialled, retry_after when named
 *	ERR_UPSTREAM  not connected, nothing was sent; after what may be repeated (all but
 *	              a dial and a redirection) also 5xx and lost answers
 *	ERR_UNKNOWN   of a dial or redirection: 5xx, no answer, or one that cannot be read
 *	ERR_MISSING   no such call, or not of this account
 *	ERR_CONFLICT  of an update: the call is over already; look at it again
 *
 * err->code holds Twilio's number ("21211").  Neither messages nor telephone numbers
 * get into err->msg.
 */
#ifndef PARLEY_VENDORS_TWILIO_H
#define PARLEY_VENDORS_TWILIO_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/clock.h"
#include "base/err.h"

struct event_reader;
struct http_call;
struct http_client;
struct http_reply;

struct twilio {
	struct http_client *http;
	const struct clock *clock;
	const char *base_url, *account_sid, *auth_token;
	struct event_reader *events; /* for the answers to dials */
};

/* What a failure means to a campaign. */
enum twilio_error {
	TWILIO_NONE,             /* no failure, or the benign ERR_CONFLICT */
	TWILIO_NUMBER_PERMANENT, /* give up this number */
	TWILIO_CONFIG,           /* stop dialling, somebody must look */
	TWILIO_RETRY_LATER,      /* nothing happened: not an attempt */
	TWILIO_UNKNOWN,          /* do not dial again before asking */
};

enum twilio_error twilio_error_of(const struct err *err);

/* Of a call to make; what is NULL or 0 is left out. */
struct twilio_dial {
	const char *to, *from;          /* E.164 */
	const char *url;                /* asked for what to say */
	const char *status_url;         /* told of all four events */
	const char *machine_detection;  /* "Enable" or "DetectMessageEnd" */
	const char *machine_url;        /* told what answered, while the call goes on */
	int ring_s, most_s;             /* how long it rings; how long it may last */
};

struct twilio_call {
	const char *sid, *status;  /* never NULL */
	const char *to, *from, *answered_by; /* NULL when absent */
	int64_t created_ms;        /* 0: not created yet, or unreadable */
	int64_t duration_s;        /* -1: not over yet */
};

/* The two halves of a dial, for who sends it by itself (net/http_many.h): the request,
 * which needs no t->http, and what its answer means.  All of *call lives in `mem`.
 * ERR_INPUT when the dial is too long.  The request goes out once and has 30 seconds; less
 * would make slow successes unknown. */
int twilio_dial_call(const struct twilio *t, struct arena *mem, const struct twilio_dial *dial, struct http_call *call,
		     struct err *err);
int twilio_dial_reply(const struct twilio *t, struct arena *mem, const struct http_reply *reply, struct twilio_call *call,
		      struct err *err);

/* status: "canceled" (only while queued or ringing) or "completed" (also hangs up). */
int twilio_call_update(const struct twilio *t, struct arena *mem, const char *sid, const char *status,
		       struct twilio_call *call, struct err *err);

/* From now on a call that is in progress does what `url` says. */
int twilio_call_redirect(const struct twilio *t, struct arena *mem, const char *sid, const char *url,
			 struct twilio_call *call, struct err *err);

int twilio_call_fetch(const struct twilio *t, struct arena *mem, const char *sid, struct twilio_call *call,
		      struct err *err);

/* The calls from one number to another, all of them: in pages of page_size (1000 at most),
 * and ERR_UPSTREAM when they do not end within 20 pages. */
int twilio_calls_list(const struct twilio *t, struct arena *mem, const char *to, const char *from, int page_size,
		      struct twilio_call **calls, size_t *count, struct err *err);

/* The account itself: status is "active", "suspended" or "closed", type "Trial" or "Full". */
struct twilio_account {
	const char *status, *type; /* never NULL */
};
int twilio_account_get(const struct twilio *t, struct arena *mem, struct twilio_account *account, struct err *err);

/* Whether the account may show this number (E.164) to those it calls: because it owns it, or because
 * somebody has proved that he does. */
enum twilio_caller { TWILIO_CALLER_UNKNOWN, TWILIO_CALLER_OWNED, TWILIO_CALLER_VERIFIED };
int twilio_caller_get(const struct twilio *t, struct arena *mem, const char *number, enum twilio_caller *caller,
		      struct err *err);

#endif
