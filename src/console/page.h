/* What the console's pages share: the frame around them, their parts, their headers.
 *
 * A page only reads; every change goes through the JSON API (contract 3.3, 3.6).  Its template is
 * templates/console/NAME.html, shown inside shell.html.  Values are copied; names are constants. */
#ifndef PARLEY_CONSOLE_PAGE_H
#define PARLEY_CONSOLE_PAGE_H

#include <stdint.h>

#include "base/json.h"
#include "web/request.h"
#include "web/response.h"
#include "web/view.h"

struct app;

struct page {
	struct app *app;
	struct request *req;
	struct response *res;
	struct view *shell; /* the frame's values */
	struct view *view;  /* the page's own */
};

/* Begins a page for the one who is signed in.  `section` lights an entry of the navigation ("campaigns");
 * `script` is static/console/pages/SCRIPT.js, or NULL.  The page's view has CAN_CHANGE for operators and IS_ADMIN for
 * administrators, as sections. */
struct page page_begin(struct app *app, struct request *req, struct response *res, const char *name, const char *title,
		       const char *section, const char *script);

/* Fills {{>MARKER}} of `v` with templates/console/NAME.html and returns that part's values; it inherits nothing. */
struct view *page_part(struct view *v, const char *marker, const char *name);

/* NAME as ISO 8601 and NAME_WORDS for <time datetime="{{NAME}}">{{NAME_WORDS}}</time>; the browser shows it in the
 * reader's own zone, which it names.  0: both empty. */
void page_time(struct view *v, const char *name, int64_t ms);

/* The same of a member of JSON, and a number there; absent: empty, 0. */
void page_time_of(struct view *v, const char *name, struct json_object *o, const char *member);
void page_count_of(struct view *v, const char *name, struct json_object *o, const char *path);

/* Fills {{>PAGER}} with a link to what follows, when something does.  `query` holds the page's filters, encoded and
 * without "?", or NULL; `next_cursor` NULL: nothing follows. */
void page_pager(struct view *v, const char *query, const char *next_cursor);

/* Renders the whole; the answer is 200 unless res->status was set to something else. */
int page_send(struct page *p, struct err *err);

/* For struct pages: a failure as a page, in the frame when somebody is signed in. */
void page_fail(struct app *app, struct request *req, struct response *res, int status, const char *code,
	       const char *sentence, int retry_after);

/* A page outside the frame (sign-in): headers and the values every template needs. */
struct view *page_bare(struct app *app, struct request *req, struct response *res);

#endif
