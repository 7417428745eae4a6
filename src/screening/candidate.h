/* Who the candidate is, read from the description of a Linear issue.
 *
 * "Name:" and "Email:" lines, plain or bold Markdown, in a list or not; an
 * address may be a mailto link or an autolink.  Without an Email line: the first
 * mailto link, else the first address in the text.  An Email line whose value is
 * no address is not replaced by another. */
#ifndef PARLEY_SCREENING_CANDIDATE_H
#define PARLEY_SCREENING_CANDIDATE_H

#include "base/arena.h"
#include "base/str.h"

struct candidate {
	const char *name;  /* NULL when there is no Name line */
	const char *email; /* NULL when no usable address was found */
};

struct candidate candidate_parse(struct arena *mem, struct str description);

#endif
