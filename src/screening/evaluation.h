/* Judging a talk: by Cerebras, held to what was really said.
 *
 * Every key point needs a quote that stands in the transcript; others are
 * dropped.  pass or fail without any supported quote of the candidate, and a talk
 * too thin to judge, are inconclusive.  A transcript longer than the model takes
 * is judged in parts whose findings are then weighed together; nothing is cut.
 */
#ifndef PARLEY_SCREENING_EVALUATION_H
#define PARLEY_SCREENING_EVALUATION_H

#include "app.h"
#include "base/err.h"
#include "base/json.h"
#include "screening/transcript.h"
#include "store/queue.h"

#define RESULT_PASS "pass"
#define RESULT_FAIL "fail"
#define RESULT_INCONCLUSIVE "inconclusive"

struct evaluation_material {
	const char *job_title;
	struct str job, application, pointers;
	const struct transcript *transcript;
	/* The job for which it is made, or NULL: parts that were judged are its steps,
	 * so that a rate limit or a crash does not buy them again. */
	const struct queue *queue;
	const struct job *made_for;
};

/* {"result","confidence","reasoning","keyPoints":[{"point","quote","time"}],
 *  "basis":"model"|"thin","parts","dropped"} */
int evaluation_make(struct app *app, const struct evaluation_material *m, struct json_object **evaluation,
		    struct err *err);

#endif
