/* What a Linear event tells: whether it is an issue's entry into a state.
 *
 * Apart from what is done about it, so that only the program that takes webhooks
 * carries the reader of events.
 */
#ifndef PARLEY_SCREENING_LINEAR_EVENT_H
#define PARLEY_SCREENING_LINEAR_EVENT_H

#include <stdbool.h>

#include "base/event.h"

/* Whether the event is an issue's entry into the state (or its creation there). */
bool linear_event_enters(const struct event *event, const char *screening_state);

#endif
