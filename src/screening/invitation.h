/* From an issue in the screening state to an invited candidate (design 2). */
#ifndef PARLEY_SCREENING_INVITATION_H
#define PARLEY_SCREENING_INVITATION_H

#include <stdint.h>

#include "app.h"
#include "base/err.h"
#include "screening/session.h"

/* Stores the session's mail of that generation ("1" is the first) and gives its id. */
int invitation_mail(struct app *app, const char *session_id, const char *generation, const char **mail_id,
		    struct err *err);

/* Sends the same link again, by a person's wish.  ERR_CONFLICT when it has ended. */
int invitation_resend(struct app *app, const struct session_row *row, struct err *err);

#endif
