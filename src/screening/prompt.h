/* What candidates say and write is data (design 3.13): inside a prompt it stands
 * between fences whose name nobody outside can know. */
#ifndef PARLEY_SCREENING_PROMPT_H
#define PARLEY_SCREENING_PROMPT_H

#include "base/arena.h"
#include "base/buf.h"

struct prompt {
	struct buf *text;
	char fence[17];
};

enum { PROMPT_BYTES = 400 << 10 };

void prompt_init(struct prompt *p, struct arena *mem);

/* <label FENCE> … </label FENCE>; at most max bytes, cut at a line end, with a
 * line that says so (0: no bound). */
void prompt_data(struct prompt *p, const char *label, struct str data, size_t max);

/* The sentence for the system message that explains the fences. */
void prompt_rule(const struct prompt *p, struct buf *system);

#endif
