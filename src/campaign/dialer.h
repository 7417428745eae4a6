/* Places the calls of all running campaigns: one loop, many calls at once.
 *
 * Each turn of a campaign claims the leads that come next and gives every call its moment;
 * at that moment the request is sent, and Twilio's answer settles what is known of it
 * (vendors/twilio.md 3, 4).  Campaigns take turns, so that none starves another.  The loop never
 * sleeps longer than a fraction of a second, so a pause holds at once.
 */
#ifndef PARLEY_CAMPAIGN_DIALER_H
#define PARLEY_CAMPAIGN_DIALER_H

#include <stdbool.h>
#include <stdint.h>

#include "app.h"
#include "net/http_many.h"

struct dialer;

/* `many` stays the caller's, and takes `most` calls at once: no more are claimed than it can take. */
struct dialer *dialer_new(struct app *app, struct http_many *many, size_t most);
void dialer_free(struct dialer *d);

/* One round: claims what may be called, sends what is due, takes in what was answered, waiting at most
 * `wait_ms` for it.  *idle: nothing is planned or under way, and nothing could be claimed. */
int dialer_turn(struct dialer *d, int wait_ms, bool *idle, struct err *err);

/* Claims nothing more; sends what was claimed and takes in the answers, until `until_ms` (monotonic). */
void dialer_finish(struct dialer *d, int64_t until_ms);

#endif
