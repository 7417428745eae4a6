/* See twilio_webhook.h. */
#include "campaign/twilio_webhook.h"

#include "app.h"
#include "base/limits.h"
#include "campaign/twilio_event.h"
#include "vendors/twilio_signature.h"

enum { CALL_SID_LIMIT = 64 };

typedef int event_fn(struct app *app, const struct twilio_event *e, struct response *res, struct err *err);

static void fail(struct app *app, struct request *req, struct response *res, int status, const char *code,
		 const char *sentence, int retry_after)
{
	(void)app;
	(void)req;
	(void)retry_after;
	response_error(res, status, code, sentence, NULL);
}

static struct str base_url(const struct app *app)
{
	struct str base = str_from(app->cfg.webhook_base_url);

	while (base.len && base.ptr[base.len - 1] == '/')
		base.len--;
	return base;
}

/* The address that Twilio called, as it was given: never made of Host or X-Forwarded-*,
 * which the sender chooses. */
static struct str called_url(const struct app *app, const struct request *req)
{
	struct str base = base_url(app), path = req->path, query = req->query;
	const char *uri = req->source->variable(req->source, "REQUEST_URI");

	if (!uri || !*uri) /* plain CGI knows only the parts */
		uri = arena_printf(req->mem, "%.*s%s%.*s", (int)path.len, path.ptr, query.len ? "?" : "", (int)query.len,
				   query.ptr ? query.ptr : "");
	return str_from(arena_printf(req->mem, "%.*s%s", (int)base.len, base.ptr, uri));
}

/* One security log line and 401 (contract 3.2). */
static int refuse(struct app *app, struct request *req, struct response *res, const struct err *why)
{
	log_event(&app->log, LOG_WARNING, "security.signature_invalid", LOG_TEXT("vendor", "twilio"),
		  LOG_TEXT("reason", why->msg), LOG_TEXT("remote_addr", req->remote_addr));
	response_error(res, 401, "signature_invalid", "The signature is missing or wrong.", NULL);
	return 0;
}

static int bad_event(struct response *res, const char *message)
{
	response_error(res, 400, "bad_event", message, NULL);
	return 0;
}

/* ---- what the hooks share (twilio_event.h) ---- */

const char *hook_url(struct app *app, const char *hook, const char *attempt, const char *more)
{
	struct str base = base_url(app);

	return arena_printf(app->mem, "%.*s/api/twilio/webhook/%s?att=%s%s", (int)base.len, base.ptr, hook, attempt,
			    more ? more : "");
}

void twiml_bytes(struct response *res, struct str document)
{
	response_type(res, "text/xml");
	response_header(res, "Cache-Control", "no-store");
	buf_str(res->body, document);
	res->body->failed |= !document.ptr;
}

void twiml_answer(struct response *res, struct twiml *t)
{
	twiml_bytes(res, twiml_document(t));
}

int twiml_nothing(struct response *res)
{
	twiml_answer(res, twiml_new(res->mem));
	return 0;
}

const char *event_word(const struct twilio_event *e, const char *name)
{
	const char *value = form_get(&e->form, name);

	return value && str_is_token(str_from(value), 1, 40) ? value : NULL;
}

/* ---- the door ---- */

/* Why the event is about no call of ours; NULL when it is about one.  -1 when the store does not tell. */
static int find_attempt(struct app *app, struct twilio_event *e, const char **stranger, struct err *err)
{
	const char *attempt = form_get(&e->query, "att"), *account = form_get(&e->form, "AccountSid");
	struct err missing = { 0 };

	*stranger = NULL;
	if (account && strcmp(account, app->cfg.twilio_account_sid))
		*stranger = "another account";
	else if (!attempt || !str_is_token(str_from(attempt), CALL_ID_LENGTH, CALL_ID_LENGTH))
		*stranger = "no attempt";
	else if (call_load(app, attempt, &e->call, &missing) && missing.kind != ERR_MISSING)
		*err = missing;
	else if (missing.kind)
		*stranger = "unknown attempt";
	else if (e->call.sid && strcmp(e->call.sid, e->sid))
		*stranger = "another call";
	return err->kind ? -1 : 0;
}

static int nothing_of_ours(struct app *app, struct response *res, const char *why)
{
	log_event(&app->log, LOG_INFO, "twilio.not_ours", LOG_TEXT("reason", why));
	return twiml_nothing(res);
}

static int take_event(struct app *app, struct request *req, struct response *res, event_fn *take, struct err *err)
{
	struct err malformed = { 0 };
	struct twilio_event e = { 0 };
	const char *stranger;

	if (form_parse(req->mem, req->body, &e.form, &malformed))
		return bad_event(res, "The body is not a form.");
	if (request_query(req, &e.query, &malformed))
		return bad_event(res, "The address is malformed.");
	e.sid = form_get(&e.form, "CallSid");
	if (!e.sid || !str_is_token(str_from(e.sid), 1, CALL_SID_LIMIT))
		return bad_event(res, "The event needs CallSid.");
	if (!take)
		return nothing_of_ours(app, res, "no attempt");
	if (!find_attempt(app, &e, &stranger, err)) {
		if (stranger)
			return nothing_of_ours(app, res, stranger);
		if (!take(app, &e, res, err))
			return 0;
		if (err->kind == ERR_MISSING) /* its campaign was deleted meanwhile */
			return nothing_of_ours(app, res, "no campaign");
	}
	if (take != call_gathered || !gather_once_more(app, req->mem, &e.query, &e.form, res))
		return -1;
	log_event(&app->log, LOG_ERROR, "call.answer_not_stored", LOG_TEXT("call", form_get(&e.query, "att")),
		  LOG_TEXT("reason", err->msg));
	return 0;
}

static int believe(struct app *app, struct request *req, struct response *res, event_fn *take, struct err *err)
{
	struct err wrong = { 0 };

	if (!app->cfg.have_twilio) {
		response_error(res, 503, "not_configured", "This vendor is not configured here.", NULL);
		return 0;
	}
	if (twilio_signature_check(req->mem, str_from(app->cfg.twilio_auth_token), request_header(req, "X-Twilio-Signature"),
				   called_url(app, req), req->body, &wrong))
		return refuse(app, req, res, &wrong);
	return take_event(app, req, res, take, err);
}

static int bare_hook(struct app *app, struct request *req, struct response *res, struct err *err)
{
	return believe(app, req, res, NULL, err);
}

static int answer_hook(struct app *app, struct request *req, struct response *res, struct err *err)
{
	return believe(app, req, res, call_answered, err);
}

static int gather_hook(struct app *app, struct request *req, struct response *res, struct err *err)
{
	return believe(app, req, res, call_gathered, err);
}

static int status_hook(struct app *app, struct request *req, struct response *res, struct err *err)
{
	return believe(app, req, res, call_progressed, err);
}

static int machine_hook(struct app *app, struct request *req, struct response *res, struct err *err)
{
	return believe(app, req, res, call_machine_heard, err);
}

#define HOOK(path_, handler_) \
	{ .method = "POST", .path = "/api/twilio/webhook" path_, .handler = (handler_), .max_body = LIMIT_BODY_WEBHOOK }

static const struct route routes[] = {
	HOOK("", bare_hook),
	HOOK("/answer", answer_hook),
	HOOK("/gather", gather_hook),
	HOOK("/status", status_hook),
	HOOK("/amd", machine_hook),
};

const struct pages twilio_pages = { .routes = routes, .count = ARRAY_LEN(routes), .fail = fail };
