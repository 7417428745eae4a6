/* Numbered events of a campaign (contract 3.5, design 3.9).
 *
 * The scripts that change a campaign write its event in the same step, in this way (seq
 * from HINCRBY of the campaign's hash):
 *
 *	XADD KEY_EVENTS{cid} MAXLEN 10000 {seq}-0 e {"seq":N,"at":"...","type":"call","call":{...}}
 *	XADD KEY_LIVE MAXLEN ~ 10000 * c {cid}
 *
 * "type" is "call" (with "call") or "state" (with "state", "state_reason").  A status is
 * not stored: it is made when it is sent and carries the seq of its moment.
 */
#ifndef PARLEY_LIVE_EVENTS_H
#define PARLEY_LIVE_EVENTS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "app.h"
#include "base/err.h"
#include "base/json.h"

enum {
	EVENTS_KEPT = 10000,
	EVENTS_BYTES = 4 << 20, /* of one answer, give or take an event: it must stay below LIMIT_RESPONSE */
};

struct event {
	int64_t seq;
	struct str text; /* the JSON object as it was stored */
};

/* The events after `after` (below 10^18), oldest first, at most `limit`; in app->mem.  *gone is true when
 * some of them are not kept any more.  ERR_MISSING: no such campaign. */
int events_read(struct app *app, const char *campaign, int64_t after, size_t limit, struct event **events, size_t *count,
		bool *gone, struct err *err);

/* The same, appended to the array as JSON; fewer than `limit` also when EVENTS_BYTES are reached:
 * a reader asks again after the last one until it gets none. */
int events_after(struct app *app, const char *campaign, int64_t after, size_t limit, struct json_object *items, bool *gone,
		 struct err *err);

#endif
