/* Codes of the API as people read them, and the tone of their badge. */
#ifndef PARLEY_CONSOLE_WORDS_H
#define PARLEY_CONSOLE_WORDS_H

#include "base/json.h"
#include "campaign/call.h"
#include "web/request.h"
#include "web/view.h"

/* "no_answer" is "No answer", "in-progress" "In progress"; NULL is "". */
const char *words_of(struct arena *mem, const char *code);

/* Of a call's status, an outcome, a lead's or campaign's state: good, warn, bad, info or muted. */
const char *tone_of(const char *code);

/* Sets NAME to the words and NAME_TONE to the tone; a section NAME_KNOWN when there is a code. */
void view_code(struct view *v, const char *name, struct arena *mem, const char *code);

/* A time of the JSON API as NAME and NAME_WORDS (page.h); NULL: both empty. */
void view_iso(struct view *v, const char *name, const char *iso);

/* 75 is "1 min 15 s"; below 0: "". */
const char *duration_words(struct arena *mem, int64_t seconds);

/* A row of a table of calls: HREF, STATUS, OUTCOME, DURATION, PLACED, HEARD (keys and words), ANSWERED_BY, ERROR. */
void view_call(struct view *v, const struct request *req, const struct call *call);

/* What was pressed and said, in one. */
const char *heard_words(struct arena *mem, const char *digits, const char *speech);

/* Address of a call, of a lead. */
const char *call_href(struct arena *mem, const char *campaign, const char *call);
const char *lead_href(struct arena *mem, const char *campaign, const char *lead);

/* A choice of a select: OPTION rounds with VALUE, LABEL and, for the chosen one, SELECTED. */
void view_options(struct view *v, const char *name, struct arena *mem, const char *const *codes, size_t count,
		  const char *chosen);

/* name=value&... of those that are set, encoded; in `mem`. */
const char *query_of(struct arena *mem, const char *const *pairs, size_t count);

#endif
