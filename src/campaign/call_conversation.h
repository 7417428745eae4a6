/* An answered call in which an agent of ElevenLabs' talks (contract 3.4). */
#ifndef PARLEY_CAMPAIGN_CALL_CONVERSATION_H
#define PARLEY_CAMPAIGN_CALL_CONVERSATION_H

#include "campaign/agent.h"
#include "campaign/call.h"

/* The TwiML that hands the call to the agent.  It is told the lead's variables, name,
 * first_name and phone, and parley_call: the attempt, which comes back with the transcript.
 * ERR_SYSTEM when the store fails; else as in elevenlabs_register.h, and ERR_MISSING without an agent. */
int call_conversation(struct app *app, const struct agent *agent, const struct call *call, struct str *twiml,
		      struct err *err);

#endif
