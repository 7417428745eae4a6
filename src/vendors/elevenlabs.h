/* ElevenLabs' Agents API (vendors/elevenlabs.md 1, 2.1, 5): what screening needs.
 *
 * All calls are GETs and may be repeated.  Failures: ERR_DENIED (key), ERR_MISSING,
 * ERR_REFUSED (credits, plan, bad request: final), ERR_LIMIT, ERR_UPSTREAM, ERR_UNKNOWN.
 * err->code holds the vendor's code.  Answers live in `mem`.
 */
#ifndef PARLEY_VENDORS_ELEVENLABS_H
#define PARLEY_VENDORS_ELEVENLABS_H

#include <json-c/json.h>
#include <stdbool.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/clock.h"
#include "base/err.h"

struct http_client;

struct elevenlabs {
	struct http_client *http;
	const struct clock *clock;
	const char *base_url, *api_key;
};

/* True when the cause is the account (its key, credits, plan): no other request would fare better. */
bool elevenlabs_account_failed(const struct err *err);

/* A fresh signed URL (ws:// or wss://), within `timeout_ms`.  An answer that holds
 * no such URL is ERR_UPSTREAM. */
int elevenlabs_signed_url(const struct elevenlabs *e, struct arena *mem, const char *agent_id, int timeout_ms,
			  const char **url, struct err *err);

/* The model of 4.5, as JSON. */
int elevenlabs_conversation(const struct elevenlabs *e, struct arena *mem, const char *conversation_id,
			    struct json_object **conversation, struct err *err);

/* Ids of the agent's finished conversations started since `since_s`, newest first, at most
 * `max`; follows the pages. */
int elevenlabs_conversations(const struct elevenlabs *e, struct arena *mem, const char *agent_id, int64_t since_s,
			     const char **ids, size_t max, size_t *count, struct err *err);

int elevenlabs_agent(const struct elevenlabs *e, struct arena *mem, const char *agent_id, struct json_object **agent,
		     struct err *err);

#endif
