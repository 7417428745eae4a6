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

enum campaign_state { CAMPAIGN_DRAFT, CAMPAIGN_RUNNING, CAMPAIGN_PAUSED, CAMPAIGN_COMPLETED, CAMPAIGN_STOPPED };

enum voicemail { VOICEMAIL_HANG_UP, VOICEMAIL_LEAVE_MESSAGE, VOICEMAIL_IGNORE };

struct campaign {
	const char *id, *name, *agent_id, *caller_id, *timezone;
	enum campaign_state state;
	const char *state_reason; /* NULL: none */
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

/* ERR_MISSING.  Everything lives in app->mem. */
int campaign_load(struct app *app, const char *id, struct campaign *c, struct err *err);

/* {"id", settings..., "state", "state_reason", "created_at"} */
struct json_object *campaign_json(struct app *app, const struct campaign *c);

/* Of a key that was pressed: its outcome ("opt_out" for the list) and what is said then
 * (NULL: nothing).  False: the key means nothing. */
bool campaign_key(const struct campaign *c, char key, const char **outcome, const char **say);

/* From any of the states in the mask (1 << state) to `to`; *changed is false when it was in
 * none of them.  `reason` is a sentence, or NULL. */
int campaign_move(struct app *app, const char *id, unsigned from, enum campaign_state to, const char *reason,
		  bool *changed, struct err *err);

#endif
