/* The timeline of a call: what happened to it, step by step.
 *
 * Each change of the row (call.h) leaves a step in it, the field t{version}: "ms word word ...", kept
 * short because every call has some.  Words: i (Twilio took it), s=status, m=what answered,
 * k=keys, p=speech, o=outcome, e=error, l (leaves a message), d=how:outcome:next ms:attempts:most
 * (it is settled, as call_change.lua was told).  Values are percent-encoded.  The first step, the
 * claim, is the row's `placed`.
 */
#ifndef PARLEY_CAMPAIGN_CALL_STEPS_H
#define PARLEY_CAMPAIGN_CALL_STEPS_H

#include "base/json.h"
#include "campaign/call.h"

/* Later versions leave no step: a row must not grow for ever. */
enum { CALL_STEPS_MOST = 60 };

/* How a call ends. */
struct call_ending {
	const char *how; /* call_change.lua; "": not over */
	const char *outcome;
	int64_t next_ms;
	int attempts, max_attempts; /* of the lead, with this one; 0: not told */
};

const char *call_step_field(struct arena *mem, int64_t version);
const char *call_step(struct arena *mem, const struct call *before, const struct call *after,
		      const struct call_ending *end, int64_t now_ms);
const char *call_step_taken(struct arena *mem, int64_t now_ms);

/* The steps of a row (as by HGETALL) as JSON, oldest first: {"at","event","value","text","next_call_at"?}. */
struct json_object *call_timeline(struct arena *mem, const struct call *call, const struct reply *row);

#endif
