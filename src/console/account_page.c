/* See account_page.h. */
#include "console/account_page.h"

#include <string.h>

#include "access/operator.h"
#include "access/session.h"
#include "app.h"
#include "console/page.h"

/* "Firefox on Linux": enough to know one's own machines; what is not known is told as it came. */
static const char *browser_words(struct arena *mem, const char *agent)
{
	/* The first that fits: later ones pretend to be earlier ones. */
	static const char *const browsers[][2] = {
		{ "Edg/", "Edge" }, { "OPR/", "Opera" }, { "Firefox/", "Firefox" }, { "Chrome/", "Chrome" }, { "Safari/", "Safari" },
	};
	static const char *const systems[][2] = {
		{ "Android", "Android" }, { "iPhone", "iPhone" }, { "iPad", "iPad" }, { "Windows", "Windows" }, { "Mac OS X", "macOS" },
		{ "Linux", "Linux" },
	};
	const char *browser = NULL, *system = NULL;

	for (size_t i = 0; agent && !browser && i < ARRAY_LEN(browsers); i++)
		browser = strstr(agent, browsers[i][0]) ? browsers[i][1] : NULL;
	for (size_t i = 0; agent && !system && i < ARRAY_LEN(systems); i++)
		system = strstr(agent, systems[i][0]) ? systems[i][1] : NULL;
	if (browser && system)
		return arena_printf(mem, "%s on %s", browser, system);
	return browser ? browser : agent ? agent : "Unknown";
}

static const char *const role_meanings[] = {
	[ROLE_VIEWER] = "Looks at everything; telephone numbers and email addresses are masked.",
	[ROLE_OPERATOR] = "Runs interviews and campaigns, and sees telephone numbers and email addresses.",
	[ROLE_ADMIN] = "Also manages operators and workspaces, and reads the audit trail.",
};

static int account_page(struct app *app, struct request *req, struct response *res, struct err *err)
{
	struct page p = page_begin(app, req, res, "account", "Your account", NULL, "account");
	struct access_session *list;
	struct operator who;
	size_t count;

	if (!req->actor->session)
		return err_set(err, ERR_MISSING, "the key has no account");
	if (operator_load(app, req->actor->email, &who, err) || access_session_list(app, who.email, &list, &count, err))
		return -1;
	view_set(p.view, "EMAIL", who.email);
	view_set(p.view, "ROLE", who.role == ROLE_ADMIN ? "Administrator" : who.role == ROLE_OPERATOR ? "Operator" : "Viewer");
	view_set(p.view, "MEANING", role_meanings[who.role]);
	for (size_t i = 0; i < count; i++) {
		struct view *row = view_add(p.view, "SESSION");

		page_time(row, "SINCE", list[i].created_ms);
		page_time(row, "SEEN", list[i].seen_ms);
		view_set(row, "CLIENT", list[i].client);
		view_set(row, "BROWSER", browser_words(req->mem, list[i].agent));
		if (!strcmp(list[i].id, req->actor->session))
			view_show(row, "CURRENT");
	}
	return page_send(&p, err);
}

static const struct route routes[] = {
	{ .method = "GET", .path = "/console/account", .handler = account_page },
};

const struct route_table account_page_routes = { routes, ARRAY_LEN(routes) };
