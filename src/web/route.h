/* A program is a table of routes (style 5).
 *
 * A path is matched segment by segment; ":word" matches one segment of any
 * characters, which the handler reads with request_param().  A known path with
 * another method answers 405 with Allow.
 */
#ifndef PARLEY_WEB_ROUTE_H
#define PARLEY_WEB_ROUTE_H

#include "web/request.h"
#include "web/response.h"

struct app;

/* Fills the response and returns 0, or returns -1 with err set: then the
 * program's `fail` makes the answer. */
typedef int handler_fn(struct app *app, struct request *req, struct response *res, struct err *err);

struct route {
	const char *method, *path;
	handler_fn *handler;
	size_t max_body;
	bool streams; /* the handler reads the body itself, by request_read() */
	/* Who may use it, for a guard (access/guard.h): else GET needs a viewer, a change an operator. */
	bool admin;  /* administrators only */
	bool anyone; /* every role */
	bool open;   /* nobody has to be signed in */
};

struct route_table {
	const struct route *routes;
	size_t count;
};

struct pages {
	const struct route *routes;
	size_t count;
	/* Called before a handler; -1 with err refuses the request, 1: it is answered.  May be NULL. */
	handler_fn *guard;
	/* Turns a status and public sentence into this program's kind of error; NULL: response_error(). */
	void (*fail)(struct app *app, struct request *req, struct response *res, int status, const char *code,
		     const char *sentence, int retry_after);
	/* Further tables, up to a NULL; may be NULL. */
	const struct route_table *const *parts;
};

/* Answers in the program's kind of error.  It is what becomes of a handler's -1; for those who know better words. */
void route_fail(struct app *app, struct request *req, struct response *res, int status, const char *code,
		const char *sentence, int retry_after);

/* Answers the request; never fails (a failure becomes an error answer). */
void route_request(struct app *app, const struct pages *pages, struct request *req, struct response *res);

#endif
