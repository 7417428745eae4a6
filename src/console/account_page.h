/* /console/account: one's own password and sessions. */
#ifndef PARLEY_CONSOLE_ACCOUNT_PAGE_H
#define PARLEY_CONSOLE_ACCOUNT_PAGE_H

#include "web/route.h"

extern const struct route_table account_page_routes;

#endif
