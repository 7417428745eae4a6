/* See export.h. */
#include "campaign/export.h"

#include <inttypes.h>

#include "access/mask.h"
#include "app.h"
#include "base/csv_put.h"
#include "base/json.h"
#include "campaign/call.h"
#include "campaign/campaign.h"
#include "campaign/lead.h"
#include "store/keys.h"
#include "store/store.h"
#include "web/api.h"

enum { CALLS_AT_ONCE = 100 };

struct export {
	struct app app; /* its memory is that of the piece at hand */
	struct request reader; /* who asked, for the masks; its memory is the same */
	const char *campaign;
	int64_t done, last; /* leads: by number; calls: by rank */
	struct str *variables, *cells;
	size_t variable_count;
};

static void release(void *piece)
{
	arena_free(piece);
}

static int begin(struct app *app, struct request *req, struct response *res, const char *what, struct export **export,
		 struct err *err)
{
	struct export *e = arena_new_object(app->mem, struct export);
	const char *id = api_id(req);
	struct campaign c;

	if (!id)
		return err_set(err, ERR_MISSING, "no id of a campaign");
	if (campaign_load(app, id, &c, err))
		return -1;
	*e = (struct export){ .app = *app, .campaign = id, .last = c.leads };
	e->app.mem = arena_new();
	e->reader = (struct request){ .mem = e->app.mem, .actor = req->actor };
	arena_defer(app->mem, release, e->app.mem);
	api_csv(res, arena_join(app->mem, what, ".csv"), NULL, 0);
	res->more_ctx = e;
	*export = e;
	return 0;
}

static struct str number_cell(struct export *e, int64_t n)
{
	return str_from(arena_printf(e->app.mem, "%" PRId64, n));
}

static struct str time_cell(struct export *e, int64_t ms)
{
	char iso[ISO_TIME_SIZE];

	if (!ms)
		return STR("");
	iso_time_format(ms, iso);
	return str_from(arena_strdup(e->app.mem, iso));
}

/* ---- leads ---- */

static const char *const lead_columns[] = { "id", "phone", "name", "timezone", "state", "outcome", "attempts", "next_call_at" };

static void put_lead(struct export *e, const struct lead *lead, struct buf *out)
{
	const struct str fixed[] = {
		number_cell(e, lead->number), str_from(shown_phone(&e->reader, lead->phone)), str_from(shown_text(&e->reader, lead->name)),
		str_from(lead->timezone),
		str_from(lead_state_name(lead->state)), str_from(lead->outcome), number_cell(e, lead->attempts),
		time_cell(e, lead->next_ms),
	};

	memcpy(e->cells, fixed, sizeof(fixed));
	for (size_t i = 0; i < e->variable_count; i++) {
		struct str *cell = &e->cells[ARRAY_LEN(fixed) + i];

		*cell = STR("");
		for (size_t v = 0; v < lead->variable_count; v++)
			if (str_eq(str_from(lead->variables[v].name), e->variables[i]))
				*cell = str_from(shown_text(&e->reader, lead->variables[v].value));
	}
	csv_put(out, e->cells, ARRAY_LEN(fixed) + e->variable_count);
}

static int more_leads(void *ctx, struct buf *out)
{
	struct export *e = ctx;
	struct lead leads[LEADS_AT_ONCE];
	int64_t left = e->last - e->done;
	size_t count = left < LEADS_AT_ONCE ? (size_t)left : LEADS_AT_ONCE;
	struct err err = { 0 };

	if (leads_load(&e->app, e->campaign, e->done + 1, count, leads, &err))
		return -1;
	for (size_t i = 0; i < count; i++)
		if (leads[i].phone)
			put_lead(e, &leads[i], out);
	arena_reset(e->app.mem);
	e->done += (int64_t)count;
	return e->done < e->last;
}

static int read_variables(struct app *app, struct export *e, struct err *err)
{
	struct reply names;

	if (store_call(app->store, app->mem, &names, err, "ZRANGE", key_of(app->mem, KEY_VARIABLES, e->campaign), "0", "-1", NULL))
		return -1;
	e->variable_count = names.count;
	e->variables = arena_alloc(app->mem, (names.count + 1) * sizeof(*e->variables));
	e->cells = arena_alloc(app->mem, (names.count + ARRAY_LEN(lead_columns)) * sizeof(*e->cells));
	for (size_t i = 0; i < names.count; i++)
		e->variables[i] = names.items[i].text;
	return 0;
}

int leads_export(struct app *app, struct request *req, struct response *res, struct err *err)
{
	struct export *e;

	if (begin(app, req, res, "leads", &e, err) || read_variables(app, e, err))
		return -1;
	for (size_t i = 0; i < ARRAY_LEN(lead_columns); i++)
		e->cells[i] = str_from(lead_columns[i]);
	for (size_t i = 0; i < e->variable_count; i++)
		e->cells[ARRAY_LEN(lead_columns) + i] = e->variables[i];
	csv_put(res->body, e->cells, ARRAY_LEN(lead_columns) + e->variable_count);
	res->more = e->last ? more_leads : NULL;
	return 0;
}

/* ---- calls ---- */

static const char *const call_columns[] = {
	"id", "lead_id", "phone", "call_sid", "status", "outcome", "answered_by", "digits", "speech", "duration_seconds",
	"placed_at", "ended_at", "error",
};

static void put_call(struct export *e, const struct call *call, struct buf *out)
{
	const struct str cells[ARRAY_LEN(call_columns)] = {
		str_from(call->id), number_cell(e, call->lead), str_from(shown_phone(&e->reader, call->phone)), str_from(call->sid),
		str_from(call->status), str_from(call->outcome), str_from(call->answered_by), str_from(shown_heard(&e->reader, call->digits)),
		str_from(shown_heard(&e->reader, call->speech)), call->duration_s < 0 ? STR("") : number_cell(e, call->duration_s),
		time_cell(e, call->placed_ms), time_cell(e, call->ended_ms), str_from(call->error),
	};

	csv_put(out, cells, ARRAY_LEN(cells));
}

static int put_calls(struct export *e, const struct reply *ids, struct buf *out, struct err *err)
{
	struct command commands[CALLS_AT_ONCE];
	struct reply rows[CALLS_AT_ONCE];
	struct call call;

	for (size_t i = 0; i < ids->count; i++) {
		commands[i] = command_new(e->app.mem, "HGETALL");
		command_text(&commands[i], key_of(e->app.mem, KEY_CALL, ids->items[i].text.ptr));
	}
	if (ids->count && store_pipeline(e->app.store, commands, ids->count, rows, err))
		return -1;
	for (size_t i = 0; i < ids->count; i++) {
		if (call_of_row(&e->app, ids->items[i].text.ptr, &rows[i], &call, err))
			return -1;
		put_call(e, &call, out);
	}
	return 0;
}

static int more_calls(void *ctx, struct buf *out)
{
	struct export *e = ctx;
	struct err err = { 0 };
	struct reply ids;
	int64_t upto = e->done + CALLS_AT_ONCE < e->last ? e->done + CALLS_AT_ONCE : e->last;
	struct command c = command_new(e->app.mem, "ZRANGE");

	command_text(&c, key_of(e->app.mem, KEY_CALLS, e->campaign));
	command_int(&c, e->done);
	command_int(&c, upto - 1);
	if (store_run(e->app.store, &c, &ids, &err) || put_calls(e, &ids, out, &err))
		return -1;
	arena_reset(e->app.mem);
	e->done = upto;
	return e->done < e->last;
}

int calls_export(struct app *app, struct request *req, struct response *res, struct err *err)
{
	struct str cells[ARRAY_LEN(call_columns)];
	struct reply count;
	struct export *e;

	if (begin(app, req, res, "calls", &e, err) ||
	    store_call(app->store, app->mem, &count, err, "ZCARD", key_of(app->mem, KEY_CALLS, e->campaign), NULL))
		return -1;
	e->last = count.number;
	for (size_t i = 0; i < ARRAY_LEN(cells); i++)
		cells[i] = str_from(call_columns[i]);
	csv_put(res->body, cells, ARRAY_LEN(cells));
	res->more = e->last ? more_calls : NULL;
	return 0;
}
