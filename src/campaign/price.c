/* See price.h. */
#include "campaign/price.h"

#include <stdio.h>

static bool times(double unit, double count, double *price)
{
	*price = unit * count;
	return unit > 0;
}

bool price_of_speech(const struct config *cfg, int64_t characters, double *price)
{
	return times(cfg->speech_price_per_1000, (double)characters / 1000, price);
}

bool price_of_calls(const struct config *cfg, int64_t seconds, double *price)
{
	return times(cfg->call_price_per_minute, (double)seconds / 60, price);
}

void price_put(struct json_object *o, const struct config *cfg, bool known, double price)
{
	char text[32];

	snprintf(text, sizeof(text), "%.4f", price);
	json_object_object_add(o, "price", known ? json_object_new_double_s(price, text) : NULL);
	json_put(o, "currency", known ? cfg->price_currency : NULL);
}
