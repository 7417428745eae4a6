/* /console/operators: who may sign in, and as what; for administrators. */
#ifndef PARLEY_CONSOLE_OPERATORS_PAGE_H
#define PARLEY_CONSOLE_OPERATORS_PAGE_H

#include "web/route.h"

extern const struct route_table operators_page_routes;

#endif
