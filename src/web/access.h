/* Who may use the JSON API: whoever holds ORCHESTRATOR_API_KEY (contract 3.3). */
#ifndef PARLEY_WEB_ACCESS_H
#define PARLEY_WEB_ACCESS_H

#include <stdbool.h>

#include "web/request.h"

struct app;

/* True when Authorization carries the bearer key.  Without a key in the settings
 * nobody has it.  Takes the same time for every wrong key. */
bool access_has_key(const struct app *app, const struct request *req);

#endif
