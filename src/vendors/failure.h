/* What the vendors' clients share: how a failure is reported.
 *
 * A vendor's code may travel into err->code and err->msg, its message never:
 * messages quote what we sent (names, addresses, transcripts).  A code that does
 * not look like one is dropped for the same reason.
 */
#ifndef PARLEY_VENDORS_FAILURE_H
#define PARLEY_VENDORS_FAILURE_H

#include <stdbool.h>
#include <stdio.h>

#include "base/err.h"
#include "base/str.h"
#include "net/http.h"

/* Records "VENDOR: WHAT (HTTP STATUS, CODE)".  `code` may be NULL; status 0: none. */
static inline int vendor_failed(struct err *err, enum err_kind kind, const char *vendor, const char *what, int status,
				const char *code)
{
	if (err->kind != ERR_NONE)
		return -1;
	if (!code || !str_is_token(str_from(code), 1, sizeof(err->code) - 1))
		code = "";
	snprintf(err->code, sizeof(err->code), "%s", code);
	if (!status)
		return err_set(err, kind, "%s: %s%s%s", vendor, what, *code ? ", " : "", code);
	return err_set(err, kind, "%s: %s (HTTP %d%s%s)", vendor, what, status, *code ? ", " : "", code);
}

/* http_send(), with the vendor's name before the transport's words.  After a call
 * that only reads, it does not matter whether it arrived: ERR_UNKNOWN becomes ERR_UPSTREAM. */
static inline int vendor_send(struct http_client *http, struct arena *mem, const char *vendor,
			      const struct http_call *call, bool reads_only, struct http_reply *reply, struct err *err)
{
	struct err cause = { 0 };

	if (!http_send(http, mem, call, reply, &cause))
		return 0;
	if (reads_only && cause.kind == ERR_UNKNOWN)
		cause.kind = ERR_UPSTREAM;
	return err_set(err, cause.kind, "%s: %s", vendor, cause.msg);
}

#endif
