/* The words of a language that every campaign understands without being told: not to be called again, the
 * digits, and what the called person hears after that wish.  All as spoken_words() gives them. */
#ifndef PARLEY_CAMPAIGN_SPOKEN_LANGUAGE_H
#define PARLEY_CAMPAIGN_SPOKEN_LANGUAGE_H

enum { SPOKEN_PHRASES = 64, SPOKEN_ALONE = 16, SPOKEN_DIGITS = 10 };

struct spoken_language {
	const char *code;                        /* ISO 639-1 */
	const char *confirmation;                /* a sentence, as it is said */
	const char *hints;                       /* for the recogniser */
	const char *phrases[SPOKEN_PHRASES + 1]; /* anywhere among other words; behind the last: NULL */
	const char *alone[SPOKEN_ALONE + 1];     /* only when nothing else is said */
	const char *digits[SPOKEN_DIGITS];
};

/* NULL: a language that is not known.  No language at all is English. */
const struct spoken_language *spoken_language(const char *code);

#endif
