/* The private side of nchan in nginx (nginx/live.conf.in): one channel a campaign, and one for its viewers.
 *
 * Two rules make a reader of a channel exact, whenever it joins:
 *  - a status empties the channel's memory but for itself, an event is added to it.  A
 *    reader begins with the oldest message, so with a status, and then gets every event
 *    after it.  One that was too slow for a trimmed message goes on with the status.
 *  - after a restart or reload nginx has forgotten everything, and an event sent to it then
 *    would be the first a reader sees.  So an event goes out only on the connection that
 *    is known to lead to the nginx that has the campaign's last message; `connection`
 *    counts the connections that were opened.
 */
#ifndef PARLEY_LIVE_PUBLISHER_H
#define PARLEY_LIVE_PUBLISHER_H

#include <stdint.h>

#include "base/arena.h"
#include "base/err.h"
#include "base/str.h"
#include "net/http.h"

enum { CHANNEL_LAST_SIZE = 48 };

struct publisher {
	struct http_client *http;
	const char *socket; /* of nginx' private server */
	int64_t connection;
};

/* What nchan says about a channel. */
struct channel {
	char last[CHANNEL_LAST_SIZE]; /* id of the last message */
	int64_t subscribers;
};

/* ERR_UPSTREAM: nothing was sent; ERR_UNKNOWN: perhaps; ERR_REFUSED: nchan said no. */
int publisher_status(struct publisher *p, struct arena *mem, const char *campaign, struct str text, struct channel *channel,
		     struct err *err);
/* The same status for viewers, who have a channel of statuses only: events hold what called people pressed and said. */
int publisher_viewers(struct publisher *p, struct arena *mem, const char *campaign, struct str text, int64_t *subscribers,
		      struct err *err);
/* Only on the connection that is open. */
int publisher_event(struct publisher *p, struct arena *mem, const char *campaign, struct str text, struct channel *channel,
		    struct err *err);

/* ERR_MISSING: nchan has no such channel. */
int publisher_look(struct publisher *p, struct arena *mem, const char *campaign, struct channel *channel, struct err *err);

/* Sends the readers of a campaign that is no more away. */
int publisher_end(struct publisher *p, struct arena *mem, const char *campaign, struct err *err);

#endif
