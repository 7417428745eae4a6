/* Text from outside inside the Markdown of a Linear comment: escaped, so that it
 * can neither format, link, mention nor make Linear fetch an image
 * (vendors/linear.md 2.3). */
#ifndef PARLEY_SCREENING_MARKDOWN_H
#define PARLEY_SCREENING_MARKDOWN_H

#include "base/buf.h"
#include "base/str.h"

/* One line: line ends become blanks, control characters go. */
void markdown_text(struct buf *out, struct str s);

#endif
