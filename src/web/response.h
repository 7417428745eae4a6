/* The answer, filled by a handler and sent once by the loop: a failure halfway
 * through still becomes a clean error page, and a test can read it. */
#ifndef PARLEY_WEB_RESPONSE_H
#define PARLEY_WEB_RESPONSE_H

#include "base/arena.h"
#include "base/buf.h"
#include "base/err.h"

struct response {
	struct arena *mem;
	int status;
	struct buf *headers; /* "Name: value\r\n" lines */
	struct buf *body;
	/* An answer too long for memory: after `body` was sent, it is emptied and this is called for the
	 * next piece, again and again.  1: more follows; 0: that was the last; -1: the answer is
	 * cut off in a way that its reader sees.  NULL: `body` is all. */
	int (*more)(void *ctx, struct buf *body);
	void *more_ctx;
};

void response_init(struct response *res, struct arena *mem);

/* A value with a control character is dropped: it would forge a header. */
void response_header(struct response *res, const char *name, const char *value);
void response_type(struct response *res, const char *content_type);

/* Forgets headers and body, for an error page. */
void response_clear(struct response *res);

/* A JSON answer; the text is copied. */
void response_json(struct response *res, int status, struct str json);

/* {"error":{"code","message","field"}} (contract 3.3); field may be NULL. */
void response_error(struct response *res, int status, const char *code, const char *message, const char *field);

/* The one table from failures to statuses, codes and public sentences. */
struct public_error {
	int status;
	const char *code, *sentence;
};
struct public_error public_error_of(const struct err *err);

const char *status_reason(int status);

#endif
