/* Telephone numbers, read by libphonenumber (design 3.1).
 *
 * The one form in which a number is stored and compared is E.164.  What cannot
 * be read for certain is refused with a sentence, never guessed.
 */
#ifndef PARLEY_CAMPAIGN_PHONE_H
#define PARLEY_CAMPAIGN_PHONE_H

#include <stdbool.h>

#include "base/str.h"

#ifdef __cplusplus
extern "C" {
#endif

/* '+', at most 15 digits, NUL; libphonenumber also knows longer ones of 17. */
enum { PHONE_SIZE = 24 };

/* Reads a number in any usual writing.  `country` is an ISO 3166 code of two
 * letters by which a national number is read; NULL: only an international one is.
 * Returns NULL and fills `e164`, or returns why not: a sentence without the number. */
const char *phone_read(struct str text, const char *country, char e164[PHONE_SIZE]);

/* A country by whose rules national numbers can be read. */
bool phone_country_is_known(struct str country);

#ifdef __cplusplus
}
#endif

#endif
