/* See events.h. */
#include "live/events.h"

#include <inttypes.h>

#include "store/keys.h"
#include "store/store.h"

/* One entry of XRANGE: [id, [field, value]]. */
static bool read_entry(const struct reply *entry, struct event *event)
{
	const struct reply *fields;
	struct str rest, number;

	if (entry->type != REPLY_LIST || entry->count != 2 || !reply_text(&entry->items[0]))
		return false;
	fields = &entry->items[1];
	if (fields->type != REPLY_LIST || fields->count != 2 || !reply_text(&fields->items[1]))
		return false;
	number = str_cut(entry->items[0].text, '-', &rest);
	event->seq = str_number(number, INT64_MAX);
	event->text = fields->items[1].text;
	return event->seq > 0;
}

static int read_entries(struct app *app, const struct reply *range, struct event **events, size_t *count, struct err *err)
{
	*count = range->type == REPLY_LIST ? range->count : 0;
	*events = arena_alloc(app->mem, (*count + 1) * sizeof(**events));
	for (size_t i = 0; i < *count; i++)
		if (!read_entry(&range->items[i], &(*events)[i]))
			return err_set(err, ERR_SYSTEM, "events: an entry that cannot be read");
	return 0;
}

/* The last number is read before the events: what it counts was written by then. */
int events_read(struct app *app, const char *campaign, int64_t after, size_t limit, struct event **events, size_t *count,
		bool *gone, struct err *err)
{
	struct command ask[2] = { command_new(app->mem, "HMGET"), command_new(app->mem, "XRANGE") };
	struct reply replies[2];
	int64_t last = 0;

	command_text(&ask[0], key_of(app->mem, KEY_CAMPAIGN, campaign));
	command_text(&ask[0], "state");
	command_text(&ask[0], "seq");
	command_text(&ask[1], key_of(app->mem, KEY_EVENTS, campaign));
	command_text(&ask[1], arena_printf(app->mem, "%" PRId64 "-0", after + 1));
	command_text(&ask[1], "+");
	command_text(&ask[1], "COUNT");
	command_int(&ask[1], (int64_t)limit);
	if (store_pipeline(app->store, ask, 2, replies, err))
		return -1;
	if (replies[0].type != REPLY_LIST || replies[0].count != 2 || replies[0].items[0].type == REPLY_NIL ||
	    str_eq(replies[0].items[0].text, STR("deleting")))
		return err_set(err, ERR_MISSING, "no such campaign");
	reply_int(&replies[0].items[1], &last);
	if (read_entries(app, &replies[1], events, count, err))
		return -1;
	*gone = *count ? (*events)[0].seq > after + 1 : last > after;
	return 0;
}

int events_after(struct app *app, const char *campaign, int64_t after, size_t limit, struct json_object *items, bool *gone,
		 struct err *err)
{
	struct event *events;
	size_t count, bytes = 0;

	if (events_read(app, campaign, after, limit, &events, &count, gone, err))
		return -1;
	for (size_t i = 0; i < count && bytes < EVENTS_BYTES; i++) {
		struct json_object *event = json_read(app->mem, events[i].text, err);

		if (!event)
			return err_set(err, ERR_SYSTEM, "events: an event that is no JSON");
		json_object_array_add(items, json_object_get(event));
		bytes += events[i].text.len;
	}
	return 0;
}
