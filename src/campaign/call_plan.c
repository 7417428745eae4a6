/* See call_plan.h. */
#include "campaign/call_plan.h"

static int64_t earlier(int64_t a, int64_t b)
{
	return a < b ? a : b;
}

/* The next midnight of the campaign, when its daily cap begins anew. */
static int64_t day_end_ms(const struct campaign *c, int64_t now)
{
	struct civil local, next;

	zone_local(c->zone, now, &local);
	next = civil_from_ms((days_from_civil(local.year, local.month, local.day) + 1) * 86400000);
	return zone_instant(c->zone, (int)next.year, next.month, next.day, 0);
}

static void find_open(struct app *app, struct call_plan *plan, int64_t now)
{
	const struct campaign *c = &plan->campaign;

	plan->open = arena_alloc(app->mem, (plan->group_count + 1) * sizeof(struct group *));
	plan->until_ms = day_end_ms(c, now);
	if (!calling_hours_open(&c->hours, c->zone, &c->holidays, now))
		return;
	plan->until_ms = earlier(plan->until_ms, calling_hours_until(&c->hours, c->zone, &c->holidays, now));
	for (size_t i = 0; i < plan->group_count; i++) {
		int64_t until;

		if (!group_is_open(&plan->groups[i], now, &until))
			continue;
		plan->open[plan->open_count++] = &plan->groups[i];
		plan->until_ms = earlier(plan->until_ms, until);
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
	zone_day(plan->campaign.zone, now, plan->day);
	find_open(app, plan, now);
	return 0;
}
