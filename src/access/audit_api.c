/* See api.h.  /api/audit, and the same as a table for a spreadsheet. */
#include "access/api.h"

#include <stdio.h>

#include "access/audit.h"
#include "app.h"
#include "base/csv_put.h"
#include "base/json.h"
#include "web/api.h"

enum { PAGE_DEFAULT = 50, PAGE_MOST = 1000, ROWS_AT_ONCE = 500 };

static struct json_object *entry_json(const struct audit_entry *e)
{
	struct json_object *o = json_object_new_object();
	char at[ISO_TIME_SIZE];

	iso_time_format(e->at_ms, at);
	json_put(o, "id", e->id);
	json_put(o, "at", at);
	json_put(o, "actor", e->actor);
	json_put(o, "role", e->role);
	json_put(o, "action", e->action);
	json_put(o, "object", e->object);
	json_put(o, "detail", e->detail);
	json_put(o, "client", e->client);
	json_put(o, "request_id", e->request_id);
	json_put(o, "result", e->result);
	return o;
}

/* False when the query was answered with 400. */
static bool read_filter(struct request *req, struct response *res, struct form *form, struct audit_filter *filter)
{
	const char *wrong;
	struct err bad = { 0 };

	if (request_query(req, form, &bad))
		return api_refuse(res, NULL, "The query could not be understood."), false;
	wrong = audit_filter_read(form, filter);
	if (!wrong)
		return true;
	return api_refuse(res, wrong, *wrong == 'c' ? "cursor must be a next_cursor of an earlier answer."
						     : "This must be a day, as 2026-11-20, or a time, as 2026-11-20T09:30:00Z."), false;
}

static int list(struct app *app, struct request *req, struct response *res, struct err *err)
{
	struct json_object *items = json_object_new_array(), *o = json_owned(app->mem, json_object_new_object());
	struct audit_filter filter;
	struct audit_entry *entries;
	struct form form = { 0 };
	const char *limit, *next;
	long long most = PAGE_DEFAULT;
	size_t count;

	json_object_object_add(o, "items", items);
	if (!read_filter(req, res, &form, &filter))
		return 0;
	limit = form_get(&form, "limit");
	if (limit && (most = str_number(str_from(limit), PAGE_MOST)) < 1)
		return api_refuse(res, "limit", "limit must be a whole number from 1 to 1000.");
	if (audit_read(app, &filter, (size_t)most, &entries, &count, &next, err))
		return -1;
	for (size_t i = 0; i < count; i++)
		json_object_array_add(items, entry_json(&entries[i]));
	json_put(o, "next_cursor", next);
	response_json(res, 200, str_from(json_write(o)));
	return 0;
}

/* ---- the table ---- */

struct export {
	struct app app; /* its memory is that of the piece at hand */
	struct audit_filter filter;
	char cursor[48];
};

static const char *const columns[] = { "at", "actor", "role", "action", "object", "detail", "client", "request_id", "result" };

static void put_row(const struct audit_entry *e, struct buf *out)
{
	char at[ISO_TIME_SIZE];
	const char *const texts[ARRAY_LEN(columns)] = {
		at, e->actor, e->role, e->action, e->object, e->detail, e->client, e->request_id, e->result,
	};
	struct str cells[ARRAY_LEN(columns)];

	iso_time_format(e->at_ms, at);
	for (size_t i = 0; i < ARRAY_LEN(cells); i++)
		cells[i] = str_from(texts[i]);
	csv_put(out, cells, ARRAY_LEN(cells));
}

static int more_rows(void *ctx, struct buf *out)
{
	struct export *e = ctx;
	struct audit_entry *entries;
	struct err err = { 0 };
	const char *next;
	size_t count;

	if (audit_read(&e->app, &e->filter, ROWS_AT_ONCE, &entries, &count, &next, &err))
		return -1;
	for (size_t i = 0; i < count; i++)
		put_row(&entries[i], out);
	if (next) {
		snprintf(e->cursor, sizeof(e->cursor), "%s", next);
		e->filter.cursor = e->cursor;
	}
	arena_reset(e->app.mem);
	return next != NULL;
}

static void release(void *piece)
{
	arena_free(piece);
}

static int export_csv(struct app *app, struct request *req, struct response *res, struct err *err)
{
	struct export *e = arena_new_object(app->mem, struct export);
	struct form form = { 0 };

	(void)err;
	if (!read_filter(req, res, &form, &e->filter))
		return 0;
	e->app = *app;
	e->app.mem = arena_new();
	arena_defer(app->mem, release, e->app.mem);
	api_csv(res, "audit.csv", columns, ARRAY_LEN(columns));
	res->more = more_rows;
	res->more_ctx = e;
	return 0;
}

static const struct route routes[] = {
	{ .method = "GET", .path = "/api/audit", .handler = list, .admin = true },
	{ .method = "GET", .path = "/api/audit.csv", .handler = export_csv, .admin = true },
};

const struct route_table audit_api_routes = { routes, ARRAY_LEN(routes) };
