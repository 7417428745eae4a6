/* See resend.h.  An answer is judged by status and name together: 403 may mean a
 * bad key or an address that is not verified, 409 may mean "wait" or "never". */
#include "vendors/resend.h"

#include <string.h>

#include "base/json.h"
#include "base/limits.h"
#include "vendors/failure.h"

enum { TAG_LIMIT = 256 };

static void put_subject(struct buf *out, const char *subject)
{
	struct buf line;

	buf_init(&line, LIMIT_SETTING);
	for (const char *p = subject; *p; p++)
		buf_putc(&line, (unsigned char)*p < 0x20 || *p == 0x7f ? ' ' : *p);
	buf_json(out, buf_view(&line));
	if (line.failed)
		out->failed = true;
	buf_release(&line);
}

/* Other characters than these are refused by the vendor, and no mail is worth
 * less for lacking a tag. */
static bool put_tag(struct buf *out, const char *name, const char *value, bool first)
{
	if (!value || !str_is_token(str_from(value), 1, TAG_LIMIT))
		return false;
	buf_printf(out, "%s{\"name\":\"%s\",\"value\":\"%s\"}", first ? "" : ",", name, value);
	return true;
}

void resend_mail_body(const struct resend_mail *mail, struct buf *out)
{
	bool any;

	/* it could end the header and begin another */
	if (str_has_control(str_from(mail->from)) || str_has_control(str_from(mail->to))) {
		out->failed = true;
		return;
	}
	buf_puts(out, "{\"from\":");
	buf_json(out, str_from(mail->from));
	buf_puts(out, ",\"to\":[");
	buf_json(out, str_from(mail->to));
	buf_puts(out, "],\"subject\":");
	put_subject(out, mail->subject);
	if (mail->html.ptr) {
		buf_puts(out, ",\"html\":");
		buf_json(out, mail->html);
	}
	buf_puts(out, ",\"text\":");
	buf_json(out, mail->text);
	buf_puts(out, ",\"tags\":[");
	any = put_tag(out, "kind", mail->tag_kind, true);
	put_tag(out, "session", mail->tag_session, !any);
	buf_puts(out, "]}");
}

/* What a status means unless the name says otherwise. */
static enum err_kind kind_of_status(int status)
{
	switch (status) {
	case 401:
		return ERR_DENIED;
	case 429:
		return ERR_LIMIT;
	case 408:
	case 425:
		return ERR_UPSTREAM;
	default:
		return status >= 400 && status < 500 ? ERR_REFUSED : ERR_UPSTREAM;
	}
}

static const struct {
	int status;
	const char *name;
	enum err_kind kind;
} special_names[] = {
	{ 403, "invalid_api_key", ERR_DENIED },
	{ 403, "suspended_api_key", ERR_DENIED },
	{ 403, "invalid_permission", ERR_DENIED },
	{ 409, "concurrent_idempotent_requests", ERR_UPSTREAM },
	{ 409, "resource_locked", ERR_UPSTREAM },
};

static enum err_kind kind_of(int status, const char *name)
{
	for (size_t i = 0; name && i < ARRAY_LEN(special_names); i++)
		if (status == special_names[i].status && !strcmp(name, special_names[i].name))
			return special_names[i].kind;
	return kind_of_status(status);
}

static int wait_of(const struct resend *r, const struct http_reply *reply, const char *name)
{
	int wait = http_retry_after(reply, clock_wall_ms(r->clock));
	long long reset = str_number(str_from(http_reply_header(reply, "ratelimit-reset")), LIMIT_RETRY_AFTER_S);

	/* That header is about the pace, a second; a used-up quota lasts much longer. */
	if (wait || reset < 0 || (name && strcmp(name, "rate_limit_exceeded")))
		return wait;
	return (int)reset;
}

static int failed(const struct resend *r, struct arena *mem, const struct http_reply *reply, struct err *err)
{
	struct err unreadable = { 0 };
	const char *name = json_text(json_read(mem, reply->body, &unreadable), "name");
	enum err_kind kind = kind_of(reply->status, name);

	if (err->kind == ERR_NONE && (kind == ERR_LIMIT || kind == ERR_UPSTREAM))
		err->retry_after = wait_of(r, reply, name);
	return vendor_failed(err, kind, "Resend", "refused", reply->status, name);
}

static bool is_success(const struct http_reply *reply)
{
	return reply->status >= 200 && reply->status <= 299;
}

int resend_send(const struct resend *r, struct arena *mem, const char *idempotency_key, struct str body,
		const char **email_id, struct err *err)
{
	struct http_call call = { .method = "POST", .body = body };
	struct err unreadable = { 0 };
	struct http_reply reply;

	call.url = arena_printf(mem, "%s/emails", r->base_url);
	http_call_header(&call, "Authorization", arena_printf(mem, "Bearer %s", r->api_key));
	http_call_header(&call, "Content-Type", "application/json");
	http_call_header(&call, "Idempotency-Key", idempotency_key);
	if (vendor_send(r->http, mem, "Resend", &call, false, &reply, err))
		return -1;
	if (!is_success(&reply))
		return failed(r, mem, &reply, err);
	*email_id = json_text(json_read(mem, reply.body, &unreadable), "id");
	/* It may have gone; the same key finds out without a second mail. */
	if (!*email_id || !**email_id)
		return vendor_failed(err, ERR_UNKNOWN, "Resend", "the answer holds no id", reply.status, NULL);
	return 0;
}

int resend_check(const struct resend *r, struct arena *mem, struct err *err)
{
	struct http_call call = { .method = "GET", .reuse = true };
	struct http_reply reply;
	struct err cause = { 0 };

	call.url = arena_printf(mem, "%s/domains", r->base_url);
	http_call_header(&call, "Authorization", arena_printf(mem, "Bearer %s", r->api_key));
	if (vendor_send(r->http, mem, "Resend", &call, true, &reply, err))
		return -1;
	if (is_success(&reply))
		return 0;
	failed(r, mem, &reply, &cause);
	/* A key that may only send is known to the vendor, and sending is all we do. */
	if (!strcmp(cause.code, "restricted_api_key"))
		return 0;
	if (err->kind == ERR_NONE)
		*err = cause;
	return -1;
}

/* The domain's row that an address belongs to: its own, or that of a domain above it. */
static const char *status_of(struct json_object *rows, size_t len, struct str domain)
{
	while (domain.len) {
		const char *dot = memchr(domain.ptr, '.', domain.len);

		for (size_t i = 0; i < len; i++) {
			struct json_object *row = json_object_array_get_idx(rows, i);

			if (str_eq_nocase(json_str(row, "name"), domain))
				return json_text(row, "status");
		}
		if (!dot)
			break;
		domain = (struct str){ dot + 1, domain.len - (size_t)(dot + 1 - domain.ptr) };
	}
	return NULL;
}

int resend_domain_get(const struct resend *r, struct arena *mem, const char *sender, const char **status, struct err *err)
{
	struct http_call call = { .method = "GET", .reuse = true };
	const char *at = strrchr(sender, '@');
	struct err unreadable = { 0 };
	struct http_reply reply;
	struct json_object *rows;
	size_t len;

	call.url = arena_printf(mem, "%s/domains", r->base_url);
	http_call_header(&call, "Authorization", arena_printf(mem, "Bearer %s", r->api_key));
	if (vendor_send(r->http, mem, "Resend", &call, true, &reply, err))
		return -1;
	if (!is_success(&reply))
		return failed(r, mem, &reply, err);
	rows = json_list(json_read(mem, reply.body, &unreadable), "data", &len);
	if (!rows)
		return vendor_failed(err, ERR_UPSTREAM, "Resend", "the answer holds no list", reply.status, NULL);
	*status = at ? status_of(rows, len, (struct str){ at + 1, strcspn(at + 1, ">") }) : NULL;
	return 0;
}
