/* The calls of all campaigns, and the do-not-call list: /console/calls, /console/do-not-call. */
#ifndef PARLEY_CONSOLE_CALL_LOG_H
#define PARLEY_CONSOLE_CALL_LOG_H

#include "web/route.h"

extern const struct route_table call_log_routes;

handler_fn do_not_call_page_show;

#endif
