/* See lead_json.h. */
#include "campaign/lead_json.h"

#include "base/limits.h"

static struct str text_of(struct json_object *value)
{
	const char *text = json_object_get_string(value);

	return json_object_is_type(value, json_type_string)
		       ? (struct str){ text, (size_t)json_object_get_string_len(value) }
		       : str_from(text);
}

/* null is an absent member. */
static const char *take_member(const char *name, struct json_object *value, struct lead_row *row,
			       struct lead_field *variables)
{
	struct str text = str_trim(text_of(value));

	if (!value)
		return NULL;
	if (json_object_is_type(value, json_type_object) || json_object_is_type(value, json_type_array))
		return "A lead's members are texts and numbers: nothing is nested.";
	if (text.len && memchr(text.ptr, 0, text.len))
		return "The lead holds a NUL character.";
	if (!strcmp(name, "phone")) {
		row->phone = text;
		return json_object_is_type(value, json_type_string) ? NULL : "The telephone number must be text.";
	}
	if (!strcmp(name, "name"))
		row->name = text;
	else if (!strcmp(name, "timezone"))
		row->timezone = text;
	else if (row->variable_count == LIMIT_COLUMNS)
		return "The lead has too many variables.";
	else
		variables[row->variable_count++] = (struct lead_field){ str_from(name), text };
	return NULL;
}

static int take_lead(struct lead_import *import, int64_t number, struct json_object *lead, struct err *err)
{
	struct lead_field variables[LIMIT_COLUMNS];
	struct lead_row row = { .number = number, .variables = variables };
	const char *why = NULL;

	if (!json_object_is_type(lead, json_type_object)) {
		lead_import_reject(import, number, STR(""), "A lead must be an object.");
		return 0;
	}
	json_object_object_foreach(lead, name, value) {
		const char *wrong = take_member(name, value, &row, variables);

		why = why ? why : wrong;
	}
	if (!why)
		return lead_import_row(import, &row, err);
	lead_import_reject(import, number, row.phone, why);
	return 0;
}

int lead_json_import(struct lead_import *import, struct json_object *leads, struct err *err)
{
	for (size_t i = 0; i < json_object_array_length(leads); i++)
		if (take_lead(import, (int64_t)i + 1, json_object_array_get_idx(leads, i), err))
			return -1;
	return 0;
}
