/* Everything that is known of one interview, as JSON: for the API and the console's page.
 *
 * Besides interview_json.h: "candidate_email","job_title","job_description","application","pointers" (lines),
 * "consented_at","talking","evaluating",
 * "conversations":[{"id","part","state","started_at","received_at","duration_seconds","recording_url","recording_reason",
 *   "turns":[{"turn","speaker","at_seconds","time","text"}]}] (turns are numbered through all of them),
 * "evaluations":[{"id","current","result","model_result","confidence","reasoning","basis","parts","dropped","by_request","at",
 *   "key_points":[{"point","quote","time","speaker","turn"}]}] (newest first),
 * "overrides":[{"result","reason","by","at","model_result","moved","state"}] (newest first),
 * "mails":[{"id","state"}],
 * "linear":{"issue_id","identifier","workspace","moved_to","moved_at","transcript_given"},
 * "jobs":[{"id","kind","state","reason","attempts","at"}] (not ended, or given up),
 * "timeline":[{"at","event","kind","words"}].
 * A viewer sees addresses and telephone numbers masked, in what was said too.
 */
#ifndef PARLEY_SCREENING_INTERVIEW_DETAIL_H
#define PARLEY_SCREENING_INTERVIEW_DETAIL_H

#include "app.h"
#include "base/json.h"
#include "screening/session.h"
#include "web/request.h"

/* NULL with err when it cannot be read. */
struct json_object *interview_detail(struct app *app, const struct request *req, const struct session_row *row, struct err *err);

/* {"at","event","kind","words"} of one noted event; `kind` is one word for how it is shown. */
struct json_object *timeline_item(struct arena *mem, const char *noted, int64_t at_ms);

#endif
