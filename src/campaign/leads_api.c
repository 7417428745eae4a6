/* See leads_api.h: the import. */
#include "campaign/leads_api.h"

#include <inttypes.h>

#include "access/audit.h"
#include "app.h"
#include "base/json.h"
#include "base/limits.h"
#include "campaign/import_rejects.h"
#include "campaign/imports_api.h"
#include "campaign/lead_csv.h"
#include "campaign/lead_import.h"
#include "campaign/lead_json.h"
#include "campaign/phone.h"
#include "web/api.h"

enum { PREVIEW_MOST = 50, IMPORT_ID_LEAST = 8, IMPORT_ID_MOST = 64 };

struct wish {
	const char *country, *columns;
	const char *import; /* id of the upload, by which it is asked for; NULL: nobody will ask */
	size_t preview;
	bool dry_run;
};

/* What concerns CSV only; false when it was answered. */
static bool read_csv_wish(const struct form *form, struct response *res, struct wish *wish)
{
	const char *preview = form_get(form, "preview");
	long long rows = preview ? str_number(str_from(preview), PREVIEW_MOST) : 0;

	wish->columns = form_get(form, "columns");
	wish->import = form_get(form, "import");
	wish->preview = rows > 0 ? (size_t)rows : 0;
	if (rows < 0 || (rows && !wish->dry_run))
		return api_refuse(res, "preview", "preview must be a whole number up to 50, and goes with dry_run=1."), false;
	if (wish->columns && !strcmp(wish->columns, LEAD_CSV_GUESS) && !wish->dry_run)
		return api_refuse(res, "columns", "columns may be guessed only with dry_run=1."), false;
	if (wish->import && !str_is_token(str_from(wish->import), IMPORT_ID_LEAST, IMPORT_ID_MOST))
		return api_refuse(res, "import", "import must be 8 to 64 letters, digits, - and _."), false;
	return true;
}

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
	return read_csv_wish(&form, res, wish);
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
	else if (lead_import_counts(import).accepted)
		answer_broken(import, res, e.status, e.code, e.sentence);
	else
		return -1;
	return 0;
}

/* An upload of CSV: where it goes, and what is wished of it. */
struct upload {
	struct app *app;
	const char *campaign;
	struct wish wish;
};

static void add_preview(struct json_object *report, const struct lead_csv *csv);

/* `csv` NULL: the leads came as JSON.  `rejects` NULL: there is no file of rejected rows. */
static int finish(struct lead_import *import, const struct lead_csv *csv, const struct upload *rejects, int rc,
		  struct response *res, struct err *err)
{
	struct json_object *report;
	struct err ending = { 0 };

	/* Rows that are read and well are kept, whatever came after them. */
	if (rc && (err->kind == ERR_INPUT || err->kind == ERR_LIMIT) && lead_import_end(import, &ending))
		*err = ending;
	if (!rc)
		rc = lead_import_end(import, err);
	if (rc)
		return answer_failure(import, res, err);
	report = lead_import_report(import);
	if (csv && csv->preview)
		add_preview(report, csv);
	json_put(report, "rejected_csv", !rejects ? NULL : arena_printf(res->mem, "/api/campaigns/%s/imports/%s/rejected.csv",
									rejects->campaign, rejects->wish.import));
	response_json(res, 200, str_from(json_write(report)));
	return 0;
}

/* What one who chooses columns looks at. */
static void add_preview(struct json_object *report, const struct lead_csv *csv)
{
	struct json_object *problem = NULL;

	json_object_object_add(report, "columns", lead_columns_json(&csv->table));
	json_object_object_add(report, "preview", json_object_get(csv->previewed));
	if (csv->problem.sentence) {
		problem = json_object_new_object();
		json_put(problem, "field", csv->problem.column);
		json_put(problem, "message", csv->problem.sentence);
	}
	json_object_object_add(report, "problem", problem);
}

static int create_from_csv(struct lead_import *import, const struct upload *upload, struct request *req, struct response *res,
			   struct err *err)
{
	const struct wish *wish = &upload->wish;
	struct csv_source source = { read_upload, req };
	struct lead_csv csv = { .import = import, .mem = req->mem, .columns = wish->columns, .country = wish->country,
				.preview = wish->preview };
	struct import_watch *watch = import_watch_new(upload->app, upload->campaign, wish->import, req);
	bool kept;
	int rc;

	if (wish->import)
		csv.rejects = import_rejects_new(upload->app, upload->campaign, wish->import);
	if (watch)
		lead_import_on_progress(import, import_watch_tell, watch);
	rc = lead_csv_import(&csv, &source, err);
	lead_import_on_progress(import, NULL, NULL);
	kept = csv.rejects && import_rejects_end(csv.rejects);
	if (rc && csv.problem.sentence) {
		import_watch_end(watch, import, "failed");
		return api_refuse(res, csv.problem.column, csv.problem.sentence);
	}
	rc = finish(import, &csv, kept ? upload : NULL, rc, res, err);
	import_watch_end(watch, import, rc || res->status != 200 ? "failed" : "done");
	return rc;
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
	return finish(import, NULL, NULL, lead_json_import(import, leads, err), res, err);
}

/* For the audit trail: also an import that was cut short has changed something. */
static void say(const struct upload *upload, const struct lead_import *import, struct request *req, int status)
{
	struct lead_import_counts counts = lead_import_counts(import);
	const char *detail = arena_printf(req->mem, "%" PRId64 " accepted, %" PRId64 " rejected", counts.accepted, counts.rejected);

	if (upload->wish.dry_run)
		audit_nothing(req);
	else
		audit_say(req, "lead.import", upload->campaign, detail);
	if (status >= 400 && counts.accepted && !upload->wish.dry_run)
		audit_record(upload->app, req, &(struct audit_entry){ .action = "lead.import", .object = upload->campaign,
								       .detail = detail, .result = "cut short" });
}

int leads_create(struct app *app, struct request *req, struct response *res, struct err *err)
{
	const char *campaign = api_id(req);
	struct upload upload = { .app = app, .campaign = campaign };
	struct lead_import *import;
	int rc = 0;

	if (!campaign)
		return err_set(err, ERR_MISSING, "no id of a campaign");
	if (!read_wish(req, res, &upload.wish))
		return 0;
	import = lead_import_new(app, campaign, upload.wish.country, upload.wish.dry_run);
	if (request_is_type(req, "text/csv"))
		rc = create_from_csv(import, &upload, req, res, err);
	else if (request_is_type(req, "application/json"))
		rc = create_from_json(import, req, res, err);
	else
		response_error(res, 415, "unsupported_media_type", "Leads are sent as text/csv or application/json.", NULL);
	say(&upload, import, req, rc ? 500 : res->status);
	return rc;
}
