/* What an operator wants to know first: today, what runs, what needs a person, when calls may go out next. */
#ifndef PARLEY_CONSOLE_OVERVIEW_H
#define PARLEY_CONSOLE_OVERVIEW_H

#include "app.h"
#include "base/err.h"
#include "base/json.h"
#include "web/route.h"

extern const struct route_table overview_routes;

/* Today begins at midnight in `timezone` (NULL or unknown: UTC).
 *
 * {"at","timezone","today_from","calls":{"placed_today","under_way"},
 *  "interviews":{"invited_today","started_today","passed_today","failed_today","inconclusive_today","waiting"},
 *  "running":[{"id","name","mode","total","done","calling","placed_today","daily_cap","next_call_at","held":"..."}],
 *  "attention":[{"kind","tone","sentence","link","link_words"}],
 *  "windows":[{"id","name","state","open","changes_at","timezone"}],
 *  "first_steps":null or [{"title","text","link","done"}]}
 *
 * The numbers of interviews are those of the newest 300.  `waiting`: invited and not begun. */
int overview_json(struct app *app, const char *timezone, struct json_object **overview, struct err *err);

#endif
