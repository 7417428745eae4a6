/* See response.h. */
#include "web/response.h"

#include "base/limits.h"

void response_init(struct response *res, struct arena *mem)
{
	*res = (struct response){ .mem = mem, .status = 200 };
	res->headers = buf_in(mem, 16 << 10);
	res->body = buf_in(mem, LIMIT_RESPONSE);
}

void response_header(struct response *res, const char *name, const char *value)
{
	for (const char *p = value; *p; p++)
		if ((unsigned char)*p < ' ' || *p == 0x7f)
			return;
	buf_puts(res->headers, name);
	buf_puts(res->headers, ": ");
	buf_puts(res->headers, value);
	buf_puts(res->headers, "\r\n");
}

void response_type(struct response *res, const char *content_type)
{
	response_header(res, "Content-Type", content_type);
	response_header(res, "X-Content-Type-Options", "nosniff");
}

void response_clear(struct response *res)
{
	buf_clear(res->headers);
	buf_clear(res->body);
	res->more = NULL;
	res->status = 200;
}

void response_json(struct response *res, int status, struct str json)
{
	response_clear(res);
	res->status = status;
	response_type(res, "application/json; charset=utf-8");
	response_header(res, "Cache-Control", "no-store");
	buf_str(res->body, json);
	buf_putc(res->body, '\n');
}

void response_error(struct response *res, int status, const char *code, const char *message, const char *field)
{
	struct buf *json = buf_in(res->mem, 4096);

	buf_puts(json, "{\"error\":{\"code\":");
	buf_json(json, str_from(code));
	buf_puts(json, ",\"message\":");
	buf_json(json, str_from(message));
	if (field) {
		buf_puts(json, ",\"field\":");
		buf_json(json, str_from(field));
	}
	buf_puts(json, "}}");
	response_json(res, status, buf_view(json));
}

struct public_error public_error_of(const struct err *err)
{
	switch (err->kind) {
	case ERR_INPUT:
		return (struct public_error){ 400, "bad_request", "The request could not be understood." };
	case ERR_DENIED:
		return (struct public_error){ 401, "unauthorized", "Authorization is missing or wrong." };
	case ERR_MISSING:
		return (struct public_error){ 404, "not_found", "There is nothing here." };
	case ERR_CONFLICT:
		return (struct public_error){ 409, "conflict", "That does not fit the present state." };
	case ERR_LIMIT:
		return (struct public_error){ 429, "rate_limited", "That was too often. Please wait a little." };
	case ERR_REFUSED:
	case ERR_UPSTREAM:
	case ERR_UNKNOWN:
		return (struct public_error){ 502, "upstream_failed", "A service we depend on did not answer as it should." };
	case ERR_SYSTEM:
		return (struct public_error){ 503, "unavailable", "The service is not available right now. Please try again." };
	case ERR_NONE:
		break;
	}
	return (struct public_error){ 500, "internal", "Something went wrong on our side." };
}

const char *status_reason(int status)
{
	static const struct {
		int status;
		const char *reason;
	} reasons[] = {
		{ 200, "OK" }, { 201, "Created" }, { 204, "No Content" }, { 206, "Partial Content" }, { 302, "Found" }, { 303, "See Other" },
		{ 400, "Bad Request" }, { 401, "Unauthorized" }, { 403, "Forbidden" }, { 404, "Not Found" },
		{ 405, "Method Not Allowed" }, { 409, "Conflict" }, { 410, "Gone" }, { 411, "Length Required" },
		{ 413, "Content Too Large" }, { 415, "Unsupported Media Type" }, { 416, "Range Not Satisfiable" }, { 422, "Unprocessable Content" },
		{ 429, "Too Many Requests" }, { 500, "Internal Server Error" }, { 502, "Bad Gateway" },
		{ 503, "Service Unavailable" },
	};

	for (size_t i = 0; i < ARRAY_LEN(reasons); i++)
		if (reasons[i].status == status)
			return reasons[i].reason;
	return "Status";
}
