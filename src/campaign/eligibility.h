/* May this lead be called now (design 3.7)?  One pure function for the dialer, the
 * API's `reason`, the review before launch and the console.
 *
 * It answers with the first reason against a call, in the order of the enum, and
 * the earliest time at which a look is worth while again.  What Redis must hold
 * together is checked once more inside the claim.  Whatever is unclear fails closed.
 */
#ifndef PARLEY_CAMPAIGN_ELIGIBILITY_H
#define PARLEY_CAMPAIGN_ELIGIBILITY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"
#include "campaign/calling_hours.h"

enum block {
	BLOCK_NONE,
	BLOCK_DONE,
	BLOCK_NOT_RUNNING,
	BLOCK_CALLING, /* it is in a call */
	BLOCK_SUPPRESSED,
	BLOCK_HOLIDAY,
	BLOCK_OUTSIDE_HOURS,
	BLOCK_UNKNOWN_TIMEZONE,
	BLOCK_RECIPIENT_HOURS,
	BLOCK_DAILY_CAP,
	BLOCK_MISSING_VARIABLE,
	BLOCK_TEXT_REFUSED, /* ElevenLabs does not speak what it would hear */
	BLOCK_ATTEMPTS,
	BLOCK_RETRY_DELAY,
	BLOCK_NUMBER_BUSY, /* in a live call, of whatever campaign */
	BLOCK_CONTACT_GAP,
	BLOCK_CONTACT_LIMIT,
	BLOCK_COUNT,
};

/* Times are ms; a time of 0 means that there is none. */
struct eligibility_facts {
	int64_t now_ms;

	bool running;
	struct window campaign;         /* its zone is never NULL */
	const struct window *recipient; /* one per candidate zone; all must allow */
	size_t recipient_count;         /* 0: no hours of the recipients' */
	bool zone_unknown;              /* one of the lead's zones could not be read */
	int64_t placed_today, daily_cap; /* cap 0: none */
	int64_t next_day_ms;            /* the campaign's next midnight */

	bool done, calling;
	bool suppressed;
	const char *missing_variable; /* without default; NULL: none */
	bool text_refused;
	int attempts, max_attempts;
	int64_t retry_ms;

	bool number_busy;
	int64_t contact_gap_until_ms, contact_limit_until_ms;
};

struct eligibility {
	enum block block;
	int64_t next_ms; /* when time alone lifts the block, all hours considered; 0: something else must change */
};

/* Why a lead may stand in KEY_HELD. */
enum { HELD_BLOCKS = 5 };
extern const enum block held_blocks[HELD_BLOCKS];

struct eligibility eligibility(const struct eligibility_facts *facts);

/* The reason's word in `blocked` (contract 3.5): "outside_hours". */
const char *block_code(enum block block);

/* One sentence for people; `variable` is the missing one, else NULL. */
const char *block_sentence(struct arena *mem, enum block block, const char *variable);

#endif
