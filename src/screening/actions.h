/* The interview page's server actions (contract 3.1): session, start, and our
 * own end, by which the page tells that the talk is over, so that a lost webhook
 * is noticed soon. */
#ifndef PARLEY_SCREENING_ACTIONS_H
#define PARLEY_SCREENING_ACTIONS_H

#include "web/route.h"

extern const struct pages action_pages;

#endif
