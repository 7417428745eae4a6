/* Percent-encoding (RFC 3986 2.1), reading it; buf_url() writes it. */
#ifndef PARLEY_BASE_PERCENT_H
#define PARLEY_BASE_PERCENT_H

#include <stdbool.h>

#include "base/arena.h"
#include "base/str.h"

/* Decodes %XX and, when `plus`, '+' as a blank.  False for a broken escape. */
bool percent_decode(struct arena *a, struct str text, bool plus, struct str *out);

#endif
