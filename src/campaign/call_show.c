/* See call_show.h. */
#include "campaign/call_show.h"

#include <string.h>

#include "campaign/call_steps.h"
#include "campaign/lead.h"
#include "store/keys.h"

/* ElevenLabs' transcript as turns; what is none of them is left out. */
static struct json_object *turns_of(struct json_object *data)
{
	struct json_object *turns = json_object_new_array();
	size_t count;
	struct json_object *list = json_list(data, "transcript", &count);

	for (size_t i = 0; i < count; i++) {
		struct json_object *turn = json_object_array_get_idx(list, i), *o;
		const char *role = json_text(turn, "role"), *message = json_text(turn, "message");
		int64_t at = 0;

		if (!role || !message || !*message)
			continue;
		json_int(turn, "time_in_call_secs", &at);
		o = json_object_new_object();
		json_put(o, "role", strcmp(role, "agent") ? "person" : "agent");
		json_put_int(o, "at_seconds", at);
		json_put(o, "text", message);
		json_object_array_add(turns, o);
	}
	return turns;
}

static int put_conversation(struct app *app, const char *call, struct json_object *o, struct err *err)
{
	struct err unreadable = { 0 };
	struct json_object *data;
	struct reply id, text;

	if (store_call(app->store, app->mem, &id, err, "GET", key_of(app->mem, KEY_CALL_CONVERSATION, call), NULL))
		return -1;
	json_put(o, "conversation_id", reply_text(&id));
	json_put(o, "transcript", NULL);
	if (!reply_text(&id))
		return 0;
	if (store_call(app->store, app->mem, &text, err, "HGET", key_of(app->mem, KEY_CONVERSATION, reply_text(&id)), "data", NULL))
		return -1;
	data = reply_text(&text) ? json_read(app->mem, text.text, &unreadable) : NULL;
	if (data)
		json_object_object_add(o, "transcript", turns_of(data));
	return 0;
}

int call_show_json(struct app *app, const char *campaign, const char *id, struct json_object **shown, struct call *call,
		   struct err *err)
{
	struct err missing = { 0 };
	struct json_object *o;
	struct reply row;
	struct lead lead;

	if (store_call(app->store, app->mem, &row, err, "HGETALL", key_of(app->mem, KEY_CALL, id), NULL) ||
	    call_of_row(app, id, &row, call, err))
		return -1;
	if (strcmp(call->campaign, campaign))
		return err_set(err, ERR_MISSING, "a call of another campaign");
	if (lead_load(app, campaign, call->lead, &lead, &missing) && missing.kind != ERR_MISSING)
		return err_set(err, missing.kind, "%s", missing.msg);
	o = call_json(app, call);
	json_put(o, "campaign_id", call->campaign);
	json_put(o, "phone", call->phone);
	json_put(o, "from", call->from);
	json_put(o, "lead_name", missing.kind ? NULL : lead.name);
	json_put(o, "previous_id", call->previous);
	json_object_object_add(o, "timeline", json_object_get(call_timeline(app->mem, call, &row)));
	*shown = o;
	return put_conversation(app, id, o, err);
}
