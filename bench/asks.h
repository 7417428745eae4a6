/* What the load asks for, one request after the other. */
#ifndef PARLEY_BENCH_ASKS_H
#define PARLEY_BENCH_ASKS_H

#include <stdbool.h>
#include <stddef.h>

/* The bytes of one request; the memory is kept for the next. */
struct ask {
	char *bytes;
	size_t len, room;
};

struct asks;

/* kind "page": arguments are a file of paths, one a line, asked for in turn.
 * kind "twilio": a file of webhooks, one a line: path, signature and body with a tab between; each is sent
 * once, in their order.
 * kind "webhook": a file with the body up to the conversation's id, and the
 * secret; each request carries an id of its own and a right signature.
 * NULL when the arguments cannot be used. */
struct asks *asks_new(const char *kind, char *const *arguments);

/* False: there is nothing more to ask. */
bool asks_next(struct asks *asks, struct ask *ask);

#endif
