/* The doctor over the JSON API: GET /api/doctor gives the last results, POST runs the checks first, unless they
 * run already or have just run. */
#ifndef PARLEY_CONSOLE_DOCTOR_API_H
#define PARLEY_CONSOLE_DOCTOR_API_H

#include "base/json.h"
#include "web/route.h"

extern const struct route_table doctor_routes;

/* {"running","checked_at","not_set_up" (names, or null),"counts":{"fail","warn","ok","off","never"},"items":[{"name","group","title","state",
 * "sentence","todo","seconds","at"}]}; state, at null: it has never been looked at.  checked_at: the oldest of them, null
 * while one was never looked at. */
int doctor_json(struct app *app, struct json_object **answer, struct err *err);

#endif
