/* See leads_api.h. */
#include "campaign/leads_api.h"

#include <inttypes.h>

#include "app.h"
#include "base/json.h"
#include "base/limits.h"
#include "campaign/lead.h"
#include "campaign/lead_csv.h"
#include "campaign/lead_import.h"
#include "campaign/lead_json.h"
#include "campaign/phone.h"
#include "store/keys.h"
#include "web/api.h"

enum { PAGE_DEFAULT = 50, PAGE_MOST = 1000, READ_AT_ONCE = 100 };

static const char *campaign_of(struct request *req)
{
	struct str id = request_param(req, "id");

	return arena_strndup(req->mem, id.ptr, id.len);
}

/* ---- the import ---- */

struct wish {
	const char *country;
	bool dry_run;
};

/* Reads the query; false when it was answered. */
static bool read_wish(struct request *req, struct response *res, struct wish *wish)
{
	struct form form = { 0 };
	struct err bad = { 0 };
	const char *dry_run;

	if (request_query(req, &form, &bad))
		return api_refuse(res, NULL, "The query could not be understood."), false;
	wish->country = form_get(&form, "country");
	if (wish->country && !phone_country_is_known(str_from(wish->country)))
		return api_refuse(res, "country", "country must be a country's code of two capital letters, as in US."), false;
	dry_run = form_get(&form, "dry_run");
	if (dry_run && strcmp(dry_run, "0") && strcmp(dry_run, "1"))
		return api_refuse(res, "dry_run", "dry_run must be 0 or 1."), false;
	wish->dry_run = dry_run && *dry_run == '1';
	return true;
}

static long read_upload(void *ctx, char *out, size_t len)
{
	return request_read(ctx, out, len);
}

/* The failure, and what became of the rows before it: those are kept. */
static void answer_broken(struct lead_import *import, struct response *res, int status, const char *code,
			  const char *sentence)
{
	struct json_object *report = lead_import_report(import), *error = json_object_new_object();

	json_put(error, "code", code);
	json_put(error, "message", sentence);
	json_object_object_add(report, "error", error);
	response_json(res, status, str_from(json_write(report)));
}

/* Answers for an import that did not come to its end, when it can say more than the error alone. */
static int answer_failure(struct lead_import *import, struct response *res, struct err *err)
{
	struct public_error e = public_error_of(err);

	if (err->kind == ERR_CONFLICT)
		answer_broken(import, res, 409, "conflict", "The campaign has ended: it takes no more leads.");
	else if (err->kind == ERR_LIMIT)
		answer_broken(import, res, 413, "too_large", "There are more rows than one import may have; those before are kept.");
	else if (err->kind == ERR_INPUT)
		answer_broken(import, res, 400, "bad_request", "The request ended before its announced length.");
	else if (lead_import_accepted(import))
		answer_broken(import, res, e.status, e.code, e.sentence);
	else
		return -1;
	return 0;
}

static int finish(struct lead_import *import, int rc, struct response *res, struct err *err)
{
	struct err ending = { 0 };

	/* Rows that are read and well are kept, whatever came after them. */
	if (rc && (err->kind == ERR_INPUT || err->kind == ERR_LIMIT) && lead_import_end(import, &ending))
		*err = ending;
	if (!rc)
		rc = lead_import_end(import, err);
	if (rc)
		return answer_failure(import, res, err);
	response_json(res, 200, str_from(json_write(lead_import_report(import))));
	return 0;
}

static int create_from_csv(struct lead_import *import, struct request *req, struct response *res, struct err *err)
{
	struct csv_source source = { read_upload, req };
	struct csv_problem problem;
	int rc = lead_csv_import(import, req->mem, &source, &problem, err);

	if (problem.sentence)
		return api_refuse(res, problem.column, problem.sentence);
	return finish(import, rc, res, err);
}

static int create_from_json(struct lead_import *import, struct request *req, struct response *res, struct err *err)
{
	struct json_object *body, *leads = NULL;
	int status = 400;

	if (request_read_body(req, LIMIT_BODY_LEADS_JSON, &status)) {
		response_error(res, status, status == 413 ? "too_large" : "bad_request",
			       status == 413 ? "As JSON at most 16 MB are read; CSV may be longer."
					     : "The request ended before its announced length.", NULL);
		return 0;
	}
	body = api_body(req, res);
	if (!body)
		return 0;
	json_object_object_foreach(body, name, value) {
		if (strcmp(name, "leads"))
			return api_refuse(res, name, "This member is not known here.");
		leads = value;
	}
	if (!json_object_is_type(leads, json_type_array))
		return api_refuse(res, "leads", "leads must be a list of leads.");
	return finish(import, lead_json_import(import, leads, err), res, err);
}

int leads_create(struct app *app, struct request *req, struct response *res, struct err *err)
{
	struct lead_import *import;
	struct wish wish;

	if (!read_wish(req, res, &wish))
		return 0;
	import = lead_import_new(app, campaign_of(req), wish.country, wish.dry_run);
	if (request_is_type(req, "text/csv"))
		return create_from_csv(import, req, res, err);
	if (request_is_type(req, "application/json"))
		return create_from_json(import, req, res, err);
	response_error(res, 415, "unsupported_media_type", "Leads are sent as text/csv or application/json.", NULL);
	return 0;
}

/* ---- the list ---- */

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

static struct json_object *lead_json(struct app *app, const struct lead *lead)
{
	struct json_object *json = json_object_new_object();
	char next[ISO_TIME_SIZE] = "";

	if (lead->next_ms)
		iso_time_format(lead->next_ms, next);
	json_put(json, "id", arena_printf(app->mem, "%" PRId64, lead->number));
	json_put(json, "phone", lead->phone);
	json_put(json, "name", lead->name);
	json_put(json, "timezone", lead->timezone);
	json_object_object_add(json, "variables", variables_json(lead));
	json_put(json, "state", lead_state_name(lead->state));
	json_put(json, "outcome", lead->outcome);
	json_put_int(json, "attempts", lead->attempts);
	json_put(json, "next_call_at", *next ? next : NULL);
	json_put(json, "reason", NULL);
	return json;
}

/* Number of the campaign's last lead; ERR_MISSING. */
static int last_lead(struct app *app, const char *campaign, int64_t *last, struct err *err)
{
	struct reply r;

	if (store_call(app->store, app->mem, &r, err, "HMGET", key_of(app->mem, KEY_CAMPAIGN, campaign), "state", "leads", NULL))
		return -1;
	if (r.type != REPLY_LIST || r.count != 2 || !reply_text(&r.items[0]))
		return err_set(err, ERR_MISSING, "no such campaign");
	if (!reply_int(&r.items[1], last))
		*last = 0;
	return 0;
}

/* Reads the leads `first` to `first + count - 1`; a missing one has no phone. */
static int read_leads(struct app *app, const char *campaign, int64_t first, size_t count, struct lead *leads, struct err *err)
{
	struct command commands[READ_AT_ONCE];
	struct reply replies[READ_AT_ONCE];

	for (size_t i = 0; i < count; i++) {
		commands[i] = command_new(app->mem, "HGETALL");
		command_text(&commands[i], lead_key(app->mem, campaign, first + (int64_t)i));
	}
	if (store_pipeline(app->store, commands, count, replies, err))
		return -1;
	for (size_t i = 0; i < count; i++)
		lead_of(app->mem, first + (int64_t)i, &replies[i], &leads[i]);
	return 0;
}

/* Adds what passes to the items, up to the limit; f->after moves along. */
static int collect(struct app *app, const char *campaign, struct filter *f, int64_t last, struct json_object *items,
		   struct err *err)
{
	struct lead leads[READ_AT_ONCE];

	for (int64_t looked = 0; f->after < last && looked < LIMIT_SCAN;) {
		int64_t left = last - f->after;
		size_t count = left < READ_AT_ONCE ? (size_t)left : READ_AT_ONCE;

		if (read_leads(app, campaign, f->after + 1, count, leads, err))
			return -1;
		for (size_t i = 0; i < count; i++, looked++) {
			if (json_object_array_length(items) == f->limit)
				return 0;
			f->after++;
			if (leads[i].phone && passes(f, &leads[i]))
				json_object_array_add(items, lead_json(app, &leads[i]));
		}
	}
	return 0;
}

int leads_list(struct app *app, struct request *req, struct response *res, struct err *err)
{
	struct json_object *items, *answer = json_owned(app->mem, json_object_new_object());
	const char *campaign = campaign_of(req);
	struct filter f;
	int64_t last;

	if (!read_filter(req, res, &f))
		return 0;
	items = json_object_new_array();
	json_object_object_add(answer, "items", items);
	if (last_lead(app, campaign, &last, err) || collect(app, campaign, &f, last, items, err))
		return -1;
	json_put(answer, "next_cursor", f.after < last ? arena_printf(app->mem, "%" PRId64, f.after) : NULL);
	response_json(res, 200, str_from(json_write(answer)));
	return 0;
}

int leads_show(struct app *app, struct request *req, struct response *res, struct err *err)
{
	long long number = str_number(request_param(req, "lead"), LEAD_SCORE_TIME);
	struct lead lead;

	if (number < 1)
		return err_set(err, ERR_MISSING, "no such lead");
	if (lead_load(app, campaign_of(req), number, &lead, err))
		return -1;
	response_json(res, 200, str_from(json_write(json_owned(app->mem, lead_json(app, &lead)))));
	return 0;
}
