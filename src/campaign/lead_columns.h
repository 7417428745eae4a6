/* What the columns of a table of leads are: told by its header (contract 3.3), or by the one who
 * uploads it, or guessed from the header for him to look at. */
#ifndef PARLEY_CAMPAIGN_LEAD_COLUMNS_H
#define PARLEY_CAMPAIGN_LEAD_COLUMNS_H

#include <stdbool.h>
#include <stddef.h>

#include "base/arena.h"
#include "base/json.h"
#include "base/limits.h"
#include "base/str.h"

enum column_use {
	COLUMN_NAMELESS, /* nothing may stand in its cells */
	COLUMN_DROPPED,  /* its cells are passed over */
	COLUMN_PHONE,
	COLUMN_NAME,
	COLUMN_TIMEZONE,
	COLUMN_VARIABLE,
};

struct lead_column {
	enum column_use use;
	struct str name;   /* of the variable */
	struct str header; /* as it is written */
};

struct lead_columns {
	struct lead_column list[LIMIT_COLUMNS];
	size_t count; /* 0: the header has not been read */
	bool has_phone;
};

/* What is wrong with the header or the wish: the column as it is written (or "phone", "columns"), and a sentence. */
struct csv_problem {
	char column[80];
	const char *sentence; /* NULL: nothing */
};

/* The names of the header: phone (required), name, timezone; others become variables. */
bool lead_columns_of_header(struct arena *mem, const struct str *cells, size_t count, struct lead_columns *columns,
			    struct csv_problem *problem);

/* One word for each column, with commas between: phone (once), name, timezone, the name of a variable,
 * or "-" for a column that is dropped. */
bool lead_columns_of_wish(struct arena *mem, const char *wish, const struct str *cells, size_t count,
			  struct lead_columns *columns, struct csv_problem *problem);

/* A guess, which always is a good wish but for the telephone number, which may be missing. */
void lead_columns_guess(struct arena *mem, const struct str *cells, size_t count, struct lead_columns *columns);

/* [{"header","use","variable"}]; use: phone, name, timezone, variable, drop */
struct json_object *lead_columns_json(const struct lead_columns *columns);

#endif
