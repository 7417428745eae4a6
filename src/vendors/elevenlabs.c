/* See elevenlabs.h.  Four shapes of error body are in use (vendor's documentation
 * and its framework); the code decides before the status, because the account
 * being out of credits arrives as 402 or, in the older form, as a 401 that looks
 * like a bad key. */
#include "vendors/elevenlabs.h"

#include <string.h>

#include "base/buf.h"
#include "base/json.h"
#include "base/limits.h"
#include "vendors/elevenlabs_call.h"
#include "vendors/failure.h"

enum {
	URL_LIMIT = 4 << 10,
	PAGE_SIZE = 100,
	PAGES = 200, /* more than that is a vendor that never ends */
};

/* Codes whose meaning differs from that of the status they come with. */
static const struct {
	const char *code;
	enum err_kind kind;
} special_codes[] = {
	{ "quota_exceeded", ERR_REFUSED },
	{ "insufficient_credits", ERR_REFUSED },
	{ "subscription_required", ERR_REFUSED },
	{ "paid_plan_required", ERR_REFUSED },
	{ "feature_not_available", ERR_REFUSED },
	{ "detected_unusual_activity", ERR_REFUSED },
	{ "too_many_concurrent_requests", ERR_LIMIT },
	{ "concurrent_limit_exceeded", ERR_LIMIT },
	{ "rate_limit_exceeded", ERR_LIMIT },
	{ "system_busy", ERR_LIMIT },
};

static enum err_kind kind_of_status(int status)
{
	switch (status) {
	case 401:
	case 403:
		return ERR_DENIED;
	case 404:
		return ERR_MISSING;
	case 429:
		return ERR_LIMIT;
	case 408:
	case 409: /* only ever "changed meanwhile" */
	case 425:
		return ERR_UPSTREAM;
	default:
		return status >= 400 && status < 500 ? ERR_REFUSED : ERR_UPSTREAM;
	}
}

static bool is_special(const char *code, enum err_kind *kind)
{
	for (size_t i = 0; code && i < ARRAY_LEN(special_codes); i++) {
		if (!strcmp(code, special_codes[i].code)) {
			*kind = special_codes[i].kind;
			return true;
		}
	}
	return false;
}

bool elevenlabs_account_failed(const struct err *err)
{
	enum err_kind kind;

	return err->kind == ERR_DENIED || (err->kind == ERR_REFUSED && is_special(err->code, &kind) && kind == ERR_REFUSED);
}

int elevenlabs_refused(const struct elevenlabs *e, struct arena *mem, const struct http_reply *reply, struct err *err)
{
	struct err unreadable = { 0 };
	struct json_object *detail = json_get(json_read(mem, reply->body, &unreadable), "detail");
	const char *code = json_text(detail, "code"), *legacy = json_text(detail, "status");
	enum err_kind kind = kind_of_status(reply->status);

	/* A server's failure stays one, whatever its body says. */
	if (reply->status >= 400 && reply->status < 500 && !is_special(code, &kind) && is_special(legacy, &kind))
		code = legacy;
	if (err->kind == ERR_NONE && (kind == ERR_LIMIT || kind == ERR_UPSTREAM))
		err->retry_after = http_retry_after(reply, clock_wall_ms(e->clock));
	return vendor_failed(err, kind, "ElevenLabs", "refused", reply->status, code ? code : legacy);
}

static int get(const struct elevenlabs *e, struct arena *mem, const struct buf *path, int timeout_ms, enum json_type type,
	       struct json_object **answer, struct err *err)
{
	struct http_call call = { .method = "GET", .timeout_ms = timeout_ms, .reuse = true };
	struct http_reply reply;
	struct err unreadable = { 0 };

	if (path->failed)
		return vendor_failed(err, ERR_REFUSED, "ElevenLabs", "an id is too long", 0, NULL);
	call.url = arena_printf(mem, "%s%s", e->base_url, path->ptr);
	http_call_header(&call, "xi-api-key", e->api_key);
	http_call_header(&call, "Accept", "application/json");
	if (vendor_send(e->http, mem, "ElevenLabs", &call, true, &reply, err))
		return -1;
	if (reply.status < 200 || reply.status > 299)
		return elevenlabs_refused(e, mem, &reply, err);
	*answer = json_read(mem, reply.body, &unreadable);
	if (!json_object_is_type(*answer, type))
		return vendor_failed(err, ERR_UPSTREAM, "ElevenLabs", "the answer is no JSON of the expected kind", reply.status, NULL);
	return 0;
}

int elevenlabs_get(const struct elevenlabs *e, struct arena *mem, const struct buf *path, int timeout_ms,
		   struct json_object **answer, struct err *err)
{
	return get(e, mem, path, timeout_ms, json_type_object, answer, err);
}

int elevenlabs_get_list(const struct elevenlabs *e, struct arena *mem, const struct buf *path, struct json_object **answer,
			struct err *err)
{
	return get(e, mem, path, 0, json_type_array, answer, err);
}

/* The browser is sent there: an absolute WebSocket address of printable ASCII.
 * Without TLS only where the API itself is spoken to without (loopback). */
static bool is_session_url(const struct elevenlabs *e, struct str url)
{
	struct str secure = STR("wss://"), plain = STR("ws://");
	size_t scheme;

	if (str_starts(url, secure))
		scheme = secure.len;
	else if (str_starts(url, plain) && str_starts(str_from(e->base_url), STR("http://")))
		scheme = plain.len;
	else
		return false;
	if (url.len > URL_LIMIT || url.len == scheme || strchr("/?#:@", url.ptr[scheme]))
		return false;
	for (size_t i = 0; i < url.len; i++)
		if (url.ptr[i] <= ' ' || url.ptr[i] > '~' || strchr("\"'<>\\`", url.ptr[i]))
			return false;
	return true;
}

int elevenlabs_signed_url(const struct elevenlabs *e, struct arena *mem, const char *agent_id, int timeout_ms,
			  const char **url, struct err *err)
{
	struct buf *path = buf_in(mem, URL_LIMIT);
	struct json_object *answer;

	buf_puts(path, "/v1/convai/conversation/get-signed-url?agent_id=");
	buf_url(path, str_from(agent_id));
	if (elevenlabs_get(e, mem, path, timeout_ms, &answer, err))
		return -1;
	*url = json_text(answer, "signed_url");
	if (!*url || !is_session_url(e, str_from(*url)))
		return vendor_failed(err, ERR_UPSTREAM, "ElevenLabs", "the answer holds no signed URL", 0, NULL);
	return 0;
}

int elevenlabs_conversation(const struct elevenlabs *e, struct arena *mem, const char *conversation_id,
			    struct json_object **conversation, struct err *err)
{
	struct buf *path = buf_in(mem, URL_LIMIT);
	const char *id;

	if (!str_is_token(str_from(conversation_id), 1, LIMIT_CONVERSATION_ID))
		return vendor_failed(err, ERR_REFUSED, "ElevenLabs", "no conversation id", 0, NULL);
	buf_printf(path, "/v1/convai/conversations/%s", conversation_id);
	if (elevenlabs_get(e, mem, path, 0, conversation, err))
		return -1;
	/* Somebody else's transcript would become this candidate's verdict. */
	id = json_text(*conversation, "conversation_id");
	if (id && strcmp(id, conversation_id))
		return vendor_failed(err, ERR_UPSTREAM, "ElevenLabs", "not the conversation asked for", 0, NULL);
	return 0;
}

static bool is_finished(struct json_object *item)
{
	struct str status = json_str(item, "status");

	return str_eq(status, STR("done")) || str_eq(status, STR("failed"));
}

/* The list's filters are asked for and checked again: they are the vendor's to ignore. */
static bool is_wanted(struct json_object *item, const char *agent_id, int64_t since_s)
{
	const char *agent = json_text(item, "agent_id");
	int64_t start;

	return is_finished(item) && (!agent || !strcmp(agent, agent_id)) &&
	       (!json_int(item, "start_time_unix_secs", &start) || start >= since_s) &&
	       str_is_token(json_str(item, "conversation_id"), 1, LIMIT_CONVERSATION_ID);
}

static void list_path(struct buf *path, const char *agent_id, int64_t since_s, const char *cursor)
{
	buf_puts(path, "/v1/convai/conversations?agent_id=");
	buf_url(path, str_from(agent_id));
	/* One second earlier: whether the bound itself is included is not documented. */
	buf_printf(path, "&call_start_after_unix=%lld&page_size=%d", since_s > 0 ? (long long)since_s - 1 : 0, PAGE_SIZE);
	if (cursor) {
		buf_puts(path, "&cursor=");
		buf_url(path, str_from(cursor));
	}
}

int elevenlabs_conversations(const struct elevenlabs *e, struct arena *mem, const char *agent_id, int64_t since_s,
			     const char **ids, size_t max, size_t *count, struct err *err)
{
	const char *cursor = NULL;

	*count = 0;
	for (int page = 0; page < PAGES; page++) {
		struct buf *path = buf_in(mem, URL_LIMIT);
		struct json_object *answer, *items;
		bool more = false;
		size_t len;

		list_path(path, agent_id, since_s, cursor);
		if (elevenlabs_get(e, mem, path, 0, &answer, err))
			return -1;
		items = json_list(answer, "conversations", &len);
		if (!items)
			return vendor_failed(err, ERR_UPSTREAM, "ElevenLabs", "the answer holds no list", 0, NULL);
		for (size_t i = 0; i < len && *count < max; i++) {
			struct json_object *item = json_object_array_get_idx(items, i);

			if (is_wanted(item, agent_id, since_s))
				ids[(*count)++] = json_text(item, "conversation_id");
		}
		cursor = json_text(answer, "next_cursor");
		if (*count == max || !json_flag(answer, "has_more", &more) || !more || !cursor || !*cursor)
			return 0;
	}
	return vendor_failed(err, ERR_UPSTREAM, "ElevenLabs", "the list does not end", 0, NULL);
}

int elevenlabs_agent(const struct elevenlabs *e, struct arena *mem, const char *agent_id, struct json_object **agent,
		     struct err *err)
{
	struct buf *path = buf_in(mem, URL_LIMIT);

	buf_puts(path, "/v1/convai/agents/");
	buf_url(path, str_from(agent_id));
	return elevenlabs_get(e, mem, path, 0, agent, err);
}
