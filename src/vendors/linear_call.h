/* One GraphQL call to Linear: transport, and the many ways of saying no. */
#ifndef PARLEY_VENDORS_LINEAR_CALL_H
#define PARLEY_VENDORS_LINEAR_CALL_H

#include <json-c/json.h>
#include <stdbool.h>

#include "base/arena.h"
#include "base/buf.h"
#include "base/err.h"
#include "vendors/linear.h"

/* err->code of an id that exists already; ERR_CONFLICT, never seen by linear.h's callers. */
#define LINEAR_CODE_EXISTS "conflict_on_insert"

/* Sends the operation with the variables (the inside of a JSON object, without
 * braces) and gives its `data`.  A mutation's lost answer is ERR_UNKNOWN. */
int linear_call(const struct linear *l, struct arena *mem, const char *operation, const struct buf *variables,
		struct json_object **data, struct err *err);

/* An empty set of variables, and `"name":"text"` added to it (nothing for NULL). */
struct buf *linear_variables(struct arena *mem);
void linear_variable(struct buf *variables, const char *name, struct str text);

/* The answer lacks what the schema promises. */
int linear_unreadable(struct err *err, const char *what);

#endif
