/* See do_not_call.h. */
#include "campaign/do_not_call.h"

#include "store/keys.h"
#include "store/scripts.h"
#include "store/store.h"

/* What was stored, as an entry of the list. */
static struct json_object *entry_read(struct app *app, const char *text)
{
	struct err ignored = { 0 };

	return text ? json_read(app->mem, str_from(text), &ignored) : NULL;
}

static struct json_object *entry_new(struct app *app, const char *phone, const char *reason, const char *source)
{
	struct json_object *entry = json_owned(app->mem, json_object_new_object());
	char now[ISO_TIME_SIZE];

	iso_time_format(clock_wall_ms(app->clock), now);
	json_put(entry, "phone", phone);
	json_put(entry, "reason", reason);
	json_put(entry, "source", source);
	json_put(entry, "created_at", now);
	return entry;
}

int do_not_call_add(struct app *app, const char *phone, const char *reason, const char *source, bool *added,
		    struct json_object **entry, struct err *err)
{
	struct command c = script_new(app->mem, &script_do_not_call_add, 2);
	struct reply r;

	command_text(&c, KEY_DO_NOT_CALL);
	command_text(&c, KEY_DO_NOT_CALL_LIST);
	command_text(&c, phone);
	command_text(&c, json_write(entry_new(app, phone, reason, source)));
	if (script_run(app->store, &script_do_not_call_add, &c, &r, err))
		return -1;
	if (r.type != REPLY_LIST || r.count != 2)
		return err_set(err, ERR_SYSTEM, "do-not-call: an answer that is none");
	*added = r.items[0].number == 1;
	*entry = entry_read(app, reply_text(&r.items[1]));
	return *entry ? 0 : err_set(err, ERR_SYSTEM, "do-not-call: an entry that cannot be read");
}

int do_not_call_remove(struct app *app, const char *phone, bool *found, struct err *err)
{
	struct command c = script_new(app->mem, &script_do_not_call_remove, 2);
	struct reply r;

	command_text(&c, KEY_DO_NOT_CALL);
	command_text(&c, KEY_DO_NOT_CALL_LIST);
	command_text(&c, phone);
	if (script_run(app->store, &script_do_not_call_remove, &c, &r, err))
		return -1;
	*found = r.number == 1;
	return 0;
}

int do_not_call_has(struct app *app, const char *phone, bool *found, struct err *err)
{
	struct reply r;

	if (store_call(app->store, app->mem, &r, err, "HEXISTS", KEY_DO_NOT_CALL, phone, NULL))
		return -1;
	*found = r.number == 1;
	return 0;
}

/* The entry of a listed number; NULL when it was taken off meanwhile. */
static int add_entry(struct app *app, const char *phone, struct json_object *items, struct err *err)
{
	struct json_object *entry;
	struct reply r;

	if (store_call(app->store, app->mem, &r, err, "HGET", KEY_DO_NOT_CALL, phone, NULL))
		return -1;
	entry = entry_read(app, reply_text(&r));
	if (entry)
		json_object_array_add(items, json_object_get(entry));
	return 0;
}

int do_not_call_page(struct app *app, const char *after, size_t limit, struct json_object *items, const char **next,
		     struct err *err)
{
	const char *from = *after ? arena_join(app->mem, "(", after) : "-";
	struct reply r;

	*next = NULL;
	if (store_call(app->store, app->mem, &r, err, "ZRANGEBYLEX", KEY_DO_NOT_CALL_LIST, from, "+", "LIMIT", "0",
		       arena_printf(app->mem, "%zu", limit + 1), NULL))
		return -1;
	for (size_t i = 0; i < r.count && i < limit; i++)
		if (add_entry(app, reply_text(&r.items[i]), items, err))
			return -1;
	if (r.count > limit)
		*next = reply_text(&r.items[limit - 1]);
	return 0;
}
