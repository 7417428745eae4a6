/* The parts of `parley doctor`: each looks at one thing, live, and adds what it
 * found with what to do about it. */
#ifndef PARLEY_CLI_DOCTOR_H
#define PARLEY_CLI_DOCTOR_H

#include "app.h"
#include "screening/findings.h"

/* doctor_vendors.c: with the configured keys, changing nothing there. */
void doctor_linear(struct app *app, struct findings *f);
void doctor_cerebras(struct app *app, struct findings *f);
void doctor_resend(struct app *app, struct findings *f);

/* doctor_agent.c: the ElevenLabs agent that interviews. */
void doctor_agent(struct app *app, struct findings *f);

/* doctor_site.c: what is ours. */
void doctor_clock(struct app *app, struct findings *f);
void doctor_addresses(struct app *app, struct findings *f);
void doctor_leftovers(struct app *app, struct findings *f);
void doctor_operators(struct app *app, struct findings *f);

#endif
