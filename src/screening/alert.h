/* Telling the administrator by mail that something needs a person.
 *
 * One mail per burst: the first line of a kind is mailed after a few seconds,
 * together with what came meanwhile; what follows within the quiet time is
 * gathered into the next. */
#ifndef PARLEY_SCREENING_ALERT_H
#define PARLEY_SCREENING_ALERT_H

#include "app.h"
#include "base/err.h"

#define ALERT_ORPHAN "orphan"           /* line: conversation id TAB time TAB reason */
#define ALERT_DEAD_LETTER "dead-letter" /* line: job id TAB kind TAB reason */

int alert_raise(struct app *app, const char *kind, const char *line, struct err *err);

#endif
