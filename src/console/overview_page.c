/* The console's first page, and GET /api/overview; what both show comes from overview.c. */
#include <string.h>

#include "access/actor.h"
#include "access/mask.h"
#include "app.h"
#include "base/percent.h"
#include "console/overview.h"
#include "console/page.h"
#include "web/api.h"

enum { ZONE_MOST = 64 };

static const char *plausible_zone(struct str name)
{
	for (size_t i = 0; i < name.len; i++)
		if (!str_is_token((struct str){ name.ptr + i, 1 }, 1, 1) && !strchr("/+", name.ptr[i]))
			return NULL;
	return name.len && name.len <= ZONE_MOST ? name.ptr : NULL;
}

/* The reader's zone, which the page's script keeps in a cookie. */
static const char *zone_cookie(struct request *req)
{
	struct str rest = str_from(request_header(req, "Cookie"));

	while (rest.ptr) {
		struct str value, name = str_cut(str_trim(str_cut(rest, ';', &rest)), '=', &value), zone;

		if (str_eq(name, STR("parley-zone")) && value.ptr && percent_decode(req->mem, value, false, &zone))
			return plausible_zone((struct str){ arena_strndup(req->mem, zone.ptr, zone.len), zone.len });
	}
	return NULL;
}

/* ---- the page ---- */

static void fill_today(struct view *v, struct json_object *o)
{
	view_set(v, "ZONE", json_text(o, "timezone"));
	view_set(v, "TODAY", json_text(o, "today_from"));
	page_count_of(v, "PLACED", o, "calls.placed_today");
	page_count_of(v, "UNDER_WAY", o, "calls.under_way");
	page_count_of(v, "INVITED", o, "interviews.invited_today");
	page_count_of(v, "STARTED", o, "interviews.started_today");
	page_count_of(v, "PASSED", o, "interviews.passed_today");
	page_count_of(v, "FAILED", o, "interviews.failed_today");
	page_count_of(v, "UNCLEAR", o, "interviews.inconclusive_today");
	page_count_of(v, "WAITING", o, "interviews.waiting");
	page_time_of(v, "AT", o, "at");
}

static void fill_attention(struct view *v, struct json_object *o)
{
	size_t len;
	struct json_object *list = json_list(o, "attention", &len);

	if (!len)
		view_show(v, "NO_ATTENTION");
	for (size_t i = 0; i < len; i++) {
		struct json_object *one = json_object_array_get_idx(list, i);
		struct view *item = view_add(v, "ATTENTION");
		const char *tone = json_text(one, "tone");

		view_set(item, "TONE", tone);
		view_set(item, "TONE_WORDS", !strcmp(tone, "bad") ? "Broken" : !strcmp(tone, "warn") ? "Look" : "Note");
		view_set(item, "SENTENCE", json_text(one, "sentence"));
		view_set(item, "LINK", json_text(one, "link"));
		view_set(item, "LINK_WORDS", json_text(one, "link_words"));
	}
}

static void fill_running(struct view *v, struct json_object *o)
{
	size_t len;
	struct json_object *list = json_list(o, "running", &len);

	view_show(v, len ? "SOME_RUN" : "NONE_RUNS");
	for (size_t i = 0; i < len; i++) {
		struct json_object *one = json_object_array_get_idx(list, i);
		struct view *item = view_add(v, "RUNNING");
		const char *held = json_text(one, "held");
		int64_t calling = 0;

		json_int(one, "calling", &calling);
		view_set(item, "ID", json_text(one, "id"));
		view_set(item, "NAME", json_text(one, "name"));
		page_count_of(item, "TOTAL", one, "total");
		page_count_of(item, "DONE", one, "done");
		page_count_of(item, "CALLING", one, "calling");
		page_count_of(item, "PLACED", one, "placed_today");
		page_count_of(item, "CAP", one, "daily_cap");
		page_time_of(item, "NEXT", one, "next_call_at");
		if (!calling && json_text(one, "next_call_at"))
			view_show(item, "LATER");
		if (held && !calling)
			view_set(view_add(item, "HELD"), "SENTENCE", held);
	}
}

static void fill_windows(struct view *v, struct json_object *o)
{
	size_t len;
	struct json_object *list = json_list(o, "windows", &len);

	if (len)
		view_show(v, "SOME_WINDOWS");
	for (size_t i = 0; i < len; i++) {
		struct json_object *one = json_object_array_get_idx(list, i);
		struct view *item = view_add(v, "WINDOW");
		bool open = false;

		json_flag(one, "open", &open);
		view_set(item, "ID", json_text(one, "id"));
		view_set(item, "NAME", json_text(one, "name"));
		view_set(item, "ZONE", json_text(one, "timezone"));
		page_time_of(item, "CHANGES", one, "changes_at");
		view_show(item, !json_text(one, "changes_at") ? (open ? "ALWAYS" : "NEVER") : open ? "OPEN" : "CLOSED");
		if (!strcmp(json_text(one, "state"), "paused"))
			view_show(item, "PAUSED");
	}
}

static void fill_first_steps(struct view *v, struct json_object *o)
{
	size_t len;
	struct json_object *list = json_list(o, "first_steps", &len);
	struct view *card = len ? view_add(v, "FIRST_STEPS") : NULL;

	for (size_t i = 0; i < len; i++) {
		struct json_object *one = json_object_array_get_idx(list, i);
		struct view *item = view_add(card, "STEP");
		bool done = false;

		json_flag(one, "done", &done);
		view_set(item, "TITLE", json_text(one, "title"));
		view_set(item, "TEXT", json_text(one, "text"));
		view_set(item, "LINK", json_text(one, "link"));
		view_show(item, done ? "IS_DONE" : "IS_OPEN");
	}
}

static int show_page(struct app *app, struct request *req, struct response *res, struct err *err)
{
	struct json_object *o;
	struct page p;

	if (overview_json(app, zone_cookie(req), &o, err))
		return -1;
	mask_json(req, o);
	p = page_begin(app, req, res, "overview", "Overview", "overview", "overview");
	fill_today(p.view, o);
	fill_attention(p.view, o);
	fill_running(p.view, o);
	fill_windows(p.view, o);
	fill_first_steps(p.view, o);
	return page_send(&p, err);
}

static int show_json(struct app *app, struct request *req, struct response *res, struct err *err)
{
	struct json_object *o;
	struct err bad = { 0 };
	struct form form;
	const char *zone;

	if (request_query(req, &form, &bad))
		return api_refuse(res, NULL, "The query could not be understood.");
	zone = form_get(&form, "timezone");
	if (zone && !plausible_zone(str_from(zone)))
		return api_refuse(res, "timezone", "timezone must be the name of a time zone, as Europe/Berlin.");
	if (overview_json(app, zone, &o, err))
		return -1;
	response_json(res, 200, str_from(json_write(o)));
	return 0;
}

static const struct route routes[] = {
	{ .method = "GET", .path = "/console/", .handler = show_page },
	{ .method = "GET", .path = "/api/overview", .handler = show_json },
};

const struct route_table overview_routes = { routes, ARRAY_LEN(routes) };
