/* See eligibility.h. */
#include "campaign/eligibility.h"

#include <string.h>

enum { ZONES_MOST = 32 };

static const struct {
	const char *code, *sentence;
} blocks[BLOCK_COUNT] = {
	[BLOCK_NONE] = { "", "This lead can be called now." },
	[BLOCK_DONE] = { "done", "This lead is done." },
	[BLOCK_NOT_RUNNING] = { "not_running", "The campaign is not running." },
	[BLOCK_CALLING] = { "calling", "This lead is being called." },
	[BLOCK_SUPPRESSED] = { "suppressed", "The number is on the do-not-call list." },
	[BLOCK_HOLIDAY] = { "holiday", "Today is a holiday of the campaign." },
	[BLOCK_OUTSIDE_HOURS] = { "outside_hours", "It is outside the campaign's calling hours." },
	[BLOCK_UNKNOWN_TIMEZONE] = { "unknown_timezone", "The lead's time zone is not known, so its hours cannot be told." },
	[BLOCK_RECIPIENT_HOURS] = { "recipient_hours", "It is too early or too late where the lead is." },
	[BLOCK_DAILY_CAP] = { "daily_cap", "The campaign has placed all its calls of today." },
	[BLOCK_MISSING_VARIABLE] = { "missing_variable", "The script needs a variable that the lead lacks." },
	[BLOCK_TEXT_REFUSED] = { "text_refused", "This lead's text cannot be spoken: ElevenLabs refused it, or it is empty or too long." },
	[BLOCK_ATTEMPTS] = { "attempts", "All attempts of this lead are used." },
	[BLOCK_RETRY_DELAY] = { "retry_delay", "The next attempt is due later." },
	[BLOCK_NUMBER_BUSY] = { "number_busy", "The number is in another call." },
	[BLOCK_CONTACT_GAP] = { "contact_gap", "The number was called a short time ago." },
	[BLOCK_CONTACT_LIMIT] = { "contact_limit", "The number was called as often as one day allows." },
};

const enum block held_blocks[HELD_BLOCKS] = { BLOCK_MISSING_VARIABLE, BLOCK_TEXT_REFUSED, BLOCK_NUMBER_BUSY,
					      BLOCK_CONTACT_GAP, BLOCK_CONTACT_LIMIT };

static bool is_open(const struct window *w, int64_t now_ms)
{
	return calling_hours_open(w->hours, w->zone, w->holidays, now_ms);
}

/* The campaign's day is a holiday, and without it the window would be open. */
static bool is_holiday(const struct window *w, int64_t now_ms)
{
	return w->holidays && w->holidays->count && calling_hours_open(w->hours, w->zone, NULL, now_ms);
}

static bool recipients_are_open(const struct eligibility_facts *f)
{
	for (size_t i = 0; i < f->recipient_count; i++)
		if (!is_open(&f->recipient[i], f->now_ms))
			return false;
	return true;
}

static enum block first_block(const struct eligibility_facts *f)
{
	if (f->done)
		return BLOCK_DONE;
	if (!f->running)
		return BLOCK_NOT_RUNNING;
	if (f->calling)
		return BLOCK_CALLING;
	if (f->suppressed)
		return BLOCK_SUPPRESSED;
	if (!is_open(&f->campaign, f->now_ms))
		return is_holiday(&f->campaign, f->now_ms) ? BLOCK_HOLIDAY : BLOCK_OUTSIDE_HOURS;
	if (f->zone_unknown || f->recipient_count >= ZONES_MOST)
		return BLOCK_UNKNOWN_TIMEZONE;
	if (!recipients_are_open(f))
		return BLOCK_RECIPIENT_HOURS;
	if (f->daily_cap && f->placed_today >= f->daily_cap)
		return BLOCK_DAILY_CAP;
	if (f->missing_variable)
		return BLOCK_MISSING_VARIABLE;
	if (f->text_refused)
		return BLOCK_TEXT_REFUSED;
	if (f->attempts >= f->max_attempts)
		return BLOCK_ATTEMPTS;
	if (f->retry_ms > f->now_ms)
		return BLOCK_RETRY_DELAY;
	if (f->number_busy)
		return BLOCK_NUMBER_BUSY;
	if (f->contact_gap_until_ms > f->now_ms)
		return BLOCK_CONTACT_GAP;
	return f->contact_limit_until_ms > f->now_ms ? BLOCK_CONTACT_LIMIT : BLOCK_NONE;
}

/* Time alone does not lift it. */
static bool waits_for_a_change(enum block block)
{
	return block == BLOCK_DONE || block == BLOCK_NOT_RUNNING || block == BLOCK_CALLING || block == BLOCK_SUPPRESSED ||
	       block == BLOCK_UNKNOWN_TIMEZONE || block == BLOCK_MISSING_VARIABLE || block == BLOCK_TEXT_REFUSED ||
	       block == BLOCK_ATTEMPTS || block == BLOCK_NUMBER_BUSY;
}

/* The first time at which every delay has passed and all hours are open. */
static int64_t next_time(const struct eligibility_facts *f)
{
	struct window windows[ZONES_MOST];
	int64_t at = f->now_ms, next;

	if (f->retry_ms > at)
		at = f->retry_ms;
	if (f->contact_gap_until_ms > at)
		at = f->contact_gap_until_ms;
	if (f->contact_limit_until_ms > at)
		at = f->contact_limit_until_ms;
	if (f->daily_cap && f->placed_today >= f->daily_cap && f->next_day_ms > at)
		at = f->next_day_ms;
	windows[0] = f->campaign;
	for (size_t i = 0; i < f->recipient_count; i++)
		windows[i + 1] = f->recipient[i];
	next = calling_hours_next_all(windows, f->recipient_count + 1, at);
	return next < 0 ? 0 : next;
}

struct eligibility eligibility(const struct eligibility_facts *facts)
{
	struct eligibility e = { .block = first_block(facts) };

	if (e.block == BLOCK_NONE)
		e.next_ms = facts->now_ms;
	else if (!waits_for_a_change(e.block))
		e.next_ms = facts->zone_unknown || facts->recipient_count >= ZONES_MOST ? 0 : next_time(facts);
	return e;
}

const char *block_code(enum block block)
{
	return blocks[block].code;
}

const char *block_sentence(struct arena *mem, enum block block, const char *variable)
{
	if (block == BLOCK_MISSING_VARIABLE && variable)
		return arena_printf(mem, "The script needs {{%s}}, which the lead lacks.", variable);
	return blocks[block].sentence;
}
