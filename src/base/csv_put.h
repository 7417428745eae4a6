/* Writing CSV (RFC 4180) that a spreadsheet may open. */
#ifndef PARLEY_BASE_CSV_PUT_H
#define PARLEY_BASE_CSV_PUT_H

#include "base/buf.h"
#include "base/str.h"

/* A line of cells.  One that a spreadsheet would run (it begins with = + - @, a tab or a line
 * break) gets an apostrophe before it; a telephone number, a plus sign and digits only, does not. */
void csv_put(struct buf *out, const struct str *cells, size_t count);

#endif
