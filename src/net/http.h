/* Outgoing HTTP: one call, one deadline.
 *
 * A call carries its whole bound: time for everything, size of the answer.  Only
 * https is spoken, plain http to loopback; redirects are not followed.  Nothing
 * is sent twice, unless a call allows it by `reuse`: libcurl repeats even a POST by
 * itself when a kept connection dies under it (vendors/twilio.md 3.5).
 *
 * The caller learns three outcomes: an answer (any status), a failure that
 * provably sent nothing (ERR_UPSTREAM), and a failure after which the request
 * may have taken effect (ERR_UNKNOWN).
 */
#ifndef PARLEY_NET_HTTP_H
#define PARLEY_NET_HTTP_H

#include <stdbool.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/clock.h"
#include "base/err.h"
#include "base/str.h"

enum { HTTP_HEADERS = 16 };

struct http_header {
	const char *name, *value;
};

struct http_call {
	const char *method, *url;
	struct http_header headers[HTTP_HEADERS]; /* ends at the first without a name */
	struct str body;                          /* ptr NULL: no body */
	int timeout_ms;                           /* of the whole call; 0: LIMIT_VENDOR_SECONDS */
	size_t max_reply;                         /* 0: LIMIT_REPLY */
	bool reuse;   /* the call may be repeated by libcurl: allow a kept connection */
	bool once;    /* allow a kept connection, but no repetition: one that dies is ERR_UNKNOWN */
	bool kept_only; /* on a kept connection or not at all: without one, nothing is sent (ERR_UPSTREAM) */
	const char *unix_socket; /* connect here; the url is http://localhost/...  NULL: to the url's host */
};

struct http_reply {
	int status;
	struct str body;
	struct http_header *headers; /* names in lower case */
	size_t header_count;
	bool fresh; /* a connection was opened for it */
};

struct http_client {
	/* Everything of the reply lives in `mem`. */
	int (*send)(struct http_client *self, struct arena *mem, const struct http_call *call,
		    struct http_reply *reply, struct err *err);
	void (*free)(struct http_client *self); /* of a client made by a function; NULL: nothing to free */
	int most_ms; /* no call may take longer, whatever it asks for; 0: no such bound */
};

struct http_client *http_curl_new(void);
void http_curl_free(struct http_client *client);

/* Adds a header; the call must have room (a bug otherwise). */
void http_call_header(struct http_call *call, const char *name, const char *value);

static inline int http_send(struct http_client *client, struct arena *mem, const struct http_call *call,
			    struct http_reply *reply, struct err *err)
{
	return client->send(client, mem, call, reply, err);
}

/* NULL when the answer has no such header; the name in lower case. */
const char *http_reply_header(const struct http_reply *reply, const char *name);

/* Seconds from Retry-After (delta seconds or an HTTP date), or from
 * retry-after-ms; 0 when absent or unreadable; at most LIMIT_RETRY_AFTER_S. */
int http_retry_after(const struct http_reply *reply, int64_t now_ms);

#endif
