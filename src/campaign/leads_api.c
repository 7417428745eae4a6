/* See leads_api.h: the import. */
#include "campaign/leads_api.h"

#include "app.h"
#include "base/json.h"
#include "base/limits.h"
#include "campaign/lead_csv.h"
#include "campaign/lead_import.h"
#include "campaign/lead_json.h"
#include "campaign/phone.h"
#include "web/api.h"

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
	const char *campaign = api_id(req);
	struct lead_import *import;
	struct wish wish;

	if (!campaign)
		return err_set(err, ERR_MISSING, "no id of a campaign");
	if (!read_wish(req, res, &wish))
		return 0;
	import = lead_import_new(app, campaign, wish.country, wish.dry_run);
	if (request_is_type(req, "text/csv"))
		return create_from_csv(import, req, res, err);
	if (request_is_type(req, "application/json"))
		return create_from_json(import, req, res, err);
	response_error(res, 415, "unsupported_media_type", "Leads are sent as text/csv or application/json.", NULL);
	return 0;
}
