/* The JSON API of the campaigns' side (contract 3.3). */
#ifndef PARLEY_CAMPAIGN_API_H
#define PARLEY_CAMPAIGN_API_H

#include "web/route.h"

extern const struct pages campaign_pages;

#endif
