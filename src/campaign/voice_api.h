/* The JSON API of the voices (contract 3.3): what ElevenLabs offers, and speech as a file
 * for the browser or the telephone. */
#ifndef PARLEY_CAMPAIGN_VOICE_API_H
#define PARLEY_CAMPAIGN_VOICE_API_H

#include "web/route.h"

extern const struct pages voice_pages;

#endif
