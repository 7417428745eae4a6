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
#include <stdint.h>

#include "app.h"
#include "base/err.h"
#include "base/json.h"

enum { EVENTS_KEPT = 10000 };

/* Appends the events after `after` to the array, oldest first, at most `limit`.  *gone is
 * true when some of them are not kept any more. */
int events_after(struct app *app, const char *campaign, int64_t after, size_t limit, struct json_object *items, bool *gone,
		 struct err *err);

#endif
