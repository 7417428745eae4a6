/* See audit.h. */
#include "access/audit.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "access/actor.h"
#include "base/limits.h"
#include "store/keys.h"
#include "store/store.h"
#include "web/route.h"

enum { READ_AT_ONCE = 500 };

static const char *copy(struct request *req, const char *text)
{
	struct str s = str_from(text);

	return text ? arena_strndup(req->mem, s.ptr, str_utf8_prefix(s, AUDIT_DETAIL)) : NULL;
}

void audit_say(struct request *req, const char *action, const char *object, const char *detail)
{
	req->said.action = copy(req, action);
	req->said.object = copy(req, object);
	req->said.detail = copy(req, detail);
}

void audit_nothing(struct request *req)
{
	req->said.action = "";
}

/* ---- writing ---- */

static void field(struct command *c, const char *name, const char *value)
{
	if (!value || !*value)
		return;
	command_text(c, name);
	command_text(c, value);
}

void audit_record(struct app *app, const struct request *req, const struct audit_entry *entry)
{
	const struct actor *actor = req->actor;
	struct command c = command_new(app->mem, "XADD");
	struct err err = { 0 };
	struct reply r;

	command_text(&c, KEY_AUDIT);
	command_text(&c, "MAXLEN");
	command_text(&c, "~");
	command_int(&c, AUDIT_KEPT);
	command_text(&c, "*");
	field(&c, "actor", entry->actor ? entry->actor : actor ? actor->email : "unknown");
	field(&c, "role", entry->role ? entry->role : actor && !entry->actor ? role_name(actor->role) : NULL);
	field(&c, "action", entry->action);
	field(&c, "object", entry->object);
	field(&c, "detail", entry->detail);
	field(&c, "client", req->remote_addr);
	field(&c, "request", req->id);
	field(&c, "result", entry->result ? entry->result : "done");
	if (store_run(app->store, &c, &r, &err))
		log_event(&app->log, LOG_ERROR, "audit.lost", LOG_TEXT("action", entry->action), LOG_TEXT("result", entry->result),
			  LOG_TEXT("reason", err.msg));
}

void audit_change(struct app *app, struct request *req, const struct response *res)
{
	struct audit_entry entry = { .action = req->said.action, .object = req->said.object, .detail = req->said.detail };

	if (res->status >= 400 || (entry.action && !*entry.action))
		return;
	if (!entry.action) {
		entry.action = arena_printf(req->mem, "%s %s", req->route->method, req->route->path);
		entry.object = req->params[0].name ? arena_strndup(req->mem, req->params[0].value.ptr, req->params[0].value.len) : NULL;
	}
	audit_record(app, req, &entry);
}

/* ---- reading ---- */

/* A time (RFC 3339), or a day: then its first millisecond. */
static bool read_time(const char *text, int64_t *ms, bool *is_day)
{
	char whole[32];

	*is_day = strlen(text) == 10;
	if (!*is_day)
		return iso_time_parse(str_from(text), ms);
	snprintf(whole, sizeof(whole), "%sT00:00:00Z", text);
	return iso_time_parse(str_from(whole), ms);
}

/* A filter's field that was left empty is none. */
static const char *filled(const struct form *form, const char *name)
{
	const char *text = form_get(form, name);

	return text && *text ? text : NULL;
}

static bool is_stream_id(const char *text)
{
	struct str number, ms = str_cut(str_from(text), '-', &number);

	return number.ptr && str_number(ms, INT64_MAX) >= 0 && str_number(number, INT64_MAX) >= 0;
}

const char *audit_filter_read(const struct form *form, struct audit_filter *filter)
{
	const char *from = filled(form, "from"), *to = filled(form, "to");
	bool is_day;

	*filter = (struct audit_filter){
		.actor = filled(form, "actor"), .action = filled(form, "action"), .cursor = filled(form, "cursor"),
	};
	if (from && (!read_time(from, &filter->from_ms, &is_day) || filter->from_ms < 0))
		return "from";
	if (to && (!read_time(to, &filter->to_ms, &is_day) || filter->to_ms < 0))
		return "to";
	if (to && is_day)
		filter->to_ms += 86400000;
	if (filter->cursor && !is_stream_id(filter->cursor))
		return "cursor";
	return NULL;
}

/* One entry of XREVRANGE: [id, [field, value, ...]]. */
static struct audit_entry read_entry(const struct reply *entry)
{
	const struct reply *fields = entry->count == 2 ? &entry->items[1] : entry;
	struct str number;
	struct audit_entry e = {
		.id = reply_text(&entry->items[0]),
		.actor = reply_field(fields, "actor"), .role = reply_field(fields, "role"), .action = reply_field(fields, "action"),
		.object = reply_field(fields, "object"), .detail = reply_field(fields, "detail"),
		.client = reply_field(fields, "client"), .request_id = reply_field(fields, "request"),
		.result = reply_field(fields, "result"),
	};

	e.at_ms = str_number(str_cut(str_from(e.id), '-', &number), INT64_MAX);
	return e;
}

static bool fits(const struct audit_entry *e, const struct audit_filter *f)
{
	return (!f->actor || str_eq_nocase(str_from(e->actor), str_from(f->actor))) &&
	       (!f->action || str_starts(str_from(e->action), str_from(f->action)));
}

/* XREVRANGE from the cursor, or the filter's end, down to its begin. */
static int read_some(struct app *app, const struct audit_filter *f, const char *cursor, struct reply *r, struct err *err)
{
	struct command c = command_new(app->mem, "XREVRANGE");

	command_text(&c, KEY_AUDIT);
	if (cursor)
		command_text(&c, arena_join(app->mem, "(", cursor));
	else
		command_text(&c, f->to_ms ? arena_printf(app->mem, "(%" PRId64 "-0", f->to_ms) : "+");
	command_text(&c, f->from_ms ? arena_printf(app->mem, "%" PRId64 "-0", f->from_ms) : "-");
	command_text(&c, "COUNT");
	command_int(&c, READ_AT_ONCE);
	return store_run(app->store, &c, r, err);
}

int audit_read(struct app *app, const struct audit_filter *filter, size_t most, struct audit_entry **list, size_t *count,
	       const char **next, struct err *err)
{
	const char *cursor = filter->cursor;
	size_t looked = 0;
	struct reply r;

	*list = arena_alloc(app->mem, (most + 1) * sizeof(**list));
	*count = 0;
	*next = NULL;
	while (looked < LIMIT_SCAN) {
		if (read_some(app, filter, cursor, &r, err))
			return -1;
		for (size_t i = 0; i < r.count; i++) {
			struct audit_entry e = read_entry(&r.items[i]);

			if (*count == most) {
				*next = cursor;
				return 0;
			}
			cursor = e.id;
			if (fits(&e, filter))
				(*list)[(*count)++] = e;
		}
		if (r.count < READ_AT_ONCE)
			return 0;
		looked += r.count;
	}
	*next = cursor;
	return 0;
}
