/* See actions.h. */
#include "screening/actions.h"

#include <inttypes.h>

#include "app.h"
#include "base/json.h"
#include "base/limits.h"
#include "screening/consent.h"
#include "screening/conversation.h"
#include "screening/evaluation.h"
#include "screening/guesses.h"
#include "screening/quota.h"
#include "screening/session.h"
#include "store/keys.h"
#include "store/store.h"
#include "vendors/elevenlabs.h"

enum {
	MINTS_PER_HOUR = 10,
	STARTS_PER_HOUR = 30, /* more conversations than signed URLs, for a URL may open several */
	MINT_TIMEOUT_MS = 15000,
};

static void answer_failure(struct response *res, int status, const char *code, const char *sentence, bool retryable)
{
	struct buf *json = buf_in(res->mem, 4096);

	buf_puts(json, "{\"success\":false,\"error\":");
	buf_json(json, str_from(sentence));
	buf_puts(json, ",\"code\":");
	buf_json(json, str_from(code));
	buf_printf(json, ",\"retryable\":%s}", retryable ? "true" : "false");
	response_json(res, status, buf_view(json));
	response_header(res, "Referrer-Policy", "no-referrer");
}

static void fail(struct app *app, struct request *req, struct response *res, int status, const char *code,
		 const char *sentence, int retry_after)
{
	(void)app;
	(void)req;
	(void)retry_after;
	answer_failure(res, status, code, sentence, status == 429 || status >= 500);
}

/* The request's JSON object, or an answered failure (NULL). */
static struct json_object *read_object(struct request *req, struct response *res)
{
	struct err err = { 0 };
	struct json_object *o;

	if (!request_is_type(req, "application/json")) {
		answer_failure(res, 415, "unsupported_media_type", "The request must be JSON.", false);
		return NULL;
	}
	o = json_read(req->mem, req->body, &err);
	if (!o || !json_object_is_type(o, json_type_object)) {
		answer_failure(res, 400, "bad_request", "The request could not be understood.", false);
		return NULL;
	}
	return o;
}

/* Fills the session, or answers 400, 404 or 429 and returns false.  A failure of
 * ours is left in err. */
static bool find_session(struct app *app, struct request *req, struct response *res, struct json_object *body,
			 struct session *s, struct err *err)
{
	struct str secret = json_str(body, "secret");
	enum link_state state = LINK_UNKNOWN;

	if (!secret.ptr) {
		answer_failure(res, 400, "bad_request", "The request names no interview.", false);
		return false;
	}
	if (session_secret_is_valid(secret) && session_find(app, secret, &state, s, err))
		return false;
	if (state == LINK_UNKNOWN) {
		if (guess_count(app, req->remote_addr, err))
			return false;
		answer_failure(res, 404, "session_not_found", "This interview could not be found. Please use the link in your e-mail.", false);
	} else if (state != LINK_LIVE) {
		answer_failure(res, 404, "session_expired", "This interview link is no longer valid.", false);
	}
	return state == LINK_LIVE;
}

/* What the page calls consent: {"version": …}; stored with the time, once. */
static int store_consent(struct app *app, const struct session *s, struct json_object *body, struct err *err)
{
	const char *version = json_text(body, "consent.version");
	struct reply r;
	const char *key = key_of(app->mem, KEY_SESSION, s->id);

	if (!version || !str_is_token(str_from(version), 1, 32))
		return 0;
	if (store_call(app->store, app->mem, &r, err, "HSETNX", key, "consent_at",
		       arena_printf(app->mem, "%" PRId64, clock_wall_ms(app->clock)), NULL))
		return -1;
	if (r.number != 1)
		return 0;
	if (store_call(app->store, app->mem, &r, err, "HSET", key, "consent_version", version, NULL))
		return -1;
	return session_note(app, s->id, "consented", err);
}

static void answer_session(struct response *res, const struct session *s, const char *url)
{
	struct buf *json = buf_in(res->mem, LIMIT_RESPONSE);
	const struct {
		const char *name, *value;
	} variables[] = {
		{ "company_name", s->company_name }, { "candidate_name", s->candidate_name },
		{ "job_description", s->job_description }, { "job_application", s->candidate_application },
		{ "conversation_pointers", s->pointers }, { "parley_session", s->id },
	};

	buf_puts(json, "{\"success\":true,\"signedUrl\":");
	buf_json(json, str_from(url));
	buf_puts(json, ",\"candidateName\":");
	buf_json(json, str_from(s->candidate_name));
	buf_puts(json, ",\"companyName\":");
	buf_json(json, str_from(s->company_name));
	buf_puts(json, ",\"dynamicVariables\":{");
	for (size_t i = 0; i < ARRAY_LEN(variables); i++) {
		buf_printf(json, "%s\"%s\":", i ? "," : "", variables[i].name);
		buf_json(json, str_from(variables[i].value));
	}
	buf_puts(json, "}}");
	response_json(res, 200, buf_view(json));
	response_header(res, "Referrer-Policy", "no-referrer");
}

static void answer_limit(struct response *res, int retry_after)
{
	answer_failure(res, 429, "rate_limited", "The interview was started too often. Please wait a while and try again.", true);
	response_header(res, "Retry-After", arena_printf(res->mem, "%d", retry_after));
}

static void answer_no_url(struct app *app, struct response *res, const struct session *s, const struct err *failure)
{
	char fingerprint[FINGERPRINT_SIZE];

	session_fingerprint(s->id, fingerprint);
	log_event(&app->log, LOG_ERROR, "session.signed_url_failed", LOG_TEXT("session", fingerprint),
		  LOG_TEXT("kind", err_kind_name(failure->kind)), LOG_TEXT("code", failure->code),
		  LOG_TEXT("reason", failure->msg));
	answer_failure(res, 502, "signed_url_failed",
		       "The interviewer could not be reached. Nothing is lost: please try again in a moment.", true);
}

/* Each signed URL may cost money: it is taken from the session's hour and the
 * organization's day, and given back when ElevenLabs made none. */
static int mint(struct app *app, struct response *res, const struct session *s, struct err *err)
{
	struct elevenlabs vendor = { app->http, app->clock, app->cfg.elevenlabs_base_url, app->cfg.elevenlabs_api_key };
	struct quota quotas[2] = {
		{ arena_printf(app->mem, "mint:%s", s->id), MINTS_PER_HOUR, 3600 },
		{ quota_day(app, "conversations", s->org), app->cfg.org_daily_conversations, 86400 },
	};
	struct err limit = { 0 }, failure = { 0 };
	const char *url;

	if (quota_take(app, quotas, 2, &limit)) {
		if (limit.kind != ERR_LIMIT)
			return err_set(err, limit.kind, "%s", limit.msg);
		answer_limit(res, limit.retry_after);
		return 0;
	}
	if (elevenlabs_signed_url(&vendor, app->mem, app->cfg.elevenlabs_agent_id, MINT_TIMEOUT_MS, &url, &failure)) {
		if (quota_return(app, quotas, 2, err))
			return -1;
		answer_no_url(app, res, s, &failure);
		return 0;
	}
	answer_session(res, s, url);
	return 0;
}

static int open_session(struct app *app, struct request *req, struct response *res, struct err *err)
{
	struct json_object *body = read_object(req, res);
	struct session_row row;
	struct session s;
	bool found;

	if (!body)
		return 0;
	if (!find_session(app, req, res, body, &s, err))
		return err->kind == ERR_NONE ? 0 : -1;
	if (!app->cfg.have_elevenlabs) {
		answer_failure(res, 503, "not_configured", "Interviews are not set up yet. Please try again later.", true);
		return 0;
	}
	if (session_row_get(app, s.id, &row, &found, err) || store_consent(app, &s, body, err))
		return -1;
	if (found && row.result && strcmp(row.result, RESULT_INCONCLUSIVE)) {
		answer_failure(res, 409, "interview_finished", "This interview is complete. Thank you, nothing more is needed from you.", false);
		return 0;
	}
	return mint(app, res, &s, err);
}

static bool valid_conversation_id(struct str id)
{
	return str_is_token(id, 1, LIMIT_CONVERSATION_ID);
}

static int answer_success(struct response *res)
{
	response_json(res, 200, STR("{\"success\":true}"));
	response_header(res, "Referrer-Policy", "no-referrer");
	return 0;
}

/* Each new conversation costs us questions to ElevenLabs, so they are bounded; a
 * known one may be told again as often as the page likes. */
static int take_start(struct app *app, const struct session *s, const char *conversation_id, struct err *err)
{
	struct quota q = { arena_printf(app->mem, "start:%s", s->id), STARTS_PER_HOUR, 3600 };
	struct reply r;

	if (store_call(app->store, app->mem, &r, err, "ZSCORE", key_of(app->mem, KEY_SESSION_CONVERSATIONS, s->id), conversation_id,
		       NULL))
		return -1;
	return r.type == REPLY_NIL ? quota_take(app, &q, 1, err) : 0;
}

static int start_conversation(struct app *app, struct request *req, struct response *res, struct err *err)
{
	struct json_object *body = read_object(req, res);
	struct str id = json_str(body, "conversationId");
	struct err failure = { 0 };
	char fingerprint[FINGERPRINT_SIZE];
	struct session s;

	if (!body)
		return 0;
	if (!valid_conversation_id(id)) {
		answer_failure(res, 400, "bad_request", "The conversation id is not valid.", false);
		return 0;
	}
	if (!find_session(app, req, res, body, &s, err))
		return err->kind == ERR_NONE ? 0 : -1;
	if (take_start(app, &s, id.ptr, &failure) || session_associate(app, &s, id.ptr, &failure)) {
		if (failure.kind == ERR_LIMIT)
			answer_limit(res, failure.retry_after);
		else if (failure.kind == ERR_CONFLICT)
			answer_failure(res, 409, "conversation_taken", "This conversation belongs to another interview.", false);
		else if (failure.kind == ERR_MISSING)
			answer_failure(res, 404, "session_expired", "This interview link is no longer valid.", false);
		else
			return err_set(err, failure.kind, "%s", failure.msg);
		return 0;
	}
	if (session_note(app, s.id, "started", err) || conversation_claim_orphan(app, id.ptr, s.id, err))
		return -1;
	session_fingerprint(s.id, fingerprint);
	log_event(&app->log, LOG_INFO, "session.started", LOG_TEXT("session", fingerprint), LOG_TEXT("conversation", id.ptr));
	return answer_success(res);
}

static int end_conversation(struct app *app, struct request *req, struct response *res, struct err *err)
{
	struct json_object *body = read_object(req, res);
	struct str id = json_str(body, "conversationId");
	struct session s;
	bool lost;

	if (!body)
		return 0;
	if (!valid_conversation_id(id)) {
		answer_failure(res, 400, "bad_request", "The conversation id is not valid.", false);
		return 0;
	}
	if (!find_session(app, req, res, body, &s, err))
		return err->kind == ERR_NONE ? 0 : -1;
	lost = str_eq(json_str(body, "reason"), STR("lost"));
	if (conversation_ended(app, id.ptr, s.id, lost, err))
		return -1;
	return answer_success(res);
}

static const struct route routes[] = {
	{ .method = "POST", .path = "/actions/interview/session", .handler = open_session, .max_body = LIMIT_BODY_ACTION },
	{ .method = "POST", .path = "/actions/interview/start", .handler = start_conversation, .max_body = LIMIT_BODY_ACTION },
	{ .method = "POST", .path = "/actions/interview/end", .handler = end_conversation, .max_body = LIMIT_BODY_ACTION },
};

const struct pages action_pages = { .routes = routes, .count = ARRAY_LEN(routes), .fail = fail };
