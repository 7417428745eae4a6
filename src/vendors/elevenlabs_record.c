/* See elevenlabs_record.h. */
#include "vendors/elevenlabs_record.h"

#include "base/limits.h"
#include "vendors/elevenlabs_call.h"
#include "vendors/failure.h"

static int ask(const struct elevenlabs *e, struct arena *mem, const char *conversation_id, const char *what,
	       struct http_call *call, struct http_reply *reply, struct err *err)
{
	if (!str_is_token(str_from(conversation_id), 1, LIMIT_CONVERSATION_ID))
		return vendor_failed(err, ERR_REFUSED, "ElevenLabs", "no conversation id", 0, NULL);
	call->url = arena_printf(mem, "%s/v1/convai/conversations/%s%s", e->base_url, conversation_id, what);
	call->reuse = true;
	http_call_header(call, "xi-api-key", e->api_key);
	if (vendor_send(e->http, mem, "ElevenLabs", call, true, reply, err))
		return -1;
	return reply->status < 200 || reply->status > 299 ? elevenlabs_refused(e, mem, reply, err) : 0;
}

/* An MPEG frame, or the tag that may stand before the first. */
static bool is_mp3(struct str bytes)
{
	const unsigned char *b = (const unsigned char *)bytes.ptr;

	return str_starts(bytes, STR("ID3")) || (bytes.len > 2 && b[0] == 0xff && (b[1] & 0xe0) == 0xe0);
}

int elevenlabs_recording(const struct elevenlabs *e, struct arena *mem, const char *conversation_id, struct str *audio,
			 struct err *err)
{
	struct http_call call = { .method = "GET", .timeout_ms = LIMIT_TALK_AUDIO_SECONDS * 1000, .max_reply = LIMIT_TALK_AUDIO };
	struct http_reply reply;

	http_call_header(&call, "Accept", "audio/mpeg");
	if (ask(e, mem, conversation_id, "/audio", &call, &reply, err))
		return -1;
	if (!is_mp3(reply.body))
		return vendor_failed(err, ERR_UPSTREAM, "ElevenLabs", "the answer is no audio", reply.status, NULL);
	*audio = reply.body;
	return 0;
}

int elevenlabs_conversation_delete(const struct elevenlabs *e, struct arena *mem, const char *conversation_id, struct err *err)
{
	struct http_call call = { .method = "DELETE" };
	struct http_reply reply;

	return ask(e, mem, conversation_id, "", &call, &reply, err);
}
