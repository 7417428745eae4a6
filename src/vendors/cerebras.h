/* Cerebras chat completions with a strict JSON schema (vendors/cerebras.md).
 *
 * A call is billed each time: nothing is repeated here.  Failures: ERR_DENIED,
 * ERR_REFUSED (final: model not found, schema, account; err->code has the vendor's code;
 * "context_length_exceeded" also when only the message says so), ERR_LIMIT (retry_after), ERR_UPSTREAM
 * (unreadable or cut answer, 5xx, 408, 409), ERR_UNKNOWN (no answer).
 */
#ifndef PARLEY_VENDORS_CEREBRAS_H
#define PARLEY_VENDORS_CEREBRAS_H

#include <json-c/json.h>
#include <stdbool.h>

#include "base/arena.h"
#include "base/clock.h"
#include "base/err.h"
#include "base/str.h"

struct http_client;

struct cerebras {
	struct http_client *http;
	const struct clock *clock;
	const char *base_url, *api_key, *model;
};

struct cerebras_question {
	const char *schema_name;
	const char *schema;     /* JSON text of the schema, within the rules of section 3 */
	struct str system, user;
	int max_completion_tokens; /* counts the reasoning too */
};

/* The model's answer, parsed: an object.  Succeeds only for HTTP 200 with
 * finish_reason "stop" and content that is a JSON object. */
int cerebras_ask(const struct cerebras *c, struct arena *mem, const struct cerebras_question *question,
		 struct json_object **answer, struct err *err);

/* Whether the configured model is offered to this key. */
int cerebras_model_offered(const struct cerebras *c, struct arena *mem, bool *offered, struct err *err);

#endif
