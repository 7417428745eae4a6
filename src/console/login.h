/* Signing in and out: /login and /logout (contract 3.6). */
#ifndef PARLEY_CONSOLE_LOGIN_H
#define PARLEY_CONSOLE_LOGIN_H

#include "web/route.h"

extern const struct route_table login_routes;

#endif
