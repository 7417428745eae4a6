/* /console/audit: who changed what; for administrators. */
#ifndef PARLEY_CONSOLE_AUDIT_PAGE_H
#define PARLEY_CONSOLE_AUDIT_PAGE_H

#include "web/route.h"

extern const struct route_table audit_page_routes;

#endif
