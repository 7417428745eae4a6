/* The program of the operators' console: every page's table of routes in one list. */
#ifndef PARLEY_CONSOLE_CONSOLE_H
#define PARLEY_CONSOLE_CONSOLE_H

#include "web/route.h"

extern const struct pages console_pages;

#endif
