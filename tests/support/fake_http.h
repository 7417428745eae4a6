/* The outside world for unit tests: an http_client that gives queued answers and
 * remembers what it was sent.
 *
 *	fake_http_init(&fake, mem);
 *	fake_http_answer(&fake, 429, "{}");
 *	fake_http_header(&fake, "retry-after", "7");     // of the answer queued last
 *	...                                              // &fake.base is the client
 *	assert_int_equal(fake.call_count, 1);
 *
 * Asked more often than answers are queued, it fails as an absent server would
 * (ERR_UPSTREAM) and counts that in `unanswered`.  With fail_at = n the nth call
 * fails without using up an answer, so that a test can walk the failure through
 * every call.
 */
#ifndef PARLEY_TESTS_SUPPORT_FAKE_HTTP_H
#define PARLEY_TESTS_SUPPORT_FAKE_HTTP_H

#include "net/http.h"

enum { FAKE_HTTP_ROOM = 256, FAKE_HTTP_HEADERS = 8 };

struct fake_answer {
	enum err_kind fail; /* ERR_NONE: an answer */
	int status;
	struct str body;
	struct http_header headers[FAKE_HTTP_HEADERS];
	size_t header_count;
};

struct fake_http {
	struct http_client base;
	struct arena *mem; /* of the test: owns everything remembered */
	struct fake_answer answers[FAKE_HTTP_ROOM];
	size_t answer_count, answered;
	struct http_call calls[FAKE_HTTP_ROOM]; /* copies */
	size_t call_count, fail_at, unanswered;
};

void fake_http_init(struct fake_http *f, struct arena *mem);

/* The body is copied; may hold NUL with the second form. */
void fake_http_answer(struct fake_http *f, int status, const char *body);
void fake_http_answer_bytes(struct fake_http *f, int status, struct str body);
void fake_http_header(struct fake_http *f, const char *name, const char *value);

/* A call that ends without an answer. */
void fake_http_fail(struct fake_http *f, enum err_kind kind);

/* A header that was sent (ASCII case ignored), or NULL. */
const char *fake_http_sent(const struct http_call *call, const char *name);

struct http_call fake_http_copy(struct arena *mem, const struct http_call *call);

#endif
