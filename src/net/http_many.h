/* Many outgoing calls at once, for a program that does nothing else while it waits
 * (the dialer).  Each call has the bounds, the rules and the three outcomes of
 * net/http.h; nothing here blocks but http_many_poll().
 *
 *	struct http_done done;
 *
 *	if (http_many_start(many, &call, attempt, &err))
 *		...                                      // too many at once
 *	http_many_poll(many, 200);
 *	while (http_many_next(many, &done))
 *		settle(done.tag, done.rc, &done.reply, &done.err);
 */
#ifndef PARLEY_NET_HTTP_MANY_H
#define PARLEY_NET_HTTP_MANY_H

#include "net/http.h"

struct http_done {
	void *tag;
	int rc;              /* as http_send(): 0 with a reply, or -1 with err */
	struct http_reply reply;
	struct err err;
	struct arena *mem;   /* holds the reply; it may be used for what is read from it */
};

struct http_many {
	int (*start)(struct http_many *self, const struct http_call *call, void *tag, struct err *err);
	void (*poll)(struct http_many *self, int timeout_ms);
	bool (*next)(struct http_many *self, struct http_done *done);
	size_t (*running)(const struct http_many *self);
	void (*free)(struct http_many *self); /* NULL: nothing to free */
	int also; /* a poll ends too when this descriptor can be read; 0: none */
};

/* `most` calls at once; connections are kept between calls that allow it. */
struct http_many *http_many_new(int most);
/* Gives up what still runs: such calls may have taken effect. */
void http_many_free(struct http_many *many);

/* Begins a call and returns at once; the call and all it points to is copied.  `tag`
 * comes back with its end, however it ends.  ERR_LIMIT: `most` are running already. */
static inline int http_many_start(struct http_many *many, const struct http_call *call, void *tag, struct err *err)
{
	return many->start(many, call, tag, err);
}

/* Moves the calls on.  Returns when something happened on one of their connections,
 * when one of them ended, or after timeout_ms; without running calls after timeout_ms too. */
static inline void http_many_poll(struct http_many *many, int timeout_ms)
{
	many->poll(many, timeout_ms);
}

/* A call that ended; false: none (yet).  done->reply and done->mem live until the next
 * http_many_next(), http_many_poll() or http_many_free(). */
static inline bool http_many_next(struct http_many *many, struct http_done *done)
{
	return many->next(many, done);
}

/* Calls begun and not yet given by http_many_next(). */
static inline size_t http_many_running(const struct http_many *many)
{
	return many->running(many);
}

#endif
