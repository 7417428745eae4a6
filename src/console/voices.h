/* The page of the voices: ElevenLabs' library, a bench to hear them say a text, the account, uploaded recordings. */
#ifndef PARLEY_CONSOLE_VOICES_H
#define PARLEY_CONSOLE_VOICES_H

#include "web/route.h"

struct app;
struct view;

/* What a page that lets voices speak needs: CONFIGURED or NOT_CONFIGURED as sections, DEFAULT_VOICE, DEFAULT_MODEL, and
 * what speech costs, PRICE (empty: not known) and CURRENCY. */
void speech_values(const struct app *app, struct view *v);

extern const struct route_table voices_routes;

#endif
