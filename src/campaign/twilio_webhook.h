/* Twilio's webhooks (contract 3.2): what to say to an answered call, what the called
 * person pressed or said, what became of the call, and what answered it.
 *
 * Twilio does not repeat a request after an answer, whatever the answer: nothing may
 * be lost that was taken. */
#ifndef PARLEY_CAMPAIGN_TWILIO_WEBHOOK_H
#define PARLEY_CAMPAIGN_TWILIO_WEBHOOK_H

#include "web/route.h"

extern const struct pages twilio_pages;

#endif
