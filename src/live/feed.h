/* What the relay knows of each campaign it serves, and how it hands that to its successor. */
#ifndef PARLEY_LIVE_FEED_H
#define PARLEY_LIVE_FEED_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/str.h"
#include "live/publisher.h"

enum { CAMPAIGN_ID_SIZE = 65, CURSOR_SIZE = 48 };

struct feed {
	char campaign[CAMPAIGN_ID_SIZE];
	bool hinted;         /* there may be new events */
	bool begun;          /* the channel holds a status, and all events from it up to seq */
	int64_t seq;
	struct channel channel;
	int64_t connection;  /* publisher's, which the channel is known to be behind */
	int64_t events;      /* sent since the last status */
	int64_t status_ms, due_ms, seen_ms; /* monotonic: last status, next one (INT64_MAX: none), last hint */
};

struct feeds {
	struct feed *all; /* in the order of their campaigns */
	size_t count, room;
};

/* The campaign's feed, made when it is not there; valid until the next one is made or removed. */
struct feed *feeds_get(struct feeds *f, struct str campaign);
void feeds_remove(struct feeds *f, size_t i);
void feeds_free(struct feeds *f);

/* The begun feeds and the place in KEY_LIVE, as text; and back.  False: it is not of that kind,
 * and nothing was read. */
struct str feeds_write(const struct feeds *f, const char *cursor, struct arena *mem);
bool feeds_read(struct feeds *f, char cursor[CURSOR_SIZE], struct str text);

#endif
