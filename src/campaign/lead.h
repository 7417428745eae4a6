/* A lead in Redis.
 *
 * Its id is a number, unique in its campaign and given in the order of the import, so
 * that lists need no index.  It is the hash KEY_LEAD{cid}:{n}, kept small: fields of one
 * letter, and those that have their default are absent.
 *
 *	p  telephone number, E.164
 *	n  name
 *	z  time zone as it was given
 *	g  number of its group
 *	s  state: p pending (default), c calling, w waiting, d done
 *	o  outcome, when done
 *	a  attempts used (0)
 *	t  ms of the next attempt, when waiting
 *	q  its last attempt (call.h); each call names the one before in `previous`
 *	h  why it is held: block_code(), when it stands in KEY_HELD
 *	v:NAME  a variable
 *
 * A lead stands in exactly one place: pending and waiting ones in KEY_DUE or KEY_HELD,
 * one that is called as its attempt in KEY_LIVE_CALLS, a done one nowhere.  In KEY_DUE the
 * score of a pending lead is its number, that of a waiting one its ms: numbers are below
 * LEAD_SCORE_TIME, times above.
 *
 * A group is the set of time zones that must all allow a call to its leads: their names in
 * order, joined by '&'.  The empty name is the campaign's own zone.
 */
#ifndef PARLEY_CAMPAIGN_LEAD_H
#define PARLEY_CAMPAIGN_LEAD_H

#include <stdint.h>

#include "base/arena.h"
#include "base/err.h"
#include "store/store.h"

struct app;

/* Below: a lead's number; from here on: ms since 1970 (this one is in 2001). */
#define LEAD_SCORE_TIME 1000000000000LL

enum { LEAD_BUCKETS = 16384 };

enum lead_state { LEAD_PENDING, LEAD_CALLING, LEAD_WAITING, LEAD_DONE };

struct lead_variable {
	const char *name, *value;
};

struct lead {
	int64_t number;
	const char *phone, *name, *timezone; /* name and timezone may be NULL */
	int group;
	enum lead_state state;
	const char *outcome; /* NULL unless done */
	int attempts;
	int64_t next_ms;        /* 0: none */
	const char *last_call;  /* NULL: never called */
	const char *held;       /* block_code(), or NULL */
	struct lead_variable *variables;
	size_t variable_count;
};

const char *lead_key(struct arena *mem, const char *campaign, int64_t number);
const char *phones_key(struct arena *mem, const char *campaign, const char *phone);
const char *due_key(struct arena *mem, const char *campaign, int group);
const char *held_key(struct arena *mem, const char *campaign, int group, const char *reason);

const char *lead_state_name(enum lead_state state); /* "pending" ... */

/* From an HGETALL's answer; false when there is no such lead. */
bool lead_of(struct arena *mem, int64_t number, const struct reply *all, struct lead *lead);

/* Reads one; ERR_MISSING. */
int lead_load(struct app *app, const char *campaign, int64_t number, struct lead *lead, struct err *err);

/* Reads the leads `first` to `first + count - 1`; one that is missing has no phone. */
enum { LEADS_AT_ONCE = 100 };
int leads_load(struct app *app, const char *campaign, int64_t first, size_t count, struct lead *leads, struct err *err);

/* For script_render(): ctx is a const struct lead; `name` and `phone` besides its variables. */
const char *lead_lookup(void *ctx, const char *name);

#endif
