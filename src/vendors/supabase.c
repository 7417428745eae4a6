/* See supabase.h.  Storage answers nearly every refusal with HTTP 400 and keeps the
 * real status as text in the body. */
#include "vendors/supabase.h"

#include "base/buf.h"
#include "base/json.h"
#include "vendors/failure.h"

enum { URL_LIMIT = 4 << 10 };

/* The status that is meant. */
static int meant(const struct http_reply *reply, struct json_object *body)
{
	int64_t status = str_number(json_str(body, "statusCode"), 599);

	return status >= 400 ? (int)status : reply->status;
}

static int failed(const struct http_reply *reply, struct json_object *body, struct err *err)
{
	int status = meant(reply, body);
	enum err_kind kind = status == 401 || status == 403 ? ERR_DENIED : status == 404 ? ERR_MISSING : ERR_UPSTREAM;

	return vendor_failed(err, kind, "Supabase", "refused", status, json_text(body, "code"));
}

int supabase_bucket_get(const struct supabase *s, struct arena *mem, bool *open, struct err *err)
{
	struct http_call call = { .method = "GET", .reuse = true };
	struct buf *url = buf_in(mem, URL_LIMIT);
	struct err unreadable = { 0 };
	struct json_object *body;
	struct http_reply reply;

	buf_printf(url, "%s/storage/v1/bucket/", s->url);
	buf_url(url, str_from(s->bucket));
	if (url->failed)
		return vendor_failed(err, ERR_MISSING, "Supabase", "the bucket's name is too long", 0, NULL);
	call.url = url->ptr;
	http_call_header(&call, "apikey", s->key);
	http_call_header(&call, "Authorization", arena_printf(mem, "Bearer %s", s->key));
	if (vendor_send(s->http, mem, "Supabase", &call, true, &reply, err))
		return -1;
	body = json_read(mem, reply.body, &unreadable);
	if (reply.status != 200)
		return failed(&reply, body, err);
	if (!json_text(body, "name"))
		return vendor_failed(err, ERR_UPSTREAM, "Supabase", "the answer holds no bucket", reply.status, NULL);
	*open = false;
	json_flag(body, "public", open);
	return 0;
}
