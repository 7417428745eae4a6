/* Jobs of the queue as people read them: what each is about, without anything personal. */
#ifndef PARLEY_CONSOLE_JOB_LIST_H
#define PARLEY_CONSOLE_JOB_LIST_H

#include "app.h"
#include "base/err.h"
#include "base/json.h"
#include "web/form.h"

struct job_question {
	const char *state; /* "dead", "due" or "leased" */
	const char *kind;  /* NULL: all */
	int64_t after_ms;
	const char *after_id;
	size_t limit;
};

/* ?state=&kind=&limit=&cursor=; NULL, or a sentence about *field. */
const char *job_question_read(struct app *app, const struct form *form, struct job_question *q, const char **field);

/* {"items":[{"id","kind","title","state","object","link","attempts","reason","created_at","at"}],"next_cursor"}.  `link` is the
 * console's page about the object, or null.  A page of one kind may end early, with a cursor that leads on. */
int job_list_json(struct app *app, const struct job_question *q, struct json_object **answer, struct err *err);

/* How many dead ones there are of each kind, of the newest thousand: {"mail":3,...}. */
int job_kinds_json(struct app *app, struct json_object **kinds, struct err *err);

/* What a kind of job does, in words: "Invitation". */
const char *job_title(const char *kind);

#endif
