/* The Linear workspaces over the JSON API, for administrators.  Keys and secrets go in and never come out. */
#ifndef PARLEY_CONSOLE_WORKSPACES_API_H
#define PARLEY_CONSOLE_WORKSPACES_API_H

#include "base/json.h"
#include "web/route.h"

extern const struct route_table workspace_routes;

/* [{"name","is_default","organization","screening_state","pass_state","fail_state","own_states":{...}}]: own_states
 * are those that the workspace does not take from the settings. */
int workspaces_json(struct app *app, struct json_object **items, struct err *err);

#endif
