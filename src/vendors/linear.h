/* Linear's GraphQL API (vendors/linear.md 2): requests out, structs in.
 *
 * Failures: ERR_DENIED (bad key), ERR_MISSING (no such entity), ERR_LIMIT (rate
 * limited; retry_after from the reset header), ERR_REFUSED (bad input, final),
 * ERR_UPSTREAM / ERR_UNKNOWN (repeat; the latter after changes only).  err->code
 * holds Linear's code.  All creations take an id made by the caller; a "conflict
 * on insert" is success when the object exists and belongs to the issue, so they
 * may be repeated; ERR_MISSING then: it existed and was deleted since.
 * Everything returned lives in `mem`; absent text is NULL.
 */
#ifndef PARLEY_VENDORS_LINEAR_H
#define PARLEY_VENDORS_LINEAR_H

#include <stdbool.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/clock.h"
#include "base/err.h"
#include "base/str.h"

struct http_client;

struct linear {
	struct http_client *http;
	const struct clock *clock;
	const char *base_url, *api_key;
};

struct linear_organization {
	const char *id, *name, *url_key;
};

struct linear_state {
	const char *id, *name;
};

struct linear_issue {
	const char *id, *identifier, *title, *description, *url;
	const char *team_id;
	struct linear_state state;
	bool trashed; /* trashed or archived */
	bool has_project;
	const char *project_name, *project_description, *project_content;
	struct linear_organization organization;
};

/* A move of an issue into a state, as the history knows it. */
struct linear_entry {
	const char *issue_id;
	int64_t entered_ms; /* when it last entered the state (or was created in it) */
};

int linear_organization_get(const struct linear *l, struct arena *mem, struct linear_organization *org, struct err *err);

/* The issue and its organization; ERR_MISSING when there is none. */
int linear_issue_get(const struct linear *l, struct arena *mem, const char *id, struct linear_issue *issue,
		     struct err *err);

int linear_issue_state(const struct linear *l, struct arena *mem, const char *id, struct linear_state *state,
		       struct err *err);

/* The id of the team's state of that name (ASCII case ignored); ERR_MISSING when
 * it has none.  Follows the pages. */
int linear_team_state(const struct linear *l, struct arena *mem, const char *team_id, const char *name,
		      struct linear_state *state, struct err *err);

/* The keys ("HIR") of the teams that have a state of that name (ASCII case
 * ignored), for people who look after an installation.  Follows the pages, up to
 * 1000 teams. */
int linear_state_teams(const struct linear *l, struct arena *mem, const char *name, const char ***keys, size_t *count,
		       struct err *err);

/* The webhook that leads to `url` and tells about issues: *enabled is false when Linear
 * or somebody has switched it off.  ERR_MISSING: there is none; ERR_DENIED: this key is not told. */
int linear_webhook_get(const struct linear *l, struct arena *mem, const char *url, bool *enabled, struct err *err);

int linear_issue_move(const struct linear *l, struct arena *mem, const char *issue_id, const char *state_id,
		      struct err *err);

int linear_comment_create(const struct linear *l, struct arena *mem, const char *comment_id, const char *issue_id,
			  struct str markdown, struct err *err);

/* Asks for an upload slot, PUTs the bytes with exactly the headers it names, and
 * gives the asset's URL.  Repeating makes another asset. */
int linear_file_upload(const struct linear *l, struct arena *mem, const char *filename, const char *content_type,
		       struct str bytes, const char **asset_url, struct err *err);

int linear_attachment_create(const struct linear *l, struct arena *mem, const char *attachment_id,
			     const char *issue_id, const char *title, const char *subtitle, const char *url,
			     struct err *err);

/* Issues now in a state of that name, changed since `since_ms`, with the time at
 * which each entered it (from its history).  For the sweep that finds webhooks
 * that never came. */
int linear_entries(const struct linear *l, struct arena *mem, const char *state_name, int64_t since_ms,
		   struct linear_entry **entries, size_t *count, struct err *err);

#endif
