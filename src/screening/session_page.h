/* Sessions in pages, newest first: for lists that people and programs read.
 *
 * A place is (creation time, id), so that a page begins where the last one
 * ended even when sessions were added or pruned in between. */
#ifndef PARLEY_SCREENING_SESSION_PAGE_H
#define PARLEY_SCREENING_SESSION_PAGE_H

#include "screening/session.h"

struct session_place {
	int64_t created_ms;
	const char *id; /* NULL: the beginning */
};

struct session_page {
	struct session_row *rows;
	size_t count;
	bool more; /* go on at `next` */
	struct session_place next;
};

/* Which sessions are wanted; NULL: no matter. */
struct session_filter {
	const char *stage;
	const char *verdict; /* pass, fail, inconclusive, or "none": not decided yet */
	const char *search;  /* part of the candidate's name, the job, the company or the number (ASCII case ignored) */
	bool by_email;       /* the search may find an address too */
	int64_t invited_ms, begun_ms, evaluated_ms; /* those to whom that happened since then; 0: no matter */
};
/* The moment that "invited_since", "begun_since" or "evaluated_since" names; NULL for another name. */
int64_t *session_since(struct session_filter *f, const char *name);
bool session_matches(const struct session_filter *f, const struct session_row *row, int64_t now_ms);

/* At most `max` sessions after the place that the filter wants.  A page of
 * rare ones may end early, even empty, with `more` set: one request looks at a
 * bounded number of sessions. */
int session_page_read(struct app *app, struct session_place after, const struct session_filter *filter, size_t max,
		      struct session_page *page, struct err *err);

/* Calls `visit` with every session, newest first, until it answers false or `most` were looked at;
 * *whole: there are no more than that. */
typedef bool session_visit_fn(void *ctx, const struct session_row *row);
int session_each(struct app *app, size_t most, session_visit_fn *visit, void *ctx, bool *whole, struct err *err);

/* One of session_stage()'s words. */
bool session_stage_is_known(const char *stage);
/* A word of session_filter's verdict. */
bool session_verdict_is_known(const char *verdict);

#endif
