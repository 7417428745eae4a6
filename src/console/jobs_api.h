/* The queue's jobs over the JSON API, above all dead letters: GET /api/jobs, and what can be done to a dead one. */
#ifndef PARLEY_CONSOLE_JOBS_API_H
#define PARLEY_CONSOLE_JOBS_API_H

#include "web/route.h"

extern const struct route_table job_routes;

#endif
