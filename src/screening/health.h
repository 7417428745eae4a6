/* /healthz, /readyz and /metrics (contract 3.3). */
#ifndef PARLEY_SCREENING_HEALTH_H
#define PARLEY_SCREENING_HEALTH_H

#include "web/route.h"

/* The process answers: 200, whatever the state of Redis. */
handler_fn health_alive;

/* 200 or 503 {"status","checks":[{"name","ok","detail"}],"warnings":["..."]}. */
handler_fn health_ready;

/* Prometheus text.  With Redis away: parley_redis_up 0 and nothing that it counts. */
handler_fn health_metrics;

#endif
