/* What commands print: tables for people, JSON for programs.
 *
 * Text from outside (a candidate's name) goes to a terminal, so control
 * characters are replaced by "?": it must not move the cursor or set a title. */
#ifndef PARLEY_CLI_OUTPUT_H
#define PARLEY_CLI_OUTPUT_H

#include <stdint.h>

#include "base/arena.h"
#include "base/json.h"

enum { TABLE_COLUMNS = 8 };

/* Rows are collected and printed with columns as wide as their widest cell. */
struct table {
	struct arena *mem;
	const char *heads[TABLE_COLUMNS];
	size_t columns;
	struct table_row *rows;
	size_t count, room;
};

struct table *table_new(struct arena *mem, size_t columns, const char *const heads[]);
/* As many cells as columns; NULL prints as "-". */
void table_add(struct table *t, const char *const cells[]);
void table_print(const struct table *t);

/* "name   text" with the names in one column; NULL prints as "-". */
void print_pair(struct arena *mem, const char *name, const char *text);

/* Text fit for a terminal. */
const char *printable(struct arena *mem, const char *text);

/* "2026-11-20 09:30:00" in UTC, or NULL for 0. */
const char *time_text(struct arena *mem, int64_t ms);

void print_json(struct json_object *o);

#endif
