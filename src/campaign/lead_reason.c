/* See status.h: why one lead is not called now. */
#include <string.h>

#include "campaign/agent.h"
#include "campaign/script_text.h"
#include "campaign/status.h"
#include "store/keys.h"

static const char *state_sentence(enum campaign_state state)
{
	switch (state) {
	case CAMPAIGN_DRAFT:
		return "The campaign has not been started.";
	case CAMPAIGN_PAUSED:
		return "The campaign is paused.";
	case CAMPAIGN_COMPLETED:
		return "The campaign is completed.";
	case CAMPAIGN_STOPPED:
		return "The campaign is stopped.";
	default:
		return block_sentence(NULL, BLOCK_NOT_RUNNING, NULL);
	}
}

/* What Redis knows about this lead alone. */
static int add_lead_facts(struct app *app, const struct campaign *c, const struct lead *lead, struct eligibility_facts *f,
			  struct err *err)
{
	enum { PLACED, LISTED, LIVE, HELD, QUESTIONS };
	const char *held = lead->held ? lead->held : "";
	struct command questions[QUESTIONS];
	struct reply r[QUESTIONS];
	int64_t until = 0;

	questions[PLACED] = command_new(app->mem, "GET");
	command_text(&questions[PLACED], placed_key(app, c, f->now_ms));
	questions[LISTED] = command_new(app->mem, "HEXISTS");
	command_text(&questions[LISTED], KEY_DO_NOT_CALL);
	command_text(&questions[LISTED], lead->phone);
	questions[LIVE] = command_new(app->mem, "HEXISTS");
	command_text(&questions[LIVE], KEY_NUMBERS_LIVE);
	command_text(&questions[LIVE], lead->phone);
	questions[HELD] = command_new(app->mem, "ZSCORE");
	command_text(&questions[HELD], held_key(app->mem, c->id, lead->group, held));
	command_int(&questions[HELD], lead->number);
	if (store_pipeline(app->store, questions, QUESTIONS, r, err))
		return -1;
	if (!reply_int(&r[PLACED], &f->placed_today))
		f->placed_today = 0;
	f->suppressed = r[LISTED].number == 1;
	f->number_busy = r[LIVE].number == 1;
	if (reply_int(&r[HELD], &until) && !strcmp(held, block_code(BLOCK_CONTACT_GAP)))
		f->contact_gap_until_ms = until;
	else if (until && !strcmp(held, block_code(BLOCK_CONTACT_LIMIT)))
		f->contact_limit_until_ms = until;
	f->text_refused = !strcmp(held, block_code(BLOCK_TEXT_REFUSED));
	f->attempts = lead->attempts;
	f->retry_ms = lead->next_ms;
	return 0;
}

int lead_reasons_load(struct app *app, const struct campaign *c, struct lead_reasons *reasons, struct err *err)
{
	struct agent agent;

	*reasons = (struct lead_reasons){ .campaign = c };
	if (c->state != CAMPAIGN_RUNNING)
		return 0;
	if (groups_load(app, c, &reasons->groups, &reasons->group_count, err))
		return -1;
	if (agent_load(app, c->agent_id, &agent, err))
		return -1;
	reasons->script = agent.script;
	return 0;
}

static const char *missing_variable(struct app *app, const char *script, const struct lead *lead)
{
	struct lead copy = *lead; /* the lookup's context is not const */
	const char *missing = NULL;

	if (script)
		(void)script_render(app->mem, str_from(script), lead_lookup, &copy, &missing);
	return missing;
}

int lead_reason(struct app *app, const struct lead_reasons *reasons, const struct lead *lead, const char **reason,
		int64_t *next_ms, struct err *err)
{
	const struct campaign *c = reasons->campaign;
	struct eligibility_facts facts;
	struct eligibility e;

	*reason = NULL;
	if (next_ms)
		*next_ms = 0;
	if (lead->state == LEAD_DONE || lead->state == LEAD_CALLING)
		return 0;
	*reason = state_sentence(c->state);
	if (c->state != CAMPAIGN_RUNNING)
		return 0;
	facts = group_facts(c, group_numbered(reasons->groups, reasons->group_count, lead->group), 0,
			     clock_wall_ms(app->clock));
	if (add_lead_facts(app, c, lead, &facts, err))
		return -1;
	facts.missing_variable = missing_variable(app, reasons->script, lead);
	e = eligibility(&facts);
	*reason = e.block == BLOCK_NONE ? "This lead is called when it is its turn, at the campaign's pace."
					: block_sentence(app->mem, e.block, facts.missing_variable);
	if (next_ms)
		*next_ms = e.next_ms;
	return 0;
}
