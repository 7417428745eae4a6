/* Uploads of leads while and after they run: their progress, and the rows that were rejected. */
#ifndef PARLEY_CAMPAIGN_IMPORTS_API_H
#define PARLEY_CAMPAIGN_IMPORTS_API_H

#include "campaign/lead_import.h"
#include "web/route.h"

handler_fn imports_show;     /* GET /api/campaigns/{id}/imports/{import} */
handler_fn imports_rejected; /* GET /api/campaigns/{id}/imports/{import}/rejected.csv: for those who may import */

/* What is told of an upload while it runs. */
struct import_watch {
	struct app *app;
	const char *key;
	const struct request *req; /* its body is being read */
	int64_t total;             /* bytes of it */
};

/* NULL when the upload has no id, or Redis is away: then nobody is told. */
struct import_watch *import_watch_new(struct app *app, const char *campaign, const char *import, const struct request *req);
void import_watch_tell(void *watch, const struct lead_import *import); /* a lead_progress_fn */
/* The last word: "done" or "failed". */
void import_watch_end(struct import_watch *watch, const struct lead_import *import, const char *state);

#endif
