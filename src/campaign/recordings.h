/* The recordings that were uploaded, as a list: the files themselves lie in the store of audio under
 * their hashes, which nobody remembers. */
#ifndef PARLEY_CAMPAIGN_RECORDINGS_H
#define PARLEY_CAMPAIGN_RECORDINGS_H

#include <stdint.h>

#include "base/json.h"
#include "web/route.h"

struct recorded {
	const char *id;   /* the file's hash */
	const char *name; /* NULL: none was given */
	int64_t bytes, duration_ms, created_ms;
};

/* Puts it on the list, or gives one that is on it this name (if any); fills in created_ms. */
int recorded_keep(struct app *app, struct recorded *recorded, struct err *err);

/* The object of the API. */
struct json_object *recorded_json(struct app *app, const struct recorded *recorded);

/* GET /api/voice/recordings?limit=&cursor= -> {"items","next_cursor"}, the newest first. */
int recordings_list(struct app *app, struct request *req, struct response *res, struct err *err);

#endif
