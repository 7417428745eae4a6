/* The lists that several pages choose from, as options of a <select>. */
#ifndef PARLEY_CONSOLE_OPTIONS_H
#define PARLEY_CONSOLE_OPTIONS_H

#include <stddef.h>

#include "web/view.h"

struct option {
	const char *value, *label;
};

/* Adds a round of {{#SECTION}} with VALUE, LABEL and, for the chosen one, SELECTED.  A chosen value that is not in the
 * list is added to it: what is stored must not be lost by showing it. */
void options_fill(struct view *v, const char *section, const struct option *list, size_t count, const char *chosen);

/* The languages that ElevenLabs' models speak, by their codes of ISO 639-1. */
extern const struct option option_languages[];
extern const size_t option_language_count;

/* English for a code; the code itself when it is none of those.  NULL stays NULL. */
const char *language_words(const char *code);

#endif
