/* What the JSON APIs share (contract 3.3): their kind of failure, a refusal that
 * names its field, and the object of a body. */
#ifndef PARLEY_WEB_API_H
#define PARLEY_WEB_API_H

#include <stdbool.h>

#include "base/json.h"
#include "web/request.h"
#include "web/response.h"

struct app;

/* For struct pages: the JSON error, with WWW-Authenticate at 401. */
void api_fail(struct app *app, struct request *req, struct response *res, int status, const char *code,
	      const char *sentence, int retry_after);

/* Answers 400 for the part of the request named `field` (NULL: the whole of it).
 * Always 0, so that a handler can `return api_refuse(...)`. */
int api_refuse(struct response *res, const char *field, const char *sentence);

/* Answers 409 with a sentence that says why; always 0. */
int api_conflict(struct response *res, const char *sentence);

/* The route's ":id"; NULL when it cannot be one of ours (letters, digits, - and _). */
const char *api_id(const struct request *req);

/* The body's JSON object; NULL when the request was answered with 415 or 400. */
struct json_object *api_body(struct request *req, struct response *res);

/* Begins a CSV answer that is saved under that name; `columns`, when not NULL, are its first line. */
void api_csv(struct response *res, const char *file, const char *const *columns, size_t count);

/* True when the object has no members but those, up to a NULL; else answers 400 that names the other. */
bool api_only(struct response *res, struct json_object *body, const char *const *members);

#endif
