/* Counting wrong secrets by address.  A valid link always opens, also from an
 * address that is over the limit: candidates share addresses. */
#ifndef PARLEY_SCREENING_GUESSES_H
#define PARLEY_SCREENING_GUESSES_H

#include <stdbool.h>

#include "app.h"
#include "base/err.h"

enum { GUESSES_ALLOWED = 30, GUESSES_WINDOW_S = 60 };

/* Counts one wrong secret; ERR_LIMIT when there were too many from there. */
int guess_count(struct app *app, const char *remote_addr, struct err *err);

#endif
