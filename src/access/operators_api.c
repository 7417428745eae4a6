/* See api.h.  /api/operators: a password is answered once, when it is made. */
#include "access/api.h"

#include <string.h>

#include "access/audit.h"
#include "access/operator.h"
#include "access/session.h"
#include "app.h"
#include "base/json.h"
#include "base/limits.h"
#include "base/percent.h"
#include "web/api.h"

static struct json_object *operator_json(struct app *app, const struct operator *who)
{
	struct json_object *o = json_owned(app->mem, json_object_new_object());

	json_put(o, "email", who->email);
	json_put(o, "role", role_name(who->role));
	json_put(o, "created_at", who->created);
	return o;
}

static int answer(struct response *res, int status, struct json_object *o)
{
	response_json(res, status, str_from(json_write(o)));
	return 0;
}

static int list(struct app *app, struct request *req, struct response *res, struct err *err)
{
	struct json_object *items = json_object_new_array(), *o = json_owned(app->mem, json_object_new_object());
	struct operator *all;
	size_t count;

	(void)req;
	json_object_object_add(o, "items", items);
	if (operator_list(app, &all, &count, err))
		return -1;
	for (size_t i = 0; i < count; i++)
		json_object_array_add(items, json_object_get(operator_json(app, &all[i])));
	json_put(o, "next_cursor", NULL);
	return answer(res, 200, o);
}

/* ---- the body ---- */

struct wish {
	const char *email; /* as it is kept */
	enum role role;
	bool has_role;
};

/* False when it was answered. */
static bool take_member(struct request *req, struct response *res, const char *name, struct json_object *value, bool with_email,
			struct wish *wish)
{
	const char *text = json_object_is_type(value, json_type_string) ? json_object_get_string(value) : NULL;

	if (!strcmp(name, "email") && with_email) {
		struct str s = str_trim(str_from(text));

		wish->email = operator_address(req->mem, arena_strndup(req->mem, s.ptr, s.len));
		return wish->email ? true : (api_refuse(res, name, "This must be an email address."), false);
	}
	if (!strcmp(name, "role")) {
		wish->has_role = role_read(text, &wish->role);
		return wish->has_role ? true : (api_refuse(res, name, "The role must be admin, operator or viewer."), false);
	}
	return api_refuse(res, name, "This member is not known here."), false;
}

static bool read_wish(struct request *req, struct response *res, bool with_email, struct wish *wish)
{
	struct json_object *body = api_body(req, res);

	*wish = (struct wish){ 0 };
	if (!body)
		return false;
	json_object_object_foreach(body, name, value) {
		if (!take_member(req, res, name, value, with_email, wish))
			return false;
	}
	if (with_email && !wish->email)
		return api_refuse(res, "email", "The email address is missing."), false;
	if (!wish->has_role)
		return api_refuse(res, "role", "The role is missing: admin, operator or viewer."), false;
	return true;
}

/* The address in the path; NULL: nobody can have it. */
static const char *named(const struct request *req)
{
	struct str email;

	if (!percent_decode(req->mem, request_param(req, "email"), false, &email))
		return NULL;
	return operator_address(req->mem, arena_strndup(req->mem, email.ptr, email.len));
}

/* What became of a change of the operator `email`; 0 when it was answered. */
static int failed(struct response *res, struct err *err)
{
	if (err->kind == ERR_CONFLICT)
		return api_conflict(res, "This is the last administrator. Make another one first.");
	return -1;
}

/* ---- changes ---- */

static int create(struct app *app, struct request *req, struct response *res, struct err *err)
{
	const char *password;
	struct json_object *o;
	struct operator who;
	struct wish wish;
	bool made;

	if (!read_wish(req, res, true, &wish))
		return 0;
	if (operator_add(app, wish.email, wish.role, &password, &made, err))
		return -1;
	if (!made) {
		response_error(res, 409, "conflict", "There is an operator of this address already.", "email");
		return 0;
	}
	audit_say(req, "operator.add", wish.email, role_name(wish.role));
	if (operator_load(app, wish.email, &who, err))
		return -1;
	o = operator_json(app, &who);
	json_put(o, "password", password);
	return answer(res, 201, o);
}

static int change(struct app *app, struct request *req, struct response *res, struct err *err)
{
	const char *email = named(req);
	struct operator before, who;
	struct wish wish;

	if (!read_wish(req, res, false, &wish))
		return 0;
	if (!email)
		return err_set(err, ERR_MISSING, "no operator can have such an address");
	if (operator_load(app, email, &before, err))
		return -1;
	if (operator_set_role(app, email, wish.role, err))
		return failed(res, err);
	audit_say(req, "operator.role", email, arena_printf(req->mem, "%s → %s", role_name(before.role), role_name(wish.role)));
	if (before.role != wish.role)
		access_session_forget_all(app, email);
	if (operator_load(app, email, &who, err))
		return -1;
	return answer(res, 200, operator_json(app, &who));
}

static int remove_one(struct app *app, struct request *req, struct response *res, struct err *err)
{
	const char *email = named(req);

	if (!email)
		return err_set(err, ERR_MISSING, "no operator can have such an address");
	if (operator_remove(app, email, err))
		return failed(res, err);
	audit_say(req, "operator.remove", email, NULL);
	access_session_forget_all(app, email);
	res->status = 204;
	return 0;
}

static int reset(struct app *app, struct request *req, struct response *res, struct err *err)
{
	const char *email = named(req), *password;
	struct json_object *o;
	struct operator who;

	if (!email)
		return err_set(err, ERR_MISSING, "no operator can have such an address");
	if (operator_reset(app, email, &password, err))
		return -1;
	audit_say(req, "operator.reset", email, NULL);
	access_session_forget_all(app, email);
	if (operator_load(app, email, &who, err))
		return -1;
	o = operator_json(app, &who);
	json_put(o, "password", password);
	return answer(res, 200, o);
}

static const struct route routes[] = {
	{ .method = "GET", .path = "/api/operators", .handler = list, .admin = true },
	{ .method = "POST", .path = "/api/operators", .handler = create, .max_body = LIMIT_BODY_ACTION, .admin = true },
	{ .method = "PATCH", .path = "/api/operators/:email", .handler = change, .max_body = LIMIT_BODY_ACTION, .admin = true },
	{ .method = "DELETE", .path = "/api/operators/:email", .handler = remove_one, .admin = true },
	{ .method = "POST", .path = "/api/operators/:email/reset", .handler = reset, .max_body = LIMIT_BODY_ACTION, .admin = true },
};

const struct route_table operators_api_routes = { routes, ARRAY_LEN(routes) };
