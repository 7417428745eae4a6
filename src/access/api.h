/* The JSON API of operators, one's own account and the audit trail: tables for the console's program. */
#ifndef PARLEY_ACCESS_API_H
#define PARLEY_ACCESS_API_H

#include "web/route.h"

extern const struct route_table operators_api_routes; /* administrators only */
extern const struct route_table account_api_routes;   /* everyone for themselves */
extern const struct route_table audit_api_routes;     /* administrators only */

#endif
