/* What a look at an installation found: readiness and `parley doctor` collect
 * findings, each renders them in its own way.  Texts live in the arena. */
#ifndef PARLEY_SCREENING_FINDINGS_H
#define PARLEY_SCREENING_FINDINGS_H

#include <stdbool.h>
#include <stddef.h>

#include "base/arena.h"

enum finding_level { FINDING_OK, FINDING_WARNING, FINDING_FAILURE };

struct finding {
	enum finding_level level;
	const char *name;   /* a short word for programs: "redis" */
	const char *detail; /* one sentence; never a secret */
	const char *advice; /* what to do about it, or NULL */
};

enum { FINDINGS = 64 };

struct findings {
	struct arena *mem;
	struct finding list[FINDINGS];
	size_t count;
};

/* `advice` is dropped from an OK.  Beyond FINDINGS is a bug. */
void findings_add(struct findings *f, enum finding_level level, const char *name, const char *advice,
		  const char *detail, ...) __attribute__((format(printf, 5, 6)));

bool findings_have(const struct findings *f, enum finding_level level);

#endif
