/* The one failure channel: functions that can fail return 0 or -1 and say why.
 *
 * `kind` decides what a visitor is told (web/response.h has the one table) and
 * what a job does next; `msg` is for the log only and may name internals, but
 * never a secret or personal data.  The first failure wins.
 */
#ifndef PARLEY_BASE_ERR_H
#define PARLEY_BASE_ERR_H

#include <stdbool.h>

#ifdef __cplusplus
extern "C" {
#endif

enum err_kind {
	ERR_NONE,
	ERR_INPUT,    /* the asker's mistake: 400 */
	ERR_DENIED,   /* not allowed: 401 or 403 */
	ERR_MISSING,  /* no such thing: 404 */
	ERR_CONFLICT, /* does not fit the present state: 409 */
	ERR_LIMIT,    /* too many: 429; retry_after says when */
	ERR_REFUSED,  /* a vendor said no for good: do not repeat */
	ERR_UPSTREAM, /* a vendor was away, slow or unreadable: repeat later */
	ERR_UNKNOWN,  /* the request may or may not have taken effect */
	ERR_SYSTEM,   /* Redis, disk, memory: repeat later */
};

struct err {
	enum err_kind kind;
	int retry_after; /* seconds to wait, when the other side named it; else 0 */
	char code[48];   /* the other side's word for it, for callers that must tell cases apart */
	char msg[240];
};

/* Records a failure and returns -1, so that a caller can write `return err_set(...)`. */
int err_set(struct err *e, enum err_kind kind, const char *fmt, ...)
	__attribute__((format(printf, 3, 4)));

/* True when repeating the same request later may succeed. */
bool err_is_transient(const struct err *e);

const char *err_kind_name(enum err_kind kind);

#ifdef __cplusplus
}
#endif

#endif
