/* What the checks of doctor.h look at: each of these looks at one thing, live, and adds
 * what it found with what to do about it.  None sends, spends or changes anything.
 *
 * A check that cannot look (Redis is away, and another check says so) adds nothing. */
#ifndef PARLEY_DOCTOR_CHECKS_H
#define PARLEY_DOCTOR_CHECKS_H

#include "app.h"
#include "base/err.h"
#include "screening/findings.h"

/* vendors.c: Linear, Cerebras, Resend, Supabase, with the configured keys. */
void doctor_linear(struct app *app, struct findings *f);
void doctor_linear_webhooks(struct app *app, struct findings *f);
void doctor_cerebras(struct app *app, struct findings *f);
void doctor_resend(struct app *app, struct findings *f);
void doctor_supabase(struct app *app, struct findings *f);

/* agent.c: the ElevenLabs agent that interviews. */
void doctor_agent(struct app *app, struct findings *f);

/* voice.c: what campaigns need of ElevenLabs. */
void doctor_elevenlabs_key(struct app *app, struct findings *f);
void doctor_voice(struct app *app, struct findings *f);
void doctor_speech(struct app *app, struct findings *f);

/* telephone.c */
void doctor_twilio_account(struct app *app, struct findings *f);
void doctor_twilio_caller(struct app *app, struct findings *f);

/* loopback.c: through the public address, signed as the vendor would, and wrongly. */
void doctor_loopback_twilio(struct app *app, struct findings *f);
void doctor_loopback_elevenlabs(struct app *app, struct findings *f);
void doctor_loopback_linear(struct app *app, struct findings *f);
void doctor_loopback_resend(struct app *app, struct findings *f);

/* site.c: what is ours. */
void doctor_clock(struct app *app, struct findings *f);
void doctor_public_address(struct app *app, struct findings *f);
void doctor_webhook_address(struct app *app, struct findings *f);
void doctor_leftovers(struct app *app, struct findings *f);
void doctor_operators(struct app *app, struct findings *f);
void doctor_assets(struct app *app, struct findings *f);
void doctor_campaign_runner(struct app *app, struct findings *f);
void doctor_live_feed(struct app *app, struct findings *f);

/* What a failed call means: a refused key is ours to repair, silence may pass, and who does not know the question is
 * perhaps not the vendor. */
void doctor_add_failure(struct findings *f, const char *name, const char *key, const struct err *err);

#endif
