/* See group.h. */
#include "campaign/group.h"

#include <string.h>

#include "store/keys.h"
#include "store/store.h"

static size_t count_zones(const char *name)
{
	size_t n = 1;

	for (; *name; name++)
		n += *name == '&';
	return n;
}

static void load_windows(struct arena *mem, const struct campaign *c, struct group *g)
{
	struct str rest = str_from(g->name);

	if (!c->recipient_hours.set)
		return;
	g->windows = arena_alloc(mem, count_zones(g->name) * sizeof(*g->windows));
	while (rest.ptr) {
		struct str name = str_cut(rest, '&', &rest);
		struct window *w = &g->windows[g->count];
		struct err unknown = { 0 };

		*w = (struct window){ .hours = &c->recipient_hours, .zone = c->zone };
		if (name.len && zone_load(mem, arena_strndup(mem, name.ptr, name.len), &w->zone, &unknown))
			g->unknown = true;
		else
			g->count++;
	}
}

int groups_load(struct app *app, const struct campaign *c, struct group **groups, size_t *count, struct err *err)
{
	struct reply all;

	if (store_call(app->store, app->mem, &all, err, "HGETALL", key_of(app->mem, KEY_GROUPS, c->id), NULL))
		return -1;
	*count = 0;
	*groups = arena_alloc(app->mem, (all.count / 2 + 1) * sizeof(**groups));
	for (size_t i = 0; i + 1 < all.count; i += 2) {
		struct group *g = &(*groups)[*count];
		int64_t number;

		if (!reply_int(&all.items[i + 1], &number))
			return err_set(err, ERR_SYSTEM, "a group without its number");
		*g = (struct group){ .number = (int)number, .name = all.items[i].text.len ? reply_text(&all.items[i]) : "" };
		load_windows(app->mem, c, g);
		++*count;
	}
	return 0;
}

void group_named(struct app *app, const struct campaign *c, const char *name, struct group *group)
{
	*group = (struct group){ .name = name };
	load_windows(app->mem, c, group);
}

const struct group *group_numbered(const struct group *groups, size_t count, int number)
{
	for (size_t i = 0; i < count; i++)
		if (groups[i].number == number)
			return &groups[i];
	return NULL;
}

struct eligibility_facts group_facts(const struct campaign *c, const struct group *g, int64_t placed_today, int64_t now_ms)
{
	return (struct eligibility_facts){
		.now_ms = now_ms,
		.running = c->state == CAMPAIGN_RUNNING,
		.campaign = { &c->hours, c->zone, &c->holidays },
		.recipient = g ? g->windows : NULL,
		.recipient_count = g ? g->count : 0,
		.zone_unknown = !g || g->unknown,
		.placed_today = placed_today,
		.daily_cap = c->daily_cap,
		.next_day_ms = campaign_next_day_ms(c, now_ms),
		.max_attempts = c->retry.max_attempts,
	};
}

bool group_may_be_called(const struct campaign *c, const struct group *g, int64_t at_ms)
{
	struct eligibility_facts facts = group_facts(c, g, 0, at_ms);

	return eligibility(&facts).block == BLOCK_NONE;
}

int64_t group_open_until(const struct group *g, int64_t now_ms)
{
	int64_t first = INT64_MAX;

	for (size_t i = 0; i < g->count; i++) {
		const struct window *w = &g->windows[i];
		int64_t until = calling_hours_until(w->hours, w->zone, w->holidays, now_ms);

		if (until < first)
			first = until;
	}
	return first;
}
