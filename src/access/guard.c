/* See guard.h. */
#include "access/guard.h"

#include "access/actor.h"
#include "access/audit.h"
#include "access/mask.h"
#include "access/origin.h"
#include "access/session.h"
#include "app.h"
#include "base/crypto.h"
#include "base/json.h"
#include "base/limits.h"
#include "web/access.h"

static const struct actor key_actor = { .email = "key", .role = ROLE_ADMIN };

static bool is_change(const struct request *req)
{
	return !str_eq(req->method, STR("GET")) && !str_eq(req->method, STR("HEAD"));
}

/* Cookies go along with a WebSocket that another site opens, and its answer can be read there. */
static bool is_socket(const struct request *req)
{
	return str_eq_nocase(str_trim(str_from(request_header(req, "Upgrade"))), STR("websocket"));
}

static enum role needed_role(const struct request *req)
{
	if (req->route->admin)
		return ROLE_ADMIN;
	return is_change(req) && !req->route->anyone ? ROLE_OPERATOR : ROLE_VIEWER;
}

/* A form cannot send headers: of one, the field "csrf" counts. */
static struct str token_of(const struct request *req)
{
	const char *header = request_header(req, "X-CSRF-Token");
	struct form form = { 0 };
	struct err bad = { 0 };

	if (header || !request_is_type(req, "application/x-www-form-urlencoded") || form_parse(req->mem, req->body, &form, &bad))
		return str_from(header);
	return str_from(form_get(&form, "csrf"));
}

struct refusal {
	int status; /* 0: none */
	const char *code, *sentence;
};

static struct refusal refusal_of(const struct app *app, const struct request *req)
{
	const struct actor *actor = req->actor;

	if (actor->csrf && (is_change(req) || is_socket(req)) && origin_is_foreign(app, req))
		return (struct refusal){ 403, "foreign_origin", "This request came from another site." };
	if (actor->csrf && is_change(req) && !equal_constant_time(token_of(req), str_from(actor->csrf)))
		return (struct refusal){ 403, "csrf", "This page is out of date. Reload it and try again." };
	if (actor->role < needed_role(req))
		return (struct refusal){ 403, "forbidden",
					 req->route->admin ? "Only an administrator may do this." : "Your role lets you look, but not change." };
	return (struct refusal){ 0 };
}

/* Finds out who asks: NULL when nobody that we know.  A key that is given is what counts, also a wrong one. */
static int find_actor(struct app *app, struct request *req, struct err *err)
{
	const char *authorization = request_header(req, "Authorization");

	if (authorization && *authorization) {
		req->actor = access_has_key(app, req) ? &key_actor : NULL;
		return 0;
	}
	return access_session_actor(app, req, &req->actor, err);
}

/* A change by an open route (sign-in) has no session yet, but comes from a site too. */
static struct refusal refusal_of_open(const struct app *app, const struct request *req)
{
	if (is_change(req) && origin_is_foreign(app, req))
		return (struct refusal){ 403, "foreign_origin", "This request came from another site." };
	return (struct refusal){ 0 };
}

static int refuse(struct app *app, struct request *req, struct response *res, const struct refusal *r)
{
	log_event(&app->log, LOG_WARNING, "security.refused", LOG_TEXT("code", r->code), LOG_NUM("status", r->status));
	route_fail(app, req, res, r->status, r->code, r->sentence, 0);
	return 1;
}

/* Whatever a handler has forgotten to mask: a viewer's JSON goes through here once more. */
static void mask_answer(struct app *app, struct request *req, struct response *res)
{
	struct json_object *o;
	struct err bad = { 0 };

	if (!str_find(buf_view(res->headers), STR("Content-Type: application/json")) || !res->body->len)
		return;
	o = json_read(app->mem, buf_view(res->body), &bad);
	if (!o) {
		route_fail(app, req, res, 500, "internal", "Something went wrong on our side.", 0);
		return;
	}
	mask_json(req, o);
	buf_clear(res->body);
	buf_puts(res->body, json_write(o));
	buf_putc(res->body, '\n');
}

static void after(struct app *app, struct request *req, struct response *res)
{
	if (is_change(req))
		audit_change(app, req, res);
	if (shows_masked(req))
		mask_answer(app, req, res);
}

int guard_api(struct app *app, struct request *req, struct response *res, struct err *err)
{
	struct refusal r;

	if (req->route->open) {
		r = refusal_of_open(app, req);
		return r.status ? refuse(app, req, res, &r) : 0;
	}
	if (find_actor(app, req, err))
		return -1;
	if (!req->actor)
		return err_set(err, ERR_DENIED, "no session, and no or a wrong bearer key");
	r = refusal_of(app, req);
	if (r.status)
		return refuse(app, req, res, &r);
	req->after = after;
	return 0;
}

const char *local_address(const char *next)
{
	/* "//host" and "/\host" lead to another host. */
	if (!next || next[0] != '/' || next[1] == '/' || strchr(next, '\\') || str_has_control(str_from(next)))
		return "/console/";
	return next;
}

static int send_to_login(struct request *req, struct response *res)
{
	struct buf *to = buf_in(req->mem, 16 << 10);

	buf_puts(to, "/login");
	if (!is_change(req) && req->path.len + req->query.len < LIMIT_QUERY) {
		buf_puts(to, "?next=");
		buf_url(to, req->path);
		if (req->query.len) {
			buf_puts(to, "%3F");
			buf_url(to, req->query);
		}
	}
	response_clear(res);
	res->status = 303;
	response_header(res, "Location", to->ptr);
	response_header(res, "Cache-Control", "no-store");
	return 1;
}

int guard_page(struct app *app, struct request *req, struct response *res, struct err *err)
{
	int refused = guard_api(app, req, res, err);

	return refused < 0 && err->kind == ERR_DENIED ? send_to_login(req, res) : refused;
}
