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

/* At most `max` sessions after the place; with a stage, those only.  A page of a
 * rare stage may end early, even empty, with `more` set: one request looks at a
 * bounded number of sessions. */
int session_page_read(struct app *app, struct session_place after, const char *stage, size_t max,
		      struct session_page *page, struct err *err);

/* One of session_stage()'s words. */
bool session_stage_is_known(const char *stage);

#endif
