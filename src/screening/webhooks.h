/* The webhooks of Linear, ElevenLabs and Resend (contract 3.2): verify the raw
 * bytes, store a job, answer.  Work happens in the runner. */
#ifndef PARLEY_SCREENING_WEBHOOKS_H
#define PARLEY_SCREENING_WEBHOOKS_H

#include "web/route.h"

extern const struct pages webhook_pages;

#endif
