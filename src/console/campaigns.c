/* See campaigns.h: the list. */
#include "console/campaigns.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "access/actor.h"
#include "access/mask.h"
#include "app.h"
#include "base/buf.h"
#include "campaign/campaign.h"
#include "campaign/newest.h"
#include "campaign/status.h"
#include "console/page.h"
#include "console/words.h"
#include "store/keys.h"

enum { PAGE = 25, SEARCHES = 10, OUTCOMES_MOST = 6, SEARCH_MOST = 100 };

/* ---- which ---- */

struct wish {
	struct newest newest;
	const char *state, *search, *query; /* state NULL: any; query: the filters, encoded */
};

struct found {
	const char *ids[PAGE];
	const struct reply *rows[PAGE];
	size_t count;
	const char *next;
};

static void read_wish(struct app *app, struct request *req, struct response *res, struct wish *wish)
{
	struct form form = { 0 };
	struct err bad = { 0 };
	enum campaign_state known;
	const char *search;

	(void)request_query(req, &form, &bad);
	wish->state = form_get(&form, "state");
	if (!campaign_state_read(wish->state, &known))
		wish->state = NULL;
	search = form_get(&form, "search");
	wish->search = search && *search && strlen(search) <= SEARCH_MOST ? search : NULL;
	/* A cursor that cannot be read shows the beginning. */
	if (!newest_read(app, &form, res, &wish->newest)) {
		response_clear(res);
		res->status = 200;
		wish->newest = (struct newest){ .from_ms = "+inf", .from_id = "" };
	}
	wish->query = query_of(req->mem, (const char *[]){ "state", wish->state, "search", wish->search }, 4);
}

static const char *name_of_row(struct app *app, const struct reply *row)
{
	const char *settings = reply_field(row, "settings");
	struct err bad = { 0 };
	struct json_object *json = settings ? json_read(app->mem, str_from(settings), &bad) : NULL;
	const char *name = json_text(json, "name");

	return name ? name : "";
}

static void take(struct found *found, const struct newest_page *page, size_t i)
{
	found->ids[found->count] = reply_text(&page->rows[2 * i]);
	found->rows[found->count++] = &page->rows[2 * i + 1];
}

/* Looks through some pages for a name; *done when no more are to be looked at. */
static int search_some(struct app *app, struct wish *wish, struct found *found, bool *done, struct err *err)
{
	struct newest_page page;
	struct str ms, id;

	if (newest_page(app, KEY_CAMPAIGNS, KEY_CAMPAIGN, &wish->newest, wish->state, &page, err))
		return -1;
	*done = true;
	for (size_t i = 0; i < page.count; i++) {
		if (wish->search && !strcasestr(name_of_row(app, &page.rows[2 * i + 1]), wish->search))
			continue;
		if (found->count == PAGE) {
			/* The place of the last one that is shown. */
			found->next = arena_printf(app->mem, "%" PRId64 ".%s", reply_field_int(found->rows[PAGE - 1], "created", 0),
						   found->ids[PAGE - 1]);
			return 0;
		}
		take(found, &page, i);
	}
	found->next = page.next;
	if (!page.next || !wish->search)
		return 0;
	*done = false;
	ms = str_cut(str_from(page.next), '.', &id);
	wish->newest.from_ms = arena_strndup(app->mem, ms.ptr, ms.len);
	wish->newest.from_id = id.ptr;
	return 0;
}

static int find(struct app *app, struct wish *wish, struct found *found, struct err *err)
{
	bool done = false;

	wish->newest.limit = wish->search ? 100 : PAGE;
	for (int i = 0; i < SEARCHES && !done; i++)
		if (search_some(app, wish, found, &done, err))
			return -1;
	return 0;
}

/* ---- one row ---- */

struct outcome {
	const char *code;
	int64_t count;
};

static int64_t member(struct json_object *status, const char *path)
{
	int64_t n = 0;

	return json_int(status, path, &n) ? n : 0;
}

/* 40000 is "40,000". */
static const char *grouped(struct app *app, int64_t n)
{
	return n < 1000 ? arena_printf(app->mem, "%" PRId64, n)
			: arena_printf(app->mem, "%s,%03d", grouped(app, n / 1000), (int)(n % 1000));
}

/* The most frequent first. */
static size_t read_outcomes(struct json_object *status, struct outcome *out, size_t most)
{
	size_t count = 0;

	json_object_object_foreach(json_get(status, "outcomes"), code, value) {
		struct outcome one = { code, json_object_get_int64(value) };
		size_t at = count < most ? count++ : most;

		for (; at > 0 && out[at - 1].count < one.count; at--)
			if (at < most)
				out[at] = out[at - 1];
		if (at < most)
			out[at] = one;
	}
	return count;
}

/* A stacked bar of a hundred parts: attributes, because styles in the page are forbidden. */
static void fill_bar(struct app *app, struct view *row, const struct outcome *outcomes, size_t count, int64_t total)
{
	struct view *bar = view_add(row, "BAR");
	double x = 0;

	for (size_t i = 0; i < count && total > 0; i++) {
		double width = (double)outcomes[i].count * 100 / (double)total;
		struct view *piece = view_add(bar, "PIECE");

		view_set(piece, "X", arena_printf(app->mem, "%.2f", x));
		view_set(piece, "WIDTH", arena_printf(app->mem, "%.2f", width));
		view_set(piece, "TONE", tone_of(outcomes[i].code));
		x += width;
	}
}

static void fill_progress(struct app *app, struct view *row, const char *href, struct json_object *status)
{
	struct outcome outcomes[OUTCOMES_MOST];
	int64_t total = member(status, "counts.total");
	size_t count = read_outcomes(status, outcomes, OUTCOMES_MOST);
	struct view *counted;

	view_set_int(row, "TOTAL", total);
	if (!total) {
		view_show(row, "NO_LEADS");
		return;
	}
	fill_bar(app, row, outcomes, count, total);
	counted = view_add(row, "COUNTED");
	view_set(counted, "DONE", grouped(app, member(status, "counts.done")));
	view_set(counted, "ALL", grouped(app, total));
	view_set(counted, "ALL_HREF", arena_join(app->mem, href, "#leads"));
	for (size_t i = 0; i < count; i++) {
		struct view *one = view_add(counted, "OUTCOME");

		view_set(one, "OUTCOME_HREF", arena_printf(app->mem, "%s?outcome=%s#leads", href, outcomes[i].code));
		view_set(one, "LABEL", words_of(app->mem, outcomes[i].code));
		view_set(one, "TONE", tone_of(outcomes[i].code));
		view_set(one, "COUNT", grouped(app, outcomes[i].count));
	}
}

static void fill_next(struct view *row, struct json_object *status)
{
	const char *text = json_text(status, "next_call_at");
	int64_t ms;

	if (text && !strcmp(json_text(status, "state"), "running") && iso_time_parse(str_from(text), &ms))
		page_time(view_add(row, "NEXT"), "AT", ms);
	else
		view_show(row, "NO_NEXT");
}

static void fill_state(struct app *app, struct view *row, const char *state, const char *reason)
{
	view_set(row, "STATE", words_of(app->mem, state));
	view_set(row, "STATE_TONE", tone_of(state));
	if (reason)
		view_set(view_add(row, "REASON"), "TEXT", reason);
}

/* A campaign that cannot be read is shown as that, and hides no other. */
static void fill_unreadable(struct app *app, struct view *row, const struct reply *stored)
{
	view_set(row, "NAME", "(cannot be read)");
	view_set_int(row, "TOTAL", 0);
	view_show(row, "NO_LEADS");
	view_show(row, "NO_NEXT");
	fill_state(app, row, reply_field(stored, "state"), "What is stored of this campaign cannot be read; the log says why.");
}

/* Those whom a further run may reach (campaign/redial.h). */
static int64_t unreached(struct json_object *status)
{
	static const char *const codes[] = { "no_answer", "busy", "failed", "voicemail", "stopped", "incomplete" };
	int64_t count = 0;

	for (size_t i = 0; i < ARRAY_LEN(codes); i++)
		count += member(json_get(status, "outcomes"), codes[i]);
	return count;
}

static void fill_actions(struct view *row, struct app *app, const struct campaign *c, struct json_object *status,
			 const char *href)
{
	bool ended = c->state == CAMPAIGN_COMPLETED || c->state == CAMPAIGN_STOPPED;
	struct view *edit;

	view_show(row, "READABLE");
	if (ended && !unreached(status))
		return;
	edit = view_add(row, "CAN_EDIT");
	view_set(edit, "EDIT_HREF", arena_join(app->mem, href, ended ? "#redial" : "/edit"));
	view_set(edit, "EDIT_LABEL", ended ? "Redial" : c->state == CAMPAIGN_DRAFT ? "Continue" : "Edit");
}

static void fill_row(struct app *app, const struct request *req, struct view *list, const char *id, const struct reply *stored)
{
	const char *href = arena_join(app->mem, "/console/campaigns/", id);
	struct json_object *status;
	struct err bad = { 0 };
	struct campaign c;
	struct view *row, *actions;
	bool read = !campaign_of_row(app, id, stored, &c, &bad) && !status_json(app, id, &status, &bad);

	if (bad.kind == ERR_MISSING)
		return; /* deleted meanwhile */
	row = view_add(list, "ROW");
	view_set(row, "ID", id);
	view_set(row, "HREF", href);
	page_time(row, "CREATED", reply_field_int(stored, "created", 0));
	actions = req->actor->role >= ROLE_OPERATOR ? view_add(row, "CAN_CHANGE") : NULL;
	if (!read) {
		log_event(&app->log, LOG_ERROR, "campaign.unreadable", LOG_TEXT("campaign", id), LOG_TEXT("reason", bad.msg));
		fill_unreadable(app, row, stored);
		return;
	}
	view_set(row, "NAME", shown_text(req, c.name));
	fill_state(app, row, json_text(status, "state"), shown_text(req, json_text(status, "state_reason")));
	fill_progress(app, row, href, status);
	fill_next(row, status);
	if (actions)
		fill_actions(actions, app, &c, status, href);
}

/* ---- the page ---- */

static void fill_filters(struct app *app, struct view *v, const struct wish *wish)
{
	struct view *form = view_add(v, "SEARCHABLE");

	view_set(form, "SEARCH", wish->search ? wish->search : "");
	for (int s = CAMPAIGN_DRAFT; s <= CAMPAIGN_STOPPED; s++) {
		const char *code = campaign_state_name((enum campaign_state)s);
		struct view *choice = view_add(form, "STATE_CHOICE");

		view_set(choice, "VALUE", code);
		view_set(choice, "LABEL", words_of(app->mem, code));
		if (wish->state && !strcmp(code, wish->state))
			view_show(choice, "SELECTED");
	}
	if (wish->state || wish->search)
		view_show(form, "FILTERED");
}

static int page_campaigns(struct app *app, struct request *req, struct response *res, struct err *err)
{
	struct found found = { .count = 0 };
	struct wish wish = { .state = NULL };
	bool first, filtered;
	struct view *list;
	struct page p;

	read_wish(app, req, res, &wish);
	first = !strcmp(wish.newest.from_ms, "+inf");
	filtered = wish.state || wish.search;
	if (find(app, &wish, &found, err))
		return -1;
	p = page_begin(app, req, res, "campaigns", "Campaigns", "campaigns", "campaigns");
	if (found.count || filtered || !first)
		fill_filters(app, p.view, &wish);
	if (!found.count && !filtered && first) {
		view_show(p.view, "EMPTY");
	} else if (!found.count) {
		view_set(p.view, "NONE_WORDS", found.next ? "Among the newest thousand none does; the next page looks further."
							  : "Try fewer letters, or another state.");
		view_show(p.view, "NONE");
	} else {
		list = view_add(p.view, "LIST");
		for (size_t i = 0; i < found.count; i++)
			fill_row(app, req, list, found.ids[i], found.rows[i]);
	}
	page_pager(p.view, wish.query, found.next);
	return page_send(&p, err);
}

static const struct route routes[] = {
	{ .method = "GET", .path = "/console/campaigns", .handler = page_campaigns },
	{ .method = "GET", .path = "/console/campaigns/new", .handler = page_campaign_new },
	{ .method = "GET", .path = "/console/campaigns/:id/edit", .handler = page_campaign_edit },
};

const struct route_table campaigns_routes = { routes, ARRAY_LEN(routes) };
