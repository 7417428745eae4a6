/* See actor.h. */
#include "access/actor.h"

#include <string.h>

#include "base/str.h"

static const char *const names[] = {
	[ROLE_VIEWER] = "viewer",
	[ROLE_OPERATOR] = "operator",
	[ROLE_ADMIN] = "admin",
};

const char *role_name(enum role role)
{
	return names[role];
}

bool role_read(const char *name, enum role *role)
{
	for (size_t i = 0; name && i < ARRAY_LEN(names); i++)
		if (!strcmp(names[i], name)) {
			*role = (enum role)i;
			return true;
		}
	return false;
}
