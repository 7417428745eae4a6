/* Campaigns as tests meet them: their API over a private Redis, and leads put into it as an
 * import does (lead.h), so that what is counted can be said exactly. */
#ifndef PARLEY_TESTS_SUPPORT_CAMPAIGN_WORLD_H
#define PARLEY_TESTS_SUPPORT_CAMPAIGN_WORLD_H

#include <stdint.h>

#include "tests/support/api.h"

/* api_setup() with Twilio and ElevenLabs configured. */
int campaign_world_setup(void **state);

/* Asks the campaigns' pages; a body is JSON. */
struct response *at(struct world *w, const char *method, const char *uri, const char *body);

/* Guards of pages: whoever asks is signed in in that role. */
int as_operator(struct app *app, struct request *req, struct response *res, struct err *err);
int as_viewer(struct app *app, struct request *req, struct response *res, struct err *err);

/* Creates one with these members (", \"x\":1" or "") beside those that must be given; its id. */
const char *new_agent(struct world *w, const char *script);
const char *new_campaign(struct world *w, const char *agent, const char *more);

/* Puts the next lead into a group ("" is the campaign's zone): pending, or waiting until `next_ms`, or held
 * (`held` is a reason, `next_ms` its score).  Gives its number. */
int64_t add_lead(struct world *w, const char *campaign, const char *group, int64_t next_ms, const char *held);

/* A command of Redis, its words separated by blanks; its answer as a number or text. */
int64_t redis_number(struct world *w, const char *command);
const char *redis_text(struct world *w, const char *command);

/* The number at the path of an answer; -1 when there is none. */
int64_t number_of(struct world *w, const struct response *res, const char *path);

#endif
