/* See login.h.  Both forms work without a script; another site's are refused by the guard. */
#include "console/login.h"

#include "access/audit.h"
#include "access/guard.h"
#include "access/session.h"
#include "access/sign_in.h"
#include "app.h"
#include "base/limits.h"
#include "console/page.h"
#include "web/form.h"

struct problem {
	int status;
	const char *sentence;
	int retry_after;
};

static int show(struct app *app, struct request *req, struct response *res, const char *next, const char *email,
		const struct problem *problem, struct err *err)
{
	struct view *v = page_bare(app, req, res);

	view_set(v, "NEXT", next);
	view_set(v, "EMAIL", email);
	view_show(v, email && *email ? "AGAIN" : "EMPTY");
	if (problem) {
		res->status = problem->status;
		view_set(view_add(v, "PROBLEM"), "TEXT", problem->sentence);
		if (problem->retry_after)
			response_header(res, "Retry-After", arena_printf(req->mem, "%d", problem->retry_after));
	} else if (str_find(req->query, STR("signed_out"))) {
		view_set(view_add(v, "NOTE"), "TEXT", "You are signed out.");
	}
	return view_render(v, app->cfg.data_dir, "console/login.html", res->body, err);
}

static int send_to(struct response *res, const char *address)
{
	res->status = 303;
	response_header(res, "Location", address);
	response_header(res, "Cache-Control", "no-store");
	return 0;
}

/* Who is signed in already is sent on. */
static int login_page(struct app *app, struct request *req, struct response *res, struct err *err)
{
	const struct actor *actor;
	struct form form = { 0 };
	struct err bad = { 0 };
	const char *next;

	next = request_query(req, &form, &bad) ? NULL : form_get(&form, "next");
	if (access_session_actor(app, req, &actor, err))
		return -1;
	if (actor)
		return send_to(res, local_address(next));
	return show(app, req, res, local_address(next), NULL, NULL, err);
}

/* What failed, in words that are the same whether or not there is such an operator; false: not the visitor's fault. */
static bool problem_of(struct app *app, const struct err *err, struct problem *problem)
{
	if (err->kind == ERR_DENIED) {
		*problem = (struct problem){ 401, "This email address and password do not belong together. Please try again.", 0 };
	} else if (err->kind == ERR_LIMIT) {
		*problem = (struct problem){ 429, arena_printf(app->mem, "Too many attempts. Please wait %s, then try again.",
							       wait_words(app->mem, err->retry_after)), err->retry_after };
	} else {
		return false;
	}
	return true;
}

static const char *trimmed(struct arena *mem, const char *text)
{
	struct str s = str_trim(str_from(text));

	return arena_strndup(mem, s.ptr, s.len);
}

static int login_submit(struct app *app, struct request *req, struct response *res, struct err *err)
{
	const struct problem empty = { 400, "Please give your email address and password.", 0 };
	const char *email, *password, *next;
	struct form form = { 0 };
	struct problem problem;
	struct operator who;
	struct err why = { 0 };

	if (form_parse(req->mem, req->body, &form, err))
		return -1;
	email = trimmed(req->mem, form_get(&form, "email"));
	password = form_get(&form, "password");
	next = local_address(form_get(&form, "next"));
	if (!*email || !password || !*password)
		return show(app, req, res, next, email, &empty, err);
	if (sign_in(app, req, email, password, &who, &why)) {
		if (problem_of(app, &why, &problem))
			return show(app, req, res, next, email, &problem, err);
		*err = why;
		return -1;
	}
	if (access_session_begin(app, req, res, &who, err))
		return -1;
	audit_record(app, req, &(struct audit_entry){ .actor = who.email, .role = role_name(who.role), .action = "sign-in" });
	return send_to(res, next);
}

static int logout(struct app *app, struct request *req, struct response *res, struct err *err)
{
	audit_say(req, "sign-out", NULL, NULL);
	if (access_session_end(app, req, res, err))
		return -1;
	return send_to(res, "/login?signed_out=1");
}

static const struct route routes[] = {
	{ .method = "GET", .path = "/login", .handler = login_page, .open = true },
	{ .method = "POST", .path = "/login", .handler = login_submit, .max_body = LIMIT_BODY_ACTION, .open = true },
	{ .method = "POST", .path = "/logout", .handler = logout, .max_body = LIMIT_BODY_ACTION, .anyone = true },
};

const struct route_table login_routes = { routes, ARRAY_LEN(routes) };
