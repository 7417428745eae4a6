/* See findings.h. */
#include "screening/findings.h"

#include <stdarg.h>
#include <stdio.h>

#include "base/die.h"

void findings_add(struct findings *f, enum finding_level level, const char *name, const char *advice,
		  const char *detail, ...)
{
	char text[400];
	va_list ap;

	if (f->count == FINDINGS)
		die_bug("findings: too many");
	va_start(ap, detail);
	vsnprintf(text, sizeof(text), detail, ap);
	va_end(ap);
	f->list[f->count++] = (struct finding){
		.level = level,
		.name = name,
		.detail = arena_strdup(f->mem, text),
		.advice = level == FINDING_OK ? NULL : arena_strdup(f->mem, advice),
	};
}

bool findings_have(const struct findings *f, enum finding_level level)
{
	for (size_t i = 0; i < f->count; i++)
		if (f->list[i].level == level)
			return true;
	return false;
}
