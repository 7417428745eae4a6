/* See lead_list.h, and leads_api.h for the two requests. */
#include "campaign/lead_list.h"

#include <ctype.h>
#include <inttypes.h>
#include <string.h>

#include "access/actor.h"
#include "access/mask.h"
#include "app.h"
#include "base/limits.h"
#include "campaign/call_log.h"
#include "campaign/do_not_call.h"
#include "campaign/lead.h"
#include "campaign/leads_api.h"
#include "campaign/phone.h"
#include "campaign/status.h"
#include "store/keys.h"
#include "web/api.h"

enum { PAGE_DEFAULT = 50, PAGE_MOST = 1000 };

/* ---- the filter ---- */

static bool state_is_known(const char *name)
{
	for (int s = LEAD_PENDING; s <= LEAD_DONE; s++)
		if (!strcmp(name, lead_state_name((enum lead_state)s)))
			return true;
	return false;
}

static const char *text_or_null(const struct form *form, const char *name)
{
	const char *text = form_get(form, name);

	return text && *text ? text : NULL;
}

const char *lead_filter_read(const struct form *form, struct lead_filter *f, const char **field)
{
	const char *limit = form_get(form, "limit"), *cursor = form_get(form, "cursor");
	long long n = PAGE_DEFAULT;

	*f = (struct lead_filter){ .state = text_or_null(form, "state"), .outcome = text_or_null(form, "outcome"),
				   .search = text_or_null(form, "search") };
	*field = "limit";
	if (limit && (n = str_number(str_from(limit), PAGE_MOST)) < 1)
		return "limit must be a whole number from 1 to 1000.";
	f->limit = (size_t)n;
	*field = "cursor";
	f->after = cursor ? str_number(str_from(cursor), LEAD_SCORE_TIME) : 0;
	if (f->after < 0)
		return "cursor must be a next_cursor of an earlier answer.";
	*field = "state";
	if (f->state && !state_is_known(f->state))
		return "state must be pending, calling, waiting or done.";
	*field = "search";
	if (f->search && strlen(f->search) > LIMIT_NAME)
		return "search must be at most 200 bytes.";
	return NULL;
}

/* ASCII case is ignored. */
static bool contains(const char *text, const char *part)
{
	size_t len = strlen(part);

	for (; text && *text; text++) {
		size_t i = 0;

		while (i < len && text[i] && tolower((unsigned char)text[i]) == tolower((unsigned char)part[i]))
			i++;
		if (i == len)
			return true;
	}
	return false;
}

/* Who sees numbers masked must not find them digit by digit. */
static bool is_found(const struct request *req, const char *search, const struct lead *lead)
{
	return contains(shown_text(req, lead->name), search) ||
	       (req->actor && req->actor->role >= ROLE_OPERATOR && contains(lead->phone, search));
}

static bool passes(const struct lead_filter *f, const struct lead *lead)
{
	return (!f->state || !strcmp(f->state, lead_state_name(lead->state))) &&
	       (!f->outcome || (lead->outcome && !strcmp(f->outcome, lead->outcome)));
}

/* ---- what is told ---- */

static struct json_object *variables_json(const struct lead *lead)
{
	struct json_object *variables = json_object_new_object();

	for (size_t i = 0; i < lead->variable_count; i++)
		json_put(variables, lead->variables[i].name, lead->variables[i].value);
	return variables;
}

struct teller {
	struct app *app;
	const struct request *req;
	struct lead_reasons reasons;
	struct json_object *items;
};

/* Adds one to the items. */
static int add_lead(struct teller *t, const struct lead *lead, struct err *err)
{
	struct json_object *json = json_object_new_object();
	char next[ISO_TIME_SIZE] = "";
	const char *reason;
	int64_t next_ms;

	json_object_array_add(t->items, json);
	if (lead_reason(t->app, &t->reasons, lead, &reason, &next_ms, err))
		return -1;
	if (!next_ms && lead->state == LEAD_WAITING)
		next_ms = lead->next_ms;
	if (next_ms)
		iso_time_format(next_ms, next);
	json_put(json, "id", arena_printf(t->app->mem, "%" PRId64, lead->number));
	json_put(json, "phone", shown_phone(t->req, lead->phone));
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

/* ---- the list ---- */

/* Adds what passes, up to the limit; f->after moves along. */
static int collect(struct teller *t, struct lead_filter *f, struct err *err)
{
	const struct campaign *c = t->reasons.campaign;
	struct lead leads[LEADS_AT_ONCE];

	for (int64_t looked = 0; f->after < c->leads && looked < LIMIT_SCAN;) {
		int64_t left = c->leads - f->after;
		size_t count = left < LEADS_AT_ONCE ? (size_t)left : LEADS_AT_ONCE;

		if (leads_load(t->app, c->id, f->after + 1, count, leads, err))
			return -1;
		for (size_t i = 0; i < count; i++, looked++) {
			if (json_object_array_length(t->items) == f->limit)
				return 0;
			f->after++;
			if (leads[i].phone && passes(f, &leads[i]) && (!f->search || is_found(t->req, f->search, &leads[i])) &&
			    add_lead(t, &leads[i], err))
				return -1;
		}
	}
	return 0;
}

static int find_number(struct teller *t, const struct lead_filter *f, const char *phone, struct err *err)
{
	const struct campaign *c = t->reasons.campaign;
	struct err missing = { 0 };
	struct reply r;
	struct lead lead;
	int64_t number;

	if (store_call(t->app->store, t->app->mem, &r, err, "HGET", phones_key(t->app->mem, c->id, phone), phone, NULL))
		return -1;
	if (f->after || !reply_int(&r, &number))
		return 0;
	if (lead_load(t->app, c->id, number, &lead, &missing))
		return missing.kind == ERR_MISSING ? 0 : err_set(err, missing.kind, "%s", missing.msg);
	return passes(f, &lead) ? add_lead(t, &lead, err) : 0;
}

int lead_list_json(struct app *app, const struct request *req, const struct campaign *c, const struct lead_filter *filter,
		   struct json_object *items, const char **next, struct err *err)
{
	struct teller t = { .app = app, .req = req, .items = items };
	struct lead_filter f = *filter;
	char phone[PHONE_SIZE];

	*next = NULL;
	if (lead_reasons_load(app, c, &t.reasons, err))
		return -1;
	if (f.search && !phone_read(str_from(f.search), NULL, phone))
		return find_number(&t, &f, phone, err);
	if (collect(&t, &f, err))
		return -1;
	if (f.after < c->leads)
		*next = arena_printf(app->mem, "%" PRId64, f.after);
	return 0;
}

/* ---- one ---- */

static int put_calls(struct app *app, const struct campaign *c, const struct lead *lead, struct json_object *o,
		     struct err *err)
{
	struct json_object *list = json_object_new_array();
	struct call *calls;
	size_t count;

	json_object_object_add(o, "calls", list);
	if (call_log_of_lead(app, c->id, lead->number, lead->last_call, &calls, &count, err))
		return -1;
	for (size_t i = 0; i < count; i++)
		json_object_array_add(list, json_object_get(call_json(app, &calls[i])));
	return 0;
}

int lead_show_json(struct app *app, const struct request *req, const struct campaign *c, int64_t number,
		   struct json_object **shown, struct err *err)
{
	struct teller t = { .app = app, .req = req, .items = json_owned(app->mem, json_object_new_array()) };
	struct json_object *entry;
	struct lead lead;

	if (lead_reasons_load(app, c, &t.reasons, err) || lead_load(app, c->id, number, &lead, err) || add_lead(&t, &lead, err))
		return -1;
	*shown = json_object_array_get_idx(t.items, 0);
	if (do_not_call_find(app, lead.phone, &entry, err))
		return -1;
	if (entry)
		json_put(entry, "phone", shown_phone(req, json_text(entry, "phone")));
	json_object_object_add(*shown, "do_not_call", json_object_get(entry));
	return put_calls(app, c, &lead, *shown, err);
}

/* ---- the API ---- */

/* The campaign that the path names. */
static int find(struct app *app, const struct request *req, struct campaign *c, struct err *err)
{
	const char *id = api_id(req);

	return id ? campaign_load(app, id, c, err) : err_set(err, ERR_MISSING, "no id of a campaign");
}

int leads_list(struct app *app, struct request *req, struct response *res, struct err *err)
{
	struct json_object *items = json_object_new_array(), *answer = json_owned(app->mem, json_object_new_object());
	const char *field, *why, *next;
	struct form form = { 0 };
	struct err bad = { 0 };
	struct lead_filter f;
	struct campaign c;

	json_object_object_add(answer, "items", items);
	if (request_query(req, &form, &bad))
		return api_refuse(res, NULL, "The query could not be understood.");
	why = lead_filter_read(&form, &f, &field);
	if (why)
		return api_refuse(res, field, why);
	if (find(app, req, &c, err) || lead_list_json(app, req, &c, &f, items, &next, err))
		return -1;
	json_put(answer, "next_cursor", next);
	response_json(res, 200, str_from(json_write(answer)));
	return 0;
}

int leads_show(struct app *app, struct request *req, struct response *res, struct err *err)
{
	long long number = str_number(request_param(req, "lead"), LEAD_SCORE_TIME);
	struct json_object *lead;
	struct campaign c;

	if (number < 1)
		return err_set(err, ERR_MISSING, "no such lead");
	if (find(app, req, &c, err) || lead_show_json(app, req, &c, number, &lead, err))
		return -1;
	response_json(res, 200, str_from(json_write(lead)));
	return 0;
}
