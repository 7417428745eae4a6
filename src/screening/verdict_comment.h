/* The words of a verdict, as Markdown for Linear.  Everything that people or
 * models wrote is escaped. */
#ifndef PARLEY_SCREENING_VERDICT_COMMENT_H
#define PARLEY_SCREENING_VERDICT_COMMENT_H

#include <stdbool.h>

#include "base/buf.h"
#include "base/json.h"
#include "screening/transcript.h"

struct verdict_words {
	struct json_object *evaluation;
	const char *moved;     /* moved, stays, changed, replaced, no-state */
	const char *target;    /* the state it was meant for, or NULL */
	const char *screening; /* the state it stays in */
	bool again;            /* a person asked to judge again */
	int parts;             /* conversations */
};

void verdict_comment_write(const struct verdict_words *words, struct buf *out);

/* The transcript as comments, each short enough for Linear; usually one. */
size_t verdict_transcript_comments(struct arena *mem, const struct transcript *t, struct buf ***comments);

#endif
