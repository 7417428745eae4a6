/* See do_not_call.h. */
#include "campaign/do_not_call.h"

#include <inttypes.h>

#include "store/keys.h"
#include "store/scripts.h"
#include "store/store.h"

enum { LOOKS = 5000 };

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

int do_not_call_find(struct app *app, const char *phone, struct json_object **entry, struct err *err)
{
	struct reply r;

	if (store_call(app->store, app->mem, &r, err, "HGET", KEY_DO_NOT_CALL, phone, NULL))
		return -1;
	*entry = entry_read(app, reply_text(&r));
	return 0;
}

/* "[+1415" to just before "+1416". */
static void command_range(struct command *c, const struct do_not_call_filter *f)
{
	const char *from = *f->prefix ? arena_join(c->mem, "[", f->prefix) : "-";

	command_text(c, *f->after ? arena_join(c->mem, "(", f->after) : from);
	command_text(c, *f->prefix ? arena_printf(c->mem, "(%s:", f->prefix) : "+"); /* ':' follows '9' */
}

static const char *small_letters(struct arena *mem, const char *text)
{
	char *copy = arena_strdup(mem, text);

	for (char *p = copy; *p; p++)
		if (*p >= 'A' && *p <= 'Z')
			*p = (char)(*p - 'A' + 'a');
	return copy;
}

int do_not_call_page(struct app *app, const struct do_not_call_filter *filter, struct json_object *items, const char **next,
		     struct err *err)
{
	struct command c = script_new(app->mem, &script_do_not_call_page, 2);
	struct reply r;

	command_text(&c, KEY_DO_NOT_CALL);
	command_text(&c, KEY_DO_NOT_CALL_LIST);
	command_range(&c, filter);
	command_int(&c, (int64_t)filter->limit);
	command_text(&c, small_letters(app->mem, filter->words));
	command_int(&c, LOOKS);
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

int do_not_call_place(struct app *app, const char *phone, int64_t *place, struct err *err)
{
	struct reply r;

	if (store_call(app->store, app->mem, &r, err, "ZRANK", KEY_DO_NOT_CALL_LIST, phone, NULL))
		return -1;
	*place = r.type == REPLY_NUMBER ? r.number : -1;
	return 0;
}

int do_not_call_at(struct app *app, int64_t place, const char **phone, struct err *err)
{
	const char *at = arena_printf(app->mem, "%" PRId64, place);
	struct reply r;

	if (store_call(app->store, app->mem, &r, err, "ZRANGE", KEY_DO_NOT_CALL_LIST, at, at, NULL))
		return -1;
	*phone = r.count ? reply_text(&r.items[0]) : NULL;
	return 0;
}

int do_not_call_add_many(struct app *app, const char *const *phones, const char *const *reasons, const char *source, size_t count,
			 bool look, bool *added, struct err *err)
{
	struct json_object *rows = json_owned(app->mem, json_object_new_array());
	struct command c = script_new(app->mem, &script_do_not_call_add_many, 2);
	struct reply r;

	if (!count)
		return 0;
	command_text(&c, KEY_DO_NOT_CALL);
	command_text(&c, KEY_DO_NOT_CALL_LIST);
	command_text(&c, look ? "1" : "0");
	for (size_t i = 0; i < count; i++) {
		struct json_object *row = json_object_new_array();

		json_object_array_add(row, json_object_new_string(phones[i]));
		json_object_array_add(row, json_object_new_string(look ? "" : json_write(entry_new(app, phones[i], reasons[i], source))));
		json_object_array_add(rows, row);
	}
	command_text(&c, json_write(rows));
	if (script_run(app->store, &script_do_not_call_add_many, &c, &r, err))
		return -1;
	if (r.text.len != count)
		return err_set(err, ERR_SYSTEM, "do-not-call: an answer that is none");
	for (size_t i = 0; i < count; i++)
		added[i] = r.text.ptr[i] == 'a';
	return 0;
}
