/* See phone_zones.h. */
#include "campaign/phone_zones.h"

#include <stdlib.h>

enum { PREFIX_DIGITS = 9 }; /* more do not fit the table's numbers */

static int compare(const void *key, const void *element)
{
	uint32_t a = *(const uint32_t *)key, b = ((const struct phone_prefix *)element)->digits;

	return (a > b) - (a < b);
}

const char *phone_zones(const char *e164)
{
	uint32_t digits = 0;
	int count = 0;

	if (*e164 == '+')
		e164++;
	for (; count < PREFIX_DIGITS && e164[count] >= '0' && e164[count] <= '9'; count++)
		digits = digits * 10 + (uint32_t)(e164[count] - '0');
	for (; digits; digits /= 10) {
		const struct phone_prefix *found =
			bsearch(&digits, phone_prefixes, phone_prefix_count, sizeof(*phone_prefixes), compare);

		if (found)
			return phone_zone_names[found->zones];
	}
	return NULL;
}
