/* A campaign's settings, from the JSON of the contract (3.4) to complete, checked JSON.
 *
 * Of the outside it reads only the system's time zones; whether the agent exists
 * is the caller's to look up.  A member
 * that is left out takes its default on creation and keeps its value on a change;
 * an object or list that is given replaces the former one.
 */
#ifndef PARLEY_CAMPAIGN_CAMPAIGN_SETTINGS_H
#define PARLEY_CAMPAIGN_CAMPAIGN_SETTINGS_H

#include <stdbool.h>

#include "base/arena.h"
#include "base/json.h"

/* What is wrong: the member by its path ("retry.delays_seconds.busy") and a sentence. */
struct settings_problem {
	char field[160];
	char sentence[200];
};

/* The settings after `given` is laid over `former` (NULL: a new campaign), owned by
 * the arena; NULL with the first problem.  `caller_id` is the one of a campaign that
 * names none, in E.164; NULL: it must name one. */
struct json_object *campaign_settings_read(struct arena *mem, struct json_object *given, struct json_object *former,
					   const char *caller_id, struct settings_problem *problem);

/* "HH:MM", 00:00 to 24:00, as minutes of the day; -1 for anything else. */
int minutes_of_day(const char *text);

#endif
