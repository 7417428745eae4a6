/* See cerebras.h.  An answer counts only when it is whole: HTTP 200, finish_reason
 * "stop", and content that is a JSON object.  What was cut off by the token limit
 * is never parsed, because a prefix of a verdict can read like another verdict. */
#include "vendors/cerebras.h"

#include <string.h>

#include "base/buf.h"
#include "base/json.h"
#include "base/limits.h"
#include "vendors/failure.h"

enum {
	REQUEST_LIMIT = 4 << 20,
	QUOTA_WAIT_S = 60, /* the quota buckets are a minute long */
};

static const char too_long[] = "context_length_exceeded";

static void write_body(const struct cerebras *c, const struct cerebras_question *q, struct buf *body)
{
	buf_puts(body, "{\"model\":");
	buf_json(body, str_from(c->model));
	buf_puts(body, ",\"messages\":[{\"role\":\"system\",\"content\":");
	buf_json(body, q->system);
	buf_puts(body, "},{\"role\":\"user\",\"content\":");
	buf_json(body, q->user);
	/* An explicit bound keeps the reservation against the rate limit small. */
	buf_printf(body, "}],\"max_completion_tokens\":%d,\"temperature\":0.2,\"seed\":7,\"stream\":false",
		   q->max_completion_tokens);
	/* Other models need not know the parameter. */
	if (str_starts(str_from(c->model), STR("gpt-oss")))
		buf_puts(body, ",\"reasoning_effort\":\"low\"");
	buf_puts(body, ",\"response_format\":{\"type\":\"json_schema\",\"json_schema\":{\"name\":");
	buf_json(body, str_from(q->schema_name));
	buf_printf(body, ",\"strict\":true,\"schema\":%s}}}", q->schema);
}

static enum err_kind kind_of_status(int status)
{
	switch (status) {
	case 401:
	case 403:
		return ERR_DENIED;
	case 408:
	case 409:
		return ERR_UPSTREAM;
	case 429:
		return ERR_LIMIT;
	default:
		return status >= 400 && status < 500 ? ERR_REFUSED : ERR_UPSTREAM;
	}
}

/* The server's own word on repeating overrides the status, as in the vendor's library. */
static enum err_kind kind_of(const struct http_reply *reply)
{
	enum err_kind kind = kind_of_status(reply->status);
	const char *again = http_reply_header(reply, "x-should-retry");
	bool repeats = kind == ERR_LIMIT || kind == ERR_UPSTREAM;

	if (again && !strcmp(again, "true") && !repeats)
		return ERR_UPSTREAM;
	if (again && !strcmp(again, "false") && repeats)
		return ERR_REFUSED;
	return kind;
}

/* "2.5" seconds, rounded up; 0 when absent or unreadable. */
static int reset_seconds(const struct http_reply *reply, const char *name)
{
	struct str fraction, whole = str_cut(str_from(http_reply_header(reply, name)), '.', &fraction);
	long long n = str_number(whole, LIMIT_RETRY_AFTER_S);

	return n < 0 ? 0 : (int)n + (fraction.ptr ? 1 : 0);
}

static int wait_of(const struct cerebras *c, const struct http_reply *reply, const char *code)
{
	int wait = http_retry_after(reply, clock_wall_ms(c->clock));

	if (wait || !code)
		return wait;
	if (!strcmp(code, "token_quota_exceeded"))
		wait = reset_seconds(reply, "x-ratelimit-reset-tokens-minute");
	else if (strcmp(code, "request_quota_exceeded"))
		return 0; /* the queue is full for moments only: the caller's own backoff */
	return wait ? wait : QUOTA_WAIT_S;
}

/* Errors stand at the top level; a missing key has another shape, other bodies are no JSON at all. */
static int failed(const struct cerebras *c, struct arena *mem, const struct http_reply *reply, struct err *err)
{
	struct err unreadable = { 0 };
	struct json_object *body = json_read(mem, reply->body, &unreadable);
	const char *code = json_text(body, "code");
	enum err_kind kind = kind_of(reply);

	if (kind == ERR_REFUSED &&
	    (reply->status == 413 || str_find(json_str(body, "message"), STR("Please reduce the length of the messages"))))
		code = too_long;
	if (!code)
		code = json_text(body, "type");
	if (err->kind == ERR_NONE && (kind == ERR_LIMIT || kind == ERR_UPSTREAM))
		err->retry_after = wait_of(c, reply, code);
	return vendor_failed(err, kind, "Cerebras", "refused", reply->status, code);
}

static int read_content(struct arena *mem, struct json_object *choice, struct json_object **answer, struct err *err)
{
	const char *finish = json_text(choice, "finish_reason");
	struct str content = json_str(choice, "message.content");
	struct err unreadable = { 0 };

	if (!finish)
		return vendor_failed(err, ERR_UPSTREAM, "Cerebras", "the answer has no end", 200, "no_finish_reason");
	/* The same question would be filtered again; a cut one may fit next time. */
	if (!strcmp(finish, "content_filter"))
		return vendor_failed(err, ERR_REFUSED, "Cerebras", "the answer was filtered", 200, finish);
	if (strcmp(finish, "stop"))
		return vendor_failed(err, ERR_UPSTREAM, "Cerebras", "the answer is not whole", 200, finish);
	if (!content.len)
		return vendor_failed(err, ERR_UPSTREAM, "Cerebras", "the answer is empty", 200, "no_content");
	*answer = json_read(mem, content, &unreadable);
	if (!json_object_is_type(*answer, json_type_object))
		return vendor_failed(err, ERR_UPSTREAM, "Cerebras", "the answer is no JSON object", 200, "no_object");
	return 0;
}

static void add_headers(const struct cerebras *c, struct arena *mem, struct http_call *call)
{
	http_call_header(call, "Authorization", arena_printf(mem, "Bearer %s", c->api_key));
	http_call_header(call, "Accept", "application/json");
}

int cerebras_ask(const struct cerebras *c, struct arena *mem, const struct cerebras_question *question,
		 struct json_object **answer, struct err *err)
{
	/* A fresh connection: libcurl would repeat the call on a dead one, and each is billed. */
	struct http_call call = { .method = "POST", .timeout_ms = LIMIT_MODEL_SECONDS * 1000 };
	struct buf *body = buf_in(mem, REQUEST_LIMIT);
	struct err unreadable = { 0 };
	struct http_reply reply;
	struct json_object *choices;
	size_t len;

	write_body(c, question, body);
	if (body->failed)
		return vendor_failed(err, ERR_REFUSED, "Cerebras", "the question is too long", 0, too_long);
	call.url = arena_printf(mem, "%s/v1/chat/completions", c->base_url);
	call.body = buf_view(body);
	add_headers(c, mem, &call);
	http_call_header(&call, "Content-Type", "application/json");
	if (vendor_send(c->http, mem, "Cerebras", &call, false, &reply, err))
		return -1;
	if (reply.status != 200)
		return failed(c, mem, &reply, err);
	choices = json_list(json_read(mem, reply.body, &unreadable), "choices", &len);
	if (!len)
		return vendor_failed(err, ERR_UPSTREAM, "Cerebras", "the answer is unreadable", 200, NULL);
	return read_content(mem, json_object_array_get_idx(choices, 0), answer, err);
}

int cerebras_model_offered(const struct cerebras *c, struct arena *mem, bool *offered, struct err *err)
{
	struct http_call call = { .method = "GET", .reuse = true };
	struct err unreadable = { 0 };
	struct http_reply reply;
	struct json_object *models;
	size_t len;

	call.url = arena_printf(mem, "%s/v1/models", c->base_url);
	add_headers(c, mem, &call);
	if (vendor_send(c->http, mem, "Cerebras", &call, true, &reply, err))
		return -1;
	if (reply.status != 200)
		return failed(c, mem, &reply, err);
	models = json_list(json_read(mem, reply.body, &unreadable), "data", &len);
	if (!models)
		return vendor_failed(err, ERR_UPSTREAM, "Cerebras", "the answer holds no list", 200, NULL);
	*offered = false;
	for (size_t i = 0; i < len; i++)
		if (str_eq(json_str(json_object_array_get_idx(models, i), "id"), str_from(c->model)))
			*offered = true;
	return 0;
}
