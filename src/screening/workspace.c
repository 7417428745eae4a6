/* See workspace.h. */
#include "screening/workspace.h"

#include "base/limits.h"
#include "store/keys.h"
#include "store/store.h"

#define DEFAULT_NAME "default"

static struct workspace default_workspace(const struct app *app)
{
	return (struct workspace){
		.name = DEFAULT_NAME,
		.api_key = app->cfg.linear_api_key,
		.webhook_secret = app->cfg.linear_webhook_secret,
		.screening_state = app->cfg.linear_screening_state,
		.pass_state = app->cfg.linear_pass_state,
		.fail_state = app->cfg.linear_fail_state,
	};
}

int workspace_stored(struct app *app, const char *name, struct workspace *w, struct err *err)
{
	struct reply r;

	if (store_call(app->store, app->mem, &r, err, "HGETALL", key_of(app->mem, KEY_WORKSPACE, name), NULL))
		return -1;
	*w = (struct workspace){
		.name = arena_strdup(app->mem, name),
		.api_key = reply_field(&r, "api_key"),
		.webhook_secret = reply_field(&r, "webhook_secret"),
		.screening_state = reply_field(&r, "screening_state"),
		.pass_state = reply_field(&r, "pass_state"),
		.fail_state = reply_field(&r, "fail_state"),
		.org = reply_field(&r, "org"),
	};
	return w->api_key && w->webhook_secret ? 0 : err_set(err, ERR_MISSING, "no such workspace");
}

static int read_added(struct app *app, const char *name, struct workspace *w, struct err *err)
{
	const struct workspace settings = default_workspace(app);

	if (workspace_stored(app, name, w, err))
		return -1;
	if (!w->screening_state)
		w->screening_state = settings.screening_state;
	if (!w->pass_state)
		w->pass_state = settings.pass_state;
	if (!w->fail_state)
		w->fail_state = settings.fail_state;
	return 0;
}

bool workspace_name_is_free(struct str name)
{
	return str_is_token(name, 1, 40) && !str_eq(name, STR(DEFAULT_NAME));
}

bool workspace_secret_is_plain(struct str secret)
{
	for (size_t i = 0; i < secret.len; i++)
		if ((unsigned char)secret.ptr[i] <= ' ' || (unsigned char)secret.ptr[i] >= 0x7f)
			return false;
	return secret.len && secret.len <= LIMIT_SETTING;
}

int workspace_ask(struct app *app, struct workspace *w, struct linear_organization *org, struct err *err)
{
	const struct linear linear = workspace_linear(app, w);
	struct linear_organization found;

	if (linear_organization_get(&linear, app->mem, &found, err))
		return -1;
	w->org = found.url_key;
	if (org)
		*org = found;
	return 0;
}

int workspace_all(struct app *app, struct workspace **list, size_t *count, struct err *err)
{
	struct reply r;

	if (store_call(app->store, app->mem, &r, err, "SMEMBERS", KEY_WORKSPACES, NULL))
		return -1;
	*list = arena_alloc(app->mem, (r.count + 1) * sizeof(**list));
	*count = 0;
	if (app->cfg.have_linear)
		(*list)[(*count)++] = default_workspace(app);
	for (size_t i = 0; i < r.count; i++) {
		struct err gone = { 0 };

		if (!read_added(app, r.items[i].text.ptr, &(*list)[*count], &gone))
			(*count)++;
		else if (gone.kind != ERR_MISSING)
			return err_set(err, gone.kind, "%s", gone.msg);
	}
	return 0;
}

int workspace_get(struct app *app, const char *name, struct workspace *w, struct err *err)
{
	if (name && *name && strcmp(name, DEFAULT_NAME))
		return read_added(app, name, w, err);
	if (!app->cfg.have_linear)
		return err_set(err, ERR_MISSING, "the settings name no Linear workspace");
	*w = default_workspace(app);
	return 0;
}

int workspace_of_org(struct app *app, const char *org, const char **name, struct err *err)
{
	struct workspace *list;
	size_t count;

	*name = DEFAULT_NAME;
	if (workspace_all(app, &list, &count, err))
		return -1;
	for (size_t i = 0; i < count; i++)
		if (*org && list[i].org && !strcmp(list[i].org, org))
			*name = list[i].name;
	return 0;
}

int workspace_put(struct app *app, const struct workspace *w, struct err *err)
{
	struct reply r;

	if (!workspace_name_is_free(str_from(w->name)))
		return err_set(err, ERR_INPUT, "a workspace name is 1 to 40 letters, digits, - or _, and not \"default\"");
	if (store_call(app->store, app->mem, &r, err, "HSET", key_of(app->mem, KEY_WORKSPACE, w->name), "api_key",
		       w->api_key, "webhook_secret", w->webhook_secret, "screening_state",
		       w->screening_state ? w->screening_state : "", "pass_state", w->pass_state ? w->pass_state : "",
		       "fail_state", w->fail_state ? w->fail_state : "", "org", w->org ? w->org : "", NULL))
		return -1;
	return store_call(app->store, app->mem, &r, err, "SADD", KEY_WORKSPACES, w->name, NULL);
}

int workspace_remove(struct app *app, const char *name, bool *found, struct err *err)
{
	struct reply r;

	if (store_call(app->store, app->mem, &r, err, "SREM", KEY_WORKSPACES, name, NULL))
		return -1;
	*found = r.number == 1;
	return store_call(app->store, app->mem, &r, err, "DEL", key_of(app->mem, KEY_WORKSPACE, name), NULL);
}

struct linear workspace_linear(struct app *app, const struct workspace *w)
{
	return (struct linear){ app->http, app->clock, app->cfg.linear_base_url, w->api_key };
}
