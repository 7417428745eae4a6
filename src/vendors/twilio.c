/* See twilio.h.  The table of codes is vendors/twilio.md 4.  For a dial the status
 * decides before the code: 429 was not carried out, 5xx may have been. */
#include "vendors/twilio.h"

#include <string.h>
#include <time.h>

#include "base/buf.h"
#include "base/crypto.h"
#include "base/event.h"
#include "base/json.h"
#include "base/limits.h"
#include "vendors/failure.h"

enum {
	SID_LIMIT = 64,
	FORM_LIMIT = 16 << 10,
	REPLY_LIMIT = 256 << 10, /* of one call; a dialer has many at once */
	PAGES = 20,
	CODE_MOST = 999999,
	PAGE_MOST = 1000,
	SECONDS_MOST = 1000000,
};

static const struct {
	int code;
	enum err_kind kind;
} known_codes[] = {
	{ 21211, ERR_REFUSED },  /* To is invalid */
	{ 21214, ERR_REFUSED },  /* To cannot be reached */
	{ 21215, ERR_REFUSED },  /* the account may not call To's country: other leads' countries it may */
	{ 21216, ERR_REFUSED },  /* To is blocked by Twilio */
	{ 21217, ERR_REFUSED },  /* no valid phone number */
	{ 21610, ERR_REFUSED },  /* the recipient opted out */
	{ 13223, ERR_REFUSED },  /* as 21211 to 21217, of a <Dial> */
	{ 13224, ERR_REFUSED },
	{ 13225, ERR_REFUSED },
	{ 13226, ERR_REFUSED },
	{ 13227, ERR_REFUSED },
	{ 32203, ERR_REFUSED },  /* as 21216, of a SIP trunk */
	{ 32205, ERR_REFUSED },  /* as 21215, of a SIP trunk */
	{ 10004, ERR_LIMIT },    /* too many calls at once: rejected */
	{ 20429, ERR_LIMIT },
	{ 20404, ERR_MISSING },
	{ 21220, ERR_CONFLICT }, /* not in a state that allows this */
};

enum twilio_error twilio_error_of(const struct err *err)
{
	switch (err->kind) {
	case ERR_NONE:
	case ERR_CONFLICT:
		return TWILIO_NONE;
	case ERR_REFUSED:
		return TWILIO_NUMBER_PERMANENT;
	case ERR_LIMIT:
	case ERR_UPSTREAM:
	case ERR_SYSTEM:
		return TWILIO_RETRY_LATER;
	case ERR_UNKNOWN:
		return TWILIO_UNKNOWN;
	case ERR_INPUT:
	case ERR_DENIED:
	case ERR_MISSING:
		break;
	}
	return TWILIO_CONFIG;
}

/* ---- failures ---- */

static enum err_kind kind_of(int status, int64_t code)
{
	if (status == 429)
		return ERR_LIMIT;
	if (status == 408 || status < 400 || status > 499)
		return ERR_UNKNOWN;
	for (size_t i = 0; i < ARRAY_LEN(known_codes); i++)
		if (code == known_codes[i].code)
			return known_codes[i].kind;
	return status == 404 ? ERR_MISSING : ERR_DENIED;
}

static int failed(const struct twilio *t, struct arena *mem, const struct http_reply *reply, bool repeatable,
		  struct err *err)
{
	struct err unreadable = { 0 };
	const char *name = NULL;
	enum err_kind kind;
	int64_t code = 0;

	if (json_int(json_read(mem, reply->body, &unreadable), "code", &code) && code > 0 && code <= CODE_MOST)
		name = arena_printf(mem, "%lld", (long long)code);
	kind = kind_of(reply->status, code);
	if (kind == ERR_UNKNOWN && repeatable)
		kind = ERR_UPSTREAM;
	if (err->kind == ERR_NONE && (kind == ERR_LIMIT || kind == ERR_UPSTREAM))
		err->retry_after = http_retry_after(reply, clock_wall_ms(t->clock));
	return vendor_failed(err, kind, "Twilio", "refused", reply->status, name);
}

/* ---- one request ---- */

static const char *address_of(const struct twilio *t, struct arena *mem, const char *path)
{
	return arena_printf(mem, "%s/2010-04-01/Accounts/%s/%s", t->base_url, t->account_sid, path);
}

/* GET when form is NULL.  `repeatable`: doing it twice is the same as once. */
static int prepare(const struct twilio *t, struct arena *mem, const char *url, const struct buf *form, bool repeatable,
		   struct http_call *call, struct err *err)
{
	const char *user = arena_printf(mem, "%s:%s", t->account_sid, t->auth_token);

	if (form && form->failed)
		return err_set(err, ERR_INPUT, "Twilio: the request is too long");
	*call = (struct http_call){ .method = form ? "POST" : "GET", .url = url, .timeout_ms = LIMIT_TWILIO_SECONDS * 1000,
				    .reuse = repeatable, .once = !repeatable };
	http_call_header(call, "Authorization", arena_printf(mem, "Basic %s", base64_encode(mem, str_from(user))));
	if (form) {
		http_call_header(call, "Content-Type", "application/x-www-form-urlencoded");
		call->body = buf_view(form);
	}
	return 0;
}

static int read_reply(const struct twilio *t, struct arena *mem, const struct http_reply *reply, bool repeatable,
		      struct json_object **answer, struct err *err)
{
	struct err unreadable = { 0 };

	if (reply->status < 200 || reply->status > 299)
		return failed(t, mem, reply, repeatable, err);
	*answer = json_read(mem, reply->body, &unreadable);
	if (!*answer)
		return vendor_failed(err, repeatable ? ERR_UPSTREAM : ERR_UNKNOWN, "Twilio", "the answer is no JSON",
				     reply->status, NULL);
	return 0;
}

static int ask(const struct twilio *t, struct arena *mem, const char *url, const struct buf *form, bool repeatable,
	       struct json_object **answer, struct err *err)
{
	struct http_call call;
	struct http_reply reply;

	if (prepare(t, mem, url, form, repeatable, &call, err) ||
	    vendor_send(t->http, mem, "Twilio", &call, repeatable, &reply, err))
		return -1;
	return read_reply(t, mem, &reply, repeatable, answer, err);
}

/* "Fri, 20 Nov 2026 09:30:00 +0000" (RFC 2822) in UTC, as Twilio always writes it. */
static int64_t time_of(const char *date)
{
	struct tm tm = { 0 };
	const char *end = date ? strptime(date, "%a, %d %b %Y %H:%M:%S +0000", &tm) : NULL;

	return end && !*end ? (int64_t)timegm(&tm) * 1000 : 0;
}

static bool is_call(const struct twilio_call *call)
{
	return call->sid && str_is_token(str_from(call->sid), 1, SID_LIMIT) && call->status;
}

static bool read_call(struct json_object *o, struct twilio_call *call)
{
	*call = (struct twilio_call){
		.sid = json_text(o, "sid"),
		.status = json_text(o, "status"),
		.to = json_text(o, "to"),
		.from = json_text(o, "from"),
		.answered_by = json_text(o, "answered_by"),
		.created_ms = time_of(json_text(o, "date_created")),
		.duration_s = str_number(str_from(json_text(o, "duration")), SECONDS_MOST),
	};
	return is_call(call);
}

static int take_call(struct json_object *answer, bool repeatable, struct twilio_call *call, struct err *err)
{
	if (read_call(answer, call))
		return 0;
	return vendor_failed(err, repeatable ? ERR_UPSTREAM : ERR_UNKNOWN, "Twilio", "the answer holds no call", 0, NULL);
}

static int one_call(const struct twilio *t, struct arena *mem, const char *path, const struct buf *form, bool repeatable,
		    struct twilio_call *call, struct err *err)
{
	struct json_object *answer;

	if (ask(t, mem, address_of(t, mem, path), form, repeatable, &answer, err))
		return -1;
	return take_call(answer, repeatable, call, err);
}

/* ---- what is asked ---- */

static void put(struct buf *form, const char *name, const char *value)
{
	if (!value)
		return;
	buf_printf(form, "%s%s=", form->len ? "&" : "", name);
	buf_url(form, str_from(value));
}

static void put_number(struct buf *form, const char *name, int value)
{
	if (value > 0)
		buf_printf(form, "&%s=%d", name, value);
}

static void dial_form(const struct twilio_dial *d, struct buf *form)
{
	static const char *const events[] = { "initiated", "ringing", "answered", "completed" };

	put(form, "To", d->to);
	put(form, "From", d->from);
	put(form, "Url", d->url);
	put(form, "Method", "POST");
	if (d->status_url) {
		put(form, "StatusCallback", d->status_url);
		put(form, "StatusCallbackMethod", "POST");
		for (size_t i = 0; i < ARRAY_LEN(events); i++)
			put(form, "StatusCallbackEvent", events[i]);
	}
	put_number(form, "Timeout", d->ring_s);
	put_number(form, "TimeLimit", d->most_s);
	put(form, "MachineDetection", d->machine_detection);
	/* Otherwise the called person hears nothing until it is decided. */
	if (d->machine_detection && d->machine_url) {
		put(form, "AsyncAmd", "true");
		put(form, "AsyncAmdStatusCallback", d->machine_url);
		put(form, "AsyncAmdStatusCallbackMethod", "POST");
	}
}

int twilio_dial_call(const struct twilio *t, struct arena *mem, const struct twilio_dial *dial, struct http_call *call,
		     struct err *err)
{
	struct buf *form = buf_in(mem, FORM_LIMIT);

	dial_form(dial, form);
	if (prepare(t, mem, address_of(t, mem, "Calls.json"), form, false, call, err))
		return -1;
	call->max_reply = REPLY_LIMIT;
	return 0;
}

static const char *copied(struct arena *mem, const struct event *e, const char *name)
{
	return arena_strdup(mem, event_text(e, name));
}

/* Not by json.h: a dialer reads thousands of answers in a second. */
int twilio_dial_reply(const struct twilio *t, struct arena *mem, const struct http_reply *reply, struct twilio_call *call,
		      struct err *err)
{
	struct event_reader *reader = t->events ? t->events : event_reader_new(mem);
	struct err unreadable = { 0 };
	struct event *e;

	if (reply->status < 200 || reply->status > 299)
		return failed(t, mem, reply, false, err);
	e = event_read(reader, mem, reply->body, &unreadable);
	if (!e)
		return vendor_failed(err, ERR_UNKNOWN, "Twilio", "the answer is no JSON", reply->status, NULL);
	*call = (struct twilio_call){
		.sid = copied(mem, e, "sid"),
		.status = copied(mem, e, "status"),
		.to = copied(mem, e, "to"),
		.from = copied(mem, e, "from"),
		.answered_by = copied(mem, e, "answered_by"),
		.created_ms = time_of(event_text(e, "date_created")),
		.duration_s = str_number(str_from(event_text(e, "duration")), SECONDS_MOST),
	};
	return is_call(call) ? 0 : vendor_failed(err, ERR_UNKNOWN, "Twilio", "the answer holds no call", 0, NULL);
}

/* The path of a call; NULL with err when the sid could lead elsewhere. */
static const char *path_of(struct arena *mem, const char *sid, struct err *err)
{
	if (str_is_token(str_from(sid), 1, SID_LIMIT))
		return arena_printf(mem, "Calls/%s.json", sid);
	err_set(err, ERR_INPUT, "Twilio: that is no call's sid");
	return NULL;
}

int twilio_call_update(const struct twilio *t, struct arena *mem, const char *sid, const char *status,
		       struct twilio_call *call, struct err *err)
{
	const char *path = path_of(mem, sid, err);
	struct buf *form = buf_in(mem, FORM_LIMIT);

	if (!path)
		return -1;
	put(form, "Status", status);
	return one_call(t, mem, path, form, true, call, err);
}

/* Not repeatable: what the call says would begin again. */
int twilio_call_redirect(const struct twilio *t, struct arena *mem, const char *sid, const char *url,
			 struct twilio_call *call, struct err *err)
{
	const char *path = path_of(mem, sid, err);
	struct buf *form = buf_in(mem, FORM_LIMIT);

	if (!path)
		return -1;
	put(form, "Url", url);
	put(form, "Method", "POST");
	return one_call(t, mem, path, form, false, call, err);
}

int twilio_call_fetch(const struct twilio *t, struct arena *mem, const char *sid, struct twilio_call *call,
		      struct err *err)
{
	const char *path = path_of(mem, sid, err);

	return path ? one_call(t, mem, path, NULL, true, call, err) : -1;
}

/* The address of the page after this one, NULL at the end.  Twilio gives it without
 * the host; the key must go nowhere else. */
static int next_page(const struct twilio *t, struct arena *mem, struct json_object *page, const char **url, struct err *err)
{
	const char *start = arena_printf(mem, "/2010-04-01/Accounts/%s/Calls.json?", t->account_sid);
	const char *uri = json_text(page, "next_page_uri");

	*url = NULL;
	if (!uri)
		return 0;
	if (!str_starts(str_from(uri), str_from(start)) || strlen(uri) > FORM_LIMIT || str_has_control(str_from(uri)))
		return vendor_failed(err, ERR_UPSTREAM, "Twilio", "the next page is elsewhere", 0, NULL);
	*url = arena_printf(mem, "%s%s", t->base_url, uri);
	return 0;
}

/* Appends a page's calls to the *count that are there. */
static int take_page(struct arena *mem, struct json_object *page, struct twilio_call **calls, size_t *count,
		     struct err *err)
{
	size_t len;
	struct json_object *items = json_list(page, "calls", &len);
	struct twilio_call *all;

	if (!items || len > PAGE_MOST)
		return vendor_failed(err, ERR_UPSTREAM, "Twilio", "the answer holds no list", 0, NULL);
	all = arena_alloc(mem, (*count + len + 1) * sizeof(*all));
	if (*count)
		memcpy(all, *calls, *count * sizeof(*all));
	/* A call that is left out could be dialled a second time. */
	for (size_t i = 0; i < len; i++)
		if (!read_call(json_object_array_get_idx(items, i), &all[*count + i]))
			return vendor_failed(err, ERR_UPSTREAM, "Twilio", "the list holds what is no call", 0, NULL);
	*calls = all;
	*count += len;
	return 0;
}

int twilio_calls_list(const struct twilio *t, struct arena *mem, const char *to, const char *from, int page_size,
		      struct twilio_call **calls, size_t *count, struct err *err)
{
	struct buf *query = buf_in(mem, FORM_LIMIT);
	struct json_object *page;
	size_t found = 0;
	const char *url;

	*count = 0;
	put(query, "To", to);
	put(query, "From", from);
	put_number(query, "PageSize", page_size > PAGE_MOST ? PAGE_MOST : page_size);
	if (query->failed)
		return err_set(err, ERR_INPUT, "Twilio: the request is too long");
	url = address_of(t, mem, arena_printf(mem, "Calls.json?%s", query->ptr));
	for (int n = 0; url; n++) {
		if (n == PAGES)
			return vendor_failed(err, ERR_UPSTREAM, "Twilio", "the list does not end", 0, NULL);
		if (ask(t, mem, url, NULL, true, &page, err) || take_page(mem, page, calls, &found, err) ||
		    next_page(t, mem, page, &url, err))
			return -1;
	}
	*count = found;
	return 0;
}

/* ---- the account ---- */

int twilio_account_get(const struct twilio *t, struct arena *mem, struct twilio_account *account, struct err *err)
{
	const char *url = arena_printf(mem, "%s/2010-04-01/Accounts/%s.json", t->base_url, t->account_sid);
	struct json_object *answer;

	if (ask(t, mem, url, NULL, true, &answer, err))
		return -1;
	account->status = json_text(answer, "status");
	account->type = json_text(answer, "type");
	if (!account->status || !account->type)
		return vendor_failed(err, ERR_UPSTREAM, "Twilio", "the answer holds no account", 0, NULL);
	return 0;
}

/* Whether the list at `path` has the number. */
static int has_number(const struct twilio *t, struct arena *mem, const char *path, const char *list, const char *number,
		      bool *has, struct err *err)
{
	struct buf *query = buf_in(mem, FORM_LIMIT);
	struct json_object *answer, *items;
	size_t len;

	put(query, "PhoneNumber", number);
	if (ask(t, mem, address_of(t, mem, arena_printf(mem, "%s.json?%s", path, query->ptr)), NULL, true, &answer, err))
		return -1;
	items = json_list(answer, list, &len);
	if (!items)
		return vendor_failed(err, ERR_UPSTREAM, "Twilio", "the answer holds no list", 0, NULL);
	*has = false;
	for (size_t i = 0; i < len; i++)
		*has |= str_eq(json_str(json_object_array_get_idx(items, i), "phone_number"), str_from(number));
	return 0;
}

int twilio_caller_get(const struct twilio *t, struct arena *mem, const char *number, enum twilio_caller *caller,
		      struct err *err)
{
	bool owned, verified = false;

	if (has_number(t, mem, "IncomingPhoneNumbers", "incoming_phone_numbers", number, &owned, err) ||
	    (!owned && has_number(t, mem, "OutgoingCallerIds", "outgoing_caller_ids", number, &verified, err)))
		return -1;
	*caller = owned ? TWILIO_CALLER_OWNED : verified ? TWILIO_CALLER_VERIFIED : TWILIO_CALLER_UNKNOWN;
	return 0;
}
