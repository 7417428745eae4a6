/* Which webhooks a workspace has.  Linear switches one off that failed for long, and
 * then says nothing (vendors/linear.md 1). */
#include <string.h>

#include "base/json.h"
#include "vendors/failure.h"
#include "vendors/linear.h"
#include "vendors/linear_call.h"
#include "vendors/linear_operations.h"

enum { PAGES = 20 };

static bool tells_of_issues(struct json_object *webhook)
{
	size_t len;
	struct json_object *types = json_list(webhook, "resourceTypes", &len);

	for (size_t i = 0; i < len; i++) {
		const char *type = json_object_get_string(json_object_array_get_idx(types, i));

		if (type && !strcmp(type, "Issue"))
			return true;
	}
	return false;
}

/* Several may lead to one address: one that works is enough. */
static void look_at(struct json_object *nodes, size_t len, const char *url, bool *found, bool *enabled)
{
	for (size_t i = 0; i < len; i++) {
		struct json_object *node = json_object_array_get_idx(nodes, i);
		bool on = false;

		if (!str_eq(json_str(node, "url"), str_from(url)) || !tells_of_issues(node))
			continue;
		*found = true;
		*enabled |= json_flag(node, "enabled", &on) && on;
	}
}

int linear_webhook_get(const struct linear *l, struct arena *mem, const char *url, bool *enabled, struct err *err)
{
	const char *after = NULL;
	bool found = false, more;

	*enabled = false;
	for (int page = 0; page < PAGES; page++) {
		struct buf *variables = linear_variables(mem);
		struct json_object *data, *nodes;
		size_t len;

		if (after)
			linear_variable(variables, "after", str_from(after));
		if (linear_call(l, mem, LINEAR_WEBHOOKS, variables, &data, err))
			return -1;
		nodes = json_list(data, "webhooks.nodes", &len);
		if (!nodes)
			return linear_unreadable(err, "the answer holds no list of webhooks");
		look_at(nodes, len, url, &found, enabled);
		after = json_text(data, "webhooks.pageInfo.endCursor");
		if (!json_flag(data, "webhooks.pageInfo.hasNextPage", &more) || !more || !after)
			break;
	}
	return found ? 0 : vendor_failed(err, ERR_MISSING, "Linear", "no webhook leads here", 0, NULL);
}
