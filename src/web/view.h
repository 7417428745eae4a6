/* Templates: google-ctemplate behind a C header.
 *
 * Escaping is not a choice (design 3.12): every template begins with the
 * auto-escape pragma, which tests/lint checks.  Names of templates and of
 * values are constants of the program, never data from outside: ctemplate keeps
 * names for ever and opens any path.  Values are copied.
 */
#ifndef PARLEY_WEB_VIEW_H
#define PARLEY_WEB_VIEW_H

#include "base/buf.h"
#include "base/err.h"

#ifdef __cplusplus
#define VIEW_NOTHROW noexcept
extern "C" {
#else
#define VIEW_NOTHROW
#endif

struct view;

/* Values of one rendering, or of one section of it. */
struct view *view_new(struct arena *a) VIEW_NOTHROW;

void view_set(struct view *v, const char *name, const char *value) VIEW_NOTHROW;
void view_set_int(struct view *v, const char *name, long long value) VIEW_NOTHROW;

/* Shows {{#NAME}}...{{/NAME}} once, without values of its own. */
void view_show(struct view *v, const char *name) VIEW_NOTHROW;

/* Adds one round of {{#NAME}}...{{/NAME}}. */
struct view *view_add(struct view *v, const char *name) VIEW_NOTHROW;

/* Where the parts of this view, and of what is added to it from now on, are: as `dir` of view_render().  Kept, not
 * copied. */
void view_root(struct view *v, const char *dir) VIEW_NOTHROW;

/* The values of {{>MARKER}}, which becomes the template `name`.  A part inherits nothing: what it shows is set on what
 * this returns.  Called again, the part is shown once more. */
struct view *view_part(struct view *v, const char *marker, const char *name) VIEW_NOTHROW;

/* Appends the rendered template ("interview/page.html" below `dir`).  A
 * template that is missing or broken is ERR_SYSTEM and appends nothing. */
int view_render(struct view *v, const char *dir, const char *name, struct buf *out, struct err *err);

/* Same for mail bodies in plain text: lines are kept as they stand. */
int view_render_text(struct view *v, const char *dir, const char *name, struct buf *out, struct err *err);

#ifdef __cplusplus
}
#endif

#endif
