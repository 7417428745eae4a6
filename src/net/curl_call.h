/* One transfer of libcurl: how a struct http_call becomes its options and what its end
 * means.  http_curl.c and http_many.c share it; the rules are those of http.h.
 *
 * Whether anything was sent is not taken from libcurl's codes, which do not tell, but
 * from its question before each request (CURLOPT_PREREQFUNCTION): a call that was never
 * asked for has sent nothing.  Asked a second time, because a kept connection died
 * without an answer and libcurl wants to send the request again (vendors/twilio.md 3.5),
 * a call that must not be repeated says no.
 */
#ifndef PARLEY_NET_CURL_CALL_H
#define PARLEY_NET_CURL_CALL_H

#include <curl/curl.h>
#include <stdbool.h>

#include "net/http.h"

struct curl_call {
	CURL *easy;
	struct arena *mem;
	struct curl_slist *headers;
	struct http_reply reply;
	struct buf *body;
	bool too_large, repeatable;
	int requests; /* libcurl was about to send */
};

/* Makes `easy` ready.  The call's body is not copied; `mem` and *t must stay, in their
 * place, until curl_call_end().  most_ms: see struct http_client. */
void curl_call_begin(struct curl_call *t, CURL *easy, struct arena *mem, const struct http_call *call, int most_ms);

/* The outcome as http_send() gives it, for a transfer that ended with `code`. */
int curl_call_end(struct curl_call *t, CURLcode code, struct http_reply *reply, struct err *err);

/* Gives up a transfer that has not ended. */
void curl_call_cancel(struct curl_call *t);

#endif
