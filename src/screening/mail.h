/* Mails, sent once: the exact bytes and their idempotency key are stored before
 * the first attempt and repeated unchanged (vendors/resend.md 2). */
#ifndef PARLEY_SCREENING_MAIL_H
#define PARLEY_SCREENING_MAIL_H

#include <stdbool.h>

#include "app.h"
#include "base/err.h"
#include "vendors/resend.h"

/* Stores the mail under its id, unless one is stored already. */
int mail_store(struct app *app, const char *id, const struct resend_mail *mail, struct err *err);

/* Sends a stored mail; once accepted, it is never sent again.  *refused: Resend
 * will never take it (err keeps the reason, and -1 is returned). */
int mail_send(struct app *app, const char *id, bool *refused, struct err *err);

/* Notes what became of one mail of a session, never less than what is known of it.
 * The session shows the mail sent last.  `noted` may be NULL. */
int mail_note_state(struct app *app, const char *session_id, const char *state, const char *email_id, bool *noted,
		    struct err *err);

/* A job that sends it: for mails that nothing waits for. */
int mail_enqueue(struct app *app, const char *id, struct err *err);

#endif
