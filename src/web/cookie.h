/* Cookies of a request (RFC 6265). */
#ifndef PARLEY_WEB_COOKIE_H
#define PARLEY_WEB_COOKIE_H

#include "web/request.h"

/* The value of the first cookie of that name; empty when there is none. */
struct str request_cookie(const struct request *req, const char *name);

#endif
