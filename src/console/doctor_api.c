/* See doctor_api.h. */
#include "console/doctor_api.h"

#include "access/audit.h"
#include "app.h"
#include "base/limits.h"
#include "doctor/doctor.h"
#include "web/api.h"

static struct json_object *check_json(const struct check *c, const struct check_result *r)
{
	struct json_object *o = json_object_new_object();

	json_put(o, "name", c->name);
	json_put(o, "group", c->group);
	json_put(o, "title", c->title);
	json_put(o, "state", r->at_ms ? check_state_name(r->state) : NULL);
	json_put(o, "sentence", r->at_ms ? r->sentence : NULL);
	json_put(o, "todo", r->at_ms ? r->todo : NULL);
	json_object_object_add(o, "seconds", json_object_new_double((double)r->took_ms / 1000));
	json_put_time(o, "at", r->at_ms);
	return o;
}

int doctor_json(struct app *app, struct json_object **answer, struct err *err)
{
	struct json_object *o = json_owned(app->mem, json_object_new_object()), *items = json_object_new_array(),
			   *counts = json_object_new_object();
	struct check_result *results;
	int64_t oldest = INT64_MAX, n[CHECK_FAIL + 1] = { 0 }, never = 0;
	bool running;

	json_object_object_add(o, "items", items);
	json_object_object_add(o, "counts", counts);
	if (check_results(app, &results, err) || doctor_is_running(app, &running, err))
		return -1;
	for (size_t i = 0; i < doctor_check_count; i++) {
		json_object_array_add(items, check_json(&doctor_checks[i], &results[i]));
		if (results[i].at_ms < oldest)
			oldest = results[i].at_ms;
		if (results[i].at_ms)
			n[results[i].state]++;
		else
			never++;
	}
	for (int s = CHECK_FAIL; s >= CHECK_OFF; s--)
		json_put_int(counts, check_state_name((enum check_state)s), n[s]);
	json_put_int(counts, "never", never);
	json_put(o, "not_set_up", doctor_not_set_up(app->mem, results));
	json_put_flag(o, "running", running);
	json_put_time(o, "checked_at", oldest);
	*answer = o;
	return 0;
}

static int show(struct app *app, struct request *req, struct response *res, struct err *err)
{
	struct json_object *answer;

	(void)req;
	if (doctor_json(app, &answer, err))
		return -1;
	response_json(res, 200, str_from(json_write(answer)));
	return 0;
}

static int run(struct app *app, struct request *req, struct response *res, struct err *err)
{
	bool begun;

	if (doctor_run_once(app, &begun, err))
		return -1;
	audit_nothing(req); /* pages ask for it by themselves */
	return show(app, req, res, err);
}

static const struct route routes[] = {
	{ .method = "GET", .path = "/api/doctor", .handler = show },
	{ .method = "POST", .path = "/api/doctor", .handler = run, .max_body = LIMIT_BODY_ACTION },
};

const struct route_table doctor_routes = { routes, ARRAY_LEN(routes) };
