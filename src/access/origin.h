/* Where a request comes from, as a browser says it: a change that another site sends is
 * refused, whatever cookies came along. */
#ifndef PARLEY_ACCESS_ORIGIN_H
#define PARLEY_ACCESS_ORIGIN_H

#include <stdbool.h>

#include "app.h"
#include "web/request.h"

/* True when the browser says that another site made this request: its Origin is neither
 * PUBLIC_BASE_URL's nor, on this machine, that of the address it asked (a stack that is reached
 * by loopback has no name of its own); or Sec-Fetch-Site says so where there is no Origin.
 * What is no browser says nothing. */
bool origin_is_foreign(const struct app *app, const struct request *req);

/* True for http:// to this machine: the one place where a cookie cannot be Secure. */
bool origin_is_loopback(const char *url);

#endif
