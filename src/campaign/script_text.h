/* An agent's script with its placeholders: {{name}} and {{name|default}}.  A name
 * is [A-Za-z_][A-Za-z0-9_]{0,63}; blanks around it are not allowed.  Pure. */
#ifndef PARLEY_CAMPAIGN_SCRIPT_TEXT_H
#define PARLEY_CAMPAIGN_SCRIPT_TEXT_H

#include <stdbool.h>

#include "base/arena.h"
#include "base/str.h"

/* What to tell of a script that is not well-formed. */
#define SCRIPT_MALFORMED "A placeholder must be written {{name}} or {{name|default}}; a name is letters, digits and _."

/* The value of a variable, or NULL when there is none. */
typedef const char *script_lookup_fn(void *ctx, const char *name);

bool script_is_name(struct str name);

/* A piece of a script: text, and the placeholder behind it (name.ptr NULL: none follows;
 * fallback.ptr NULL: it has no default). */
struct script_part {
	struct str before, name, fallback;
};

/* Takes the next piece off *rest, which is not empty; false when it is malformed. */
bool script_next(struct str *rest, struct script_part *part);

/* True when every "{{" begins a well-formed placeholder. */
bool script_is_well_formed(struct str script);

/* The text with its placeholders filled.  An absent or empty variable takes its default;
 * `first_name` is the first word of `name` unless given.  NULL when a variable
 * without default is missing (*missing names the first), or the script is
 * malformed or becomes longer than LIMIT_SPOKEN (*missing is NULL). */
char *script_render(struct arena *a, struct str script, script_lookup_fn *lookup, void *ctx, const char **missing);

/* The same for people who write one: what is missing stays as it is written. */
char *script_preview(struct arena *a, struct str script, script_lookup_fn *lookup, void *ctx);

/* Whether a call could not be made for want of this placeholder's variable. */
bool script_lacks(struct arena *a, const struct script_part *part, script_lookup_fn *lookup, void *ctx);

#endif
