/* See interviews_api.h. */
#include "screening/interviews_api.h"

#include <inttypes.h>
#include <stdio.h>

#include "access/actor.h"
#include "access/audit.h"
#include "app.h"
#include "base/crypto.h"
#include "base/json.h"
#include "base/limits.h"
#include "screening/api_words.h"
#include "screening/erased.h"
#include "screening/erasure.h"
#include "screening/evaluation.h"
#include "screening/interview_detail.h"
#include "screening/interview_json.h"
#include "screening/invitation.h"
#include "screening/override.h"
#include "screening/session.h"
#include "screening/session_page.h"
#include "screening/verdict.h"
#include "web/api.h"
#include "web/form.h"

enum { PAGE_DEFAULT = 50, PAGE_MOST = 100 };

static int answer_interview(struct app *app, struct response *res, const struct session_row *row)
{
	response_json(res, 200, str_from(json_write(interview_json(app, row))));
	return 0;
}

/* The session that the path names; ERR_MISSING. */
static int find(struct app *app, const struct request *req, struct session_row *row, struct err *err)
{
	struct str id = request_param(req, "id");
	bool found;

	if (!str_is_token(id, SESSION_ID_LENGTH, SESSION_ID_LENGTH))
		return err_set(err, ERR_MISSING, "no session id");
	if (session_row_get(app, arena_strndup(app->mem, id.ptr, id.len), row, &found, err))
		return -1;
	return found ? 0 : err_set(err, ERR_MISSING, "no such session");
}

/* ---- the list ---- */

struct question {
	size_t limit;
	struct session_filter filter;
	struct session_place after;
};

/* Reads the query; false when it was answered with 400. */
static bool read_question(struct request *req, struct response *res, struct question *q)
{
	struct form form = { 0 };
	struct err bad = { 0 };

	/* Who does not see addresses must not find out by asking for them. */
	*q = (struct question){ .limit = PAGE_DEFAULT, .filter = { .by_email = req->actor->role >= ROLE_OPERATOR } };
	if (request_query(req, &form, &bad))
		return api_refuse(res, NULL, "The query could not be understood."), false;
	for (size_t i = 0; i < form.count; i++) {
		struct str name = form.fields[i].name, value = form.fields[i].value;

		if (str_eq(name, STR("limit"))) {
			long long n = str_number(value, PAGE_MOST);

			if (n < 1)
				return api_refuse(res, "limit", "limit must be a whole number from 1 to 100."), false;
			q->limit = (size_t)n;
		} else if (str_eq(name, STR("cursor"))) {
			if (!interview_cursor_read(req->mem, value, &q->after))
				return api_refuse(res, "cursor", "cursor must be a next_cursor of an earlier answer."), false;
		} else if (str_eq(name, STR("state"))) {
			if (!session_stage_is_known(value.ptr))
				return api_refuse(res, "state", "state must be invited, opened, started, ended, evaluated, moved, expired or revoked."), false;
			q->filter.stage = value.ptr;
		} else if (str_eq(name, STR("verdict"))) {
			if (!session_verdict_is_known(value.ptr))
				return api_refuse(res, "verdict", "verdict must be pass, fail, inconclusive or none."), false;
			q->filter.verdict = value.ptr;
		} else if (str_eq(name, STR("search"))) {
			if (str_characters(value) > LIMIT_SEARCH)
				return api_refuse(res, "search", "search may have 100 characters."), false;
			q->filter.search = arena_strndup(req->mem, str_trim(value).ptr, str_trim(value).len);
		} else if (session_since(&q->filter, name.ptr) && !iso_time_parse(value, session_since(&q->filter, name.ptr))) {
			return api_refuse(res, name.ptr, "This must be a time like 2026-11-20T09:00:00Z."), false;
		}
	}
	return true;
}

int interviews_list(struct app *app, struct request *req, struct response *res, struct err *err)
{
	struct json_object *items, *answer = json_owned(app->mem, json_object_new_object());
	struct session_page page;
	struct question q;

	if (!read_question(req, res, &q))
		return 0;
	if (session_page_read(app, q.after, &q.filter, q.limit, &page, err))
		return -1;
	items = json_object_new_array();
	json_object_object_add(answer, "items", items);
	for (size_t i = 0; i < page.count; i++)
		json_object_array_add(items, json_object_get(interview_json(app, &page.rows[i])));
	json_put(answer, "next_cursor", page.more ? interview_cursor(app->mem, page.next) : NULL);
	response_json(res, 200, str_from(json_write(answer)));
	return 0;
}

/* True when it was answered: an erased interview says when that was. */
static int answer_erased(struct app *app, const struct request *req, struct response *res, bool *answered, struct err *err)
{
	struct str id = request_param(req, "id");
	char words[TIME_WORDS_SIZE];
	int64_t at;

	*answered = false;
	if (!str_is_token(id, SESSION_ID_LENGTH, SESSION_ID_LENGTH))
		return 0;
	if (erased_time(app, arena_strndup(app->mem, id.ptr, id.len), &at, err))
		return -1;
	if (!at)
		return 0;
	time_words(at, words);
	response_error(res, 410, "erased", arena_printf(app->mem, "This interview was erased on %s.", words), NULL);
	*answered = true;
	return 0;
}

int interviews_show(struct app *app, struct request *req, struct response *res, struct err *err)
{
	struct json_object *detail;
	struct session_row row;
	bool answered;

	if (answer_erased(app, req, res, &answered, err))
		return -1;
	if (answered)
		return 0;
	if (find(app, req, &row, err))
		return -1;
	detail = interview_detail(app, req, &row, err);
	if (!detail)
		return -1;
	response_json(res, 200, str_from(json_write(detail)));
	return 0;
}

/* ---- what can be done to one ---- */

/* Actions take nothing or {}; false when the request was answered with 400 or 415. */
static bool has_empty_body(struct request *req, struct response *res)
{
	struct json_object *body;

	if (!req->body.len)
		return true;
	body = api_body(req, res);
	return body && api_only(res, body, (const char *const[]){ NULL });
}

static bool not_configured(struct response *res, bool have, const char *vendor)
{
	char sentence[64];

	if (have)
		return false;
	snprintf(sentence, sizeof(sentence), "%s is not configured.", vendor);
	response_error(res, 503, "not_configured", sentence, NULL);
	return true;
}

/* What was done to which interview, for the log, its timeline and the trail.  It is done: a
 * timeline that cannot be written does not undo it. */
static void note(struct app *app, struct request *req, const char *event, const char *word, const struct session_row *row)
{
	char fingerprint[FINGERPRINT_SIZE];
	struct err ignored = { 0 };

	session_fingerprint(row->id, fingerprint);
	log_event(&app->log, LOG_INFO, event, LOG_TEXT("session", fingerprint));
	audit_say(req, event, row->id, NULL);
	session_note_again(app, row->id, arena_printf(app->mem, "%s by %s", word, actor_words(req)),
			   arena_printf(app->mem, "%" PRId64, clock_wall_ms(app->clock)), &ignored);
}

/* Answers with the interview as it stands after the action. */
static int acted(struct app *app, struct request *req, struct response *res, const char *event, const char *word,
		 struct err *err)
{
	struct session_row row;

	if (find(app, req, &row, err))
		return -1;
	note(app, req, event, word, &row);
	return answer_interview(app, res, &row);
}

static const char *why_ended(struct app *app, const struct session_row *row)
{
	if (row->revoked_ms)
		return "The link of this interview was revoked.";
	if (row->expires_ms && clock_wall_ms(app->clock) >= row->expires_ms)
		return "The link of this interview has expired.";
	return "The link of this interview has ended.";
}

static bool has_address(const struct session_row *row)
{
	return row->candidate_email && *row->candidate_email;
}

int interviews_resend(struct app *app, struct request *req, struct response *res, struct err *err)
{
	struct err failed = { 0 };
	struct session_row row;

	if (!has_empty_body(req, res) || not_configured(res, app->cfg.have_resend, "Resend"))
		return 0;
	if (find(app, req, &row, err))
		return -1;
	if (!invitation_resend(app, &row, &failed))
		return acted(app, req, res, "interview.resent", "invitation sent again", err);
	if (failed.kind == ERR_CONFLICT)
		return api_conflict(res, has_address(&row) ? why_ended(app, &row) : "This interview has no e-mail address.");
	*err = failed;
	return -1;
}

int interviews_revoke(struct app *app, struct request *req, struct response *res, struct err *err)
{
	struct session_row row;
	bool done;

	if (!has_empty_body(req, res))
		return 0;
	if (find(app, req, &row, err) || session_revoke(app, &row, &done, err))
		return -1;
	return done ? acted(app, req, res, "interview.revoked", "revoked", err) : api_conflict(res, why_ended(app, &row));
}

int interviews_reevaluate(struct app *app, struct request *req, struct response *res, struct err *err)
{
	struct err failed = { 0 };
	struct session_row row;

	if (!has_empty_body(req, res) || not_configured(res, app->cfg.have_cerebras, "Cerebras"))
		return 0;
	if (find(app, req, &row, err))
		return -1;
	if (!verdict_reevaluate(app, row.id, &failed))
		return acted(app, req, res, "interview.reevaluated", "evaluated again", err);
	if (failed.kind == ERR_CONFLICT)
		return api_conflict(res, "There is no transcript of this interview yet.");
	*err = failed;
	return -1;
}

/* ---- a person's word ---- */

static bool is_result(const char *s)
{
	return s && (!strcmp(s, RESULT_PASS) || !strcmp(s, RESULT_FAIL) || !strcmp(s, RESULT_INCONCLUSIVE));
}

/* False when it was answered with 400 or 415. */
static bool read_override(struct request *req, struct response *res, const char **result, struct str *reason)
{
	struct json_object *body = api_body(req, res);

	if (!body || !api_only(res, body, (const char *const[]){ "result", "reason", NULL }))
		return false;
	*result = json_text(body, "result");
	if (!is_result(*result))
		return api_refuse(res, "result", "result must be pass, fail or inconclusive."), false;
	return api_reason(res, body, reason);
}

int interviews_override(struct app *app, struct request *req, struct response *res, struct err *err)
{
	struct session_row row;
	const char *result;
	struct str reason;

	if (!read_override(req, res, &result, &reason))
		return 0;
	if (find(app, req, &row, err) || override_request(app, &row, result, reason, actor_words(req), err))
		return -1;
	audit_say(req, "interview.override", row.id, result);
	if (find(app, req, &row, err))
		return -1;
	return answer_interview(app, res, &row);
}

/* ---- erasure ---- */

/* Nothing, {} or {"force": flag}; false when it was answered with 400 or 415. */
static bool read_force(struct request *req, struct response *res, bool *force)
{
	struct json_object *body;

	*force = false;
	if (!req->body.len)
		return true;
	body = api_body(req, res);
	if (!body)
		return false;
	json_object_object_foreach(body, name, value) {
		if (strcmp(name, "force"))
			return api_refuse(res, name, "This member is not known here."), false;
		if (!json_object_is_type(value, json_type_boolean))
			return api_refuse(res, "force", "force must be true or false."), false;
		*force = json_object_get_boolean(value);
	}
	return true;
}

int interviews_erase(struct app *app, struct request *req, struct response *res, struct err *err)
{
	char fingerprint[FINGERPRINT_SIZE];
	struct session_row row;
	size_t sessions;
	bool force, talking;

	if (!read_force(req, res, &force))
		return 0;
	if (find(app, req, &row, err) || erasure_would_interrupt(app, row.id, &talking, err))
		return -1;
	if (talking && !force)
		return api_conflict(res, "The candidate is talking right now. Erase it when the talk is over, or with \"force\": true.");
	if (erasure_begin(app, &row, &sessions, err))
		return -1;
	session_fingerprint(row.id, fingerprint);
	log_event(&app->log, LOG_INFO, "interview.erase", LOG_TEXT("session", fingerprint), LOG_NUM("sessions", (int64_t)sessions));
	audit_say(req, "interview.erase", row.id, arena_printf(app->mem, "%zu interview%s of one person", sessions, sessions == 1 ? "" : "s"));
	response_clear(res);
	res->status = 204;
	return 0;
}
