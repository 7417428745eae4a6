/* Whether and when a call that did not reach anybody is repeated (contract 3.4).
 * The caller moves the time into the hours. */
#ifndef PARLEY_CAMPAIGN_RETRY_H
#define PARLEY_CAMPAIGN_RETRY_H

#include <stdbool.h>
#include <stdint.h>

#include "base/limits.h"

struct retry_delays {
	int delays_s[LIMIT_DELAYS];
	int count;
};

struct retry_rule {
	int max_attempts;
	struct retry_delays no_answer, busy, failed, voicemail;
};

/* `outcome` in the contract's words, `attempts_used` with the one just ended (at
 * least 1).  False: no more.  Delays are counted by attempts, the last repeats;
 * `random` makes it up to a tenth later, never earlier. */
bool retry_next_ms(const struct retry_rule *r, const char *outcome, int attempts_used, uint32_t random, int64_t now_ms,
		   int64_t *next_ms);

#endif
