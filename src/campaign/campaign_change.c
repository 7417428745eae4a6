/* See campaign.h.  Settings and states, written; each change is one script. */
#include "campaign/campaign.h"

#include <string.h>

#include "base/crypto.h"
#include "campaign/agent.h"
#include "campaign/eligibility.h"
#include "campaign/lead.h"
#include "store/keys.h"
#include "store/scripts.h"

/* Rows that one script ends or deletes: a few milliseconds, in which Redis answers nobody else. */
enum { BATCH = 500 };

static void command_key(struct command *c, const char *prefix, const char *name)
{
	command_text(c, key_of(c->mem, prefix, name));
}

/* The keys "{campaign}:..." of a kind. */
static void command_prefix(struct command *c, const char *prefix, const char *campaign)
{
	command_text(c, arena_printf(c->mem, "%s%s:", prefix, campaign));
}

static void command_held_reasons(struct command *c)
{
	for (size_t i = 0; i < HELD_BLOCKS; i++)
		command_text(c, block_code(held_blocks[i]));
}

static int write_to(struct app *app, const char *list, const char *test_of, const struct campaign *former,
		    struct json_object *settings, const char **id, enum campaign_written *written, struct err *err)
{
	struct command c = script_new(app->mem, &script_campaign_write, 4);
	const char *agent = json_text(settings, "agent_id");
	struct reply r;

	*id = former ? former->id : random_id(app->mem);
	command_key(&c, KEY_CAMPAIGN, *id);
	command_text(&c, list);
	command_key(&c, KEY_AGENT, agent);
	command_text(&c, KEY_AGENT_REVISION);
	command_text(&c, *id);
	command_text(&c, json_write(settings));
	command_int(&c, clock_wall_ms(app->clock));
	command_int(&c, former ? former->revision : 0);
	command_text(&c, agent);
	command_text(&c, former ? former->agent_id : NULL);
	command_text(&c, KEY_AGENT_CAMPAIGNS);
	command_text(&c, test_of);
	if (script_run(app->store, &script_campaign_write, &c, &r, err))
		return -1;
	if (r.type != REPLY_NUMBER || r.number == -1)
		return err_set(err, ERR_MISSING, "no such campaign");
	*written = r.number > 0 ? CAMPAIGN_WRITTEN : r.number == 0 ? CAMPAIGN_CHANGED_SINCE : CAMPAIGN_WITHOUT_AGENT;
	return 0;
}

int campaign_write(struct app *app, const struct campaign *former, struct json_object *settings, const char **id,
		   enum campaign_written *written, struct err *err)
{
	return write_to(app, KEY_CAMPAIGNS, NULL, former, settings, id, written, err);
}

int campaign_write_test(struct app *app, const char *test_of, struct json_object *settings, const char **id,
			enum campaign_written *written, struct err *err)
{
	return write_to(app, KEY_TEST_CALLS, test_of, NULL, settings, id, written, err);
}

/* ---- states ---- */

/* The event of a new state behind its number (live/events.h). */
static const char *state_event(struct app *app, enum campaign_state state, const char *reason)
{
	struct json_object *o = json_owned(app->mem, json_object_new_object());
	char at[ISO_TIME_SIZE];

	iso_time_format(clock_wall_ms(app->clock), at);
	json_put(o, "at", at);
	json_put(o, "type", "state");
	json_put(o, "state", campaign_state_name(state));
	json_put(o, "state_reason", reason);
	return arena_join(app->mem, ",", json_write(o) + 1);
}

/* " running paused " */
static const char *state_list(struct arena *mem, unsigned states)
{
	const char *list = " ";

	for (int i = CAMPAIGN_DRAFT; i <= CAMPAIGN_STOPPED; i++)
		if (states >> i & 1)
			list = arena_printf(mem, "%s%s ", list, campaign_state_name((enum campaign_state)i));
	return list;
}

int campaign_move(struct app *app, const char *id, unsigned from, enum campaign_state to, const char *reason,
		  bool *changed, struct err *err)
{
	struct command c = script_new(app->mem, &script_campaign_move, 5);
	struct reply r;

	command_key(&c, KEY_CAMPAIGN, id);
	command_text(&c, KEY_CAMPAIGNS_ACTIVE);
	command_key(&c, KEY_EVENTS, id);
	command_text(&c, KEY_LIVE);
	command_text(&c, KEY_CAMPAIGNS_QUIET);
	command_text(&c, id);
	command_text(&c, state_list(app->mem, from));
	command_text(&c, campaign_state_name(to));
	command_text(&c, reason);
	command_int(&c, clock_wall_ms(app->clock));
	command_text(&c, state_event(app, to, reason));
	command_text(&c, random_id(app->mem));
	if (script_run(app->store, &script_campaign_move, &c, &r, err))
		return -1;
	if (r.number < 0)
		return err_set(err, ERR_MISSING, "no such campaign");
	*changed = r.number == 1;
	return 0;
}

int campaign_sweep(struct app *app, const char *id, bool *more, struct err *err)
{
	struct command c = script_new(app->mem, &script_campaign_sweep, 6);
	struct reply r;

	command_key(&c, KEY_CAMPAIGN, id);
	command_key(&c, KEY_COUNTS, id);
	command_key(&c, KEY_OUTCOMES, id);
	command_key(&c, KEY_GROUPS, id);
	command_text(&c, KEY_CAMPAIGNS_ACTIVE);
	command_text(&c, KEY_LIVE);
	command_text(&c, id);
	command_int(&c, BATCH);
	command_prefix(&c, KEY_LEAD, id);
	command_prefix(&c, KEY_DUE, id);
	command_prefix(&c, KEY_HELD, id);
	command_held_reasons(&c);
	if (script_run(app->store, &script_campaign_sweep, &c, &r, err))
		return -1;
	*more = r.number == 1;
	return 0;
}

int campaign_complete_if_done(struct app *app, const struct campaign *campaign, bool *completed, struct err *err)
{
	static const char reason[] = "All leads are done.";
	struct command c = script_new(app->mem, &script_campaign_complete, 7);
	const char *id = campaign->id;
	struct agent agent;
	struct reply r;

	*completed = false;
	if (agent_load(app, campaign->agent_id, &agent, err))
		return -1;
	command_key(&c, KEY_CAMPAIGN, id);
	command_key(&c, KEY_COUNTS, id);
	command_key(&c, KEY_OUTCOMES, id);
	command_key(&c, KEY_GROUPS, id);
	command_text(&c, KEY_CAMPAIGNS_ACTIVE);
	command_key(&c, KEY_EVENTS, id);
	command_text(&c, KEY_LIVE);
	command_text(&c, id);
	command_int(&c, BATCH);
	command_prefix(&c, KEY_LEAD, id);
	command_prefix(&c, KEY_HELD, id);
	command_int(&c, agent.revision);
	command_int(&c, campaign->revision);
	command_int(&c, clock_wall_ms(app->clock));
	command_text(&c, reason);
	command_text(&c, state_event(app, CAMPAIGN_COMPLETED, reason));
	if (script_run(app->store, &script_campaign_complete, &c, &r, err))
		return -1;
	*completed = r.number == 2;
	return 0;
}

/* ---- deletion ---- */

int campaign_delete(struct app *app, const char *id, enum campaign_deleted *deleted, struct err *err)
{
	static const char *const words[] = { [CAMPAIGN_DELETED] = "ok", [CAMPAIGN_IS_RUNNING] = "running",
					     [CAMPAIGN_IS_CALLING] = "calling", [CAMPAIGN_IS_COPIED] = "copied" };
	struct command c = script_new(app->mem, &script_campaign_delete, 5);
	struct reply r;

	command_key(&c, KEY_CAMPAIGN, id);
	command_text(&c, KEY_CAMPAIGNS);
	command_text(&c, KEY_CAMPAIGNS_ACTIVE);
	command_key(&c, KEY_LIVE_CALLS, id);
	command_text(&c, KEY_LIVE);
	command_text(&c, id);
	command_text(&c, KEY_AGENT_CAMPAIGNS);
	if (script_run(app->store, &script_campaign_delete, &c, &r, err))
		return -1;
	for (size_t i = 0; i < ARRAY_LEN(words); i++) {
		if (str_eq(r.text, str_from(words[i]))) {
			*deleted = (enum campaign_deleted)i;
			return 0;
		}
	}
	return err_set(err, ERR_MISSING, "no such campaign");
}

int campaign_delete_batch(struct app *app, const char *id, bool *more, struct err *err)
{
	struct command c = script_new(app->mem, &script_campaign_delete_some, 13);
	struct reply r;

	command_key(&c, KEY_CAMPAIGN, id);
	command_text(&c, KEY_CAMPAIGNS_ACTIVE);
	command_key(&c, KEY_CALLS, id);
	command_text(&c, KEY_CALLS_OPEN);
	command_text(&c, KEY_CALLS_ALL);
	command_key(&c, KEY_GROUPS, id);
	command_key(&c, KEY_COUNTS, id);
	command_key(&c, KEY_OUTCOMES, id);
	command_key(&c, KEY_SERIES, id);
	command_key(&c, KEY_LIVE_CALLS, id);
	command_key(&c, KEY_EVENTS, id);
	command_key(&c, KEY_PACE, id);
	command_key(&c, KEY_VARIABLES, id);
	command_text(&c, id);
	command_int(&c, BATCH);
	command_prefix(&c, KEY_LEAD, id);
	command_prefix(&c, KEY_PHONES, id);
	command_int(&c, LEAD_BUCKETS);
	command_text(&c, KEY_CALL);
	command_text(&c, KEY_SID);
	command_prefix(&c, KEY_DUE, id);
	command_prefix(&c, KEY_HELD, id);
	command_held_reasons(&c);
	if (script_run(app->store, &script_campaign_delete_some, &c, &r, err))
		return -1;
	*more = r.number == 1;
	return 0;
}
