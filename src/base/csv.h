/* Reading CSV (RFC 4180), over libcsv.
 *
 * It takes what spreadsheets write: comma, semicolon or tab (told by the
 * first line), a byte order mark or none, line breaks within quotes, lines ended by
 * CR, LF or both, UTF-8 or, row by row, Windows-1252.  Input is read in pieces; memory is
 * bounded by one row.  After a row that is damaged, reading goes on with the line
 * after its first.
 */
#ifndef PARLEY_BASE_CSV_H
#define PARLEY_BASE_CSV_H

#include <stdbool.h>
#include <stdint.h>

#include "base/str.h"

struct csv_source {
	/* Reads up to len bytes; 0 at the end, -1 on failure. */
	long (*read)(void *ctx, char *out, size_t len);
	void *ctx;
};

/* Rows are numbered from 1, blank lines too (they are not told).  False stops the reading. */
struct csv_sink {
	bool (*row)(void *ctx, int64_t number, const struct str *cells, size_t count); /* UTF-8 without NUL */
	bool (*damaged)(void *ctx, int64_t number, const char *why);                   /* a sentence */
	void *ctx;
};

enum csv_end {
	CSV_COMPLETE,
	CSV_STOPPED,
	CSV_BROKEN, /* the source failed; a row that it cut was not told */
};

enum csv_end csv_read(const struct csv_source *source, const struct csv_sink *sink);

#endif
