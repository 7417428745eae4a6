/* See orphans_api.h. */
#include "screening/orphans_api.h"

#include "access/audit.h"
#include "app.h"
#include "screening/api_words.h"
#include "screening/orphan.h"
#include "screening/session.h"

int orphans_list(struct app *app, struct request *req, struct response *res, struct err *err)
{
	struct json_object *answer = json_owned(app->mem, json_object_new_object()), *items = orphan_list(app, req, err);

	if (!items)
		return -1;
	json_object_object_add(answer, "items", json_object_get(items));
	json_put(answer, "next_cursor", NULL);
	response_json(res, 200, str_from(json_write(answer)));
	return 0;
}

/* The conversation that the path names, or NULL with err. */
static const char *conversation_of(struct request *req, struct err *err)
{
	struct str id = request_param(req, "conversation");

	if (str_is_token(id, 1, LIMIT_CONVERSATION_ID))
		return arena_strndup(req->mem, id.ptr, id.len);
	err_set(err, ERR_MISSING, "no conversation id");
	return NULL;
}

/* The body, which may have that one member; NULL when the request was answered. */
static struct json_object *body_with(struct request *req, struct response *res, const char *member)
{
	struct json_object *body = api_body(req, res);

	return body && api_only(res, body, (const char *const[]){ member, NULL }) ? body : NULL;
}

static int answer_outcome(struct response *res, enum orphan_outcome outcome, struct err *err)
{
	switch (outcome) {
	case ORPHAN_MISSING:
		return err_set(err, ERR_MISSING, "no such orphan");
	case ORPHAN_TAKEN:
		return api_conflict(res, "This transcript belongs to another interview already.");
	case ORPHAN_NO_SESSION:
		return api_refuse(res, "session", "There is no such interview.");
	case ORPHAN_DONE:
		break;
	}
	response_clear(res);
	res->status = 204;
	return 0;
}

int orphans_attach(struct app *app, struct request *req, struct response *res, struct err *err)
{
	const char *id = conversation_of(req, err), *session;
	enum orphan_outcome outcome;
	struct json_object *body;

	if (!id)
		return -1;
	body = body_with(req, res, "session");
	if (!body)
		return 0;
	session = json_text(body, "session");
	if (!session || !str_is_token(str_from(session), SESSION_ID_LENGTH, SESSION_ID_LENGTH))
		return api_refuse(res, "session", "session must be the id of an interview.");
	if (orphan_attach(app, id, session, actor_words(req), &outcome, err))
		return -1;
	if (outcome == ORPHAN_DONE)
		audit_say(req, "orphan.attach", id, session);
	return answer_outcome(res, outcome, err);
}

int orphans_discard(struct app *app, struct request *req, struct response *res, struct err *err)
{
	const char *id = conversation_of(req, err);
	enum orphan_outcome outcome;
	struct json_object *body;
	struct str reason;

	if (!id)
		return -1;
	body = body_with(req, res, "reason");
	if (!body || !api_reason(res, body, &reason))
		return 0;
	if (orphan_discard(app, id, arena_strndup(app->mem, reason.ptr, reason.len), actor_words(req), &outcome, err))
		return -1;
	if (outcome == ORPHAN_DONE)
		audit_say(req, "orphan.discard", id, NULL);
	return answer_outcome(res, outcome, err);
}
