/* The parts of http.h that need no transport. */
#include "net/http.h"

#include <string.h>
#include <time.h>

#include "base/die.h"
#include "base/limits.h"

void http_call_header(struct http_call *call, const char *name, const char *value)
{
	for (int i = 0; i < HTTP_HEADERS; i++) {
		if (!call->headers[i].name) {
			call->headers[i] = (struct http_header){ name, value };
			return;
		}
	}
	die_bug("http_call_header: too many headers");
}

const char *http_reply_header(const struct http_reply *reply, const char *name)
{
	for (size_t i = 0; i < reply->header_count; i++)
		if (!strcmp(reply->headers[i].name, name))
			return reply->headers[i].value;
	return NULL;
}

/* "Fri, 20 Nov 2026 09:30:00 GMT" (RFC 9110 5.6.7) in seconds from now. */
static int seconds_until(const char *date, int64_t now_ms)
{
	struct tm tm = { 0 };
	const char *end = strptime(date, "%a, %d %b %Y %H:%M:%S GMT", &tm);
	int64_t wait;

	if (!end || *end)
		return 0;
	wait = (int64_t)timegm(&tm) - now_ms / 1000;
	return wait > 0 && wait <= LIMIT_RETRY_AFTER_S ? (int)wait : wait > 0 ? LIMIT_RETRY_AFTER_S : 0;
}

int http_retry_after(const struct http_reply *reply, int64_t now_ms)
{
	const char *ms = http_reply_header(reply, "retry-after-ms"), *s = http_reply_header(reply, "retry-after");
	long long n;

	if (ms && (n = str_number(str_from(ms), 1LL << 40)) > 0) {
		n = (n + 999) / 1000;
		return n > LIMIT_RETRY_AFTER_S ? LIMIT_RETRY_AFTER_S : (int)n;
	}
	if (!s)
		return 0;
	n = str_number(str_from(s), 1LL << 40);
	if (n >= 0)
		return n > LIMIT_RETRY_AFTER_S ? LIMIT_RETRY_AFTER_S : (int)n;
	return seconds_until(s, now_ms);
}
