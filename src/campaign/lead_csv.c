/* See lead_csv.h. */
#include "campaign/lead_csv.h"

#include <stdio.h>

#include "base/limits.h"
#include "campaign/script_text.h"

/* What the cells of a column are. */
enum use { USE_NOTHING, USE_PHONE, USE_NAME, USE_TIMEZONE, USE_VARIABLE };

struct column {
	enum use use;
	struct str name; /* of the variable */
};

struct table {
	struct lead_import *import;
	struct arena *mem;
	struct csv_problem *problem;
	struct err *err;
	struct column columns[LIMIT_COLUMNS];
	size_t count; /* 0: the header has not been read */
	bool has_phone, failed;
};

/* ---- the header ---- */

static bool refuse(struct table *t, struct str column, const char *sentence)
{
	snprintf(t->problem->column, sizeof(t->problem->column), "%.*s",
		 (int)str_utf8_prefix(column, sizeof(t->problem->column) - 1), column.ptr ? column.ptr : "");
	t->problem->sentence = sentence;
	t->failed = true;
	err_set(t->err, ERR_INPUT, "the header cannot be used");
	return false;
}

static enum use use_of(struct str name)
{
	if (!name.len)
		return USE_NOTHING;
	if (str_eq_nocase(name, STR("phone")))
		return USE_PHONE;
	if (str_eq_nocase(name, STR("name")))
		return USE_NAME;
	return str_eq_nocase(name, STR("timezone")) ? USE_TIMEZONE : USE_VARIABLE;
}

/* Blanks within a name become underscores. */
static struct str variable_name(struct arena *mem, struct str name)
{
	char *copy = arena_strndup(mem, name.ptr, name.len);

	for (char *p = copy; *p; p++)
		if (*p == ' ')
			*p = '_';
	return str_from(copy);
}

static bool is_taken(const struct table *t, const struct column *c)
{
	for (size_t i = 0; i < t->count; i++)
		if (t->columns[i].use == c->use && str_eq(t->columns[i].name, c->name))
			return c->use != USE_NOTHING;
	return false;
}

static bool take_header(struct table *t, const struct str *cells, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		struct str name = str_trim(cells[i]);
		struct column c = { .use = use_of(name), .name = STR("") };

		if (c.use == USE_VARIABLE)
			c.name = variable_name(t->mem, name);
		if (c.use == USE_VARIABLE && !script_is_name(c.name))
			return refuse(t, name, "The name of this column cannot be the name of a variable: "
					       "letters, digits and underscores, at most 64, no digit first.");
		if (is_taken(t, &c))
			return refuse(t, name, "There are two columns of this name.");
		t->has_phone |= c.use == USE_PHONE;
		t->columns[t->count++] = c;
	}
	return t->has_phone || refuse(t, STR("phone"), "The header row has no column \"phone\".");
}

/* ---- rows ---- */

static bool is_empty(const struct str *cells, size_t count)
{
	for (size_t i = 0; i < count; i++)
		if (str_trim(cells[i]).len)
			return false;
	return true;
}

static bool take_row(void *ctx, int64_t number, const struct str *cells, size_t count)
{
	struct table *t = ctx;
	struct lead_field variables[LIMIT_COLUMNS];
	struct lead_row row = { .number = number, .variables = variables };
	const char *why = count == t->count ? NULL : "The row has another number of cells than the header.";

	if (!t->count)
		return take_header(t, cells, count);
	if (is_empty(cells, count))
		return true;
	for (size_t i = 0; i < count && i < t->count; i++) {
		struct str cell = str_trim(cells[i]);

		switch (t->columns[i].use) {
		case USE_NOTHING:
			if (cell.len)
				why = "A cell stands below no name.";
			break;
		case USE_PHONE:
			row.phone = cell;
			break;
		case USE_NAME:
			row.name = cell;
			break;
		case USE_TIMEZONE:
			row.timezone = cell;
			break;
		case USE_VARIABLE:
			variables[row.variable_count++] = (struct lead_field){ t->columns[i].name, cell };
			break;
		}
	}
	if (why)
		lead_import_reject(t->import, number, row.phone, why);
	else if (lead_import_row(t->import, &row, t->err))
		t->failed = true;
	return !t->failed;
}

static bool take_damaged(void *ctx, int64_t number, const char *why)
{
	struct table *t = ctx;

	if (!t->count)
		return refuse(t, STR(""), why);
	lead_import_reject(t->import, number, STR(""), why);
	return true;
}

int lead_csv_import(struct lead_import *import, struct arena *mem, const struct csv_source *source,
		    struct csv_problem *problem, struct err *err)
{
	struct table t = { .import = import, .mem = mem, .problem = problem, .err = err };
	struct csv_sink sink = { take_row, take_damaged, &t };

	problem->sentence = NULL;
	switch (csv_read(source, &sink)) {
	case CSV_BROKEN:
		return err_set(err, ERR_INPUT, "the upload broke off");
	case CSV_COMPLETE:
		if (!t.count)
			refuse(&t, STR("phone"), "There is no header row.");
		break;
	case CSV_STOPPED:
		break;
	}
	return t.failed ? -1 : 0;
}
