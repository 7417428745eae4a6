/* See operators_page.h. */
#include "console/operators_page.h"

#include <string.h>

#include "access/operator.h"
#include "app.h"
#include "console/page.h"

static void fill_row(const struct request *req, struct view *row, const struct operator *who)
{
	static const char *const chosen[] = {
		[ROLE_VIEWER] = "IS_VIEWER", [ROLE_OPERATOR] = "IS_OPERATOR", [ROLE_ADMIN] = "IS_ADMINISTRATOR",
	};
	int64_t created = 0;

	iso_time_parse(str_from(who->created), &created);
	view_set(row, "EMAIL", who->email);
	view_set(row, "ROLE", role_name(who->role));
	view_show(row, chosen[who->role]);
	page_time(row, "CREATED", created);
	if (!strcmp(who->email, req->actor->email))
		view_show(row, "SELF");
}

static int operators_page(struct app *app, struct request *req, struct response *res, struct err *err)
{
	struct page p = page_begin(app, req, res, "operators", "Operators", "operators", "operators");
	struct operator *all;
	size_t count;

	if (operator_list(app, &all, &count, err))
		return -1;
	for (size_t i = 0; i < count; i++)
		fill_row(req, view_add(p.view, "OPERATOR"), &all[i]);
	return page_send(&p, err);
}

static const struct route routes[] = {
	{ .method = "GET", .path = "/console/operators", .handler = operators_page, .admin = true },
};

const struct route_table operators_page_routes = { routes, ARRAY_LEN(routes) };
