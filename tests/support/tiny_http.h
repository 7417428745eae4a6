/* A small HTTP server inside the test, for behaviour that no real server shows on
 * request: cutting off, stalling, dripping, flooding.  It listens on a free port
 * of loopback, one thread a connection, until it is stopped.
 */
#ifndef PARLEY_TESTS_SUPPORT_TINY_HTTP_H
#define PARLEY_TESTS_SUPPORT_TINY_HTTP_H

#include <stddef.h>

struct tiny_http;

enum tiny_mode {
	TINY_ANSWER,       /* reads a request, sends the answer, closes */
	TINY_KEEP,         /* answers every request and keeps the connection */
	TINY_KEEP_ONCE,    /* answers and keeps the connection, but dies at a second request on it */
	TINY_KEEP_HEAD,    /* the same, but reads only the head of the second */
	TINY_CLOSE,        /* reads a request and closes without an answer */
	TINY_HANG_UP,      /* closes at once */
	TINY_STALL,        /* reads a request, then waits for the client to leave */
	TINY_DRIP,         /* sends the answer, then a byte every 20 ms for ever */
	TINY_FLOOD,        /* sends the answer, then bytes without end */
};

/* `answer` must stay until the stop. */
struct tiny_http *tiny_http_start(enum tiny_mode mode, const char *answer);
/* The same at a unix socket, whose file stays behind. */
struct tiny_http *tiny_http_start_at(enum tiny_mode mode, const char *answer, const char *path);
void tiny_http_stop(struct tiny_http *t);

int tiny_http_port(const struct tiny_http *t);

/* Counted before anything is sent back, so they are right once a call has returned. */
int tiny_http_connections(struct tiny_http *t);
int tiny_http_requests(struct tiny_http *t);

/* The bytes of the latest request (at most 2 MiB), and how many. */
const char *tiny_http_latest(struct tiny_http *t, size_t *len);

#endif
