/* See status.h. */
#include "campaign/status.h"

#include "store/keys.h"
#include "store/scripts.h"

const char *placed_key(struct app *app, const struct campaign *c, int64_t now_ms)
{
	char day[DAY_SIZE];

	campaign_day(c, now_ms, day);
	return arena_printf(app->mem, KEY_PLACED "%s:%s", c->id, day);
}

/* ---- the whole campaign ---- */

static bool read_standing(const struct reply *r, struct standing *s)
{
	if (r->type != REPLY_LIST || r->count != 4 + 2 * HELD_BLOCKS || !reply_int(&r->items[0], &s->number) ||
	    !reply_int(&r->items[1], &s->due) || !reply_int(&r->items[2], &s->later))
		return false;
	reply_int(&r->items[3], &s->later_first_ms);
	for (size_t i = 0; i < HELD_BLOCKS; i++) {
		if (!reply_int(&r->items[4 + 2 * i], &s->held[i]))
			return false;
		reply_int(&r->items[5 + 2 * i], &s->held_first_ms[i]);
	}
	return true;
}

int status_snapshot(struct app *app, const char *id, int64_t now_ms, struct status_snapshot *s, struct err *err)
{
	struct command c = script_new(app->mem, &script_status_read, 5);
	struct reply r;

	/* Its zone says which day it is there. */
	if (campaign_load(app, id, &s->campaign, err))
		return -1;
	command_text(&c, key_of(app->mem, KEY_CAMPAIGN, id));
	command_text(&c, key_of(app->mem, KEY_COUNTS, id));
	command_text(&c, key_of(app->mem, KEY_OUTCOMES, id));
	command_text(&c, placed_key(app, &s->campaign, now_ms));
	command_text(&c, key_of(app->mem, KEY_GROUPS, id));
	command_int(&c, now_ms);
	command_text(&c, arena_printf(app->mem, KEY_DUE "%s:", id));
	command_text(&c, arena_printf(app->mem, KEY_HELD "%s:", id));
	for (size_t i = 0; i < HELD_BLOCKS; i++)
		command_text(&c, block_code(held_blocks[i]));
	if (script_run(app->store, &script_status_read, &c, &r, err))
		return -1;
	if (r.type != REPLY_LIST || r.count < 4)
		return err_set(err, ERR_SYSTEM, "status: an answer that is none");
	if (campaign_of_row(app, id, &r.items[0], &s->campaign, err))
		return -1;
	s->counts = r.items[1];
	s->outcomes = r.items[2];
	if (!reply_int(&r.items[3], &s->placed_today))
		s->placed_today = 0;
	s->count = r.count - 4;
	s->standings = arena_alloc(app->mem, s->count * sizeof(*s->standings) + 1);
	for (size_t i = 0; i < s->count; i++)
		if (!read_standing(&r.items[4 + i], &s->standings[i]))
			return err_set(err, ERR_SYSTEM, "status: a group that is none");
	return 0;
}

static bool lifts_with_time(enum block held)
{
	return held != BLOCK_MISSING_VARIABLE && held != BLOCK_TEXT_REFUSED;
}

/* The first time at which one of the group's leads is looked at; -1 when there is none to look at. */
static int64_t first_look(const struct standing *s, int64_t now_ms)
{
	int64_t first = s->due > s->later ? now_ms : -1;

	if (first < 0 && s->later)
		first = s->later_first_ms;
	for (size_t i = 0; i < HELD_BLOCKS; i++) {
		int64_t look = s->held_first_ms[i] > now_ms ? s->held_first_ms[i] : now_ms;

		if (s->held[i] && lifts_with_time(held_blocks[i]) && (first < 0 || look < first))
			first = look;
	}
	return first;
}

/* Adds the group's leads to the reasons against them, and brings *next_ms forward. */
static void add_standing(const struct status_snapshot *s, const struct standing *at, const struct group *g, int64_t now_ms,
			 int64_t blocked[BLOCK_COUNT], int64_t *next_ms)
{
	struct eligibility_facts facts = group_facts(&s->campaign, g, s->placed_today, now_ms);
	enum block block = eligibility(&facts).block;
	int64_t next;

	for (size_t i = 0; i < HELD_BLOCKS; i++)
		blocked[block == BLOCK_NONE ? held_blocks[i] : block] += at->held[i];
	if (block == BLOCK_NONE)
		blocked[BLOCK_RETRY_DELAY] += at->later;
	else
		blocked[block] += at->due;
	facts.retry_ms = first_look(at, now_ms);
	if (facts.retry_ms < 0)
		return;
	next = eligibility(&facts).next_ms;
	if (next && (!*next_ms || next < *next_ms))
		*next_ms = next;
}

static struct json_object *counts_json(const struct reply *counts)
{
	static const char *const names[] = { "total", "pending", "calling", "waiting", "done" };
	struct json_object *o = json_object_new_object();

	for (size_t i = 0; i < ARRAY_LEN(names); i++)
		json_put_int(o, names[i], reply_field_int(counts, names[i], 0));
	return o;
}

static struct json_object *outcomes_json(const struct reply *outcomes)
{
	struct json_object *o = json_object_new_object();
	int64_t n;

	for (size_t i = 0; i + 1 < outcomes->count; i += 2)
		if (reply_int(&outcomes->items[i + 1], &n) && n)
			json_put_int(o, outcomes->items[i].text.ptr, n);
	return o;
}

/* Those that most readers ask for stand there always. */
static struct json_object *blocked_json(const int64_t blocked[BLOCK_COUNT])
{
	static const enum block always[] = { BLOCK_OUTSIDE_HOURS, BLOCK_RECIPIENT_HOURS, BLOCK_DAILY_CAP,
					     BLOCK_MISSING_VARIABLE, BLOCK_RETRY_DELAY };
	struct json_object *o = json_object_new_object();

	for (size_t i = 0; i < ARRAY_LEN(always); i++)
		json_put_int(o, block_code(always[i]), blocked[always[i]]);
	for (int i = BLOCK_NONE + 1; i < BLOCK_COUNT; i++)
		if (blocked[i])
			json_put_int(o, block_code((enum block)i), blocked[i]);
	return o;
}

static struct json_object *snapshot_json(struct app *app, const struct status_snapshot *s, const int64_t blocked[BLOCK_COUNT],
					 int64_t next_ms)
{
	struct json_object *o = json_owned(app->mem, json_object_new_object());
	const struct campaign *c = &s->campaign;
	char next[ISO_TIME_SIZE];

	if (next_ms)
		iso_time_format(next_ms, next);
	json_put(o, "id", c->id);
	json_put(o, "state", campaign_state_name(c->state));
	json_put(o, "state_reason", c->state_reason);
	json_put_int(o, "seq", c->seq);
	json_object_object_add(o, "counts", counts_json(&s->counts));
	json_object_object_add(o, "outcomes", outcomes_json(&s->outcomes));
	json_put_int(o, "attempts", reply_field_int(&s->counts, "attempts", 0));
	json_put_int(o, "placed_today", s->placed_today);
	json_put_int(o, "daily_cap", c->daily_cap);
	json_object_object_add(o, "blocked", blocked_json(blocked));
	json_put(o, "next_call_at", next_ms ? next : NULL);
	return o;
}

int status_json(struct app *app, const char *campaign, struct json_object **status, struct err *err)
{
	int64_t now = clock_wall_ms(app->clock), blocked[BLOCK_COUNT] = { 0 }, next = 0;
	struct status_snapshot s = { 0 };
	struct group *groups;
	size_t count;

	/* Groups only come: those read last hold all that were read first. */
	if (status_snapshot(app, campaign, now, &s, err) || groups_load(app, &s.campaign, &groups, &count, err))
		return -1;
	for (size_t i = 0; i < s.count; i++)
		add_standing(&s, &s.standings[i], group_numbered(groups, count, (int)s.standings[i].number), now, blocked,
			     &next);
	*status = snapshot_json(app, &s, blocked, next);
	return 0;
}
