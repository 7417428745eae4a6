/* What a call says, as files that are bought before it is dialled (design 3.11): the agent's
 * script for a lead, and the words after a key.  WAV of 8 kHz, which is all a telephone carries.
 *
 * *ready says whether the file is in the store; its name in `audio` is right in either case.
 * With `buy` it is bought when it is not, and then *ready is true, or the call failed:
 *
 *	ERR_INPUT     the script is malformed, or becomes too long, or blank
 *	ERR_REFUSED   ElevenLabs does not speak this text, or this account is not allowed to;
 *	              also without `buy` while it is remembered, ten minutes
 *	ERR_DENIED    the key, or ElevenLabs is not configured;  ERR_MISSING  no such voice or model
 *	ERR_LIMIT, ERR_UPSTREAM  later, after err->retry_after
 *	ERR_UNKNOWN   it may have been paid for: this text is not bought again for a minute
 *	ERR_CONFLICT  that minute is not over, or another process is buying it (with
 *	              CALL_AUDIO_BUY_UNLESS_BUSY)
 *	ERR_SYSTEM    Redis, disk
 *
 * elevenlabs_account_failed() tells a failure of the account from one of the text.
 */
#ifndef PARLEY_CAMPAIGN_CALL_AUDIO_H
#define PARLEY_CAMPAIGN_CALL_AUDIO_H

#include "campaign/agent.h"
#include "campaign/audio.h"
#include "campaign/campaign.h"
#include "campaign/lead.h"

/* As `buy`: false, true (waits for another process that buys the same), or this. */
enum call_audio_buy { CALL_AUDIO_LOOK, CALL_AUDIO_BUY, CALL_AUDIO_BUY_UNLESS_BUSY };

/* *missing names a variable that the lead lacks, else NULL; with one nothing else is set. */
int call_audio_script(struct app *app, const struct campaign *c, const struct agent *agent, const struct lead *lead,
		      enum call_audio_buy buy, struct audio *audio, bool *ready, const char **missing, struct err *err);

int call_audio_say(struct app *app, const struct agent *agent, const char *text, enum call_audio_buy buy,
		   struct audio *audio, bool *ready, struct err *err);

/* Whether these words are in the store; only the disk is looked at.  The names in `audio` are right in either case. */
bool call_audio_is_bought(struct app *app, const struct agent *agent, const char *text, struct audio *audio);

/* The address that Twilio plays; `name` as in struct audio. */
char *call_audio_url(struct app *app, const char *name);

/* ---- ahead of the calls (audio_worker.c) ---- */

/* What the next `ahead` leads of one campaign and its keys need and the store has not, in the order
 * of the calls: waiting leads that are due, then those never called, both of groups that are open
 * now or in two minutes.  At most ten purchases a turn; *made counts them.  Several processes may
 * do it at once, none waits for another.
 *
 * A text that ElevenLabs refuses for one lead is passed over; every other failure ends the turn
 * and is returned, as in call_audio.h.  ERR_REFUSED then means that no call can be spoken. */
int call_audio_prepare(struct app *app, const struct campaign *c, const struct agent *agent, size_t ahead, size_t *made,
		       struct err *err);

/* One turn over all running campaigns, in another order each time, about ten seconds at most.
 * *idle: nothing was bought.  A campaign that cannot go on (the account, the voice, a text
 * without variables refused) is paused with the reason; when ElevenLabs is away or asks to wait,
 * nobody buys until then.  Fails by Redis or the disk only.  Resets nothing of app->mem. */
int audio_worker_turn(struct app *app, bool *idle, struct err *err);

#endif
