/* See now.h. */
#include "campaign/now.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "access/mask.h"
#include "app.h"
#include "campaign/call.h"
#include "campaign/lead.h"
#include "campaign/status.h"
#include "store/keys.h"
#include "store/store.h"
#include "web/api.h"

enum { LOOKED_AT = 200 }; /* calls of which the newest are chosen */

static int newest_first(const void *a, const void *b)
{
	const struct call *x = a, *y = b;

	return x->placed_ms != y->placed_ms ? (x->placed_ms < y->placed_ms ? 1 : -1) : -strcmp(x->id, y->id);
}

/* The calls that are under way; one that ended meanwhile is left out. */
static int read_calls(struct app *app, const struct reply *ids, struct call *calls, size_t *count, struct err *err)
{
	size_t most = ids->count < LOOKED_AT ? ids->count : LOOKED_AT;
	struct command *commands = arena_alloc(app->mem, (most + 1) * sizeof(*commands));
	struct reply *rows = arena_alloc(app->mem, (most + 1) * sizeof(*rows));
	struct err gone = { 0 };

	*count = 0;
	for (size_t i = 0; i < most; i++) {
		commands[i] = command_new(app->mem, "HGETALL");
		command_text(&commands[i], key_of(app->mem, KEY_CALL, reply_text(&ids->items[i])));
	}
	if (most && store_pipeline(app->store, commands, most, rows, err))
		return -1;
	for (size_t i = 0; i < most; i++)
		if (!call_of_row(app, reply_text(&ids->items[i]), &rows[i], &calls[*count], &gone) && calls[*count].open)
			++*count;
	if (*count)
		qsort(calls, *count, sizeof(*calls), newest_first);
	*count = *count < NOW_CALLS ? *count : NOW_CALLS;
	return 0;
}

static int put_calls(struct app *app, const struct request *req, const struct call *calls, size_t count,
		     struct json_object *list, struct err *err)
{
	struct command commands[NOW_CALLS];
	struct reply names[NOW_CALLS];

	for (size_t i = 0; i < count; i++) {
		commands[i] = command_new(app->mem, "HGET");
		command_text(&commands[i], lead_key(app->mem, calls[i].campaign, calls[i].lead));
		command_text(&commands[i], "n");
	}
	if (count && store_pipeline(app->store, commands, count, names, err))
		return -1;
	for (size_t i = 0; i < count; i++) {
		struct json_object *o = json_object_get(call_json(app, &calls[i]));

		json_put(o, "phone", shown_phone(req, calls[i].phone));
		json_put(o, "lead_name", reply_text(&names[i]));
		json_object_array_add(list, o);
	}
	return 0;
}

int now_json(struct app *app, const struct request *req, const struct campaign *c, struct json_object **now, struct err *err)
{
	struct json_object *o = json_owned(app->mem, json_object_new_object()), *list = json_object_new_array();
	int64_t ms = clock_wall_ms(app->clock), placed_today = 0;
	struct call calls[LOOKED_AT];
	struct reply ids, minute, today;
	size_t count;

	json_object_object_add(o, "calls", list);
	if (store_call(app->store, app->mem, &ids, err, "SMEMBERS", key_of(app->mem, KEY_LIVE_CALLS, c->id), NULL) ||
	    store_call(app->store, app->mem, &minute, err, "ZCOUNT", key_of(app->mem, KEY_CALLS, c->id),
		       arena_printf(app->mem, "(%" PRId64, ms - 60000), "+inf", NULL) ||
	    store_call(app->store, app->mem, &today, err, "GET", placed_key(app, c, ms), NULL) ||
	    read_calls(app, &ids, calls, &count, err) || put_calls(app, req, calls, count, list, err))
		return -1;
	reply_int(&today, &placed_today);
	json_put_int(o, "calls_total", (int64_t)ids.count);
	json_put_int(o, "max_concurrent_calls", c->max_concurrent_calls);
	json_object_object_add(o, "calls_per_second", json_object_get(json_get(c->settings, "calls_per_second")));
	json_object_object_add(o, "account_calls_per_second", json_object_new_double(app->cfg.twilio_calls_per_second));
	json_put_int(o, "placed_last_minute", minute.number);
	json_put_int(o, "placed_today", placed_today);
	json_put_int(o, "daily_cap", c->daily_cap);
	*now = o;
	return 0;
}

int campaign_now(struct app *app, struct request *req, struct response *res, struct err *err)
{
	const char *id = api_id(req);
	struct json_object *now;
	struct campaign c;

	if (!id)
		return err_set(err, ERR_MISSING, "no id of a campaign");
	if (campaign_load(app, id, &c, err) || now_json(app, req, &c, &now, err))
		return -1;
	response_json(res, 200, str_from(json_write(now)));
	return 0;
}
