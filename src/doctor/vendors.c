/* Linear, Cerebras, Resend and Supabase as the doctor sees them. */
#include <string.h>

#include "doctor/checks.h"
#include "screening/workspace.h"
#include "vendors/cerebras.h"
#include "vendors/linear.h"
#include "vendors/resend.h"
#include "vendors/supabase.h"

enum { WORKSPACES_MOST = 5 }; /* a finding or two each; the others are alike */

static const char retry_later[] = "Look at the vendor's status page and at this machine's way out; then try again.";

/* A "no such thing" without the vendor's own word for it: whoever answers there (a gateway, a stand-in) does not
 * know the question, which says nothing of what was asked about. */
static bool is_strange(const struct err *err)
{
	return err->kind == ERR_MISSING && !*err->code;
}

void doctor_add_failure(struct findings *f, const char *name, const char *key, const struct err *err)
{
	if (is_strange(err))
		findings_add(f, FINDING_WARNING, name, "Look whether its BASE_URL leads to the vendor itself.",
			     "%s: this question is not understood there, so it is not known how it stands.", err->msg);
	else if (err->kind == ERR_DENIED)
		findings_add(f, FINDING_FAILURE, name, arena_printf(f->mem, "Put a valid key into %s.", key),
			     "The key is not accepted.");
	else
		findings_add(f, FINDING_FAILURE, name, retry_later, "%s.", err->msg);
}

/* ---- Linear ---- */

struct teams {
	const char **keys;
	size_t count;
};

static bool has_team(const struct teams *teams, const char *key)
{
	for (size_t i = 0; i < teams->count; i++)
		if (!strcmp(teams->keys[i], key))
			return true;
	return false;
}

/* Teams that start interviews must have the states that interviews lead to. */
static void compare_teams(struct findings *f, const struct workspace *w, const struct teams *screening,
			  const char *state, const struct teams *having)
{
	for (size_t i = 0; i < screening->count; i++)
		if (!has_team(having, screening->keys[i])) {
			findings_add(f, FINDING_WARNING, "linear", "Add the state to the team's workflow, or name another one.",
				     "%s: the team %s has the state %s, but not %s.", w->name, screening->keys[i],
				     w->screening_state, state);
			return;
		}
}

static void look_at_states(struct app *app, struct findings *f, const struct workspace *w, const struct linear *linear)
{
	const char *const names[] = { w->screening_state, w->pass_state, w->fail_state };
	struct teams teams[ARRAY_LEN(names)];
	struct err err = { 0 };

	for (size_t i = 0; i < ARRAY_LEN(names); i++)
		if (linear_state_teams(linear, app->mem, names[i], &teams[i].keys, &teams[i].count, &err)) {
			findings_add(f, FINDING_FAILURE, "linear", retry_later, "%s: %s.", w->name, err.msg);
			return;
		}
	for (size_t i = 0; i < ARRAY_LEN(names); i++) {
		if (!teams[i].count) {
			findings_add(f, FINDING_FAILURE, "linear", "Add the state to the team's workflow, or name another one.",
				     "%s: no team that this key sees has a state %s.", w->name, names[i]);
			continue;
		}
		findings_add(f, FINDING_OK, "linear", NULL, "%s: the state %s exists in %zu team%s.", w->name, names[i],
			     teams[i].count, teams[i].count == 1 ? "" : "s");
		if (i)
			compare_teams(f, w, &teams[0], names[i], &teams[i]);
	}
}

static void look_at_workspace(struct app *app, struct findings *f, const struct workspace *w)
{
	struct linear linear = workspace_linear(app, w);
	struct linear_organization org;
	struct err err = { 0 };

	if (linear_organization_get(&linear, app->mem, &org, &err)) {
		doctor_add_failure(f, "linear", strcmp(w->name, "default") ? "the workspace (parley workspaces add)" : "LINEAR_API_KEY",
			    &err);
		return;
	}
	findings_add(f, FINDING_OK, "linear", NULL, "%s: the key belongs to %s (%s).", w->name, org.name, org.url_key);
	look_at_states(app, f, w, &linear);
}

void doctor_linear(struct app *app, struct findings *f)
{
	struct workspace *list;
	struct err err = { 0 };
	size_t count;

	if (workspace_all(app, &list, &count, &err)) {
		findings_add(f, FINDING_FAILURE, "linear", "Repair Redis first.", "The workspaces cannot be read.");
		return;
	}
	for (size_t i = 0; i < count && i < WORKSPACES_MOST; i++)
		look_at_workspace(app, f, &list[i]);
	if (count > WORKSPACES_MOST)
		findings_add(f, FINDING_WARNING, "linear", "Check them one by one with parley workspaces add.",
			     "%zu more workspaces were not looked at.", count - WORKSPACES_MOST);
}

/* A webhook that Linear has switched off stays silent; the sweep still finds issues, but minutes later. */
static void look_at_webhook(struct app *app, struct findings *f, const struct workspace *w)
{
	const char *url = arena_printf(app->mem, "%s/api/webhooks/linear", app->cfg.webhook_base_url);
	const struct linear linear = workspace_linear(app, w);
	struct err err = { 0 };
	bool enabled;

	if (!linear_webhook_get(&linear, app->mem, url, &enabled, &err)) {
		if (enabled)
			findings_add(f, FINDING_OK, "linear", NULL, "%s: Linear's webhook leads here and is on.", w->name);
		else
			findings_add(f, FINDING_FAILURE, "linear", "Switch the webhook on again in Linear's settings, under API.",
				     "%s: Linear's webhook is switched off.", w->name);
	} else if (err.kind == ERR_MISSING) {
		findings_add(f, FINDING_WARNING, "linear",
			     arena_printf(f->mem, "Add a webhook for issues in Linear's settings, under API, that leads to %s.", url),
			     "%s: no webhook of Linear's leads here, so that issues are only found by looking for them.", w->name);
	} else if ((err.kind == ERR_DENIED && strcmp(err.code, "AUTHENTICATION_ERROR")) || err.kind == ERR_REFUSED) {
		findings_add(f, FINDING_OK, "linear", NULL, "%s: only a key of an administrator is told about webhooks.", w->name);
	} else {
		doctor_add_failure(f, "linear", "LINEAR_API_KEY", &err);
	}
}

void doctor_linear_webhooks(struct app *app, struct findings *f)
{
	struct workspace *list;
	struct err err = { 0 };
	size_t count;

	if (workspace_all(app, &list, &count, &err))
		return;
	for (size_t i = 0; i < count && i < WORKSPACES_MOST; i++)
		look_at_webhook(app, f, &list[i]);
}

/* ---- Cerebras, Resend ---- */

void doctor_cerebras(struct app *app, struct findings *f)
{
	const struct cerebras c = { app->http, app->clock, app->cfg.cerebras_base_url, app->cfg.cerebras_api_key,
				    app->cfg.cerebras_model };
	struct err err = { 0 };
	bool offered;

	if (!app->cfg.have_cerebras)
		return;
	if (cerebras_model_offered(&c, app->mem, &offered, &err))
		doctor_add_failure(f, "cerebras", "CEREBRAS_API_KEY", &err);
	else if (!offered)
		findings_add(f, FINDING_FAILURE, "cerebras", "Name a model in CEREBRAS_MODEL that the account can use.",
			     "The model %s is not offered to this key.", c.model);
	else
		findings_add(f, FINDING_OK, "cerebras", NULL, "The model %s is offered.", c.model);
}

void doctor_resend(struct app *app, struct findings *f)
{
	const struct resend r = { app->http, app->clock, app->cfg.resend_base_url, app->cfg.resend_api_key };
	const char *status = NULL;
	struct err err = { 0 };

	if (!app->cfg.have_resend)
		return;
	if (resend_domain_get(&r, app->mem, app->cfg.email_from, &status, &err)) {
		/* A key that may only send is known to the vendor, and sending is all we do. */
		if (!strcmp(err.code, "restricted_api_key"))
			findings_add(f, FINDING_OK, "resend", NULL,
				     "The key is accepted; it may only send, so the domain of EMAIL_FROM cannot be looked at.");
		else
			doctor_add_failure(f, "resend", "RESEND_API_KEY", &err);
		return;
	}
	findings_add(f, FINDING_OK, "resend", NULL, "The key is accepted.");
	if (status && !strcmp(status, "verified"))
		findings_add(f, FINDING_OK, "resend", NULL, "The domain of EMAIL_FROM is verified.");
	else
		findings_add(f, FINDING_FAILURE, "resend", "Verify the domain of EMAIL_FROM in Resend's console, or send from another one.",
			     status ? "The domain of EMAIL_FROM is not verified (%.30s): mails are refused."
				    : "The account has no domain of EMAIL_FROM%s: mails are refused.", status ? status : "");
}

/* ---- Supabase ---- */

void doctor_supabase(struct app *app, struct findings *f)
{
	const struct supabase s = { app->http, app->cfg.supabase_url, app->cfg.supabase_service_role_key, app->cfg.supabase_bucket };
	struct err err = { 0 };
	bool open;

	if (supabase_bucket_get(&s, app->mem, &open, &err)) {
		if (err.kind == ERR_MISSING)
			findings_add(f, FINDING_FAILURE, "supabase", "Make the bucket, or name another one in SUPABASE_BUCKET.",
				     "The project has no bucket of that name.");
		else
			doctor_add_failure(f, "supabase", "SUPABASE_SERVICE_ROLE_KEY", &err);
	} else if (open) {
		findings_add(f, FINDING_WARNING, "supabase", "Make the bucket private.",
			     "The bucket is public: anybody who knows an address can hear what lies there.");
	} else {
		findings_add(f, FINDING_OK, "supabase", NULL, "The key is accepted and the bucket exists.");
	}
}
