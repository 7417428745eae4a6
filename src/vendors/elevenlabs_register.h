/* A telephone call of ours in which ElevenLabs' agent talks (vendors/elevenlabs.md 7.2):
 * announced to ElevenLabs, it gives the TwiML that connects the answered call.
 *
 * Twilio waits for that: 15 seconds in all, so this takes no longer than 8.  Announcing
 * a call twice does no harm.  Failures as in elevenlabs.h.
 */
#ifndef PARLEY_VENDORS_ELEVENLABS_REGISTER_H
#define PARLEY_VENDORS_ELEVENLABS_REGISTER_H

#include "base/str.h"
#include "vendors/elevenlabs.h"

struct elevenlabs_phone_call {
	const char *agent_id;          /* of an agent that speaks and hears ulaw_8000 */
	const char *from, *to;         /* E.164; `to` is called */
	struct json_object *variables; /* dynamic variables, which come back in the post-call webhook; NULL: none */
};

/* An answer that is no TwiML is ERR_UPSTREAM. */
int elevenlabs_register_call(const struct elevenlabs *e, struct arena *mem, const struct elevenlabs_phone_call *call,
			     struct str *twiml, struct err *err);

#endif
