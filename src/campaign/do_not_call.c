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

int do_not_call_page(struct app *app, const char *after, size_t limit, struct json_object *items, const char **next,
		     struct err *err)
{
	struct command c = script_new(app->mem, &script_do_not_call_page, 2);
	struct reply r;

	command_text(&c, KEY_DO_NOT_CALL);
	command_text(&c, KEY_DO_NOT_CALL_LIST);
	command_text(&c, *after ? arena_join(app->mem, "(", after) : "-");
	command_int(&c, (int64_t)limit);
	if (script_run(app->store, &script_do_not_call_page, &c, &r, err))
		return -1;
	if (r.type != REPLY_LIST || !r.count || !reply_text(&r.items[0]))
		return err_set(err, ERR_SYSTEM, "do-not-call: an answer that is none");
	for (size_t i = 1; i < r.count; i++) {
		struct json_object *entry = entry_read(app, reply_text(&r.items[i]));

		if (!entry)
			return err_set(err, ERR_SYSTEM, "do-not-call: an entry that cannot be read");
		json_object_array_add(items, json_object_get(entry));
	}
	*next = r.items[0].text.len ? reply_text(&r.items[0]) : NULL;
	return 0;
}
