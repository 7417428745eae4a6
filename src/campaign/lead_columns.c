/* See lead_columns.h. */
#include "campaign/lead_columns.h"

#include <ctype.h>
#include <stdio.h>

#include "campaign/script_text.h"

enum { WORD_MOST = 40 };

static bool refuse(struct csv_problem *problem, struct str column, const char *sentence)
{
	snprintf(problem->column, sizeof(problem->column), "%.*s",
		 (int)str_utf8_prefix(column, sizeof(problem->column) - 1), column.ptr ? column.ptr : "");
	problem->sentence = sentence;
	return false;
}

static bool is_taken(const struct lead_columns *columns, const struct lead_column *c)
{
	for (size_t i = 0; i < columns->count; i++)
		if (columns->list[i].use == c->use && str_eq(columns->list[i].name, c->name))
			return c->use != COLUMN_NAMELESS && c->use != COLUMN_DROPPED;
	return false;
}

static void add(struct lead_columns *columns, const struct lead_column *c)
{
	columns->has_phone |= c->use == COLUMN_PHONE;
	columns->list[columns->count++] = *c;
}

/* ---- by the header ---- */

static enum column_use use_of(struct str name)
{
	if (!name.len)
		return COLUMN_NAMELESS;
	if (str_eq_nocase(name, STR("phone")))
		return COLUMN_PHONE;
	if (str_eq_nocase(name, STR("name")))
		return COLUMN_NAME;
	return str_eq_nocase(name, STR("timezone")) ? COLUMN_TIMEZONE : COLUMN_VARIABLE;
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

bool lead_columns_of_header(struct arena *mem, const struct str *cells, size_t count, struct lead_columns *columns,
			    struct csv_problem *problem)
{
	for (size_t i = 0; i < count; i++) {
		struct str name = str_trim(cells[i]);
		struct lead_column c = { .use = use_of(name), .name = STR(""),
					 .header = str_from(arena_strndup(mem, name.ptr, name.len)) };

		if (c.use == COLUMN_VARIABLE)
			c.name = variable_name(mem, name);
		if (c.use == COLUMN_VARIABLE && !script_is_name(c.name))
			return refuse(problem, name, "The name of this column cannot be the name of a variable: "
						     "letters, digits and underscores, at most 64, no digit first.");
		if (is_taken(columns, &c))
			return refuse(problem, name, "There are two columns of this name.");
		add(columns, &c);
	}
	return columns->has_phone || refuse(problem, STR("phone"), "The header row has no column \"phone\".");
}

/* ---- by a wish ---- */

bool lead_columns_of_wish(struct arena *mem, const char *wish, const struct str *cells, size_t count,
			  struct lead_columns *columns, struct csv_problem *problem)
{
	struct str rest = str_from(wish);

	for (size_t i = 0; i < count; i++) {
		struct str word = rest.ptr ? str_trim(str_cut(rest, ',', &rest)) : STR("");
		struct lead_column c = { .use = use_of(word), .name = STR(""),
					 .header = str_from(arena_strndup(mem, cells[i].ptr, cells[i].len)) };

		if (!word.len)
			return refuse(problem, STR("columns"), "columns must say for each column of the file what it is.");
		if (str_eq(word, STR("-")))
			c.use = COLUMN_DROPPED;
		if (c.use == COLUMN_VARIABLE)
			c.name = word;
		if (c.use == COLUMN_VARIABLE && !script_is_name(word))
			return refuse(problem, STR("columns"), "columns holds a word that cannot be the name of a variable: "
							       "letters, digits and underscores, at most 64, no digit first.");
		if (is_taken(columns, &c))
			return refuse(problem, STR("columns"), "columns names the same thing for two columns of the file.");
		add(columns, &c);
	}
	if (rest.ptr)
		return refuse(problem, STR("columns"), "columns names more columns than the file has.");
	return columns->has_phone || refuse(problem, STR("columns"), "columns does not say which column holds the telephone numbers.");
}

/* ---- by guessing ---- */

/* Lower-case letters and digits of ASCII only. */
static void plain(struct str name, char out[WORD_MOST])
{
	size_t n = 0;

	for (size_t i = 0; i < name.len && n < WORD_MOST - 1; i++)
		if (isalnum((unsigned char)name.ptr[i]))
			out[n++] = (char)tolower((unsigned char)name.ptr[i]);
	out[n] = '\0';
}

static bool is_among(const char *word, const char *const *words, size_t count)
{
	for (size_t i = 0; i < count; i++)
		if (!strcmp(word, words[i]))
			return true;
	return false;
}

static enum column_use guess_use(struct str name)
{
	static const char *const phones[] = { "phone", "phonenumber", "phoneno", "telephone", "telephonenumber", "tel", "telno",
					      "mobile", "mobilenumber", "mobilephone", "cell", "cellphone", "msisdn", "telefon",
					      "telefonnummer", "rufnummer", "handy", "mobil", "telefono", "tlphone", "movil",
					      "celular", "telefoon", "phone1", "primaryphone" };
	static const char *const names[] = { "name", "fullname", "contact", "contactname", "customer", "customername", "nombre",
					     "nom", "displayname" };
	static const char *const zones[] = { "timezone", "tz", "zone", "zeitzone" };
	char word[WORD_MOST];

	plain(name, word);
	if (is_among(word, phones, ARRAY_LEN(phones)))
		return COLUMN_PHONE;
	if (is_among(word, names, ARRAY_LEN(names)))
		return COLUMN_NAME;
	if (is_among(word, zones, ARRAY_LEN(zones)))
		return COLUMN_TIMEZONE;
	return *word ? COLUMN_VARIABLE : COLUMN_DROPPED;
}

/* What the name of a variable can be made of it: "E-mail (private)" is e_mail_private. */
static struct str guess_name(struct arena *mem, struct str header)
{
	char *name = arena_alloc(mem, LIMIT_VARIABLE_NAME + 1);
	size_t n = 0;

	if (header.len && isdigit((unsigned char)header.ptr[0]))
		name[n++] = '_';
	for (size_t i = 0; i < header.len && n < LIMIT_VARIABLE_NAME - 4; i++) {
		unsigned char c = (unsigned char)header.ptr[i];

		if (isalnum(c) || c == '_')
			name[n++] = (char)tolower(c);
		else if (n && name[n - 1] != '_')
			name[n++] = '_';
	}
	while (n && name[n - 1] == '_')
		n--;
	name[n] = '\0';
	return (struct str){ name, n };
}

void lead_columns_guess(struct arena *mem, const struct str *cells, size_t count, struct lead_columns *columns)
{
	for (size_t i = 0; i < count; i++) {
		struct str header = str_trim(cells[i]);
		struct lead_column c = { .use = guess_use(header), .name = STR(""),
					 .header = str_from(arena_strndup(mem, header.ptr, header.len)) };

		if (c.use == COLUMN_VARIABLE || is_taken(columns, &c)) {
			c.use = COLUMN_VARIABLE;
			c.name = guess_name(mem, header);
			for (int n = 2; (is_taken(columns, &c) || use_of(c.name) != COLUMN_VARIABLE) && n < 1000; n++)
				c.name = str_from(arena_printf(mem, "%s_%d", guess_name(mem, header).ptr, n));
			if (!script_is_name(c.name) || use_of(c.name) != COLUMN_VARIABLE)
				c = (struct lead_column){ .use = COLUMN_DROPPED, .name = STR(""), .header = c.header };
		}
		add(columns, &c);
	}
}

struct json_object *lead_columns_json(const struct lead_columns *columns)
{
	static const char *const uses[] = { [COLUMN_NAMELESS] = "drop", [COLUMN_DROPPED] = "drop", [COLUMN_PHONE] = "phone",
					    [COLUMN_NAME] = "name", [COLUMN_TIMEZONE] = "timezone", [COLUMN_VARIABLE] = "variable" };
	struct json_object *list = json_object_new_array();

	for (size_t i = 0; i < columns->count; i++) {
		const struct lead_column *c = &columns->list[i];
		struct json_object *one = json_object_new_object();

		json_object_object_add(one, "header", json_object_new_string_len(c->header.ptr ? c->header.ptr : "", (int)c->header.len));
		json_put(one, "use", uses[c->use]);
		json_object_object_add(one, "variable", c->use == COLUMN_VARIABLE
						? json_object_new_string_len(c->name.ptr, (int)c->name.len) : NULL);
		json_object_array_add(list, one);
	}
	return list;
}
