/* The board of the interviews: by stage, with their age and what came out; or, when a stage is chosen, all of
 * it page by page. */
#include "access/actor.h"
#include "access/mask.h"
#include "app.h"
#include "base/limits.h"
#include "console/interviews.h"
#include "console/page.h"
#include "screening/interview_json.h"
#include "screening/orphan.h"
#include "screening/session_page.h"
#include "web/form.h"

/* A board is looked at, not read: the newest of each stage, and of so many interviews in all. */
enum { CARDS = 25, MOST = 2000, PAGE = 50 };

static const struct stage {
	const char *name, *words, *means;
} stages[] = {
	{ "invited", "Invited", "The mail went out" },
	{ "opened", "Opened", "The candidate saw the page" },
	{ "started", "Talking", "The talk began" },
	{ "ended", "Ended", "The evaluation is due" },
	{ "evaluated", "Evaluated", "A person decides" },
	{ "moved", "Moved", "The issue went on" },
	{ "expired", "Expired", "The link was not used in time" },
	{ "revoked", "Revoked", "The link was withdrawn" },
};

enum { STAGES = ARRAY_LEN(stages) };

const char *stage_words(const char *stage)
{
	for (size_t i = 0; i < STAGES; i++)
		if (!strcmp(stages[i].name, stage))
			return stages[i].words;
	return stage;
}

const char *result_tone(const char *result)
{
	if (!strcmp(result, "pass"))
		return "good";
	return strcmp(result, "fail") ? "warn" : "bad";
}

/* ---- what is asked for ---- */

struct wish {
	struct session_filter filter;
	struct session_place after;
	const char *query; /* the filters but the cursor, encoded */
	const char *but_stage; /* the same without the stage */
};

static void add_to_query(struct buf *query, const char *name, const char *value)
{
	if (!value || !*value)
		return;
	buf_printf(query, "%s%s=", query->len ? "&" : "", name);
	buf_url(query, str_from(value));
}

static const struct {
	const char *name, *words;
} sinces[] = {
	{ "invited_since", "invited since" }, { "begun_since", "begun since" }, { "evaluated_since", "evaluated since" },
};

static void read_since(const struct form *form, struct wish *w, struct buf *query)
{
	for (size_t i = 0; i < ARRAY_LEN(sinces); i++) {
		const char *value = form_get(form, sinces[i].name);

		if (value && iso_time_parse(str_from(value), session_since(&w->filter, sinces[i].name)))
			add_to_query(query, sinces[i].name, value);
	}
}

/* What cannot be meant is left out: an old bookmark shows the board. */
static int read_wish(const struct request *req, struct wish *w, struct err *err)
{
	struct form form = { 0 };
	const char *stage, *verdict, *search, *cursor;
	struct buf *query = buf_in(req->mem, 4096);

	*w = (struct wish){ .filter = { .by_email = req->actor->role >= ROLE_OPERATOR } };
	if (request_query(req, &form, err))
		return -1;
	stage = form_get(&form, "stage");
	verdict = form_get(&form, "verdict");
	search = form_get(&form, "search");
	cursor = form_get(&form, "cursor");
	if (stage && session_stage_is_known(stage))
		w->filter.stage = stage;
	if (verdict && session_verdict_is_known(verdict))
		w->filter.verdict = verdict;
	if (search && str_trim(str_from(search)).len)
		w->filter.search = arena_strndup(req->mem, str_trim(str_from(search)).ptr,
						 str_utf8_prefix(str_trim(str_from(search)), LIMIT_SEARCH));
	if (cursor && !interview_cursor_read(req->mem, str_from(cursor), &w->after))
		w->after = (struct session_place){ 0, NULL };
	read_since(&form, w, query);
	add_to_query(query, "verdict", w->filter.verdict);
	add_to_query(query, "search", w->filter.search);
	w->but_stage = arena_strdup(req->mem, query->ptr);
	add_to_query(query, "stage", w->filter.stage);
	w->query = query->ptr;
	return 0;
}

/* ---- cards ---- */

static bool mail_failed(const struct session_row *row)
{
	static const char *const bad[] = { "bounced", "failed", "complained", "suppressed" };

	for (size_t i = 0; row->email_state && i < ARRAY_LEN(bad); i++)
		if (!strcmp(row->email_state, bad[i]))
			return true;
	return false;
}

static void fill_card(const struct request *req, struct view *card, const struct session_row *row, const char *stage)
{
	const char *decision = session_decision(row);

	view_set(card, "ID", row->id);
	view_set(card, "NAME", row->candidate_name && *row->candidate_name ? shown_text(req, row->candidate_name) : "Without a name");
	view_set(card, "JOB", row->job_title && *row->job_title ? row->job_title : row->company_name);
	view_set(card, "ISSUE", row->identifier);
	page_time(card, "SINCE", session_stage_ms(row, stage));
	if (decision && *decision) {
		struct view *verdict = view_add(card, "VERDICT");

		view_set(verdict, "RESULT", decision);
		view_set(verdict, "TONE", result_tone(decision));
		if (row->override && *row->override)
			view_show(verdict, "BY_PERSON");
	}
	if (mail_failed(row))
		view_set(view_add(card, "MAIL"), "MAIL_STATE", row->email_state);
}

/* ---- the board ---- */

struct board {
	struct app *app;
	const struct request *req;
	const struct session_filter *filter;
	struct view *view;
	struct view *columns[STAGES];
	size_t counts[STAGES], cards[STAGES], seen, matching;
};

static bool visit(void *ctx, const struct session_row *row)
{
	struct board *b = ctx;
	int64_t now = clock_wall_ms(b->app->clock);
	const char *stage = session_stage(row, now);
	size_t i = 0;

	b->seen++;
	if (!session_matches(b->filter, row, now))
		return true;
	while (i + 1 < STAGES && strcmp(stages[i].name, stage))
		i++;
	b->counts[i]++;
	b->matching++;
	if (b->cards[i] < CARDS) {
		b->cards[i]++;
		fill_card(b->req, view_add(b->columns[i], "CARD"), row, stage);
	}
	return true;
}

static const char *address_of(struct arena *mem, const struct wish *w, const char *stage)
{
	return arena_printf(mem, "/console/interviews?%s%sstage=%s", w->but_stage, *w->but_stage ? "&" : "", stage);
}

static void begin_columns(struct board *b, const struct wish *w)
{
	for (size_t i = 0; i < STAGES; i++) {
		struct view *c = b->columns[i] = view_add(b->view, i < 6 ? "COLUMN" : "CLOSED");

		view_set(c, "STAGE", stages[i].name);
		view_set(c, "WORDS", stages[i].words);
		view_set(c, "MEANS", stages[i].means);
		view_set(c, "HREF", address_of(b->app->mem, w, stages[i].name));
	}
}

static void end_columns(struct board *b)
{
	for (size_t i = 0; i < STAGES; i++) {
		view_set_int(b->columns[i], "COUNT", (long long)b->counts[i]);
		if (!b->counts[i])
			view_show(b->columns[i], "NONE");
		if (b->counts[i] > b->cards[i])
			view_set_int(view_add(b->columns[i], "MORE"), "HIDDEN", (long long)(b->counts[i] - b->cards[i]));
	}
}

static int fill_board(struct page *p, const struct wish *w, struct err *err)
{
	struct view *view = view_add(p->view, "BOARD");
	struct board b = { .app = p->app, .req = p->req, .filter = &w->filter, .view = view };
	bool whole;

	begin_columns(&b, w);
	if (session_each(p->app, MOST, visit, &b, &whole, err))
		return -1;
	end_columns(&b);
	if (!whole)
		view_set_int(view_add(view, "NOT_ALL"), "MOST", MOST);
	if (!b.seen)
		view_show(p->view, "EMPTY");
	else if (!b.matching)
		view_show(p->view, "NO_MATCH");
	return 0;
}

/* One stage, page by page. */
static int fill_list(struct page *p, const struct wish *w, struct err *err)
{
	struct view *list = view_add(p->view, "LIST");
	struct session_page found;

	if (session_page_read(p->app, w->after, &w->filter, PAGE, &found, err))
		return -1;
	view_set(list, "WORDS", stage_words(w->filter.stage));
	for (size_t i = 0; i < found.count; i++)
		fill_card(p->req, view_add(list, "CARD"), &found.rows[i], w->filter.stage);
	if (!found.count)
		view_show(list, "NONE");
	page_pager(list, w->query, found.more ? interview_cursor(p->app->mem, found.next) : NULL);
	return 0;
}

static void fill_filters(struct page *p, const struct wish *w)
{
	static const struct {
		const char *value, *words;
	} verdicts[] = {
		{ "pass", "Pass" }, { "fail", "Fail" }, { "inconclusive", "Inconclusive" }, { "none", "Not decided" },
	};

	view_set(p->view, "SEARCH", w->filter.search);
	for (size_t i = 0; i < STAGES; i++) {
		struct view *o = view_add(p->view, "STAGE_OPTION");

		view_set(o, "VALUE", stages[i].name);
		view_set(o, "LABEL", stages[i].words);
		if (w->filter.stage && !strcmp(w->filter.stage, stages[i].name))
			view_show(o, "CHOSEN");
	}
	for (size_t i = 0; i < ARRAY_LEN(verdicts); i++) {
		struct view *o = view_add(p->view, "VERDICT_OPTION");

		view_set(o, "VALUE", verdicts[i].value);
		view_set(o, "LABEL", verdicts[i].words);
		if (w->filter.verdict && !strcmp(w->filter.verdict, verdicts[i].value))
			view_show(o, "CHOSEN");
	}
	for (size_t i = 0; i < ARRAY_LEN(sinces); i++) {
		struct session_filter filter = w->filter;
		int64_t ms = *session_since(&filter, sinces[i].name);
		struct view *v = ms ? view_add(p->view, "SINCE") : NULL;

		if (!v)
			continue;
		view_set(v, "NAME", sinces[i].name);
		view_set(v, "WORDS", sinces[i].words);
		page_time(v, "AT", ms);
	}
	if (*w->query)
		view_show(p->view, "FILTERED");
}

int interviews_board_page(struct app *app, struct request *req, struct response *res, struct err *err)
{
	struct page p;
	struct wish w;
	int64_t orphans;

	if (read_wish(req, &w, err) || orphan_count(app, &orphans, err))
		return -1;
	p = page_begin(app, req, res, "interviews", "Interviews", "interviews", "interviews");
	fill_filters(&p, &w);
	view_set(p.view, "SCREENING_STATE", app->cfg.linear_screening_state);
	if (orphans)
		view_set_int(view_add(p.view, "ORPHANS"), "COUNT", orphans);
	if (!app->cfg.have_linear)
		view_show(p.view, "NO_LINEAR");
	if (w.filter.stage ? fill_list(&p, &w, err) : fill_board(&p, &w, err))
		return -1;
	return page_send(&p, err);
}

static const struct route routes[] = {
	{ .method = "GET", .path = "/console/interviews", .handler = interviews_board_page },
	{ .method = "GET", .path = "/console/interviews/orphans", .handler = orphans_page },
	{ .method = "GET", .path = "/console/interviews/:id", .handler = interview_page_show },
};

const struct route_table interviews_routes = { routes, ARRAY_LEN(routes) };
