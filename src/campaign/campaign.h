/* Campaigns (contract 3.4): what is stored, as JSON for people and as a plan for the
 * dialer; and their changes of state.  Each change is one script with its event. */
#ifndef PARLEY_CAMPAIGN_CAMPAIGN_H
#define PARLEY_CAMPAIGN_CAMPAIGN_H

#include <stdbool.h>
#include <stdint.h>

#include "app.h"
#include "base/err.h"
#include "base/json.h"
#include "campaign/calling_hours.h"
#include "campaign/retry.h"
#include "store/store.h"

enum campaign_state { CAMPAIGN_DRAFT, CAMPAIGN_RUNNING, CAMPAIGN_PAUSED, CAMPAIGN_COMPLETED, CAMPAIGN_STOPPED };

enum voicemail { VOICEMAIL_HANG_UP, VOICEMAIL_LEAVE_MESSAGE, VOICEMAIL_IGNORE };

struct campaign {
	const char *id, *name, *agent_id, *caller_id, *timezone;
	enum campaign_state state;
	const char *state_reason; /* NULL: none */
	const char *source;       /* the campaign whose leads it was made for (redial.h); NULL: none */
	bool copying;             /* its leads are still being copied */
	const char *test_of;      /* a test call (test_call.h) of that campaign; NULL: it is none */
	int64_t revision, seq, created_ms, leads;
	bool conversation; /* mode */
	bool speech;
	enum voicemail voicemail;
	const struct zone *zone;
	struct calling_hours hours;
	struct holidays holidays;
	struct calling_hours recipient_hours; /* every day; set false: none */
	int daily_cap, max_concurrent_calls;
	double calls_per_second;
	struct retry_rule retry;
	struct json_object *settings; /* all of it, canonical */
};

const char *campaign_state_name(enum campaign_state state);
bool campaign_state_read(const char *name, enum campaign_state *state);

/* From an HGETALL's answer.  ERR_MISSING. */
int campaign_of_row(struct app *app, const char *id, const struct reply *row, struct campaign *c, struct err *err);

/* ERR_MISSING.  Everything lives in app->mem. */
int campaign_load(struct app *app, const char *id, struct campaign *c, struct err *err);

/* {"id", settings..., "state", "state_reason", "created_at"} */
struct json_object *campaign_json(struct app *app, const struct campaign *c);

/* Of a key that was pressed: its outcome ("opt_out" for the list) and what is said then
 * (NULL: nothing).  False: the key means nothing. */
bool campaign_key(const struct campaign *c, char key, const char **outcome, const char **say);

/* The campaign's day, "2026-11-20", and its next midnight. */
void campaign_day(const struct campaign *c, int64_t now_ms, char day[DAY_SIZE]);
int64_t campaign_next_day_ms(const struct campaign *c, int64_t now_ms);

enum campaign_written {
	CAMPAIGN_WRITTEN,
	CAMPAIGN_CHANGED_SINCE, /* somebody else has changed it since `former` was loaded: nothing was done */
	CAMPAIGN_WITHOUT_AGENT, /* the agent does not exist: nothing was done */
};

/* Stores complete settings (campaign_settings.h): in place of those of `former`, or (NULL) as a new
 * campaign, a draft, whose id comes out in *id.  ERR_MISSING. */
int campaign_write(struct app *app, const struct campaign *former, struct json_object *settings, const char **id,
		   enum campaign_written *written, struct err *err);

/* The same for a new one that is in no list: a test call of `test_of`. */
int campaign_write_test(struct app *app, const char *test_of, struct json_object *settings, const char **id,
			enum campaign_written *written, struct err *err);

/* From any of the states in the mask (1 << state) to `to`; *changed is false when it was in
 * none of them.  `reason` is a sentence, or NULL. */
int campaign_move(struct app *app, const char *id, unsigned from, enum campaign_state to, const char *reason,
		  bool *changed, struct err *err);

/* Ends a batch of a stopped campaign's leads, those in a call excepted; *more: there are others.  A
 * campaign leaves KEY_CAMPAIGNS_ACTIVE when its last lead is done. */
int campaign_sweep(struct app *app, const char *id, bool *more, struct err *err);

/* A running campaign whose leads are all done becomes completed.  When all that are not done lack a variable
 * in the agent's present script, a batch of them ends as incomplete; completed follows with the last. */
int campaign_complete_if_done(struct app *app, const struct campaign *c, bool *completed, struct err *err);

enum campaign_deleted { CAMPAIGN_DELETED, CAMPAIGN_IS_RUNNING, CAMPAIGN_IS_CALLING, CAMPAIGN_IS_COPIED };

/* From here on nobody finds it but the runner: ERR_MISSING. */
int campaign_delete(struct app *app, const char *id, enum campaign_deleted *deleted, struct err *err);

/* Deletes a batch of what one of those has left behind: leads, calls, events, all; does nothing to others. */
int campaign_delete_batch(struct app *app, const char *id, bool *more, struct err *err);

#endif
