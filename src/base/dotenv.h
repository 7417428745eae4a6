/* Dotenv files (contract 2): NAME=value lines, # comments, double quotes with
 * \" and \\ inside where blanks occur. */
#ifndef PARLEY_BASE_DOTENV_H
#define PARLEY_BASE_DOTENV_H

#include "base/arena.h"
#include "base/buf.h"
#include "base/str.h"

struct dotenv_entry {
	const char *name, *value;
	struct dotenv_entry *next;
};

/* Parses the text; a line that is none of the above is named in `problems` by
 * its number (its content may be a secret) and counted in the result. */
int dotenv_parse(struct arena *a, struct str text, struct dotenv_entry **entries, struct buf *problems);

/* The last value given for the name, or NULL. */
const char *dotenv_get(const struct dotenv_entry *entries, const char *name);

#endif
