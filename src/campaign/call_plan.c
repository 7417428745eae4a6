/* See call_plan.h. */
#include "campaign/call_plan.h"

static int64_t earlier(int64_t a, int64_t b)
{
	return a < b ? a : b;
}

static void find_open(struct app *app, struct call_plan *plan, int64_t now)
{
	const struct campaign *c = &plan->campaign;

	plan->open = arena_alloc(app->mem, (plan->group_count + 1) * sizeof(struct group *));
	plan->until_ms = earlier(campaign_next_day_ms(c, now),
				 calling_hours_until(&c->hours, c->zone, &c->holidays, now));
	for (size_t i = 0; i < plan->group_count; i++) {
		const struct group *g = &plan->groups[i];

		if (!group_may_be_called(c, g, now))
			continue;
		plan->open[plan->open_count++] = g;
		plan->until_ms = earlier(plan->until_ms, group_open_until(g, now));
	}
}

int call_plan_make(struct app *app, const char *campaign, struct call_plan *plan, struct err *err)
{
	int64_t now = clock_wall_ms(app->clock);

	*plan = (struct call_plan){ 0 };
	if (campaign_load(app, campaign, &plan->campaign, err) ||
	    agent_load(app, plan->campaign.agent_id, &plan->agent, err) ||
	    groups_load(app, &plan->campaign, &plan->groups, &plan->group_count, err))
		return -1;
	campaign_day(&plan->campaign, now, plan->day);
	find_open(app, plan, now);
	return 0;
}
