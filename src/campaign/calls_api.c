/* See calls_api.h. */
#include "campaign/calls_api.h"

#include "access/mask.h"
#include "app.h"
#include "base/json.h"
#include "base/limits.h"
#include "campaign/call.h"
#include "campaign/call_log.h"
#include "campaign/call_show.h"
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

int calls_show(struct app *app, struct request *req, struct response *res, struct err *err)
{
	struct str call_id = request_param(req, "call");
	const char *id = api_id(req);
	struct json_object *shown;
	struct campaign c;
	struct call call;

	if (!id || !str_is_token(call_id, 1, LIMIT_ATTEMPT_ID))
		return err_set(err, ERR_MISSING, "no id of a call");
	if (campaign_load(app, id, &c, err) ||
	    call_show_json(app, id, arena_strndup(app->mem, call_id.ptr, call_id.len), &shown, &call, err))
		return -1;
	json_put(shown, "phone", shown_phone(req, call.phone));
	json_put(shown, "from", shown_phone(req, call.from));
	response_json(res, 200, str_from(json_write(shown)));
	return 0;
}

/* ---- of all campaigns ---- */

int calls_all(struct app *app, struct request *req, struct response *res, struct err *err)
{
	struct json_object *answer = json_owned(app->mem, json_object_new_object()), *items = json_object_new_array();
	struct call_log_page page;
	struct call_filter filter;
	struct form form = { 0 };
	struct err bad = { 0 };
	const char *field, *why, **names;

	json_object_object_add(answer, "items", items);
	if (request_query(req, &form, &bad))
		return api_refuse(res, NULL, "The query could not be understood.");
	if (!newest_read(app, &form, res, &filter.newest))
		return 0;
	why = call_filter_read(app, &form, &filter, &field);
	if (why)
		return api_refuse(res, field, why);
	if (call_log_page(app, &filter, &page, err) || call_log_campaigns(app, page.calls, page.count, &names, err))
		return -1;
	for (size_t i = 0; i < page.count; i++) {
		struct json_object *o = json_object_get(call_json(app, &page.calls[i]));

		json_put(o, "campaign_id", page.calls[i].campaign);
		json_put(o, "campaign_name", names[i]);
		json_put(o, "phone", shown_phone(req, page.calls[i].phone));
		json_object_array_add(items, o);
	}
	json_put(answer, "next_cursor", page.next);
	response_json(res, 200, str_from(json_write(answer)));
	return 0;
}
