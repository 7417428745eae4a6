/* The lines of a dialer: the calls that were claimed, until their answers are noted.
 *
 * Each waits for its moment, is sent then, and what Twilio answers settles what is known of it.  Calls that
 * Twilio took are noted together, on a connection of their own, so that nobody waits for Redis before the next
 * batch.  Whatever else becomes of a call is stored at once.
 */
#ifndef PARLEY_CAMPAIGN_DIAL_LINES_H
#define PARLEY_CAMPAIGN_DIAL_LINES_H

#include <stdbool.h>
#include <stdint.h>

#include "app.h"
#include "campaign/call_queue.h"
#include "net/http_many.h"

struct dial_lines;

/* What its lines remember of a campaign; it is the caller's, and may move or go when they are told. */
struct dial_memory {
	int64_t next_us; /* no call is sent earlier */
	bool had_failures;
};

struct dial_lines *dial_lines_new(struct app *app, struct http_many *many, size_t most);
void dial_lines_free(struct dial_lines *l);

/* A call was claimed now: it is sent at its moment. */
void dial_lines_plan(struct dial_lines *l, const struct call_plan *plan, struct dial_memory *memory,
		     const struct candidate *candidate);
void dial_lines_moved(struct dial_lines *l, const struct dial_memory *from, struct dial_memory *to); /* NULL: gone */

/* How many more calls there can be at once. */
size_t dial_lines_left(const struct dial_lines *l);
bool dial_lines_busy(const struct dial_lines *l); /* calls wait for their moment, or for Twilio */
bool dial_lines_idle(const struct dial_lines *l); /* nor is anything to be noted */

/* Sends what is due. */
void dial_lines_send(struct dial_lines *l);

/* Sends, and takes in what was answered, waiting at most `wait_ms` for it. */
void dial_lines_turn(struct dial_lines *l, int wait_ms);

/* Goes on noting what Twilio took; `wait`: to the end. */
void dial_lines_note(struct dial_lines *l, bool wait);

#endif
