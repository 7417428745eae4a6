/* See route.h. */
#include "web/route.h"

#include <stdio.h>

#include "app.h"

/* Matches and keeps the parameters in the request. */
static bool match(const char *pattern, struct request *req)
{
	struct str p = str_from(pattern), path = req->path;
	int n = 0;

	memset(req->params, 0, sizeof(req->params));
	while (p.ptr && path.ptr) {
		struct str want = str_cut(p, '/', &p), have = str_cut(path, '/', &path);

		if (want.len && want.ptr[0] == ':' && n < REQUEST_PARAMS) {
			req->params[n].name = want.ptr + 1;
			req->params[n++].value = have;
		} else if (!str_eq(want, have)) {
			return false;
		}
	}
	return !p.ptr && !path.ptr;
}

/* Parameter names are compared whole, so they are cut out of the pattern. */
static void name_params(struct request *req)
{
	for (int i = 0; i < REQUEST_PARAMS && req->params[i].name; i++) {
		const char *name = req->params[i].name;

		req->params[i].name = arena_strndup(req->mem, name, strcspn(name, "/"));
	}
}

static const struct route *find_in(const struct route *routes, size_t count, struct request *req, struct buf *allow)
{
	/* HEAD is GET whose body the server drops. */
	struct str method = str_eq(req->method, STR("HEAD")) ? STR("GET") : req->method;

	for (size_t i = 0; i < count; i++) {
		const struct route *r = &routes[i];

		if (!match(r->path, req))
			continue;
		if (str_eq(str_from(r->method), method)) {
			name_params(req);
			return r;
		}
		if (!str_find(buf_view(allow), str_from(r->method)))
			buf_printf(allow, "%s%s", allow->len ? ", " : "", r->method);
	}
	return NULL;
}

static const struct route *find(const struct pages *pages, struct request *req, struct buf *allow)
{
	const struct route *r = find_in(pages->routes, pages->count, req, allow);

	for (const struct route_table *const *part = pages->parts; !r && part && *part; part++)
		r = find_in((*part)->routes, (*part)->count, req, allow);
	return r;
}

void route_fail(struct app *app, struct request *req, struct response *res, int status, const char *code,
		const char *sentence, int retry_after)
{
	char seconds[16];

	response_clear(res);
	if (req->pages->fail)
		req->pages->fail(app, req, res, status, code, sentence, retry_after);
	else
		response_error(res, status, code, sentence, NULL);
	if (retry_after > 0) {
		snprintf(seconds, sizeof(seconds), "%d", retry_after);
		response_header(res, "Retry-After", seconds);
	}
}

static void fail_by(struct app *app, struct request *req, struct response *res, const struct err *err)
{
	struct public_error e = public_error_of(err);

	log_event(&app->log, e.status >= 500 ? LOG_ERROR : LOG_INFO, "request.failed", LOG_NUM("status", e.status),
		  LOG_TEXT("kind", err_kind_name(err->kind)), LOG_TEXT("reason", err->msg));
	route_fail(app, req, res, e.status, e.code, e.sentence, err->retry_after);
}

static void fail_read(struct app *app, struct request *req, struct response *res, int status)
{
	if (status == 413)
		route_fail(app, req, res, 413, "too_large", "The request is too large.", 0);
	else
		route_fail(app, req, res, 400, "bad_request", "The request ended before its announced length.", 0);
}

/* The guard's word, then the handler's; what the guard answered by itself is done. */
static void handle(struct app *app, struct request *req, struct response *res)
{
	struct err err = { 0 };
	int guarded = req->pages->guard ? req->pages->guard(app, req, res, &err) : 0;

	if (guarded > 0)
		return;
	if (guarded < 0 || req->route->handler(app, req, res, &err))
		fail_by(app, req, res, &err);
	else if (req->after)
		req->after(app, req, res);
}

void route_request(struct app *app, const struct pages *pages, struct request *req, struct response *res)
{
	struct buf *allow = buf_in(req->mem, 128);
	const struct route *r = find(pages, req, allow);
	int status = 400;

	req->pages = pages;
	req->route = r;
	if (!r && allow->len) {
		route_fail(app, req, res, 405, "method_not_allowed", "This method is not allowed here.", 0);
		response_header(res, "Allow", allow->ptr);
	} else if (!r) {
		route_fail(app, req, res, 404, "not_found", "There is nothing here.", 0);
	} else if (r->streams ? request_open_body(req, r->max_body, &status) : request_read_body(req, r->max_body, &status)) {
		fail_read(app, req, res, status);
	} else {
		handle(app, req, res);
	}
	if (res->body->failed || res->headers->failed)
		route_fail(app, req, res, 500, "internal", "Something went wrong on our side.", 0);
}
