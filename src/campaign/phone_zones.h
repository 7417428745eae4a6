/* The time zones in which a telephone number may be, by its prefix (contract 3.4:
 * all of them must allow a call).
 *
 * The table is made by the build from the data of libphonenumber that Debian
 * ships for Python; its C++ library has none (stack 7).
 */
#ifndef PARLEY_CAMPAIGN_PHONE_ZONES_H
#define PARLEY_CAMPAIGN_PHONE_ZONES_H

#include <stddef.h>
#include <stdint.h>

/* The zones of the longest known prefix of a number in E.164, their names in order,
 * joined by '&' (a group's name, lead.h).  NULL: the prefix has none. */
const char *phone_zones(const char *e164);

/* ---- the table, for phone_zones.c only ---- */

struct phone_prefix {
	uint32_t digits; /* never begin with 0 */
	uint16_t zones;  /* index into phone_zone_names */
};

extern const struct phone_prefix phone_prefixes[]; /* by their digits as a number */
extern const size_t phone_prefix_count;
extern const char *const phone_zone_names[];

#endif
