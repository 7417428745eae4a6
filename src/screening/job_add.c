/* See jobs.h.  Apart from what runs jobs, so that a program that only adds one does
 * not carry all that jobs need. */
#include "screening/jobs.h"

int job_add(struct app *app, const char *id, const char *kind, struct str payload, int64_t delay_ms,
	    const char *serial, struct err *err)
{
	struct queue queue = screening_queue(app);
	struct queue_entry entry = { .id = id, .kind = kind, .payload = payload, .delay_ms = delay_ms, .serial = serial };
	bool added;

	return queue_add(&queue, app->mem, &entry, &added, err);
}
