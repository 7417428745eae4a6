/* See workspaces_api.h. */
#include "console/workspaces_api.h"

#include <string.h>

#include "access/audit.h"
#include "app.h"
#include "base/limits.h"
#include "screening/workspace.h"
#include "web/api.h"

enum { STATE_MOST = 100, WORKSPACES_MOST = 200 };

static const char *const state_names[] = { "screening_state", "pass_state", "fail_state" };

static const char **state_of(struct workspace *w, size_t i)
{
	return (const char **[]){ &w->screening_state, &w->pass_state, &w->fail_state }[i];
}

/* `w` as it works, `own` as it is stored (NULL: the one of the settings). */
static struct json_object *workspace_json(struct workspace *w, struct workspace *own)
{
	struct json_object *o = json_object_new_object(), *states = json_object_new_object();

	json_put(o, "name", w->name);
	json_put_flag(o, "is_default", !own);
	json_put(o, "organization", w->org);
	for (size_t i = 0; i < ARRAY_LEN(state_names); i++) {
		json_put(o, state_names[i], *state_of(w, i));
		json_put(states, state_names[i], own ? *state_of(own, i) : NULL);
	}
	json_object_object_add(o, "own_states", states);
	return o;
}

int workspaces_json(struct app *app, struct json_object **items, struct err *err)
{
	struct workspace *list, own;
	size_t count;

	*items = json_owned(app->mem, json_object_new_array());
	if (workspace_all(app, &list, &count, err))
		return -1;
	for (size_t i = 0; i < count; i++) {
		bool added = workspace_name_is_free(str_from(list[i].name));
		struct err gone = { 0 };

		if (added && workspace_stored(app, list[i].name, &own, &gone))
			continue;
		json_object_array_add(*items, workspace_json(&list[i], added ? &own : NULL));
	}
	return 0;
}

static int list(struct app *app, struct request *req, struct response *res, struct err *err)
{
	struct json_object *answer = json_owned(app->mem, json_object_new_object()), *items;

	(void)req;
	if (workspaces_json(app, &items, err))
		return -1;
	json_object_object_add(answer, "items", json_object_get(items));
	json_put(answer, "next_cursor", NULL);
	response_json(res, 200, str_from(json_write(answer)));
	return 0;
}

/* ---- what is sent ---- */

/* A state's name; "" and null take it from the settings.  False: answered. */
static bool read_state(struct response *res, struct json_object *value, const char *name, const char **state)
{
	struct str text = json_object_is_type(value, json_type_string)
				  ? str_trim((struct str){ json_object_get_string(value), (size_t)json_object_get_string_len(value) })
				  : STR("");

	if ((value && !json_object_is_type(value, json_type_string)) || text.len > STATE_MOST || str_has_control(text) ||
	    !str_is_utf8(text))
		return api_refuse(res, name, "A state is the name of a column in Linear, of at most 100 characters."), false;
	*state = text.len ? text.ptr : NULL;
	return true;
}

static bool read_secret(struct response *res, struct json_object *value, const char *name, const char **secret)
{
	struct str text = json_object_is_type(value, json_type_string)
				  ? (struct str){ json_object_get_string(value), (size_t)json_object_get_string_len(value) }
				  : STR("");

	if (!workspace_secret_is_plain(text))
		return api_refuse(res, name, "Paste it as Linear shows it: one word without blanks."), false;
	*secret = text.ptr;
	return true;
}

/* Puts the members of the body into *w; *new_key: there is a key to ask Linear about.  False: answered. */
static bool read_members(struct app *app, struct request *req, struct response *res, struct workspace *w, bool *new_key)
{
	struct json_object *body = api_body(req, res);

	*new_key = false;
	if (!body)
		return false;
	json_object_object_foreach(body, name, value) {
		size_t i = 0;

		while (i < ARRAY_LEN(state_names) && strcmp(name, state_names[i]))
			i++;
		if (i < ARRAY_LEN(state_names)) {
			if (!read_state(res, value, name, state_of(w, i)))
				return false;
			if (*state_of(w, i))
				*state_of(w, i) = arena_strndup(app->mem, *state_of(w, i), str_trim(str_from(*state_of(w, i))).len);
		} else if (!strcmp(name, "api_key")) {
			if (!read_secret(res, value, name, &w->api_key))
				return false;
			*new_key = true;
		} else if (!strcmp(name, "webhook_secret")) {
			if (!read_secret(res, value, name, &w->webhook_secret))
				return false;
		} else if (strcmp(name, "name") || w->name) {
			return api_refuse(res, name, "This member is not known here."), false;
		}
	}
	if (!w->name && !(w->name = json_text(body, "name")))
		return api_refuse(res, "name", "The workspace needs a name."), false;
	return true;
}

/* Whether Linear knows the key; otherwise answered. */
static bool is_known_key(struct app *app, struct response *res, struct workspace *w)
{
	struct err err = { 0 };

	if (!workspace_ask(app, w, NULL, &err))
		return true;
	if (err.kind == ERR_DENIED)
		api_refuse(res, "api_key", "Linear does not accept this key.");
	else
		response_error(res, 502, "vendor_failed", "Linear could not be asked about the key. Please try again.", "api_key");
	return false;
}

static int answer_workspace(struct app *app, struct response *res, int status, const char *name, struct err *err)
{
	struct workspace w, own;

	if (workspace_get(app, name, &w, err) || workspace_stored(app, name, &own, err))
		return -1;
	response_json(res, status, str_from(json_write(json_owned(app->mem, workspace_json(&w, &own)))));
	return 0;
}

static int add(struct app *app, struct request *req, struct response *res, struct err *err)
{
	struct workspace w = { 0 }, *all;
	struct err missing = { 0 };
	bool new_key;
	size_t count;

	if (!read_members(app, req, res, &w, &new_key))
		return 0;
	if (!workspace_name_is_free(str_from(w.name)))
		return api_refuse(res, "name", "A name is 1 to 40 letters, digits, - or _, and not \"default\".");
	if (!w.api_key || !w.webhook_secret)
		return api_refuse(res, w.api_key ? "webhook_secret" : "api_key", "This is needed.");
	if (!workspace_stored(app, w.name, &(struct workspace){ 0 }, &missing))
		return api_conflict(res, "There is a workspace of that name already.");
	if (missing.kind != ERR_MISSING || workspace_all(app, &all, &count, err))
		return err->kind ? -1 : err_set(err, missing.kind, "%s", missing.msg);
	if (count >= WORKSPACES_MOST)
		return api_conflict(res, "There are 200 workspaces already.");
	if (!is_known_key(app, res, &w))
		return 0;
	if (workspace_put(app, &w, err))
		return -1;
	audit_say(req, "workspace.add", w.name, NULL);
	return answer_workspace(app, res, 201, w.name, err);
}

/* The workspace of the path; ERR_MISSING.  The one of the settings is answered with 409: NULL without err. */
static const char *added_name(struct request *req, struct response *res, struct err *err)
{
	struct str name = request_param(req, "name");

	if (str_eq(name, STR("default"))) {
		api_conflict(res, "This workspace is the one of the settings LINEAR_…: change it there.");
		return NULL;
	}
	if (workspace_name_is_free(name))
		return arena_strndup(req->mem, name.ptr, name.len);
	err_set(err, ERR_MISSING, "no such workspace");
	return NULL;
}

static int change(struct app *app, struct request *req, struct response *res, struct err *err)
{
	const char *name = added_name(req, res, err);
	struct workspace w;
	bool new_key;

	if (!name)
		return err->kind ? -1 : 0;
	if (workspace_stored(app, name, &w, err))
		return -1;
	if (!read_members(app, req, res, &w, &new_key) || (new_key && !is_known_key(app, res, &w)))
		return 0;
	if (workspace_put(app, &w, err))
		return -1;
	audit_say(req, "workspace.change", name, NULL);
	return answer_workspace(app, res, 200, name, err);
}

static int drop(struct app *app, struct request *req, struct response *res, struct err *err)
{
	const char *name = added_name(req, res, err);
	bool found;

	if (!name)
		return err->kind ? -1 : 0;
	if (workspace_remove(app, name, &found, err))
		return -1;
	if (!found)
		return err_set(err, ERR_MISSING, "no such workspace");
	audit_say(req, "workspace.remove", name, NULL);
	res->status = 204;
	return 0;
}

static const struct route routes[] = {
	{ .method = "GET", .path = "/api/workspaces", .handler = list, .admin = true },
	{ .method = "POST", .path = "/api/workspaces", .handler = add, .max_body = LIMIT_BODY_ACTION, .admin = true },
	{ .method = "PATCH", .path = "/api/workspaces/:name", .handler = change, .max_body = LIMIT_BODY_ACTION, .admin = true },
	{ .method = "DELETE", .path = "/api/workspaces/:name", .handler = drop, .max_body = LIMIT_BODY_ACTION, .admin = true },
};

const struct route_table workspace_routes = { routes, ARRAY_LEN(routes) };
