/* The pages of the agents: where each is used, and the desk on which a script is written and heard. */
#ifndef PARLEY_CONSOLE_AGENTS_H
#define PARLEY_CONSOLE_AGENTS_H

#include "web/route.h"

extern const struct route_table agents_routes;

#endif
