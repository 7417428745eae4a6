/* See linear_call.h.  Linear answers HTTP 200 for most refusals and HTTP 400 for
 * its rate limit, so the errors in the body are looked at before the status. */
#include "vendors/linear_call.h"

#include <string.h>

#include "base/json.h"
#include "base/limits.h"
#include "vendors/failure.h"

/* A transcript as a comment is the largest thing sent. */
enum { REQUEST_LIMIT = 8 << 20 };

/* A rejection as it stands in errors[0]. */
struct rejection {
	const char *code, *type;
	struct str message;
	int64_t inner_status;
};

static bool is(const char *text, const char *word)
{
	return text && !strcmp(text, word);
}

static bool is_transient(const struct rejection *r)
{
	return is(r->type, "lock timeout") || is(r->type, "internal error") || is(r->type, "network error") ||
	       is(r->code, "INTERNAL_SERVER_ERROR") || r->inner_status >= 500;
}

/* The vendor's classes; what is not named is final. */
static enum err_kind kind_of(const struct rejection *r, enum err_kind transient)
{
	if (is(r->code, "RATELIMITED") || is(r->type, "ratelimited") || r->inner_status == 429)
		return ERR_LIMIT;
	if (is(r->code, "AUTHENTICATION_ERROR") || is(r->type, "authentication error") || r->inner_status == 401)
		return ERR_DENIED;
	if (is(r->code, "FORBIDDEN") || is(r->type, "forbidden") || r->inner_status == 403)
		return ERR_DENIED;
	if (is(r->code, "ENTITY_NOT_FOUND") || str_find(r->message, STR("Entity not found")))
		return ERR_MISSING;
	/* INPUT_ERROR alone also means bad input, so the words decide. */
	if (str_find(r->message, STR("conflict on insert of")))
		return ERR_CONFLICT;
	return is_transient(r) ? transient : ERR_REFUSED;
}

static enum err_kind kind_of_status(int status, enum err_kind transient)
{
	if (status == 401 || status == 403)
		return ERR_DENIED;
	if (status == 429)
		return ERR_LIMIT;
	if (status >= 400 && status < 500 && status != 408 && status != 425)
		return ERR_REFUSED;
	return transient;
}

/* Seconds until the reset of one bucket; 0 when it is not named, or when
 * `only_empty` and something is left in it. */
static int bucket_wait(const struct linear *l, struct arena *mem, const struct http_reply *reply, const char *bucket,
		       bool only_empty)
{
	const char *reset = http_reply_header(reply, arena_printf(mem, "x-ratelimit-%s-reset", bucket));
	const char *remaining = http_reply_header(reply, arena_printf(mem, "x-ratelimit-%s-remaining", bucket));
	int64_t wait_ms = str_number(str_from(reset), 1LL << 45) - clock_wall_ms(l->clock);

	if (!reset || wait_ms <= 0 || (only_empty && !is(remaining, "0")))
		return 0;
	return wait_ms > LIMIT_RETRY_AFTER_S * 1000LL ? LIMIT_RETRY_AFTER_S : (int)((wait_ms + 999) / 1000);
}

/* Retry-After is not documented; the resets are, in Unix milliseconds.  The
 * emptied bucket is the one to wait for; when none says so, the slowest. */
static int wait_of(const struct linear *l, struct arena *mem, const struct http_reply *reply)
{
	static const char *const buckets[] = { "requests", "complexity", "endpoint-requests" };
	int wait = http_retry_after(reply, clock_wall_ms(l->clock));

	for (int only_empty = 1; !wait && only_empty >= 0; only_empty--) {
		for (size_t i = 0; i < ARRAY_LEN(buckets); i++) {
			int w = bucket_wait(l, mem, reply, buckets[i], only_empty);

			wait = w > wait ? w : wait;
		}
	}
	return wait;
}

static struct rejection first_rejection(struct json_object *errors)
{
	struct json_object *e = json_object_array_get_idx(errors, 0);
	struct rejection r = { .code = json_text(e, "extensions.code"), .type = json_text(e, "extensions.type"),
			       .message = json_str(e, "message") };

	if (!json_int(e, "extensions.statusCode", &r.inner_status))
		r.inner_status = 0;
	return r;
}

static int refused(const struct linear *l, struct arena *mem, const struct http_reply *reply,
		   struct json_object *errors, enum err_kind transient, struct err *err)
{
	struct rejection r = { 0 };
	enum err_kind kind;

	if (errors) {
		r = first_rejection(errors);
		kind = kind_of(&r, transient);
		/* Unknown words: then the status may know more (a failing server's "for good" is not taken). */
		if (kind == ERR_REFUSED && reply->status != 200 && reply->status != 400)
			kind = kind_of_status(reply->status, transient);
	} else {
		kind = kind_of_status(reply->status, transient);
	}
	if (err->kind == ERR_NONE && (kind == ERR_LIMIT || kind == transient))
		err->retry_after = kind == ERR_LIMIT ? wait_of(l, mem, reply)
						     : http_retry_after(reply, clock_wall_ms(l->clock));
	return vendor_failed(err, kind, "Linear", "refused", reply->status,
			     kind == ERR_CONFLICT ? LINEAR_CODE_EXISTS : r.code);
}

static int read_reply(const struct linear *l, struct arena *mem, const struct http_reply *reply,
		      enum err_kind transient, struct json_object **data, struct err *err)
{
	struct err unreadable = { 0 };
	struct json_object *body = json_read(mem, reply->body, &unreadable), *errors;
	size_t count;

	errors = json_list(body, "errors", &count);
	if (count)
		return refused(l, mem, reply, errors, transient, err);
	if (reply->status < 200 || reply->status > 299)
		return refused(l, mem, reply, NULL, transient, err);
	*data = json_get(body, "data");
	if (!json_object_is_type(*data, json_type_object))
		return vendor_failed(err, transient, "Linear", "the answer is unreadable", reply->status, NULL);
	return 0;
}

int linear_call(const struct linear *l, struct arena *mem, const char *operation, const struct buf *variables,
		struct json_object **data, struct err *err)
{
	bool reads_only = str_starts(str_from(operation), STR("query "));
	struct http_call call = { .method = "POST", .reuse = reads_only };
	struct buf *body = buf_in(mem, REQUEST_LIMIT);
	struct http_reply reply;

	buf_puts(body, "{\"query\":");
	buf_json(body, str_from(operation));
	buf_printf(body, ",\"variables\":{%s}}", variables ? variables->ptr : "");
	if (body->failed || (variables && variables->failed))
		return vendor_failed(err, ERR_REFUSED, "Linear", "the request is too long", 0, "too_long");
	call.url = arena_printf(mem, "%s/graphql", l->base_url);
	call.body = buf_view(body);
	/* A personal key stands alone; with "Bearer" it is refused. */
	http_call_header(&call, "Authorization", l->api_key);
	http_call_header(&call, "Content-Type", "application/json");
	http_call_header(&call, "Accept", "application/json");
	if (vendor_send(l->http, mem, "Linear", &call, reads_only, &reply, err))
		return -1;
	return read_reply(l, mem, &reply, reads_only ? ERR_UPSTREAM : ERR_UNKNOWN, data, err);
}

struct buf *linear_variables(struct arena *mem)
{
	return buf_in(mem, REQUEST_LIMIT);
}

void linear_variable(struct buf *variables, const char *name, struct str text)
{
	if (!text.ptr)
		return;
	buf_printf(variables, "%s\"%s\":", variables->len ? "," : "", name);
	buf_json(variables, text);
}

int linear_unreadable(struct err *err, const char *what)
{
	return vendor_failed(err, ERR_UPSTREAM, "Linear", what, 200, NULL);
}
