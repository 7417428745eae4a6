/* See recordings.h. */
#include "campaign/recordings.h"

#include "app.h"
#include "campaign/newest.h"
#include "store/keys.h"
#include "store/store.h"
#include "web/api.h"

int recorded_keep(struct app *app, struct recorded *recorded, struct err *err)
{
	const char *key = key_of(app->mem, KEY_RECORDING, recorded->id);
	struct command c[4] = { command_new(app->mem, "HSETNX"), command_new(app->mem, "HSET"), command_new(app->mem, "ZADD"),
				command_new(app->mem, "HGETALL") };
	int64_t now = clock_wall_ms(app->clock);
	struct reply r[ARRAY_LEN(c)];

	command_text(&c[0], key);
	command_text(&c[0], "created");
	command_int(&c[0], now);
	command_text(&c[1], key);
	command_text(&c[1], "bytes");
	command_int(&c[1], recorded->bytes);
	command_text(&c[1], "duration");
	command_int(&c[1], recorded->duration_ms);
	if (recorded->name && *recorded->name) {
		command_text(&c[1], "name");
		command_text(&c[1], recorded->name);
	}
	command_text(&c[2], KEY_RECORDINGS);
	command_text(&c[2], "NX");
	command_int(&c[2], now);
	command_text(&c[2], recorded->id);
	command_text(&c[3], key);
	if (store_pipeline(app->store, c, ARRAY_LEN(c), r, err))
		return -1;
	recorded->name = reply_field(&r[3], "name");
	recorded->created_ms = reply_field_int(&r[3], "created", now);
	return 0;
}

struct json_object *recorded_json(struct app *app, const struct recorded *recorded)
{
	struct json_object *o = json_owned(app->mem, json_object_new_object());
	double seconds = (double)recorded->duration_ms / 1000;
	char at[ISO_TIME_SIZE];

	iso_time_format(recorded->created_ms, at);
	json_put(o, "recording_id", recorded->id);
	json_put(o, "name", recorded->name);
	json_put(o, "audio_url", arena_printf(app->mem, "%s/audio/%s.wav", app->cfg.webhook_base_url, recorded->id));
	json_put(o, "content_type", "audio/wav");
	json_put_int(o, "bytes", recorded->bytes);
	json_object_object_add(o, "duration_seconds",
			       json_object_new_double_s(seconds, arena_printf(app->mem, "%.3f", seconds)));
	json_put(o, "created_at", at);
	return o;
}

int recordings_list(struct app *app, struct request *req, struct response *res, struct err *err)
{
	struct json_object *list = json_owned(app->mem, json_object_new_object()), *items = json_object_new_array();
	struct newest_page page;
	struct newest newest;
	struct form form = { 0 };
	struct err bad = { 0 };

	json_object_object_add(list, "items", items);
	if (request_query(req, &form, &bad))
		return api_refuse(res, NULL, "The query could not be understood.");
	if (!newest_read(app, &form, res, &newest))
		return 0;
	if (newest_page(app, KEY_RECORDINGS, KEY_RECORDING, &newest, NULL, &page, err))
		return -1;
	for (size_t i = 0; i < page.count; i++) {
		const struct reply *row = &page.rows[2 * i + 1];
		struct recorded recorded = { .id = reply_text(&page.rows[2 * i]), .name = reply_field(row, "name"),
					     .bytes = reply_field_int(row, "bytes", 0),
					     .duration_ms = reply_field_int(row, "duration", 0),
					     .created_ms = reply_field_int(row, "created", 0) };

		json_object_array_add(items, json_object_get(recorded_json(app, &recorded)));
	}
	json_put(list, "next_cursor", page.next);
	response_json(res, 200, str_from(json_write(list)));
	return 0;
}
