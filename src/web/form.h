/* application/x-www-form-urlencoded, as in queries and form bodies (WHATWG URL 5). */
#ifndef PARLEY_WEB_FORM_H
#define PARLEY_WEB_FORM_H

#include <stdbool.h>

#include "base/arena.h"
#include "base/err.h"
#include "base/str.h"

struct form_field {
	struct str name, value; /* decoded; may hold any byte but NUL */
};

struct form {
	struct form_field *fields;
	size_t count;
};

/* Decodes all fields in their order.  ERR_INPUT for a broken escape, a NUL, or
 * more than LIMIT_FORM_FIELDS. */
int form_parse(struct arena *a, struct str text, struct form *form, struct err *err);

/* The first field of that name, NUL-terminated; NULL when absent. */
const char *form_get(const struct form *form, const char *name);

#endif
