/* One believed request of Twilio's about an attempt of ours, and what each kind of
 * them does.
 *
 * Requests come again, late and in any order: each of these answers the same to the
 * same request, and changes nothing twice.  An answer in TwiML is given in the
 * response; -1 with err when something could not be stored: Twilio is told to
 * come again.
 */
#ifndef PARLEY_CAMPAIGN_TWILIO_EVENT_H
#define PARLEY_CAMPAIGN_TWILIO_EVENT_H

#include "app.h"
#include "base/err.h"
#include "campaign/call.h"
#include "campaign/twiml.h"
#include "web/form.h"
#include "web/response.h"

struct twilio_event {
	struct call call;  /* as it was before */
	const char *sid;   /* the call's, also when the row does not know it yet */
	struct form query; /* of our own making, signed with the rest */
	struct form form;  /* what Twilio says */
};

/* What the called person hears first: the script, or an agent of ElevenLabs'. */
int call_answered(struct app *app, const struct twilio_event *e, struct response *res, struct err *err);

/* What they pressed or said, and what they hear then. */
int call_gathered(struct app *app, const struct twilio_event *e, struct response *res, struct err *err);

/* How far the call is. */
int call_progressed(struct app *app, const struct twilio_event *e, struct response *res, struct err *err);

/* Whether a machine has answered; then the campaign's `voicemail` is done. */
int call_machine_heard(struct app *app, const struct twilio_event *e, struct response *res, struct err *err);

/* Asks for the same gathering again in two seconds, with what was pressed or said in the address
 * (the store was away, and Twilio does not repeat it), and keeps it besides (call_heard.h).  False when there was nothing, or it has
 * been tried enough. */
bool gather_once_more(struct app *app, struct arena *mem, const struct form *query, const struct form *form,
		      struct response *res);

/* The address of one of our hooks, for this attempt; `more` ("&step=1") may be NULL. */
const char *hook_url(struct app *app, const char *hook, const char *attempt, const char *more);

/* A document as the answer: built here, or by somebody else. */
void twiml_answer(struct response *res, struct twiml *t);
void twiml_bytes(struct response *res, struct str document);

/* An empty one: there is nothing to do. */
int twiml_nothing(struct response *res);

/* A value of Twilio's that is a word, such as an answered_by; NULL when it is none. */
const char *event_word(const struct twilio_event *e, const char *name);

#endif
