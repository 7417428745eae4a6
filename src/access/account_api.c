/* See api.h.  /api/account: what one may do for oneself, whatever the role. */
#include "access/api.h"

#include <string.h>

#include "access/audit.h"
#include "access/session.h"
#include "access/sign_in.h"
#include "app.h"
#include "base/json.h"
#include "base/limits.h"
#include "web/api.h"

/* The key of the API belongs to nobody. */
static bool has_account(struct app *app, struct request *req, struct response *res)
{
	if (req->actor->session)
		return true;
	route_fail(app, req, res, 404, "not_found", "The key of the API has no account.", 0);
	return false;
}

static struct json_object *session_json(const struct request *req, const struct access_session *s)
{
	struct json_object *o = json_object_new_object();

	json_put_time(o, "created_at", s->created_ms);
	json_put_time(o, "seen_at", s->seen_ms);
	json_put(o, "client", s->client);
	json_put(o, "agent", s->agent);
	json_put_flag(o, "current", !strcmp(s->id, req->actor->session));
	return o;
}

static int show(struct app *app, struct request *req, struct response *res, struct err *err)
{
	struct json_object *o = json_owned(app->mem, json_object_new_object()), *sessions = json_object_new_array();
	struct access_session *list;
	struct operator who;
	size_t count;

	json_object_object_add(o, "sessions", sessions);
	if (!has_account(app, req, res))
		return 0;
	if (operator_load(app, req->actor->email, &who, err) || access_session_list(app, who.email, &list, &count, err))
		return -1;
	json_put(o, "email", who.email);
	json_put(o, "role", role_name(who.role));
	json_put(o, "created_at", who.created);
	for (size_t i = 0; i < count; i++)
		json_object_array_add(sessions, session_json(req, &list[i]));
	response_json(res, 200, str_from(json_write(o)));
	return 0;
}

/* ---- the password ---- */

struct wish {
	const char *present, *chosen;
};

static bool read_wish(struct request *req, struct response *res, struct wish *wish)
{
	struct json_object *body = api_body(req, res);
	const char *problem;

	if (!body || !api_only(res, body, (const char *const[]){ "current_password", "new_password", NULL }))
		return false;
	wish->present = json_text(body, "current_password");
	wish->chosen = json_text(body, "new_password");
	if (!wish->present || !*wish->present)
		return api_refuse(res, "current_password", "Please give your present password."), false;
	problem = wish->chosen ? password_problem(wish->chosen, req->actor->email) : "Please choose a new password.";
	if (problem)
		return api_refuse(res, "new_password", problem), false;
	return true;
}

/* The brake on guessing holds here too: a session that was left open is no way to a password. */
static int refuse_present(struct app *app, struct request *req, struct response *res, struct err *err)
{
	const char *wait;

	if (err->kind == ERR_DENIED)
		return api_refuse(res, "current_password", "This is not your present password.");
	if (err->kind != ERR_LIMIT)
		return -1;
	wait = arena_printf(req->mem, "Too many attempts. Please wait %s, then try again.", wait_words(req->mem, err->retry_after));
	route_fail(app, req, res, 429, "rate_limited", wait, err->retry_after);
	return 0;
}

/* Every other session ends; this one goes on as a new one, whose token the page has to read again. */
static int change_password(struct app *app, struct request *req, struct response *res, struct err *err)
{
	const char *email = req->actor->email;
	struct operator who;
	struct wish wish;

	if (!has_account(app, req, res) || !read_wish(req, res, &wish))
		return 0;
	if (sign_in(app, req, email, wish.present, &who, err) ||
	    operator_choose_password(app, email, wish.present, wish.chosen, err))
		return refuse_present(app, req, res, err);
	audit_say(req, "account.password", email, NULL);
	access_session_forget_all(app, email);
	if (operator_load(app, email, &who, err))
		return -1;
	res->status = 204;
	return access_session_begin(app, req, res, &who, err);
}

static int sign_out_everywhere(struct app *app, struct request *req, struct response *res, struct err *err)
{
	if (!has_account(app, req, res))
		return 0;
	audit_say(req, "account.sign-out-everywhere", req->actor->email, NULL);
	res->status = 204;
	return access_session_end_all(app, req->actor->email, err) || access_session_end(app, req, res, err) ? -1 : 0;
}

static const struct route routes[] = {
	{ .method = "GET", .path = "/api/account", .handler = show },
	{ .method = "POST", .path = "/api/account/password", .handler = change_password, .max_body = LIMIT_BODY_ACTION, .anyone = true },
	{ .method = "POST", .path = "/api/account/sign-out-everywhere", .handler = sign_out_everywhere, .max_body = LIMIT_BODY_ACTION,
	  .anyone = true },
};

const struct route_table account_api_routes = { routes, ARRAY_LEN(routes) };
