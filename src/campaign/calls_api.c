/* See calls_api.h. */
#include "campaign/calls_api.h"

#include "app.h"
#include "base/json.h"
#include "campaign/call.h"
#include "campaign/campaign.h"
#include "campaign/lead.h"
#include "campaign/newest.h"
#include "store/keys.h"
#include "web/api.h"

static int of_campaign(struct app *app, const char *campaign, const struct newest *newest, struct json_object *items,
		       const char **next, struct err *err)
{
	struct newest_page page;

	if (newest_page(app, key_of(app->mem, KEY_CALLS, campaign), KEY_CALL, newest, NULL, &page, err))
		return -1;
	for (size_t i = 0; i < page.count; i++) {
		struct call call;

		if (call_of_row(app, reply_text(&page.rows[2 * i]), &page.rows[2 * i + 1], &call, err))
			return -1;
		json_object_array_add(items, json_object_get(call_json(app, &call)));
	}
	*next = page.next;
	return 0;
}

/* Each call of a lead names the one before.  The cursor is "0." and the id of the next one. */
static int of_lead(struct app *app, const char *campaign, int64_t number, const struct newest *newest,
		   struct json_object *items, const char **next, struct err *err)
{
	const char *id = newest->from_id;
	struct lead lead;

	if (lead_load(app, campaign, number, &lead, err))
		return -1;
	if (!*id)
		id = lead.last_call;
	for (; id && json_object_array_length(items) < newest->limit;) {
		struct call call;

		if (call_load(app, id, &call, err))
			return -1;
		if (call.lead != number || strcmp(call.campaign, campaign))
			return err_set(err, ERR_MISSING, "a call of another lead");
		json_object_array_add(items, json_object_get(call_json(app, &call)));
		id = call.previous;
	}
	*next = id ? arena_join(app->mem, "0.", id) : NULL;
	return 0;
}

int calls_list(struct app *app, struct request *req, struct response *res, struct err *err)
{
	struct json_object *items, *answer = json_owned(app->mem, json_object_new_object());
	const char *id = api_id(req), *lead, *next = NULL;
	struct newest newest;
	struct form form = { 0 };
	struct err bad = { 0 };
	struct campaign c;
	long long number = 0;

	if (request_query(req, &form, &bad))
		return api_refuse(res, NULL, "The query could not be understood.");
	if (!newest_read(app, &form, res, &newest))
		return 0;
	lead = form_get(&form, "lead");
	if (lead && (number = str_number(str_from(lead), LEAD_SCORE_TIME)) < 1)
		return api_refuse(res, "lead", "lead must be the id of a lead.");
	if (!id)
		return err_set(err, ERR_MISSING, "no id of a campaign");
	items = json_object_new_array();
	json_object_object_add(answer, "items", items);
	if (campaign_load(app, id, &c, err) ||
	    (lead ? of_lead(app, id, number, &newest, items, &next, err) : of_campaign(app, id, &newest, items, &next, err)))
		return -1;
	json_put(answer, "next_cursor", next);
	response_json(res, 200, str_from(json_write(answer)));
	return 0;
}
