/* See elevenlabs_register.h. */
#include "vendors/elevenlabs_register.h"

#include "base/json.h"
#include "base/limits.h"
#include "vendors/elevenlabs_call.h"
#include "vendors/failure.h"

enum { REGISTER_MS = 8000, TWIML_LIMIT = 64 << 10 }; /* Twilio takes no longer document (11750) */

static struct str body_of(struct arena *mem, const struct elevenlabs_phone_call *call)
{
	struct json_object *body = json_owned(mem, json_object_new_object());

	json_put(body, "agent_id", call->agent_id);
	json_put(body, "from_number", call->from);
	json_put(body, "to_number", call->to);
	json_put(body, "direction", "outbound");
	if (call->variables) {
		struct json_object *data = json_object_new_object();

		json_object_object_add(data, "dynamic_variables", json_object_get(call->variables));
		json_object_object_add(body, "conversation_initiation_client_data", data);
	}
	return str_from(json_write(body));
}

/* What is handed on to Twilio unread: one Response, of text. */
static bool is_twiml(struct str text)
{
	struct str end = STR("</Response>");

	if (str_starts(text, STR("<?xml"))) {
		const char *after = str_find(text, STR("?>"));

		if (!after)
			return false;
		text = str_trim((struct str){ after + 2, (size_t)(text.ptr + text.len - after) - 2 });
	}
	return str_starts(text, STR("<Response")) && text.len > end.len &&
	       str_eq((struct str){ text.ptr + text.len - end.len, end.len }, end) && str_is_utf8(text) &&
	       !memchr(text.ptr, '\0', text.len);
}

int elevenlabs_register_call(const struct elevenlabs *e, struct arena *mem, const struct elevenlabs_phone_call *call,
			     struct str *twiml, struct err *err)
{
	struct http_call request = { .method = "POST", .timeout_ms = REGISTER_MS, .max_reply = TWIML_LIMIT, .reuse = true };
	struct http_reply reply;

	request.url = arena_printf(mem, "%s/v1/convai/twilio/register-call", e->base_url);
	request.body = body_of(mem, call);
	if (request.body.len > LIMIT_BODY_API)
		return vendor_failed(err, ERR_REFUSED, "ElevenLabs", "the call's variables are too long", 0, NULL);
	http_call_header(&request, "xi-api-key", e->api_key);
	http_call_header(&request, "Content-Type", "application/json");
	if (vendor_send(e->http, mem, "ElevenLabs", &request, true, &reply, err))
		return -1;
	if (reply.status < 200 || reply.status > 299)
		return elevenlabs_refused(e, mem, &reply, err);
	*twiml = str_trim(reply.body);
	if (!is_twiml(*twiml))
		return vendor_failed(err, ERR_UPSTREAM, "ElevenLabs", "the answer is no TwiML", reply.status, NULL);
	return 0;
}
