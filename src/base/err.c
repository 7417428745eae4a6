/* See err.h. */
#include "base/err.h"

#include <stdarg.h>
#include <stdio.h>

int err_set(struct err *e, enum err_kind kind, const char *fmt, ...)
{
	va_list ap;

	if (e->kind != ERR_NONE)
		return -1;
	e->kind = kind;
	va_start(ap, fmt);
	vsnprintf(e->msg, sizeof(e->msg), fmt, ap);
	va_end(ap);
	return -1;
}

bool err_is_transient(const struct err *e)
{
	return e->kind == ERR_UPSTREAM || e->kind == ERR_UNKNOWN || e->kind == ERR_SYSTEM || e->kind == ERR_LIMIT;
}

const char *err_kind_name(enum err_kind kind)
{
	static const char *const names[] = {
		[ERR_NONE] = "none", [ERR_INPUT] = "input", [ERR_DENIED] = "denied",
		[ERR_MISSING] = "missing", [ERR_CONFLICT] = "conflict", [ERR_LIMIT] = "limit",
		[ERR_REFUSED] = "refused", [ERR_UPSTREAM] = "upstream", [ERR_UNKNOWN] = "unknown",
		[ERR_SYSTEM] = "system",
	};

	return names[kind];
}
