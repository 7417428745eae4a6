/* A running campaign with leads in a private Redis, written as lead.h and keys.h say, for
 * tests of what calls them.  The clock is the system's: Redis has the same. */
#ifndef PARLEY_TESTS_SUPPORT_CALL_WORLD_H
#define PARLEY_TESTS_SUPPORT_CALL_WORLD_H

#include "app.h"
#include "campaign/call_queue.h"
#include "tests/support/redis_server.h"

#define CAMPAIGN "AAAAAAAAAAAAAAAAAAAAAA"
#define AGENT "BBBBBBBBBBBBBBBBBBBBBB"

struct call_world {
	struct app app;
	struct redis_server redis;
	char state_dir[64];
};

/* For cmocka_unit_test_setup_teardown(): a campaign that may call at any time, without pace to
 * speak of, and no leads. */
int call_setup(void **state);
int call_teardown(void **state);

/* Lays `change` (JSON) over the campaign's settings. */
void change_settings(struct call_world *w, const char *change);

/* Adds the lead of that number, pending; its telephone number is phone_of(number). */
void add_lead(struct call_world *w, int64_t number);
const char *phone_of(struct call_world *w, int64_t number);

/* One command of at most four words after the first. */
struct reply redis(struct call_world *w, const char *command, const char *a, const char *b, const char *c, const char *d);
int64_t redis_number(struct call_world *w, const char *command, const char *key, const char *a, const char *b);

/* A count of KEY_COUNTS, a field of a lead ("" when it has none). */
int64_t count_of(struct call_world *w, const char *name);
const char *lead_field(struct call_world *w, int64_t number, const char *field);

/* The counts add up, and each lead stands where its state says. */
void assert_sums(struct call_world *w);

/* Claims the leads that come next, at most `most`; returns how many were taken, in `taken`. */
size_t claim_next(struct call_world *w, size_t most, struct candidate *taken, struct claim *claim);

/* Adds lead 1 and claims it; the attempt's id. */
const char *one_call(struct call_world *w);

#endif
