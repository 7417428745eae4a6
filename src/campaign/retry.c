/* See retry.h. */
#include "campaign/retry.h"

#include "base/str.h"

static const struct retry_delays *delays_of(const struct retry_rule *r, const char *outcome)
{
	const struct {
		const char *outcome;
		const struct retry_delays *delays;
	} rows[] = {
		{ "no_answer", &r->no_answer },
		{ "busy", &r->busy },
		{ "failed", &r->failed },
		{ "voicemail", &r->voicemail },
	};

	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		if (!strcmp(rows[i].outcome, outcome))
			return rows[i].delays;
	}
	return NULL;
}

bool retry_next_ms(const struct retry_rule *r, const char *outcome, int attempts_used, uint32_t random, int64_t now_ms,
		   int64_t *next_ms)
{
	const struct retry_delays *d = delays_of(r, outcome);
	int64_t delay_ms;
	int i;

	if (!d || d->count < 1 || attempts_used < 1 || attempts_used >= r->max_attempts)
		return false;
	i = attempts_used <= d->count ? attempts_used - 1 : d->count - 1;
	delay_ms = (int64_t)d->delays_s[i] * 1000;
	*next_ms = now_ms + delay_ms + (int64_t)(random % 1001) * (delay_ms / 10) / 1000;
	return true;
}
