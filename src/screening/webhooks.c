/* See webhooks.h. */
#include "screening/webhooks.h"

#include "app.h"
#include "base/crypto.h"
#include "base/event.h"
#include "base/limits.h"
#include "screening/erased.h"
#include "screening/issue_move.h"
#include "screening/jobs.h"
#include "screening/linear_event.h"
#include "screening/recording.h"
#include "screening/workspace.h"
#include "store/keys.h"
#include "vendors/signature.h"

static int accept_event(struct response *res)
{
	response_json(res, 200, STR("{\"received\":true}"));
	return 0;
}

static int not_configured(struct response *res)
{
	response_error(res, 503, "not_configured", "This vendor is not configured here.", NULL);
	return 0;
}

/* One security log line and 401 (contract 3.2). */
static int refuse(struct app *app, struct request *req, struct response *res, const char *vendor, const struct err *why)
{
	log_event(&app->log, LOG_WARNING, "security.signature_invalid", LOG_TEXT("vendor", vendor), LOG_TEXT("reason", why->msg),
		  LOG_TEXT("remote_addr", req->remote_addr));
	response_error(res, 401, "signature_invalid", "The signature is missing, wrong or outside its time window.", NULL);
	return 0;
}

static int bad_event(struct response *res, const char *message)
{
	response_error(res, 400, "bad_event", message, NULL);
	return 0;
}

static int not_read(struct response *res, const struct err *err)
{
	return err->kind == ERR_INPUT ? bad_event(res, "The body is not a JSON object.") : -1;
}

static bool is_known_delivery(const char *id)
{
	return id && str_is_token(str_from(id), 1, 100);
}

/* ---- Linear ---- */

/* The workspace whose secret signed the body; NULL with err when none did. */
static const struct workspace *signer(struct request *req, const struct workspace *list, size_t count, struct err *err)
{
	const char *header = request_header(req, "Linear-Signature");

	for (size_t i = 0; i < count; i++) {
		struct err wrong = { 0 };

		if (!signature_linear(str_from(list[i].webhook_secret), header, req->body, &wrong))
			return &list[i];
		if (i + 1 == count)
			*err = wrong;
	}
	return NULL;
}

/* When it happened: the issue's own time of change, so that a repeated delivery is
 * the same move. */
static int64_t event_time(struct app *app, struct event *event)
{
	static const char *const paths[] = { "data.updatedAt", "data.createdAt", "createdAt" };
	int64_t ms;

	for (size_t i = 0; i < ARRAY_LEN(paths); i++)
		if (iso_time_parse(event_str(event, paths[i]), &ms))
			return ms;
	return clock_wall_ms(app->clock);
}

static int take_linear_event(struct app *app, struct request *req, struct response *res, const struct workspace *w,
			     struct event *event, struct err *err)
{
	const char *delivery = request_header(req, "Linear-Delivery"), *issue = event_text(event, "data.id");
	bool added;

	if (str_eq(event_str(event, "type"), STR("Issue")) && !(issue && str_is_token(str_from(issue), 1, 100)))
		return bad_event(res, "An Issue event needs data.id.");
	if (!linear_event_enters(event, w->screening_state))
		return accept_event(res);
	if (issue_announced(app, w->name, issue, event_time(app, event), is_known_delivery(delivery) ? delivery : NULL, &added, err))
		return -1;
	log_event(&app->log, LOG_INFO, "linear.issue_entered", LOG_TEXT("workspace", w->name), LOG_TEXT("issue", issue),
		  LOG_NUM("new", added));
	return accept_event(res);
}

static int linear_webhook(struct app *app, struct request *req, struct response *res, struct err *err)
{
	struct workspace *list;
	const struct workspace *w;
	struct event *event;
	struct err wrong = { 0 };
	int64_t stamp = 0;
	size_t count;
	bool present;

	if (workspace_all(app, &list, &count, err))
		return -1;
	if (!count)
		return not_configured(res);
	w = signer(req, list, count, &wrong);
	if (!w)
		return refuse(app, req, res, "linear", &wrong);
	event = event_read(app->events, req->mem, req->body, err);
	if (!event)
		return not_read(res, err);
	present = event_int(event, "webhookTimestamp", &stamp);
	if (signature_linear_time(present, stamp, clock_wall_ms(app->clock), app->cfg.linear_webhook_tolerance_s, &wrong))
		return refuse(app, req, res, "linear", &wrong);
	return take_linear_event(app, req, res, w, event, err);
}

/* ---- ElevenLabs ---- */

static int store_transcript(struct app *app, struct request *req, struct response *res, const char *conversation_id,
			    struct err *err)
{
	if (job_add(app, key_of(app->mem, "transcript:", conversation_id), JOB_TRANSCRIPT, req->body, 0, conversation_id, err))
		return -1;
	return accept_event(res);
}

static int store_recording(struct app *app, struct response *res, const char *conversation_id, struct event *event,
			   struct err *err)
{
	struct str audio = event_str(event, "data.full_audio");

	if (!audio.ptr)
		return bad_event(res, "post_call_audio needs data.full_audio.");
	if (recording_store(app, conversation_id, audio, err))
		return err->kind == ERR_INPUT ? bad_event(res, "data.full_audio is not base64.") : -1;
	return accept_event(res);
}

static int note_call_failure(struct app *app, struct response *res, const char *conversation_id, struct event *event)
{
	/* Screening talks happen in the browser; a call that could not be made is campaign's. */
	log_event(&app->log, LOG_WARNING, "elevenlabs.call_initiation_failure", LOG_TEXT("conversation", conversation_id),
		  LOG_TEXT("reason", event_text(event, "data.failure_reason")));
	return accept_event(res);
}

static int take_elevenlabs_event(struct app *app, struct request *req, struct response *res, struct event *event,
				 struct err *err)
{
	struct str type = event_str(event, "type"), id = event_str(event, "data.conversation_id");
	bool transcript = str_eq(type, STR("post_call_transcription")) || str_eq(type, STR("conversation.completed"));
	bool audio = str_eq(type, STR("post_call_audio")), failure = str_eq(type, STR("call_initiation_failure"));
	bool erased;

	if (!type.ptr)
		return bad_event(res, "The event has no type.");
	if (!transcript && !audio && !failure)
		return accept_event(res);
	if (!audio && req->body.len > LIMIT_BODY_WEBHOOK) {
		response_error(res, 413, "too_large", "Only a recording may be that large.", NULL);
		return 0;
	}
	if (!str_is_token(id, 1, LIMIT_CONVERSATION_ID))
		return bad_event(res, "The event needs data.conversation_id.");
	if (failure)
		return note_call_failure(app, res, id.ptr, event);
	if (erased_conversation(app, id.ptr, &erased, err))
		return -1;
	if (erased)
		return accept_event(res);
	if (audio)
		return store_recording(app, res, id.ptr, event, err);
	if (!event_has_list(event, "data.transcript"))
		return bad_event(res, "The event needs data.transcript.");
	return store_transcript(app, req, res, id.ptr, err);
}

static int elevenlabs_webhook(struct app *app, struct request *req, struct response *res, struct err *err)
{
	struct err wrong = { 0 };
	struct event *event;

	if (!app->cfg.have_elevenlabs)
		return not_configured(res);
	if (signature_elevenlabs(str_from(app->cfg.elevenlabs_webhook_secret), request_header(req, "ElevenLabs-Signature"),
				 req->body, clock_wall_ms(app->clock), &wrong))
		return refuse(app, req, res, "elevenlabs", &wrong);
	event = event_read(app->events, req->mem, req->body, err);
	return event ? take_elevenlabs_event(app, req, res, event, err) : not_read(res, err);
}

/* ---- Resend ---- */

static int take_resend_event(struct app *app, struct request *req, struct response *res, struct event *event,
			     const char *delivery, struct err *err)
{
	static const char *const kept[] = { "email.bounced", "email.complained", "email.failed", "email.suppressed",
					    "email.delivered" };
	struct str type = event_str(event, "type");

	if (!type.ptr)
		return bad_event(res, "The event has no type.");
	for (size_t i = 0; i < ARRAY_LEN(kept); i++) {
		if (!str_eq(type, str_from(kept[i])))
			continue;
		if (!event_text(event, "data.email_id"))
			return bad_event(res, "The event needs data.email_id.");
		if (job_add(app, key_of(app->mem, "mail-event:", delivery), JOB_MAIL_EVENT, req->body, 0, NULL, err))
			return -1;
	}
	return accept_event(res);
}

static int resend_webhook(struct app *app, struct request *req, struct response *res, struct err *err)
{
	const char *id = request_header(req, "svix-id"), *delivery = id;
	struct err wrong = { 0 };
	struct event *event;

	if (!app->cfg.have_resend)
		return not_configured(res);
	if (signature_svix(req->mem, str_from(app->cfg.resend_webhook_secret), id, request_header(req, "svix-timestamp"),
			   request_header(req, "svix-signature"), req->body, clock_wall_ms(app->clock), &wrong))
		return refuse(app, req, res, "resend", &wrong);
	event = event_read(app->events, req->mem, req->body, err);
	if (!event)
		return not_read(res, err);
	/* A key is made of it: an unusual id is hashed. */
	if (!is_known_delivery(delivery))
		delivery = uuid_of(req->mem, "svix-id", id);
	return take_resend_event(app, req, res, event, delivery, err);
}

static const struct route routes[] = {
	{ .method = "POST", .path = "/api/webhooks/linear", .handler = linear_webhook, .max_body = LIMIT_BODY_WEBHOOK },
	{ .method = "POST", .path = "/api/webhooks/elevenlabs", .handler = elevenlabs_webhook, .max_body = LIMIT_BODY_WEBHOOK_AUDIO },
	{ .method = "POST", .path = "/api/webhooks/resend", .handler = resend_webhook, .max_body = LIMIT_BODY_WEBHOOK },
};

const struct pages webhook_pages = { .routes = routes, .count = ARRAY_LEN(routes) };
