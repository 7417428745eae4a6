/* TwiML, the XML that tells Twilio what to do with a call (vendors/twilio.md 7).
 *
 *	struct twiml *t = twiml_new(mem);
 *	twiml_open(t, "Gather");
 *	twiml_attribute(t, "action", url);
 *	twiml_element(t, "Play", audio);
 *	twiml_close(t);
 *	twiml_element(t, "Hangup", NULL);
 *	struct str document = twiml_document(t);
 *
 * Names are ours; every value is escaped: control characters are dropped, ill-formed
 * UTF-8 becomes U+FFFD.
 */
#ifndef PARLEY_CAMPAIGN_TWIML_H
#define PARLEY_CAMPAIGN_TWIML_H

#include "base/arena.h"
#include "base/str.h"

struct twiml;

/* Begins a document; it lives in the arena. */
struct twiml *twiml_new(struct arena *mem);

void twiml_open(struct twiml *t, const char *name);
/* Of the element that was opened last, before anything is put into it. */
void twiml_attribute(struct twiml *t, const char *name, const char *value);
void twiml_text(struct twiml *t, const char *text);
void twiml_close(struct twiml *t);

/* A whole element; `text` may be NULL. */
void twiml_element(struct twiml *t, const char *name, const char *text);

/* Closes what is open.  ptr is NULL when the document became larger than the 64 kB
 * that Twilio reads. */
struct str twiml_document(struct twiml *t);

#endif
