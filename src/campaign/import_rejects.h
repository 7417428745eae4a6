/* The rejected rows of one upload of leads, all of them, as a file that can be downloaded, mended
 * and uploaded again.  It holds what people may not see who may not import, and is deleted after a
 * day. */
#ifndef PARLEY_CAMPAIGN_IMPORT_REJECTS_H
#define PARLEY_CAMPAIGN_IMPORT_REJECTS_H

#include <stdint.h>
#include <stdio.h>

#include "app.h"
#include "base/str.h"

enum { KEEP_REJECTS_S = 86400 };

struct import_rejects;

/* Nothing is written before the first row is rejected.  It belongs to app->mem.  `campaign` and `import` are tokens. */
struct import_rejects *import_rejects_new(struct app *app, const char *campaign, const char *import);

void import_rejects_header(struct import_rejects *rejects, const struct str *cells, size_t count);
void import_rejects_put(struct import_rejects *rejects, int64_t row, const char *why, const struct str *cells, size_t count);

/* Writes what is held back.  A disk that is full costs the file, not the import: false, and there is none. */
bool import_rejects_end(struct import_rejects *rejects);

/* Deletes what is too old; for the runner, which comes by every minute. */
void import_rejects_tend(struct app *app);

/* Opens it to be read; NULL when there is none. */
FILE *import_rejects_open(struct app *app, const char *campaign, const char *import);

#endif
