/* See do_not_call_api.h: the import and the export.
 *
 * Each batch is one step, so whatever ends an import early, every number that was taken is on the list. */
#include "campaign/do_not_call_api.h"

#include <stdlib.h>
#include <string.h>

#include "access/audit.h"
#include "access/mask.h"
#include "app.h"
#include "base/csv.h"
#include "base/csv_put.h"
#include "base/limits.h"
#include "base/number_set.h"
#include "campaign/phone.h"
#include "web/api.h"

enum { VALUE_BYTES = 64, EXPORT_AT_ONCE = 500 };

struct import {
	struct app app; /* its memory is that of the batch at hand */
	const char *country, *reason;
	bool dry_run;

	bool begun;
	size_t phone_at, reason_at; /* columns; reason_at SIZE_MAX: none */
	const char *phones[DO_NOT_CALL_BATCH], *reasons[DO_NOT_CALL_BATCH];
	size_t count;
	struct number_set seen;

	int64_t rows, added, already, rejected_count;
	struct json_object *rejected;
	struct err err;
};

/* ---- rows ---- */

static void reject(struct import *in, int64_t row, struct str value, const char *why)
{
	struct json_object *o;
	size_t len = str_utf8_prefix(value, VALUE_BYTES);

	in->rejected_count++;
	if (json_object_array_length(in->rejected) >= LIMIT_REJECTED)
		return;
	o = json_object_new_object();
	json_put_int(o, "row", row);
	json_object_object_add(o, "value", json_object_new_string_len(value.len ? value.ptr : "", (int)len));
	json_put(o, "reason", why);
	json_object_array_add(in->rejected, o);
}

static int flush(struct import *in)
{
	bool added[DO_NOT_CALL_BATCH];

	if (do_not_call_add_many(&in->app, in->phones, in->reasons, "import", in->count, in->dry_run, added, &in->err))
		return -1;
	for (size_t i = 0; i < in->count; i++) {
		/* In a dry run nothing is stored that a later row could meet. */
		if (added[i] && (!in->dry_run || number_set_add(&in->seen, strtoull(in->phones[i] + 1, NULL, 10))))
			in->added++;
		else
			in->already++;
	}
	in->count = 0;
	arena_reset(in->app.mem);
	return 0;
}

/* The first row names the columns, unless it holds a number. */
static bool take_header(struct import *in, const struct str *cells, size_t count)
{
	bool named = false;
	char e164[PHONE_SIZE];

	in->begun = true;
	in->reason_at = SIZE_MAX;
	for (size_t i = 0; i < count; i++) {
		struct str name = str_trim(cells[i]);

		if (!named && str_eq_nocase(name, STR("phone"))) {
			in->phone_at = i;
			named = true;
		} else if (str_eq_nocase(name, STR("reason"))) {
			in->reason_at = i;
		}
	}
	if (named)
		return true;
	if (count > 1 && phone_read(str_trim(cells[0]), in->country, e164))
		return err_set(&in->err, ERR_INPUT, "no column of numbers"), false;
	in->reason_at = SIZE_MAX;
	return false;
}

static bool take_row(void *ctx, int64_t number, const struct str *cells, size_t count)
{
	struct import *in = ctx;
	struct str value = STR(""), reason = STR("");
	char e164[PHONE_SIZE];
	const char *why;

	if (!in->begun && take_header(in, cells, count))
		return true;
	if (in->err.kind)
		return false;
	if (++in->rows > LIMIT_IMPORT_ROWS)
		return err_set(&in->err, ERR_LIMIT, "too many rows"), false;
	if (in->phone_at < count)
		value = str_trim(cells[in->phone_at]);
	if (in->reason_at < count)
		reason = str_trim(cells[in->reason_at]);
	if (!value.len)
		return reject(in, number, value, "There is no telephone number in this row."), true;
	why = phone_read(value, in->country, e164);
	if (!why && reason.len > LIMIT_NAME)
		why = "The reason is longer than 200 bytes.";
	if (why)
		return reject(in, number, value, why), true;
	in->phones[in->count] = arena_strdup(in->app.mem, e164);
	in->reasons[in->count] = reason.len ? arena_strndup(in->app.mem, reason.ptr, reason.len) : in->reason;
	return ++in->count < DO_NOT_CALL_BATCH || !flush(in);
}

static bool take_damaged(void *ctx, int64_t number, const char *why)
{
	reject(ctx, number, STR(""), why);
	return true;
}

/* ---- the request ---- */

static void release(void *in)
{
	arena_free(((struct import *)in)->app.mem);
	number_set_release(&((struct import *)in)->seen);
}

/* Reads the query; false when it was answered. */
static bool read_wish(struct request *req, struct response *res, struct import *in)
{
	struct form form = { 0 };
	struct err bad = { 0 };
	const char *dry_run;

	if (request_query(req, &form, &bad))
		return api_refuse(res, NULL, "The query could not be understood."), false;
	in->country = form_get(&form, "country");
	if (in->country && !*in->country)
		in->country = NULL;
	if (in->country && !phone_country_is_known(str_from(in->country)))
		return api_refuse(res, "country", "country must be a country's code of two capital letters, as in US."), false;
	dry_run = form_get(&form, "dry_run");
	if (dry_run && strcmp(dry_run, "0") && strcmp(dry_run, "1"))
		return api_refuse(res, "dry_run", "dry_run must be 0 or 1."), false;
	in->dry_run = dry_run && *dry_run == '1';
	in->reason = form_get(&form, "reason");
	if (in->reason && !*in->reason)
		in->reason = NULL;
	if (in->reason && strlen(in->reason) > LIMIT_NAME)
		return api_refuse(res, "reason", "reason must be at most 200 bytes."), false;
	return true;
}

static long read_upload(void *ctx, char *out, size_t len)
{
	return request_read(ctx, out, len);
}

static void answer(struct import *in, struct response *res, int status, const char *code, const char *sentence)
{
	struct json_object *o = json_owned(res->mem, json_object_new_object());

	json_put_int(o, "added", in->added);
	json_put_int(o, "already", in->already);
	json_object_object_add(o, "rejected", json_object_get(in->rejected));
	json_put_int(o, "rejected_count", in->rejected_count);
	json_put_flag(o, "dry_run", in->dry_run);
	if (code) {
		struct json_object *error = json_object_new_object();

		json_put(error, "code", code);
		json_put(error, "message", sentence);
		json_object_object_add(o, "error", error);
	}
	response_json(res, status, str_from(json_write(o)));
}

int do_not_call_import(struct app *app, struct request *req, struct response *res, struct err *err)
{
	struct import *in = arena_new_object(app->mem, struct import);
	struct csv_source source = { read_upload, req };
	struct csv_sink sink = { take_row, take_damaged, in };
	enum csv_end end;

	if (!read_wish(req, res, in))
		return 0;
	if (!request_is_type(req, "text/csv") && !request_is_type(req, "text/plain"))
		return response_error(res, 415, "unsupported_media_type", "Numbers are sent as text/csv or text/plain.", NULL), 0;
	in->app = *app;
	in->app.mem = arena_new();
	in->rejected = json_owned(app->mem, json_object_new_array());
	arena_defer(app->mem, release, in);
	end = csv_read(&source, &sink);
	if (in->err.kind == ERR_INPUT)
		return api_refuse(res, "phone", "The first row has no column \"phone\", and does not begin with a telephone number.");
	/* Rows that are read and well are kept, whatever came after them. */
	if (in->err.kind == ERR_NONE || in->err.kind == ERR_LIMIT) {
		struct err before = in->err;

		in->err = (struct err){ 0 };
		if (!flush(in))
			in->err = before;
	}
	if (in->err.kind == ERR_LIMIT)
		answer(in, res, 413, "too_large", "There are more rows than one import may have; those before are kept.");
	else if (in->err.kind)
		return err_set(err, in->err.kind, "%s", in->err.msg);
	else if (end == CSV_BROKEN)
		answer(in, res, 400, "bad_request", "The request ended before its announced length; the rows before are kept.");
	else
		answer(in, res, 200, NULL, NULL);
	if (!in->dry_run && in->added)
		audit_say(req, "do_not_call.import", NULL, arena_printf(req->mem, "%lld added, %lld already listed, %lld rejected",
								       (long long)in->added, (long long)in->already, (long long)in->rejected_count));
	return 0;
}

/* ---- the export ---- */

static const char *const columns[] = { "phone", "reason", "source", "created_at" };

struct export {
	struct app app; /* its memory is that of the piece at hand */
	struct request reader; /* who asked, for the masks; its memory is the same */
	char after[PHONE_SIZE];
};

static void release_export(void *e)
{
	arena_free(((struct export *)e)->app.mem);
}

static int more(void *ctx, struct buf *out)
{
	struct export *e = ctx;
	struct json_object *items = json_owned(e->app.mem, json_object_new_array());
	struct do_not_call_filter all = { .prefix = "", .words = "", .after = e->after, .limit = EXPORT_AT_ONCE };
	struct err err = { 0 };
	const char *next;

	if (do_not_call_page(&e->app, &all, items, &next, &err))
		return -1;
	for (size_t i = 0; i < json_object_array_length(items); i++) {
		struct json_object *entry = json_object_array_get_idx(items, i);
		struct str cells[ARRAY_LEN(columns)];

		for (size_t c = 0; c < ARRAY_LEN(columns); c++)
			cells[c] = str_from(shown_text(&e->reader, json_text(entry, columns[c])));
		cells[0] = str_from(shown_phone(&e->reader, cells[0].ptr));
		csv_put(out, cells, ARRAY_LEN(cells));
	}
	if (next)
		memcpy(e->after, next, strlen(next) < sizeof(e->after) ? strlen(next) + 1 : sizeof(e->after));
	arena_reset(e->app.mem);
	return next != NULL;
}

int do_not_call_export(struct app *app, struct request *req, struct response *res, struct err *err)
{
	struct export *e = arena_new_object(app->mem, struct export);

	(void)err;
	*e = (struct export){ .app = *app };
	e->app.mem = arena_new();
	e->reader = (struct request){ .mem = e->app.mem, .actor = req->actor };
	arena_defer(app->mem, release_export, e);
	api_csv(res, "do-not-call.csv", columns, ARRAY_LEN(columns));
	res->more_ctx = e;
	res->more = more;
	return 0;
}
