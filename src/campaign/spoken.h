/* What a called person's words mean, as Twilio's speech recognition heard them.
 *
 * Case, punctuation and apostrophes do not count.  Phrases and digits are understood in English and in
 * the agent's language, where spoken_language.h knows it; in any language the outcomes of a campaign's keys
 * are words that can be said.
 */
#ifndef PARLEY_CAMPAIGN_SPOKEN_H
#define PARLEY_CAMPAIGN_SPOKEN_H

#include <stdbool.h>

#include "base/arena.h"
#include "base/str.h"

/* Words in lower case, one blank between them. */
const char *spoken_words(struct arena *mem, struct str speech);

/* Not to be called again is wished for, anywhere in these words (of spoken_words()).  In
 * doubt it is: one call too few is the smaller mistake. */
bool spoken_opts_out(const char *words, const char *language);

/* The key that was said: "three", "press 3"; 0 when it was none. */
char spoken_key(const char *words, const char *language);

/* Whether the words are exactly that outcome ("call_me_back": call me back). */
bool spoken_is_outcome(struct arena *mem, const char *words, const char *outcome);

#endif
