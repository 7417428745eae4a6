/* See linear_event.h. */
#include "screening/linear_event.h"

bool linear_event_enters(const struct event *event, const char *screening_state)
{
	struct str action = event_str(event, "action"), type = event_str(event, "type");
	struct str state = event_str(event, "data.state.name");
	struct str before = event_str(event, "updatedFrom.stateId"), after = event_str(event, "data.stateId");

	if (!str_eq(type, STR("Issue")))
		return false;
	/* Without a name the runner, which asks Linear, decides. */
	if (state.ptr && !str_eq_nocase(str_trim(state), str_from(screening_state)))
		return false;
	if (str_eq(action, STR("create")))
		return true;
	return str_eq(action, STR("update")) && before.ptr && !(after.ptr && str_eq(before, after));
}
