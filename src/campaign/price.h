/* What speech and calls cost here, by the settings' prices; nothing is told without them. */
#ifndef PARLEY_CAMPAIGN_PRICE_H
#define PARLEY_CAMPAIGN_PRICE_H

#include <stdbool.h>
#include <stdint.h>

#include "base/config.h"
#include "base/json.h"

/* False when the settings name no such price. */
bool price_of_speech(const struct config *cfg, int64_t characters, double *price);
bool price_of_calls(const struct config *cfg, int64_t seconds, double *price);

/* Adds "price" (a number of at most four decimals, null when not `known`) and "currency". */
void price_put(struct json_object *o, const struct config *cfg, bool known, double price);

#endif
