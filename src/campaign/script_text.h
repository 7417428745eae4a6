/* An agent's script with its placeholders: {{name}} and {{name|default}}.  A name
 * is [A-Za-z_][A-Za-z0-9_]{0,63}; blanks around it are not allowed.  Pure. */
#ifndef PARLEY_CAMPAIGN_SCRIPT_TEXT_H
#define PARLEY_CAMPAIGN_SCRIPT_TEXT_H

#include <stdbool.h>

#include "base/arena.h"
#include "base/str.h"

/* The value of a variable, or NULL when there is none. */
typedef const char *script_lookup_fn(void *ctx, const char *name);

bool script_is_name(struct str name);

/* True when every "{{" begins a well-formed placeholder. */
bool script_is_well_formed(struct str script);

/* The text with its placeholders filled.  An absent or empty variable takes its default;
 * `first_name` is the first word of `name` unless given.  NULL when a variable
 * without default is missing (*missing names the first), or the script is
 * malformed or becomes longer than LIMIT_SPOKEN (*missing is NULL). */
char *script_render(struct arena *a, struct str script, script_lookup_fn *lookup, void *ctx, const char **missing);

#endif
