/* See session_page.h. */
#include "screening/session_page.h"

#include "screening/evaluation.h"
#include "store/keys.h"
#include "store/store.h"

#define VERDICT_NONE "none"

enum { BATCH = SESSION_ROWS, MOST_LOOKED_AT = 2000 };

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

bool session_verdict_is_known(const char *verdict)
{
	static const char *const words[] = { RESULT_PASS, RESULT_FAIL, RESULT_INCONCLUSIVE, VERDICT_NONE };

	for (size_t i = 0; i < ARRAY_LEN(words); i++)
		if (!strcmp(words[i], verdict))
			return true;
	return false;
}

static bool holds(const char *text, struct str part)
{
	struct str s = str_from(text);

	for (size_t i = 0; i + part.len <= s.len; i++)
		if (str_eq_nocase((struct str){ s.ptr + i, part.len }, part))
			return true;
	return false;
}

int64_t *session_since(struct session_filter *f, const char *name)
{
	if (!strcmp(name, "invited_since"))
		return &f->invited_ms;
	if (!strcmp(name, "begun_since"))
		return &f->begun_ms;
	return strcmp(name, "evaluated_since") ? NULL : &f->evaluated_ms;
}

static bool happened_since(const struct session_filter *f, const struct session_row *row)
{
	return (!f->invited_ms || row->created_ms >= f->invited_ms) && (!f->begun_ms || row->started_ms >= f->begun_ms) &&
	       (!f->evaluated_ms || row->evaluated_ms >= f->evaluated_ms);
}

bool session_matches(const struct session_filter *f, const struct session_row *row, int64_t now_ms)
{
	const char *decision = session_decision(row);
	struct str part = str_from(f->search);

	if ((f->stage && strcmp(session_stage(row, now_ms), f->stage)) || !happened_since(f, row))
		return false;
	if (f->verdict && strcmp(decision && *decision ? decision : VERDICT_NONE, f->verdict))
		return false;
	return !part.len || holds(row->candidate_name, part) || holds(row->job_title, part) || holds(row->company_name, part) ||
	       holds(row->identifier, part) || (f->by_email && holds(row->candidate_email, part));
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

/* The rows of one batch's ids. */
static int read_rows(struct app *app, const struct reply *r, struct session_row **rows, struct err *err)
{
	size_t count = r->count / 2;
	const char **ids = arena_alloc(app->mem, (count + 1) * sizeof(*ids));

	*rows = arena_alloc(app->mem, (count + 1) * sizeof(**rows));
	for (size_t i = 0; i < count; i++)
		ids[i] = r->items[2 * i].text.ptr;
	return session_rows_get(app, ids, count, *rows, err);
}

/* Adds what is wanted of a batch; *full when the page ended within it. */
static bool take_batch(struct app *app, const struct reply *r, const struct session_row *rows, struct session_place after,
		       const struct session_filter *filter, size_t max, struct session_page *page)
{
	for (size_t i = 0; i + 1 < r->count; i += 2) {
		struct session_place at = { 0, r->items[i].text.ptr };

		reply_int(&r->items[i + 1], &at.created_ms);
		if (!is_past(at, after))
			continue;
		/* One more exists, so `more` is known without asking again. */
		if (page->count == max) {
			page->more = true;
			return true;
		}
		if (rows[i / 2].id && session_matches(filter, &rows[i / 2], clock_wall_ms(app->clock)))
			page->rows[page->count++] = rows[i / 2];
		page->next = at;
	}
	return false;
}

int session_page_read(struct app *app, struct session_place after, const struct session_filter *filter, size_t max,
		      struct session_page *page, struct err *err)
{
	struct reply r;

	*page = (struct session_page){ .rows = arena_alloc(app->mem, (max + 1) * sizeof(*page->rows)), .next = after };
	for (size_t offset = 0;; offset += BATCH) {
		struct session_row *rows;

		if (read_batch(app, after, offset, &r, err))
			return -1;
		if (offset >= MOST_LOOKED_AT && r.count) {
			page->more = true;
			return 0;
		}
		if (read_rows(app, &r, &rows, err))
			return -1;
		if (take_batch(app, &r, rows, after, filter, max, page) || r.count / 2 < BATCH)
			return 0;
	}
}

int session_each(struct app *app, size_t most, session_visit_fn *visit, void *ctx, bool *whole, struct err *err)
{
	struct reply r;

	*whole = true;
	for (size_t offset = 0;; offset += BATCH) {
		struct session_row *rows;

		if (read_batch(app, (struct session_place){ 0, NULL }, offset, &r, err))
			return -1;
		if (offset >= most && r.count) {
			*whole = false;
			return 0;
		}
		if (read_rows(app, &r, &rows, err))
			return -1;
		for (size_t i = 0; i < r.count / 2; i++)
			if (rows[i].id && !visit(ctx, &rows[i]))
				return 0;
		if (r.count / 2 < BATCH)
			return 0;
	}
}
