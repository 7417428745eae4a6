/* One attempt to call a lead, from before the dial to its end (design 3.6).
 *
 * It is the hash KEY_CALL{id}; the id is 22 characters base64url, unguessable, and
 * travels in every callback's address.  Fields: campaign, lead, phone, from, status
 * (Twilio's words, or "unknown"), sid, outcome, answered_by, digits, speech, duration (s),
 * placed, ended (ms), audio (file name), day (the campaign's), previous (the lead's call before), error
 * (Twilio's code), message (1: a voicemail message is being left), fault (1: lost by us), open (1 until
 * it is settled), v (version, grows with every change).
 *
 * Every change is computed here from the row that was read, and applied by a script
 * only if the row is still of that version; else it is read and computed again.  So
 * duplicates, reordering and races settle once.
 */
#ifndef PARLEY_CAMPAIGN_CALL_H
#define PARLEY_CAMPAIGN_CALL_H

#include <stdbool.h>
#include <stdint.h>

#include "app.h"
#include "base/err.h"
#include "base/json.h"
#include "store/store.h"

enum {
	CALL_ID_LENGTH = 22,
	CALL_LOOK_MS = 20 * 1000,    /* after so long without news Twilio is asked */
	CALL_UNKNOWN_MS = 60 * 1000, /* contract 3.4: no sooner is Twilio asked for a call whose outcome is unknown */
};

struct call {
	const char *id, *campaign, *phone, *from, *status;
	int64_t lead;
	const char *sid, *outcome, *answered_by, *digits, *speech, *audio, *day, *previous, *error; /* NULL: none */
	int64_t duration_s; /* -1: unknown */
	int64_t placed_ms, ended_ms; /* ended 0: not yet */
	bool open, leaves_message, own_fault;
	int64_t version;
};

/* ERR_MISSING when there is no such attempt. */
int call_load(struct app *app, const char *id, struct call *call, struct err *err);

/* From an HGETALL's answer; everything lives in app->mem.  ERR_MISSING. */
int call_of_row(struct app *app, const char *id, const struct reply *all, struct call *call, struct err *err);

/* The attempt of a CallSid; ERR_MISSING. */
int call_of_sid(struct app *app, const char *sid, const char **id, struct err *err);

/* Contract 3.3, the item of /calls: as text, and for a list of them. */
const char *call_text(struct app *app, const struct call *call); /* in app->mem */
struct json_object *call_json(struct app *app, const struct call *call);

/* What is known anew.  NULL, 0 and false: not said. */
struct call_news {
	const char *sid;
	const char *status;      /* Twilio's; one that is behind the known one changes nothing */
	const char *answered_by;
	const char *digits, *speech; /* the newest stay until one of them has an outcome */
	const char *outcome;     /* of a key ...: kept until the call ends; the first stays, but "opted_out" wins */
	const char *error;       /* Twilio's code */
	int64_t duration_s;
	bool leaves_message;
	bool own_fault;  /* the person heard nothing because of us: the attempt does not count, but the next such one does */
	bool not_placed; /* Twilio surely has no such call: the same, and the lead may be called at once */
};

/* A machine took it, and no person has shown since. */
bool call_is_of_machine(const struct call *call);

/* How far a call is in Twilio's words: 0 queued ... 4 over; -1 unknown. */
int call_rank(const char *status);

/* Applies it.  A terminal status (completed, busy, failed, no-answer, canceled) settles the attempt:
 * the lead is done, or waits for its retry, or its attempt is given back (canceled, which only we
 * do, before anybody answered; lost by our own fault); slot and number are free again.  What comes later still completes
 * the row, but never touches the lead again.  *changed is false when nothing was new.  `call` (may
 * be NULL) is the row afterwards.  ERR_MISSING. */
int call_tell(struct app *app, const char *id, const struct call_news *news, bool *changed, struct call *call,
	      struct err *err);

#endif
