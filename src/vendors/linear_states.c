/* The teams that have a workflow state of some name.  States belong to teams and
 * their names are free text, so whether a setting fits can only be told team by
 * team (vendors/linear.md 2.2). */
#include "base/json.h"
#include "vendors/failure.h"
#include "vendors/linear.h"
#include "vendors/linear_call.h"
#include "vendors/linear_operations.h"

enum { PAGE = 50, PAGES = 20 };

static int read_page(const struct linear *l, struct arena *mem, const char *name, const char *after,
		     struct json_object **states, struct err *err)
{
	struct buf *variables = linear_variables(mem);
	struct json_object *data;

	linear_variable(variables, "name", str_from(name));
	if (after)
		linear_variable(variables, "after", str_from(after));
	if (linear_call(l, mem, LINEAR_STATES_NAMED, variables, &data, err))
		return -1;
	*states = json_get(data, "workflowStates");
	return 0;
}

int linear_state_teams(const struct linear *l, struct arena *mem, const char *name, const char ***keys, size_t *count,
		       struct err *err)
{
	const char *after = NULL;

	*keys = arena_alloc(mem, PAGE * PAGES * sizeof(**keys));
	*count = 0;
	for (int page = 0; page < PAGES; page++) {
		struct json_object *states, *nodes;
		bool more = false;
		size_t len;

		if (read_page(l, mem, name, after, &states, err))
			return -1;
		nodes = json_list(states, "nodes", &len);
		if (!nodes || len > PAGE)
			return linear_unreadable(err, "the answer holds no list of states");
		for (size_t i = 0; i < len; i++) {
			const char *key = json_text(json_object_array_get_idx(nodes, i), "team.key");

			if (key)
				(*keys)[(*count)++] = key;
		}
		after = json_text(states, "pageInfo.endCursor");
		if (!json_flag(states, "pageInfo.hasNextPage", &more) || !more || !after)
			return 0;
	}
	return 0;
}
