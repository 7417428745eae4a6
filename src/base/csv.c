/* See csv.h.
 *
 * libcsv is given one line at a time, so that where a row begins and ends in the
 * input is known: a damaged one can be told by its number and left behind.
 */
#include "base/csv.h"

#include <csv.h>
#include <iconv.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/die.h"
#include "base/limits.h"

enum {
	WINDOW = 2 * LIMIT_CSV_ROW, /* a row and what follows it */
};

struct cell {
	size_t at, len;
};

struct reader {
	const struct csv_source *source;
	const struct csv_sink *sink;
	struct csv_parser parser;
	bool begun; /* the separator is known */

	/* The window: the row being read begins at `row`, the parser has seen it up to `fed`. */
	char *bytes;
	size_t row, fed, end;
	bool ended, broken;

	int64_t number;
	struct buf text; /* of the row's cells, one behind the other */
	struct cell cells[LIMIT_COLUMNS];
	size_t count; /* may pass LIMIT_COLUMNS */
	bool done;

	iconv_t windows_1252;
	struct buf converted;
};

/* ---- what libcsv tells ---- */

static void on_cell(void *bytes, size_t len, void *ctx)
{
	struct reader *r = ctx;

	if (r->count < LIMIT_COLUMNS) {
		r->cells[r->count] = (struct cell){ r->text.len, len };
		buf_add(&r->text, bytes, len);
	}
	r->count++;
}

static void on_row(int terminator, void *ctx)
{
	(void)terminator;
	((struct reader *)ctx)->done = true;
}

static void parser_renew(struct reader *r, char separator)
{
	csv_free(&r->parser);
	if (csv_init(&r->parser, CSV_STRICT | CSV_STRICT_FINI))
		die_bug("csv: libcsv knows not its options");
	csv_set_delim(&r->parser, (unsigned char)separator);
}

/* ---- the window ---- */

/* Reads on until the window is full or the source has no more. */
static void fill(struct reader *r)
{
	memmove(r->bytes, r->bytes + r->row, r->end - r->row);
	r->fed -= r->row;
	r->end -= r->row;
	r->row = 0;
	while (!r->ended && !r->broken && r->end < WINDOW) {
		long got = r->source->read(r->source->ctx, r->bytes + r->end, WINDOW - r->end);

		r->broken = got < 0;
		r->ended = !got;
		r->end += got > 0 ? (size_t)got : 0;
	}
}

/* The line at `at`, its end included; 0 when its end is not in the window.  A CR at the
 * window's end may be followed by its LF. */
static size_t line_length(const struct reader *r, size_t at)
{
	size_t i = at;

	while (i < r->end && r->bytes[i] != '\n' && r->bytes[i] != '\r')
		i++;
	if (i == r->end)
		return r->ended ? i - at : 0;
	if (r->bytes[i] == '\r') {
		if (i + 1 == r->end && !r->ended)
			return 0;
		if (i + 1 < r->end && r->bytes[i + 1] == '\n')
			i++;
	}
	return i + 1 - at;
}

/* The one of comma, semicolon and tab that is oftenest in the first line, outside quotes. */
static char separator_of(struct str line)
{
	static const char known[] = ",;\t";
	size_t count[] = { 0, 0, 0 }, best = 0;
	bool quoted = false;

	for (size_t i = 0; i < line.len; i++) {
		const char *which = line.ptr[i] ? strchr(known, line.ptr[i]) : NULL;

		if (line.ptr[i] == '"')
			quoted = !quoted;
		else if (which && !quoted)
			count[which - known]++;
	}
	for (size_t i = 1; i < ARRAY_LEN(count); i++)
		if (count[i] > count[best])
			best = i;
	return known[best];
}

static void begin(struct reader *r)
{
	size_t length;

	if (str_starts((struct str){ r->bytes, r->end }, STR("\xef\xbb\xbf")))
		r->row = r->fed = 3;
	length = line_length(r, r->row);
	parser_renew(r, separator_of((struct str){ r->bytes + r->row, length ? length : r->end - r->row }));
	r->begun = true;
}

/* ---- rows ---- */

static void forget_row(struct reader *r)
{
	buf_clear(&r->text);
	r->count = 0;
	r->done = false;
}

/* Windows-1252 to UTF-8, cell by cell; false when it is not that either. */
static bool convert(struct reader *r)
{
	size_t most = 3 * r->text.len, left = most;
	char *out;

	buf_clear(&r->converted);
	out = buf_reserve(&r->converted, most + 1);
	if (!out)
		return false;
	for (size_t i = 0; i < r->count; i++) {
		char *from = r->text.ptr + r->cells[i].at;
		size_t before = left, len = r->cells[i].len;

		r->cells[i].at = most - left;
		if (iconv(r->windows_1252, &from, &len, &out, &left) == (size_t)-1)
			return false;
		r->cells[i].len = before - left;
	}
	buf_commit(&r->converted, most - left);
	return true;
}

/* Cell by cell: two halves of a character in neighbours are none. */
static bool is_utf8(const struct reader *r)
{
	for (size_t i = 0; i < r->count; i++)
		if (!str_is_utf8((struct str){ r->text.ptr + r->cells[i].at, r->cells[i].len }))
			return false;
	return true;
}

static const char *why_unusable(struct reader *r, const struct buf **text)
{
	*text = &r->text;
	if (r->count > LIMIT_COLUMNS)
		return "The row has too many cells.";
	if (memchr(r->text.ptr, 0, r->text.len))
		return "The row holds a NUL byte.";
	if (is_utf8(r))
		return NULL;
	*text = &r->converted;
	return convert(r) ? NULL : "The row is neither UTF-8 nor Windows-1252.";
}

static bool tell_row(struct reader *r)
{
	struct str cells[LIMIT_COLUMNS];
	const struct buf *text;
	const char *why = why_unusable(r, &text);
	bool more;

	r->number++;
	if (why) {
		more = r->sink->damaged(r->sink->ctx, r->number, why);
	} else {
		for (size_t i = 0; i < r->count; i++)
			cells[i] = (struct str){ text->ptr + r->cells[i].at, r->cells[i].len };
		more = r->sink->row(r->sink->ctx, r->number, cells, r->count);
	}
	forget_row(r);
	return more;
}

/* Tells that the row at hand is damaged and goes on behind its first line, though the
 * parser may have seen more.  That does not become quadratic: lines that were taken into an
 * open quote without ending it hold none that a row of their own would leave open.
 * The rest of a line longer than the window is passed over. */
static enum csv_end leave_damaged(struct reader *r, const char *why)
{
	size_t length;

	parser_renew(r, (char)csv_get_delim(&r->parser));
	forget_row(r);
	while (!(length = line_length(r, r->row)) && !(r->ended && r->row == r->end)) {
		if (r->broken)
			return CSV_BROKEN;
		r->row = r->fed = r->end - (r->bytes[r->end - 1] == '\r');
		fill(r);
	}
	r->fed = r->row += length;
	r->number++;
	return r->sink->damaged(r->sink->ctx, r->number, why) ? CSV_COMPLETE : CSV_STOPPED;
}

static enum csv_end leave_overlong(struct reader *r)
{
	return leave_damaged(r, r->fed == r->row ? "The row is too long."
						 : "The row is too long, or a quotation mark is not closed.");
}

/* Gives the parser the next line of the row. */
static enum csv_end take_line(struct reader *r, size_t length)
{
	struct str line = { r->bytes + r->fed, length };

	if (r->fed == r->row && !str_trim(line).len) {
		r->number++;
		r->row = r->fed += length;
		return CSV_COMPLETE;
	}
	if (r->fed + length - r->row > LIMIT_CSV_ROW)
		return leave_overlong(r);
	if (csv_parse(&r->parser, line.ptr, length, on_cell, on_row, r) != length)
		return leave_damaged(r, csv_error(&r->parser) == CSV_EPARSE ? "A quotation mark stands where none may."
									   : "The row cannot be read.");
	r->fed += length;
	if (!r->done)
		return CSV_COMPLETE;
	r->row = r->fed;
	return tell_row(r) ? CSV_COMPLETE : CSV_STOPPED;
}

/* The last row, when no line break ends it. */
static enum csv_end take_end(struct reader *r)
{
	if (csv_fini(&r->parser, on_cell, on_row, r))
		return leave_damaged(r, "A quotation mark is not closed.");
	r->row = r->fed;
	return !r->done || tell_row(r) ? CSV_COMPLETE : CSV_STOPPED;
}

static enum csv_end read_all(struct reader *r)
{
	enum csv_end end = CSV_COMPLETE;

	while (end == CSV_COMPLETE) {
		size_t length = line_length(r, r->fed);

		if (length) {
			end = take_line(r, length);
		} else if (r->ended) {
			if (r->fed == r->row)
				return CSV_COMPLETE;
			end = take_end(r);
		} else if (r->end - r->row > LIMIT_CSV_ROW) {
			end = leave_overlong(r);
		} else if (r->broken) {
			return CSV_BROKEN;
		} else {
			fill(r);
			if (!r->begun)
				begin(r);
		}
	}
	return end;
}

enum csv_end csv_read(const struct csv_source *source, const struct csv_sink *sink)
{
	struct reader *r = calloc(1, sizeof(*r));
	enum csv_end end;

	if (!r || !(r->bytes = malloc(WINDOW)))
		die_out_of_memory();
	r->source = source;
	r->sink = sink;
	buf_init(&r->text, WINDOW);
	buf_init(&r->converted, 4 * WINDOW);
	r->windows_1252 = iconv_open("UTF-8", "WINDOWS-1252");
	if (csv_init(&r->parser, 0) || r->windows_1252 == (iconv_t)-1)
		die_bug("csv: no libcsv or no iconv");
	end = read_all(r);
	iconv_close(r->windows_1252);
	csv_free(&r->parser);
	buf_release(&r->converted);
	buf_release(&r->text);
	free(r->bytes);
	free(r);
	return end;
}
