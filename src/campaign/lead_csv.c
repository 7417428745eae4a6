/* See lead_csv.h. */
#include "campaign/lead_csv.h"

#include <stdio.h>

#include "campaign/import_rejects.h"
#include "campaign/phone.h"

/* A cell in a preview. */
enum { CELL_MOST = 120 };

struct table {
	struct lead_csv *csv;
	struct err *err;
	const struct str *cells; /* of the row at hand; NULL: it could not be read */
	size_t count;
	bool failed, guessed_late;
	const char *why;   /* the row at hand was rejected */
	const char *field;
};

/* ---- what is rejected ---- */

static void take_rejected(void *ctx, int64_t number, const char *field, const char *why)
{
	struct table *t = ctx;

	t->why = why;
	t->field = field;
	if (t->csv->rejects)
		import_rejects_put(t->csv->rejects, number, why, t->cells, t->cells ? t->count : 0);
}

/* The column in which a field stands; -1 when there is none. */
static int64_t column_of(const struct lead_columns *columns, const char *field)
{
	for (size_t i = 0; field && i < columns->count; i++) {
		const struct lead_column *c = &columns->list[i];

		if ((c->use == COLUMN_PHONE && !strcmp(field, "phone")) || (c->use == COLUMN_NAME && !strcmp(field, "name")) ||
		    (c->use == COLUMN_TIMEZONE && !strcmp(field, "timezone")) ||
		    (c->use == COLUMN_VARIABLE && str_eq(c->name, str_from(field))))
			return (int64_t)i;
	}
	return -1;
}

static void keep_to_look_at(struct table *t, int64_t number)
{
	struct lead_csv *csv = t->csv;
	struct json_object *one, *cells;
	int64_t column = column_of(&csv->table, t->field);

	if (!csv->previewed || json_object_array_length(csv->previewed) >= csv->preview)
		return;
	one = json_object_new_object();
	cells = json_object_new_array();
	json_put_int(one, "row", number);
	for (size_t i = 0; t->cells && i < t->count; i++)
		json_object_array_add(cells, json_object_new_string_len(t->cells[i].ptr ? t->cells[i].ptr : "",
									(int)str_utf8_prefix(t->cells[i], CELL_MOST)));
	json_object_object_add(one, "cells", cells);
	json_put(one, "reason", t->why);
	json_object_object_add(one, "column", column < 0 ? NULL : json_object_new_int64(column));
	json_object_array_add(csv->previewed, one);
}

/* ---- the header ---- */

static bool fail(struct table *t)
{
	t->failed = true;
	err_set(t->err, ERR_INPUT, "the header cannot be used");
	return false;
}

static bool refuse(struct table *t, const char *column, const char *sentence)
{
	snprintf(t->csv->problem.column, sizeof(t->csv->problem.column), "%s", column);
	t->csv->problem.sentence = sentence;
	return fail(t);
}

static bool take_header(struct table *t, const struct str *cells, size_t count)
{
	struct lead_csv *csv = t->csv;

	if (csv->rejects)
		import_rejects_header(csv->rejects, cells, count);
	if (csv->columns && !strcmp(csv->columns, LEAD_CSV_GUESS)) {
		lead_columns_guess(csv->mem, cells, count, &csv->table);
		t->guessed_late = !csv->table.has_phone;
		return true;
	}
	if (csv->columns)
		return lead_columns_of_wish(csv->mem, csv->columns, cells, count, &csv->table, &csv->problem) || fail(t);
	return lead_columns_of_header(csv->mem, cells, count, &csv->table, &csv->problem) || fail(t);
}

/* No name of a column sounded like it: the first whose cell is a number is taken for it. */
static void guess_phone(struct table *t)
{
	struct lead_columns *columns = &t->csv->table;
	char e164[PHONE_SIZE];

	for (size_t i = 0; i < t->count && i < columns->count && !columns->has_phone; i++) {
		if (phone_read(str_trim(t->cells[i]), t->csv->country, e164))
			continue;
		columns->list[i].use = COLUMN_PHONE;
		columns->list[i].name = STR("");
		columns->has_phone = true;
	}
	t->guessed_late = false;
}

/* ---- rows ---- */

static bool is_empty(const struct str *cells, size_t count)
{
	for (size_t i = 0; i < count; i++)
		if (str_trim(cells[i]).len)
			return false;
	return true;
}

static const char *read_row(const struct table *t, struct lead_row *row, struct lead_field *variables)
{
	const struct lead_columns *columns = &t->csv->table;
	const char *why = t->count == columns->count ? NULL : "The row has another number of cells than the header.";

	for (size_t i = 0; i < t->count && i < columns->count; i++) {
		struct str cell = str_trim(t->cells[i]);

		switch (columns->list[i].use) {
		case COLUMN_NAMELESS:
			if (cell.len)
				why = "A cell stands below no name.";
			break;
		case COLUMN_DROPPED:
			break;
		case COLUMN_PHONE:
			row->phone = cell;
			break;
		case COLUMN_NAME:
			row->name = cell;
			break;
		case COLUMN_TIMEZONE:
			row->timezone = cell;
			break;
		case COLUMN_VARIABLE:
			variables[row->variable_count++] = (struct lead_field){ columns->list[i].name, cell };
			break;
		}
	}
	return why;
}

static bool take_row(void *ctx, int64_t number, const struct str *cells, size_t count)
{
	struct table *t = ctx;
	struct lead_field variables[LIMIT_COLUMNS];
	struct lead_row row = { .number = number, .variables = variables };
	const char *why;

	if (!t->csv->table.count)
		return take_header(t, cells, count);
	if (is_empty(cells, count))
		return true;
	t->cells = cells;
	t->count = count;
	t->why = t->field = NULL;
	if (t->guessed_late)
		guess_phone(t);
	why = read_row(t, &row, variables);
	if (why)
		lead_import_reject(t->csv->import, number, row.phone, why);
	else if (t->csv->table.has_phone && lead_import_row(t->csv->import, &row, t->err))
		t->failed = true;
	keep_to_look_at(t, number);
	return !t->failed;
}

static bool take_damaged(void *ctx, int64_t number, const char *why)
{
	struct table *t = ctx;

	if (!t->csv->table.count)
		return refuse(t, "", why);
	t->cells = NULL;
	lead_import_reject(t->csv->import, number, STR(""), why);
	keep_to_look_at(t, number);
	return true;
}

int lead_csv_import(struct lead_csv *csv, const struct csv_source *source, struct err *err)
{
	struct table t = { .csv = csv, .err = err };
	struct csv_sink sink = { take_row, take_damaged, &t };

	if (csv->preview)
		csv->previewed = json_owned(csv->mem, json_object_new_array());
	lead_import_on_reject(csv->import, take_rejected, &t);
	switch (csv_read(source, &sink)) {
	case CSV_BROKEN:
		err_set(err, ERR_INPUT, "the upload broke off");
		t.failed = true;
		break;
	case CSV_COMPLETE:
		if (!csv->table.count)
			refuse(&t, "phone", "There is no header row.");
		else if (!csv->table.has_phone)
			csv->problem = (struct csv_problem){ "columns", "No column seems to hold telephone numbers: "
									"choose the one that does." };
		break;
	case CSV_STOPPED:
		break;
	}
	lead_import_on_reject(csv->import, NULL, NULL);
	return t.failed ? -1 : 0;
}
