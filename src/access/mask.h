/* What a viewer sees of personal data: enough to tell rows apart, not enough to use.
 *
 * Everyone else sees the value itself.  A request without an actor counts as a viewer's:
 * forgetting the guard shows too little, never too much.
 */
#ifndef PARLEY_ACCESS_MASK_H
#define PARLEY_ACCESS_MASK_H

#include <stdbool.h>

#include "base/json.h"
#include "web/request.h"

/* True when this request's actor sees masked values. */
bool shows_masked(const struct request *req);

/* "+1•••••••0100", "m•••@example.com"; NULL stays NULL.  In req->mem. */
const char *shown_phone(const struct request *req, const char *phone);
const char *shown_email(const struct request *req, const char *email);

/* Free text: the telephone numbers and addresses in it are masked. */
const char *shown_text(const struct request *req, const char *text);

/* What a called person pressed or said: nothing of it. */
const char *shown_heard(const struct request *req, const char *heard);

/* The same in a JSON object of ours, in place: its texts named phone, digits, speech, and all others
 * as free text, at any depth. */
void mask_json(const struct request *req, struct json_object *o);

#endif
