/* The JSON API of the interviews, and the addresses for monitoring (contract 3.3). */
#ifndef PARLEY_SCREENING_API_H
#define PARLEY_SCREENING_API_H

#include "web/route.h"

extern const struct pages api_pages;

#endif
