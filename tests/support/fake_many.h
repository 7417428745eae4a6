/* The outside world of a program that makes many calls at once: an http_many that
 * remembers what was begun and gives queued answers, in the order of the calls.
 *
 *	fake_many_init(&fake, mem, most);
 *	fake_http_answer(&fake.http, 201, "{}");          // see fake_http.h for all ways to answer
 *	...                                               // &fake.base is the http_many
 *	assert_int_equal(fake.started_count, 1);
 *
 * A call without a queued answer runs on until one is queued, however often it is
 * polled.  on_start sees each call begin, on_poll is where a test moves its clock, or lets something happen meanwhile.
 */
#ifndef PARLEY_TESTS_SUPPORT_FAKE_MANY_H
#define PARLEY_TESTS_SUPPORT_FAKE_MANY_H

#include "net/http_many.h"
#include "tests/support/fake_http.h"

struct fake_many {
	struct http_many base;
	struct fake_http http;                     /* the answers; its calls are those that ended */
	struct http_call started[FAKE_HTTP_ROOM];  /* copies */
	void *tags[FAKE_HTTP_ROOM];
	size_t started_count, ended_count, most, polls;
	void (*on_poll)(struct fake_many *f, int timeout_ms);
	void (*on_start)(struct fake_many *f);
	void *arg; /* for both */
};

void fake_many_init(struct fake_many *f, struct arena *mem, size_t most);

#endif
