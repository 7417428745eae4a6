/* What the doctor found, in a form that a test can compare. */
#ifndef PARLEY_TESTS_SUPPORT_FINDINGS_H
#define PARLEY_TESTS_SUPPORT_FINDINGS_H

#include <string.h>

#include "base/arena.h"
#include "screening/findings.h"

/* "ok", "warn" and "FAIL" as one letter each, in order: "oWF". */
static inline const char *levels(struct arena *mem, const struct findings *f)
{
	char *text = arena_alloc(mem, f->count + 1);

	for (size_t i = 0; i < f->count; i++)
		text[i] = "oWF"[f->list[i].level];
	return text;
}

/* Whether any of them tells or advises that. */
static inline bool says(const struct findings *f, const char *words)
{
	for (size_t i = 0; i < f->count; i++)
		if (strstr(f->list[i].detail, words) || (f->list[i].advice && strstr(f->list[i].advice, words)))
			return true;
	return false;
}

#endif
