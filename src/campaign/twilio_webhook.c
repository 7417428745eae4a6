/* See twilio_webhook.h. */
#include "campaign/twilio_webhook.h"

#include "app.h"
#include "base/limits.h"
#include "vendors/twilio_signature.h"

enum { CALL_SID_LIMIT = 64 };

static void fail(struct app *app, struct request *req, struct response *res, int status, const char *code,
		 const char *sentence, int retry_after)
{
	(void)app;
	(void)req;
	(void)retry_after;
	response_error(res, status, code, sentence, NULL);
}

/* The address that Twilio called, as it was given: never made of Host or X-Forwarded-*,
 * which the sender chooses. */
static struct str called_url(const struct app *app, const struct request *req)
{
	struct str base = str_from(app->cfg.webhook_base_url), path = req->path, query = req->query;
	const char *uri = req->source->variable(req->source, "REQUEST_URI");

	while (base.len && base.ptr[base.len - 1] == '/')
		base.len--;
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

/* Nothing to do: Twilio hangs up, or takes note. */
static int answer_nothing(struct response *res)
{
	response_type(res, "text/xml");
	response_header(res, "Cache-Control", "no-store");
	buf_puts(res->body, "<?xml version=\"1.0\" encoding=\"UTF-8\"?><Response/>");
	return 0;
}

static int twilio_webhook(struct app *app, struct request *req, struct response *res, struct err *err)
{
	struct err wrong = { 0 }, malformed = { 0 };
	const char *sid;
	struct form form;

	(void)err;
	if (!app->cfg.have_twilio) {
		response_error(res, 503, "not_configured", "This vendor is not configured here.", NULL);
		return 0;
	}
	if (twilio_signature_check(req->mem, str_from(app->cfg.twilio_auth_token), request_header(req, "X-Twilio-Signature"),
				   called_url(app, req), req->body, &wrong))
		return refuse(app, req, res, &wrong);
	if (form_parse(req->mem, req->body, &form, &malformed))
		return bad_event(res, "The body is not a form.");
	sid = form_get(&form, "CallSid");
	if (!sid || !str_is_token(str_from(sid), 1, CALL_SID_LIMIT))
		return bad_event(res, "The event needs CallSid.");
	/* Nothing here dials yet: no call is ours. */
	return answer_nothing(res);
}

#define STEP(path_) \
	{ .method = "POST", .path = "/api/twilio/webhook" path_, .handler = twilio_webhook, .max_body = LIMIT_BODY_WEBHOOK }

static const struct route routes[] = { STEP(""), STEP("/answer"), STEP("/gather"), STEP("/status"), STEP("/amd") };

const struct pages twilio_pages = { .routes = routes, .count = ARRAY_LEN(routes), .fail = fail };
