/* A screening session as others see it (contract 3.3), in the JSON API and the
 * admin command: its state and times, never its secret or an e-mail address. */
#ifndef PARLEY_SCREENING_INTERVIEW_JSON_H
#define PARLEY_SCREENING_INTERVIEW_JSON_H

#include "base/json.h"
#include "screening/session_page.h"

/* Owned by app->mem. */
struct json_object *interview_json(struct app *app, const struct session_row *row);

/* A place in the list as opaque text, and back; false when it is none of ours. */
char *interview_cursor(struct arena *mem, struct session_place place);
bool interview_cursor_read(struct arena *mem, struct str cursor, struct session_place *place);

#endif
