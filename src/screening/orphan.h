/* Transcripts that belong to no session: what a person needs to tell whose they are, and what can be done.
 *
 * One that is attached is evaluated like any other.  One that is discarded is forgotten here, with the
 * reason; ElevenLabs keeps it, for the agent may serve others too.
 */
#ifndef PARLEY_SCREENING_ORPHAN_H
#define PARLEY_SCREENING_ORPHAN_H

#include "app.h"
#include "base/err.h"
#include "base/json.h"
#include "web/request.h"

enum { ORPHANS_MOST = 100 };

/* [{"conversation_id","received_at","started_at","duration_seconds","agent_id","candidate_name","company_name",
 *   "turn_count","turns":[the first few, as in interview_detail.h]}], newest first, at most ORPHANS_MOST. */
struct json_object *orphan_list(struct app *app, const struct request *req, struct err *err);
int orphan_count(struct app *app, int64_t *count, struct err *err);

enum orphan_outcome { ORPHAN_DONE, ORPHAN_MISSING, ORPHAN_TAKEN, ORPHAN_NO_SESSION };
int orphan_attach(struct app *app, const char *conversation_id, const char *session_id, const char *by,
		  enum orphan_outcome *outcome, struct err *err);
int orphan_discard(struct app *app, const char *conversation_id, const char *reason, const char *by,
		   enum orphan_outcome *outcome, struct err *err);

#endif
