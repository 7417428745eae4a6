/* See session_page.h. */
#include "screening/session_page.h"

#include "store/keys.h"
#include "store/store.h"

enum { BATCH = 100, MOST_LOOKED_AT = 2000 };

bool session_stage_is_known(const char *stage)
{
	static const char *const stages[] = {
		"invited", "opened", "started", "ended", "evaluated", "moved", "expired", "revoked",
	};

	for (size_t i = 0; i < ARRAY_LEN(stages); i++)
		if (!strcmp(stages[i], stage))
			return true;
	return false;
}

/* Ids and times, from the place's time on; `offset` counts from there. */
static int read_batch(struct app *app, struct session_place from, size_t offset, struct reply *r, struct err *err)
{
	struct command c = command_new(app->mem, "ZREVRANGEBYSCORE");

	command_text(&c, KEY_SESSIONS);
	if (from.id)
		command_int(&c, from.created_ms);
	else
		command_text(&c, "+inf");
	command_text(&c, "-inf");
	command_text(&c, "WITHSCORES");
	command_text(&c, "LIMIT");
	command_int(&c, (int64_t)offset);
	command_int(&c, BATCH);
	return store_run(app->store, &c, r, err);
}

/* Redis orders equal times by id, here descending. */
static bool is_past(struct session_place at, struct session_place after)
{
	return !after.id || at.created_ms < after.created_ms ||
	       (at.created_ms == after.created_ms && strcmp(at.id, after.id) < 0);
}

/* Adds the session if it is wanted. */
static int take(struct app *app, struct session_place at, const char *stage, struct session_page *page,
		struct err *err)
{
	struct session_row *row = &page->rows[page->count];
	bool found;

	if (session_row_get(app, at.id, row, &found, err))
		return -1;
	if (found && (!stage || !strcmp(session_stage(row, clock_wall_ms(app->clock)), stage)))
		page->count++;
	page->next = at;
	return 0;
}

int session_page_read(struct app *app, struct session_place after, const char *stage, size_t max,
		      struct session_page *page, struct err *err)
{
	struct reply r;

	*page = (struct session_page){ .rows = arena_alloc(app->mem, (max + 1) * sizeof(*page->rows)), .next = after };
	for (size_t offset = 0;; offset += BATCH) {
		if (read_batch(app, after, offset, &r, err))
			return -1;
		for (size_t i = 0; i + 1 < r.count; i += 2) {
			struct session_place at = { 0, r.items[i].text.ptr };

			reply_int(&r.items[i + 1], &at.created_ms);
			if (!is_past(at, after))
				continue;
			/* One more exists, so `more` is known without asking again. */
			if (page->count == max || offset >= MOST_LOOKED_AT) {
				page->more = true;
				return 0;
			}
			if (take(app, at, stage, page, err))
				return -1;
		}
		if (r.count / 2 < BATCH)
			return 0;
	}
}
