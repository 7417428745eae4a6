/* See output.h. */
#include "output.h"

#include <stdio.h>
#include <string.h>

#include "base/clock.h"
#include "base/str.h"

struct table_row {
	const char *cells[TABLE_COLUMNS];
};

/* C0 and DEL are one byte; C1 (U+0080 to U+009F) is C2 80 to C2 9F. */
const char *printable(struct arena *mem, const char *text)
{
	char *out, *to;

	if (!text || !*text)
		return "-";
	if (!str_is_utf8(str_from(text)))
		return "?";
	out = to = arena_strdup(mem, text);
	for (const unsigned char *p = (const unsigned char *)text; *p; p++) {
		if (*p < ' ' || *p == 0x7f) {
			*to++ = '?';
		} else if (*p == 0xc2 && p[1] >= 0x80 && p[1] <= 0x9f) {
			*to++ = '?';
			p++;
		} else {
			*to++ = (char)*p;
		}
	}
	*to = '\0';
	return out;
}

/* Code points, near enough to columns for names and states. */
static size_t width(const char *text)
{
	size_t n = 0;

	for (; *text; text++)
		n += ((unsigned char)*text & 0xc0) != 0x80;
	return n;
}

struct table *table_new(struct arena *mem, size_t columns, const char *const heads[])
{
	struct table *t = arena_new_object(mem, struct table);

	t->mem = mem;
	t->columns = columns;
	for (size_t i = 0; i < columns; i++)
		t->heads[i] = heads[i];
	return t;
}

void table_add(struct table *t, const char *const cells[])
{
	if (t->count == t->room) {
		size_t room = t->room ? 2 * t->room : 64;
		struct table_row *rows = arena_alloc(t->mem, room * sizeof(*rows));

		if (t->count)
			memcpy(rows, t->rows, t->count * sizeof(*rows));
		t->rows = rows;
		t->room = room;
	}
	for (size_t i = 0; i < t->columns; i++)
		t->rows[t->count].cells[i] = printable(t->mem, cells[i]);
	t->count++;
}

static void print_row(const struct table *t, const char *const cells[], const size_t widths[])
{
	for (size_t i = 0; i < t->columns; i++) {
		fputs(cells[i], stdout);
		if (i + 1 < t->columns)
			printf("%*s", (int)(widths[i] - width(cells[i]) + 2), "");
	}
	putchar('\n');
}

void table_print(const struct table *t)
{
	size_t widths[TABLE_COLUMNS];

	for (size_t i = 0; i < t->columns; i++) {
		widths[i] = width(t->heads[i]);
		for (size_t row = 0; row < t->count; row++)
			if (width(t->rows[row].cells[i]) > widths[i])
				widths[i] = width(t->rows[row].cells[i]);
	}
	print_row(t, t->heads, widths);
	for (size_t row = 0; row < t->count; row++)
		print_row(t, t->rows[row].cells, widths);
}

void print_pair(struct arena *mem, const char *name, const char *text)
{
	printf("%-18s %s\n", name, printable(mem, text));
}

const char *time_text(struct arena *mem, int64_t ms)
{
	char iso[ISO_TIME_SIZE];

	if (!ms)
		return NULL;
	iso_time_format(ms, iso);
	return arena_printf(mem, "%.10s %.8s", iso, iso + 11);
}

void print_json(struct json_object *o)
{
	puts(json_object_to_json_string_ext(o, JSON_C_TO_STRING_PRETTY | JSON_C_TO_STRING_NOSLASHESCAPE));
}
