/* One request, whatever brought it: a FastCGI record, the plain CGI environment
 * or a test literal (Fossil cgi.c).  Everything lives in `mem` until the answer
 * is sent. */
#ifndef PARLEY_WEB_REQUEST_H
#define PARLEY_WEB_REQUEST_H

#include <stdbool.h>
#include <stddef.h>

#include "base/arena.h"
#include "base/err.h"
#include "base/str.h"
#include "web/form.h"

enum { REQUEST_PARAMS = 4 };

struct actor;
struct app;
struct pages;
struct response;
struct route;

/* Where a request's variables and body come from. */
struct request_source {
	const char *(*variable)(const struct request_source *self, const char *name);
	/* Reads up to len bytes of the body; 0 at its end, -1 on failure. */
	long (*read)(const struct request_source *self, char *out, size_t len);
};

struct request {
	struct arena *mem;
	const struct request_source *source;
	struct str method;
	struct str path;  /* percent-encoding untouched, without query */
	struct str query; /* without '?' */
	struct str body;  /* filled by the router, within the route's limit */
	size_t left;      /* of a body that is read in pieces: what has not been read */
	const char *remote_addr;
	char id[40];
	struct {
		const char *name;
		struct str value;
	} params[REQUEST_PARAMS]; /* the :words of the route's path */
	const struct pages *pages; /* the program's */
	const struct route *route; /* the one that matched */
	const struct actor *actor; /* who asks; NULL where nobody was asked for (access/guard.h) */
	struct {
		const char *action, *object, *detail;
	} said; /* what the change was, for the trail (access/audit.h) */
	/* Told when the handler has succeeded; set by a guard, may be NULL. */
	void (*after)(struct app *app, struct request *req, struct response *res);
};

/* Fills everything but the body. */
void request_init(struct request *req, struct arena *mem, const struct request_source *source);

/* A header by its ordinary name ("Content-Type"); NULL when absent. */
const char *request_header(const struct request *req, const char *name);

/* A :word of the route; empty when there is none of that name. */
struct str request_param(const struct request *req, const char *name);

/* The parameters of the query, decoded.  Malformed or too long: ERR_INPUT. */
int request_query(const struct request *req, struct form *form, struct err *err);

/* True when Content-Type is `type`, parameters aside. */
bool request_is_type(const struct request *req, const char *type);

/* Reads the body: 0, or -1 with `*status` 413 (over max) or 400 (ended early, or
 * no length that can be read).  Without a length there is no body (RFC 3875 4.1.2). */
int request_read_body(struct request *req, size_t max, int *status);

/* The same for a body that is too long for memory: request_open_body() knows its length,
 * request_read() reads on in it: how many bytes, 0 at the end, -1 when it ended early. */
int request_open_body(struct request *req, size_t max, int *status);
long request_read(struct request *req, char *out, size_t len);

#endif
