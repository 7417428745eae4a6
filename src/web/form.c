/* See form.h. */
#include "web/form.h"

#include "base/limits.h"
#include "base/percent.h"

static bool parse_field(struct arena *a, struct str pair, struct form_field *field)
{
	struct str value, name = str_cut(pair, '=', &value);

	if (!value.ptr)
		value = STR("");
	return percent_decode(a, name, true, &field->name) && percent_decode(a, value, true, &field->value) &&
	       !memchr(field->name.ptr, '\0', field->name.len) && !memchr(field->value.ptr, '\0', field->value.len);
}

int form_parse(struct arena *a, struct str text, struct form *form, struct err *err)
{
	size_t pairs = 1;

	for (size_t i = 0; i < text.len; i++)
		pairs += text.ptr[i] == '&';
	if (pairs > LIMIT_FORM_FIELDS)
		return err_set(err, ERR_INPUT, "more than %d fields", LIMIT_FORM_FIELDS);
	form->fields = arena_alloc(a, pairs * sizeof(*form->fields));
	form->count = 0;
	for (struct str rest = text; rest.ptr;) {
		struct str pair = str_cut(rest, '&', &rest);

		if (!pair.len)
			continue;
		if (!parse_field(a, pair, &form->fields[form->count++]))
			return err_set(err, ERR_INPUT, "a field is not well encoded");
	}
	return 0;
}

const char *form_get(const struct form *form, const char *name)
{
	for (size_t i = 0; i < form->count; i++)
		if (str_eq(form->fields[i].name, str_from(name)))
			return form->fields[i].value.ptr;
	return NULL;
}
