/* See events_api.h. */
#include "campaign/events_api.h"

#include "app.h"
#include "base/json.h"
#include "live/events.h"
#include "web/api.h"

enum { EVENTS_DEFAULT = 1000 };

/* Reads a whole number of the query; false when it is something else. */
static bool read_number(const struct form *form, const char *name, long long least, long long most, long long *number)
{
	const char *text = form_get(form, name);

	if (!text)
		return true;
	*number = str_number(str_from(text), most);
	return *number >= least;
}

int campaign_events(struct app *app, struct request *req, struct response *res, struct err *err)
{
	struct json_object *items, *answer = json_owned(app->mem, json_object_new_object());
	struct str id = request_param(req, "id");
	long long after = 0, limit = EVENTS_DEFAULT;
	struct form form = { 0 };
	struct err bad = { 0 };
	bool gone;

	if (request_query(req, &form, &bad))
		return api_refuse(res, NULL, "The query could not be understood.");
	if (!read_number(&form, "after", 0, INT64_MAX, &after))
		return api_refuse(res, "after", "after must be the seq of an event, or 0.");
	if (!read_number(&form, "limit", 1, EVENTS_KEPT, &limit))
		return api_refuse(res, "limit", "limit must be a whole number from 1 to 10000.");
	if (!str_is_token(id, 1, 64))
		return err_set(err, ERR_MISSING, "no campaign has such an id");
	items = json_object_new_array();
	json_object_object_add(answer, "items", items);
	if (events_after(app, arena_strndup(req->mem, id.ptr, id.len), after, (size_t)limit, items, &gone, err))
		return -1;
	if (gone)
		response_error(res, 410, "gone", "Some of these events are not kept any more. Read the status instead.",
			       "after");
	else
		response_json(res, 200, str_from(json_write(answer)));
	return 0;
}
