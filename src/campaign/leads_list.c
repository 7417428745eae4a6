/* See leads_api.h: the list, and one lead. */
#include "campaign/leads_api.h"

#include <inttypes.h>

#include "app.h"
#include "base/json.h"
#include "base/limits.h"
#include "campaign/campaign.h"
#include "campaign/lead.h"
#include "campaign/status.h"
#include "web/api.h"

enum { PAGE_DEFAULT = 50, PAGE_MOST = 1000 };

struct filter {
	const char *state, *outcome; /* NULL: any */
	int64_t after;               /* the lead's number */
	size_t limit;
};

static bool state_is_known(const char *name)
{
	for (int s = LEAD_PENDING; s <= LEAD_DONE; s++)
		if (!strcmp(name, lead_state_name((enum lead_state)s)))
			return true;
	return false;
}

/* Reads the query; false when it was answered. */
static bool read_filter(struct request *req, struct response *res, struct filter *f)
{
	struct form form = { 0 };
	struct err bad = { 0 };
	const char *limit, *cursor;
	long long n = PAGE_DEFAULT;

	if (request_query(req, &form, &bad))
		return api_refuse(res, NULL, "The query could not be understood."), false;
	limit = form_get(&form, "limit");
	if (limit && (n = str_number(str_from(limit), PAGE_MOST)) < 1)
		return api_refuse(res, "limit", "limit must be a whole number from 1 to 1000."), false;
	f->limit = (size_t)n;
	cursor = form_get(&form, "cursor");
	f->after = cursor ? str_number(str_from(cursor), LEAD_SCORE_TIME) : 0;
	if (f->after < 0)
		return api_refuse(res, "cursor", "cursor must be a next_cursor of an earlier answer."), false;
	f->state = form_get(&form, "state");
	if (f->state && !state_is_known(f->state))
		return api_refuse(res, "state", "state must be pending, calling, waiting or done."), false;
	f->outcome = form_get(&form, "outcome");
	return true;
}

static bool passes(const struct filter *f, const struct lead *lead)
{
	return (!f->state || !strcmp(f->state, lead_state_name(lead->state))) &&
	       (!f->outcome || (lead->outcome && !strcmp(f->outcome, lead->outcome)));
}

static struct json_object *variables_json(const struct lead *lead)
{
	struct json_object *variables = json_object_new_object();

	for (size_t i = 0; i < lead->variable_count; i++)
		json_put(variables, lead->variables[i].name, lead->variables[i].value);
	return variables;
}

/* Adds one to the items. */
static int add_lead(struct app *app, const struct lead_reasons *reasons, const struct lead *lead, struct json_object *items,
		    struct err *err)
{
	struct json_object *json = json_object_new_object();
	char next[ISO_TIME_SIZE] = "";
	const char *reason;
	int64_t next_ms;

	json_object_array_add(items, json);
	if (lead_reason(app, reasons, lead, &reason, &next_ms, err))
		return -1;
	if (!next_ms && lead->state == LEAD_WAITING)
		next_ms = lead->next_ms;
	if (next_ms)
		iso_time_format(next_ms, next);
	json_put(json, "id", arena_printf(app->mem, "%" PRId64, lead->number));
	json_put(json, "phone", lead->phone);
	json_put(json, "name", lead->name);
	json_put(json, "timezone", lead->timezone);
	json_object_object_add(json, "variables", variables_json(lead));
	json_put(json, "state", lead_state_name(lead->state));
	json_put(json, "outcome", lead->outcome);
	json_put_int(json, "attempts", lead->attempts);
	json_put(json, "next_call_at", *next ? next : NULL);
	json_put(json, "reason", reason);
	return 0;
}

/* Adds what passes to the items, up to the limit; f->after moves along. */
static int collect(struct app *app, const struct lead_reasons *reasons, struct filter *f, struct json_object *items,
		   struct err *err)
{
	const struct campaign *c = reasons->campaign;
	struct lead leads[LEADS_AT_ONCE];

	for (int64_t looked = 0; f->after < c->leads && looked < LIMIT_SCAN;) {
		int64_t left = c->leads - f->after;
		size_t count = left < LEADS_AT_ONCE ? (size_t)left : LEADS_AT_ONCE;

		if (leads_load(app, c->id, f->after + 1, count, leads, err))
			return -1;
		for (size_t i = 0; i < count; i++, looked++) {
			if (json_object_array_length(items) == f->limit)
				return 0;
			f->after++;
			if (leads[i].phone && passes(f, &leads[i]) && add_lead(app, reasons, &leads[i], items, err))
				return -1;
		}
	}
	return 0;
}

/* The campaign that the path names, and what the reasons need. */
static int find(struct app *app, const struct request *req, struct campaign *c, struct lead_reasons *reasons, struct err *err)
{
	const char *id = api_id(req);

	if (!id)
		return err_set(err, ERR_MISSING, "no id of a campaign");
	return campaign_load(app, id, c, err) || lead_reasons_load(app, c, reasons, err) ? -1 : 0;
}

int leads_list(struct app *app, struct request *req, struct response *res, struct err *err)
{
	struct json_object *items, *answer = json_owned(app->mem, json_object_new_object());
	struct lead_reasons reasons;
	struct campaign c;
	struct filter f;

	if (!read_filter(req, res, &f))
		return 0;
	items = json_object_new_array();
	json_object_object_add(answer, "items", items);
	if (find(app, req, &c, &reasons, err) || collect(app, &reasons, &f, items, err))
		return -1;
	json_put(answer, "next_cursor", f.after < c.leads ? arena_printf(app->mem, "%" PRId64, f.after) : NULL);
	response_json(res, 200, str_from(json_write(answer)));
	return 0;
}

int leads_show(struct app *app, struct request *req, struct response *res, struct err *err)
{
	long long number = str_number(request_param(req, "lead"), LEAD_SCORE_TIME);
	struct json_object *items = json_owned(app->mem, json_object_new_array());
	struct lead_reasons reasons;
	struct campaign c;
	struct lead lead;

	if (number < 1)
		return err_set(err, ERR_MISSING, "no such lead");
	if (find(app, req, &c, &reasons, err) || lead_load(app, c.id, number, &lead, err) ||
	    add_lead(app, &reasons, &lead, items, err))
		return -1;
	response_json(res, 200, str_from(json_write(json_object_array_get_idx(items, 0))));
	return 0;
}
