/* See jobs_api.h. */
#include "console/jobs_api.h"

#include <string.h>

#include "access/audit.h"
#include "app.h"
#include "base/limits.h"
#include "base/percent.h"
#include "console/job_list.h"
#include "screening/jobs.h"
#include "web/api.h"

enum { RETRY_MOST = 1000, REASON_MOST = 500 };

static int list(struct app *app, struct request *req, struct response *res, struct err *err)
{
	struct json_object *answer, *kinds;
	struct job_question q;
	struct err bad = { 0 };
	struct form form;
	const char *field, *wrong;

	if (request_query(req, &form, &bad))
		return api_refuse(res, NULL, "The query could not be understood.");
	if ((wrong = job_question_read(app, &form, &q, &field)))
		return api_refuse(res, field, wrong);
	if (job_list_json(app, &q, &answer, err) || job_kinds_json(app, &kinds, err))
		return -1;
	json_object_object_add(answer, "dead_by_kind", json_object_get(kinds));
	response_json(res, 200, str_from(json_write(answer)));
	return 0;
}

/* The job that the path names; ids of jobs hold colons. */
static const char *job_id(struct request *req, struct err *err)
{
	struct str id;

	if (percent_decode(req->mem, request_param(req, "id"), false, &id) && id.len && !str_has_control(id))
		return arena_strndup(req->mem, id.ptr, id.len);
	err_set(err, ERR_MISSING, "no job id");
	return NULL;
}

static int answer_state(struct app *app, struct response *res, const char *id, const char *state)
{
	struct json_object *o = json_owned(app->mem, json_object_new_object());

	json_put(o, "id", id);
	json_put(o, "state", state);
	response_json(res, 200, str_from(json_write(o)));
	return 0;
}

/* Answers 404 or 409 for one that cannot be revived. */
static int not_dead(struct app *app, struct response *res, const char *id, struct err *err)
{
	const struct queue queue = screening_queue(app);
	struct job_info job;
	bool found;

	if (queue_info(&queue, app->mem, id, &job, &found, err))
		return -1;
	return found ? api_conflict(res, "This job is no dead letter (any more).") : err_set(err, ERR_MISSING, "no such job");
}

static int retry(struct app *app, struct request *req, struct response *res, struct err *err)
{
	const struct queue queue = screening_queue(app);
	const char *id = job_id(req, err);
	bool found;

	if (!id || queue_revive(&queue, app->mem, id, false, &found, err))
		return -1;
	if (!found)
		return not_dead(app, res, id, err);
	audit_say(req, "job.retry", id, NULL);
	return answer_state(app, res, id, "due");
}

/* The only member `name` of the body, a text that says something; NULL when the request was answered. */
static const char *only_text(struct request *req, struct response *res, const char *name, size_t most, const char *sentence)
{
	struct json_object *body = api_body(req, res);
	const char *text;

	if (!body || !api_only(res, body, (const char *const[]){ name, NULL }))
		return NULL;
	text = json_text(body, name);
	if (text && str_trim(str_from(text)).len && strlen(text) <= most)
		return text;
	api_refuse(res, name, sentence);
	return NULL;
}

static int discard(struct app *app, struct request *req, struct response *res, struct err *err)
{
	const struct queue queue = screening_queue(app);
	const char *reason, *id = job_id(req, err);
	bool found;

	if (!id)
		return -1;
	if (!(reason = only_text(req, res, "reason", REASON_MOST, "Say why, in at most 500 characters.")))
		return 0;
	if (queue_revive(&queue, app->mem, id, true, &found, err))
		return -1;
	if (!found)
		return not_dead(app, res, id, err);
	audit_say(req, "job.discard", id, reason);
	return answer_state(app, res, id, "discarded");
}

static int retry_kind(struct app *app, struct request *req, struct response *res, struct err *err)
{
	const char *kind = only_text(req, res, "kind", 40, "Name the kind of job.");
	struct json_object *answer = json_owned(app->mem, json_object_new_object());
	const struct queue queue = screening_queue(app);
	struct job_info *jobs;
	size_t count;
	int64_t revived = 0;
	bool found;

	if (!kind)
		return 0;
	if (queue_list(&queue, app->mem, "dead", RETRY_MOST, &jobs, &count, err))
		return -1;
	for (size_t i = 0; i < count; i++) {
		if (strcmp(jobs[i].kind, kind))
			continue;
		if (queue_revive(&queue, app->mem, jobs[i].id, false, &found, err))
			return -1;
		revived += found;
	}
	audit_say(req, "job.retry_all", kind, NULL);
	json_put_int(answer, "retried", revived);
	response_json(res, 200, str_from(json_write(answer)));
	return 0;
}

static const struct route routes[] = {
	{ .method = "GET", .path = "/api/jobs", .handler = list },
	{ .method = "POST", .path = "/api/jobs/retry", .handler = retry_kind, .max_body = LIMIT_BODY_ACTION },
	{ .method = "POST", .path = "/api/jobs/:id/retry", .handler = retry, .max_body = LIMIT_BODY_ACTION },
	{ .method = "POST", .path = "/api/jobs/:id/discard", .handler = discard, .max_body = LIMIT_BODY_ACTION },
};

const struct route_table job_routes = { routes, ARRAY_LEN(routes) };
