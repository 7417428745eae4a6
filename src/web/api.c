/* See api.h. */
#include "web/api.h"

#include "base/csv_put.h"

enum { ID_MOST = 64 };

void api_fail(struct app *app, struct request *req, struct response *res, int status, const char *code,
	      const char *sentence, int retry_after)
{
	(void)app;
	(void)req;
	(void)retry_after;
	response_error(res, status, code, sentence, NULL);
	if (status == 401)
		response_header(res, "WWW-Authenticate", "Bearer");
}

int api_refuse(struct response *res, const char *field, const char *sentence)
{
	response_error(res, 400, "bad_request", sentence, field);
	return 0;
}

int api_conflict(struct response *res, const char *sentence)
{
	response_error(res, 409, "conflict", sentence, NULL);
	return 0;
}

const char *api_id(const struct request *req)
{
	struct str id = request_param(req, "id");

	return str_is_token(id, 1, ID_MOST) ? arena_strndup(req->mem, id.ptr, id.len) : NULL;
}

struct json_object *api_body(struct request *req, struct response *res)
{
	struct err bad = { 0 };
	struct json_object *body;

	if (!request_is_type(req, "application/json")) {
		response_error(res, 415, "unsupported_media_type", "The request must be JSON.", NULL);
		return NULL;
	}
	body = json_read(req->mem, req->body, &bad);
	if (!body || !json_object_is_type(body, json_type_object)) {
		api_refuse(res, NULL, "The request could not be understood.");
		return NULL;
	}
	return body;
}

bool api_only(struct response *res, struct json_object *body, const char *const *members)
{
	json_object_object_foreach(body, name, value) {
		const char *const *known = members;

		(void)value;
		while (*known && strcmp(*known, name))
			known++;
		if (!*known)
			return api_refuse(res, name, "This member is not known here."), false;
	}
	return true;
}

void api_csv(struct response *res, const char *file, const char *const *columns, size_t count)
{
	struct str *heads = arena_alloc(res->mem, (count + 1) * sizeof(*heads));

	response_type(res, "text/csv; charset=utf-8");
	response_header(res, "Content-Disposition", arena_printf(res->mem, "attachment; filename=\"%s\"", file));
	response_header(res, "Cache-Control", "no-store");
	for (size_t i = 0; columns && i < count; i++)
		heads[i] = str_from(columns[i]);
	if (columns)
		csv_put(res->body, heads, count);
}
