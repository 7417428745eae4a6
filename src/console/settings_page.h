/* The pages /console/settings, /console/dead-letters and /console/workspaces. */
#ifndef PARLEY_CONSOLE_SETTINGS_PAGE_H
#define PARLEY_CONSOLE_SETTINGS_PAGE_H

#include "web/route.h"

extern const struct route_table settings_routes;

#endif
