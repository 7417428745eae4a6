/* The Linear workspaces that Parley serves: the one of the settings, named
 * "default", and those added with the admin command. */
#ifndef PARLEY_SCREENING_WORKSPACE_H
#define PARLEY_SCREENING_WORKSPACE_H

#include <stdbool.h>

#include "app.h"
#include "base/err.h"
#include "vendors/linear.h"

struct workspace {
	const char *name;
	const char *api_key, *webhook_secret;
	const char *screening_state, *pass_state, *fail_state;
	const char *org; /* its organization's urlKey; NULL when not known yet */
};

/* All of them, the default one first. */
int workspace_all(struct app *app, struct workspace **list, size_t *count, struct err *err);

/* One by name; NULL or "" means the default.  ERR_MISSING when there is none. */
int workspace_get(struct app *app, const char *name, struct workspace *w, struct err *err);

/* The workspace of an organization, for sessions that another program stored: an
 * added one that is known to be its, else the default one. */
int workspace_of_org(struct app *app, const char *org, const char **name, struct err *err);

/* An added one as it is stored: a state that it takes from the settings is NULL.  ERR_MISSING. */
int workspace_stored(struct app *app, const char *name, struct workspace *w, struct err *err);

/* True for a name that an added one may have: [A-Za-z0-9_-]{1,40}, not "default". */
bool workspace_name_is_free(struct str name);
/* True for what can be a key or a secret: printable, without blanks, not too long. */
bool workspace_secret_is_plain(struct str secret);

/* Asks Linear whose the key is and notes that in w->org; *org may be NULL.  ERR_DENIED: the key is not accepted. */
int workspace_ask(struct app *app, struct workspace *w, struct linear_organization *org, struct err *err);

/* Stores or replaces an added one; the name is [A-Za-z0-9_-]{1,40}, not "default". */
int workspace_put(struct app *app, const struct workspace *w, struct err *err);
int workspace_remove(struct app *app, const char *name, bool *found, struct err *err);

/* The client that speaks for it. */
struct linear workspace_linear(struct app *app, const struct workspace *w);

#endif
