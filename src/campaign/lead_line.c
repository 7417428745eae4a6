/* See lead_line.h. */
#include "campaign/lead_line.h"

#include <inttypes.h>
#include <stdlib.h>

#include "app.h"

struct due {
	int64_t number, score;
};

/* A time is above every number (lead.h), but goes first. */
static int by_turn(const void *a, const void *b)
{
	const struct due *x = a, *y = b;
	bool x_retry = x->score >= LEAD_SCORE_TIME, y_retry = y->score >= LEAD_SCORE_TIME;

	if (x_retry != y_retry)
		return x_retry ? -1 : 1;
	return (x->score > y->score) - (x->score < y->score);
}

static struct command due_command(struct app *app, const char *key, bool retries, int64_t at_ms, size_t most)
{
	const char *border = arena_printf(app->mem, "%lld", LEAD_SCORE_TIME);
	struct command c = command_new(app->mem, "ZRANGEBYSCORE");

	command_text(&c, key);
	command_text(&c, retries ? border : "-inf");
	command_text(&c, retries ? arena_printf(app->mem, "%" PRId64, at_ms) : arena_join(app->mem, "(", border));
	command_text(&c, "WITHSCORES");
	command_text(&c, "LIMIT");
	command_int(&c, 0);
	command_int(&c, (int64_t)most);
	return c;
}

static void take_due(const struct reply *r, struct due *due, size_t *count)
{
	for (size_t i = 0; i + 1 < r->count; i += 2) {
		struct due *d = &due[*count];

		if (reply_int(&r->items[i], &d->number) && reply_int(&r->items[i + 1], &d->score))
			++*count;
	}
}

/* The first of every group, merged. */
static int read_due(struct app *app, const char *campaign, const struct group *const *groups, size_t group_count,
		    int64_t at_ms, size_t most, struct due **due, size_t *count, struct err *err)
{
	size_t n = group_count * 2, total = 0;
	struct command *commands = arena_alloc(app->mem, (n + 1) * sizeof(*commands));
	struct reply *replies = arena_alloc(app->mem, (n + 1) * sizeof(*replies));

	for (size_t i = 0; i < n; i++)
		commands[i] = due_command(app, due_key(app->mem, campaign, groups[i / 2]->number), i % 2 == 0, at_ms, most);
	*count = 0;
	if (n && store_pipeline(app->store, commands, n, replies, err))
		return -1;
	for (size_t i = 0; i < n; i++)
		total += replies[i].count / 2;
	*due = arena_alloc(app->mem, (total + 1) * sizeof(**due));
	for (size_t i = 0; i < n; i++)
		take_due(&replies[i], *due, count);
	qsort(*due, *count, sizeof(**due), by_turn);
	if (*count > most)
		*count = most;
	return 0;
}

static int read_leads(struct app *app, const char *campaign, const struct due *due, size_t n, struct lead **leads,
		      size_t *count, struct err *err)
{
	struct command *commands = arena_alloc(app->mem, (n + 1) * sizeof(*commands));
	struct reply *replies = arena_alloc(app->mem, (n + 1) * sizeof(*replies));

	*count = 0;
	*leads = arena_alloc(app->mem, (n + 1) * sizeof(**leads));
	for (size_t i = 0; i < n; i++) {
		commands[i] = command_new(app->mem, "HGETALL");
		command_text(&commands[i], lead_key(app->mem, campaign, due[i].number));
	}
	if (n && store_pipeline(app->store, commands, n, replies, err))
		return -1;
	for (size_t i = 0; i < n; i++)
		if (lead_of(app->mem, due[i].number, &replies[i], &(*leads)[*count]))
			++*count;
	return 0;
}

int lead_line_first(struct app *app, const char *campaign, const struct group *const *groups, size_t group_count,
		    int64_t at_ms, size_t most, struct lead **leads, size_t *count, struct err *err)
{
	struct due *due;
	size_t n;

	if (read_due(app, campaign, groups, group_count, at_ms, most, &due, &n, err))
		return -1;
	return read_leads(app, campaign, due, n, leads, count, err);
}
