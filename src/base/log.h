/* One JSON object a line on standard error (contract 5).
 *
 * Every line has time, level, program, event, request_id, then the named
 * fields.  Values are escaped.  What must never be logged: secrets, keys, full
 * telephone numbers, e-mail addresses, transcripts.  A session is named by the
 * 8-character fingerprint of a hash of its secret (session.h).
 *
 *	log_event(log, LOG_INFO, "session.created", LOG_TEXT("session", fp), LOG_NUM("ttl", 604800));
 */
#ifndef PARLEY_BASE_LOG_H
#define PARLEY_BASE_LOG_H

#include <stddef.h>
#include <stdint.h>

#include "base/clock.h"

enum log_level { LOG_DEBUG, LOG_INFO, LOG_WARNING, LOG_ERROR };

struct log {
	int fd;
	const char *program;
	const struct clock *clock;
	char request_id[40]; /* of the request or job at hand, else "" */
};

struct log_field {
	const char *name;
	const char *text; /* NULL: `number` is meant */
	int64_t number;
};

static inline const char *log_text(const char *value)
{
	return value ? value : "";
}

#define LOG_TEXT(name, value) { (name), log_text(value), 0 }
#define LOG_NUM(name, value) { (name), NULL, (value) }

void log_fields(struct log *log, enum log_level level, const char *event, const struct log_field *fields,
		size_t count);

#define log_event(log, level, event, ...) \
	log_fields((log), (level), (event), (const struct log_field[]){ __VA_ARGS__ }, \
		   sizeof((const struct log_field[]){ __VA_ARGS__ }) / sizeof(struct log_field))

#endif
