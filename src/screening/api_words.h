/* What the handlers of the interviews' API share: who acts, and why. */
#ifndef PARLEY_SCREENING_API_WORDS_H
#define PARLEY_SCREENING_API_WORDS_H

#include "access/actor.h"
#include "base/json.h"
#include "base/limits.h"
#include "web/api.h"

/* For people: the operator's address, or what the bearer key stands for. */
static inline const char *actor_words(const struct request *req)
{
	return req->actor->csrf ? req->actor->email : "the API key";
}

/* The body's "reason"; false when it was answered with 400. */
static inline bool api_reason(struct response *res, struct json_object *body, struct str *reason)
{
	*reason = str_trim(json_str(body, "reason"));
	if (!reason->len)
		return api_refuse(res, "reason", "Please give a reason."), false;
	if (str_characters(*reason) > LIMIT_REASON)
		return api_refuse(res, "reason", "A reason may have 1000 characters."), false;
	return true;
}

#endif
