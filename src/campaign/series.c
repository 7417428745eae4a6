/* See series.h. */
#include "campaign/series.h"

#include <inttypes.h>
#include <string.h>

#include "app.h"
#include "store/keys.h"
#include "store/scripts.h"
#include "web/api.h"

enum {
	MINUTE_MS = 60 * 1000,
	HOUR_MS = 60 * MINUTE_MS,
	DAY_MS = 24 * HOUR_MS,
	MINUTES_KEPT_MS = 7 * DAY_MS,
	BUCKETS_USUAL = 180,
	AFTER_MS = 15 * MINUTE_MS, /* the last call, when the campaign is at rest */
	OUTCOMES_MOST = 60,
};

struct range {
	int64_t from_ms, width_ms;
	size_t count;
};

/* ---- which stretch of time ---- */

/* When its first call was placed and its last; 0: none. */
static int first_and_last(struct app *app, const char *id, int64_t *first, int64_t *last, struct err *err)
{
	const char *key = key_of(app->mem, KEY_CALLS, id);
	struct reply oldest, newest;

	*first = *last = 0;
	if (store_call(app->store, app->mem, &oldest, err, "ZRANGE", key, "0", "0", "WITHSCORES", NULL) ||
	    store_call(app->store, app->mem, &newest, err, "ZRANGE", key, "-1", "-1", "WITHSCORES", NULL))
		return -1;
	if (oldest.count == 2 && newest.count == 2) {
		reply_int(&oldest.items[1], first);
		reply_int(&newest.items[1], last);
	}
	return 0;
}

static int64_t usual_width(int64_t span_ms)
{
	static const int64_t minutes[] = { 1, 5, 15, 60, 6 * 60, 24 * 60, 7 * 24 * 60 };
	size_t i = 0;

	while (i + 1 < ARRAY_LEN(minutes) && span_ms / (minutes[i] * MINUTE_MS) > BUCKETS_USUAL)
		i++;
	return minutes[i] * MINUTE_MS;
}

static int choose(struct app *app, const struct campaign *c, const struct series_wish *wish, struct range *range,
		  struct err *err)
{
	int64_t now = clock_wall_ms(app->clock), first, last, from = wish->from_ms, to = wish->to_ms, span;

	if (first_and_last(app, c->id, &first, &last, err))
		return -1;
	if (!from)
		from = first ? first : now - HOUR_MS;
	if (!to)
		to = c->state == CAMPAIGN_RUNNING || !last || last + AFTER_MS > now ? now : last + AFTER_MS;
	span = to > from ? to - from : MINUTE_MS;
	range->width_ms = wish->bucket_s ? wish->bucket_s * 1000 : usual_width(span);
	if (from < now - MINUTES_KEPT_MS && range->width_ms < HOUR_MS)
		range->width_ms = HOUR_MS;
	range->from_ms = floor_div(from, range->width_ms) * range->width_ms;
	range->count = (size_t)((to - range->from_ms) / range->width_ms + 1);
	if (to <= from)
		range->count = 1;
	return 0;
}

/* ---- what it holds ---- */

struct outcomes {
	const char *names[OUTCOMES_MOST];
	int64_t *counts[OUTCOMES_MOST];
	size_t count;
};

static int64_t *counts_of(struct app *app, const struct range *range, struct outcomes *outcomes, const char *name)
{
	size_t i = 0;

	while (i < outcomes->count && strcmp(outcomes->names[i], name))
		i++;
	if (i == OUTCOMES_MOST)
		return NULL;
	if (i == outcomes->count) {
		outcomes->names[i] = name;
		outcomes->counts[i] = arena_alloc(app->mem, range->count * sizeof(int64_t));
		outcomes->count++;
	}
	return outcomes->counts[i];
}

/* Fields "{unit}:{outcome}". */
static void add_counts(struct app *app, const struct range *range, const struct reply *all, int64_t unit_ms,
		       struct outcomes *outcomes)
{
	for (size_t i = 0; i + 1 < all->count; i += 2) {
		struct str name, unit = str_cut(all->items[i].text, ':', &name);
		int64_t at = str_number(unit, INT64_MAX / DAY_MS) * unit_ms, n = 0, *counts;

		if (at < range->from_ms || !name.ptr || !reply_int(&all->items[i + 1], &n))
			continue;
		at = (at - range->from_ms) / range->width_ms;
		if (at < (int64_t)range->count && (counts = counts_of(app, range, outcomes, name.ptr)))
			counts[at] += n;
	}
}

static int read_outcomes(struct app *app, const char *id, const struct range *range, struct outcomes *outcomes,
			 struct err *err)
{
	int64_t last = range->from_ms + (int64_t)range->count * range->width_ms;
	struct reply all;

	if (range->width_ms >= HOUR_MS) {
		if (store_call(app->store, app->mem, &all, err, "HGETALL", key_of(app->mem, KEY_SERIES, id), NULL))
			return -1;
		add_counts(app, range, &all, HOUR_MS, outcomes);
		return 0;
	}
	for (int64_t day = range->from_ms / DAY_MS; day <= last / DAY_MS; day++) {
		if (store_call(app->store, app->mem, &all, err, "HGETALL",
			       arena_printf(app->mem, KEY_SERIES_DAY "%s:%" PRId64, id, day), NULL))
			return -1;
		add_counts(app, range, &all, MINUTE_MS, outcomes);
	}
	return 0;
}

static int read_placed(struct app *app, const char *id, const struct range *range, struct reply *placed, struct err *err)
{
	struct command c = script_new(app->mem, &script_series_read, 1);

	command_text(&c, key_of(app->mem, KEY_CALLS, id));
	command_int(&c, range->from_ms);
	command_int(&c, range->width_ms);
	command_int(&c, (int64_t)range->count);
	if (script_run(app->store, &script_series_read, &c, placed, err))
		return -1;
	return placed->count == range->count ? 0 : err_set(err, ERR_SYSTEM, "a series that is none");
}

int series_json(struct app *app, const struct campaign *c, const struct series_wish *wish, struct json_object **series,
		struct err *err)
{
	struct json_object *o = json_owned(app->mem, json_object_new_object()), *list = json_object_new_array();
	struct json_object *by_outcome = json_object_new_object();
	struct outcomes outcomes = { .count = 0 };
	struct reply placed;
	struct range range;

	json_object_object_add(o, "placed", list);
	json_object_object_add(o, "outcomes", by_outcome);
	if (choose(app, c, wish, &range, err))
		return -1;
	if (range.count > SERIES_MOST)
		return err_set(err, ERR_LIMIT, "too many buckets");
	if (read_placed(app, c->id, &range, &placed, err) || read_outcomes(app, c->id, &range, &outcomes, err))
		return -1;
	json_put_time(o, "from", range.from_ms);
	json_put_time(o, "to", range.from_ms + (int64_t)range.count * range.width_ms);
	json_put_int(o, "bucket_seconds", range.width_ms / 1000);
	for (size_t i = 0; i < range.count; i++)
		json_object_array_add(list, json_object_new_int64(placed.items[i].number));
	for (size_t i = 0; i < outcomes.count; i++) {
		struct json_object *counts = json_object_new_array();

		for (size_t b = 0; b < range.count; b++)
			json_object_array_add(counts, json_object_new_int64(outcomes.counts[i][b]));
		json_object_object_add(by_outcome, outcomes.names[i], counts);
	}
	*series = o;
	return 0;
}

/* ---- the API ---- */

static bool read_time(const struct form *form, const char *name, int64_t *ms)
{
	const char *text = form_get(form, name);

	return !text || (iso_time_parse(str_from(text), ms) && *ms > 0);
}

int campaign_series(struct app *app, struct request *req, struct response *res, struct err *err)
{
	struct series_wish wish = { 0 };
	struct json_object *series;
	struct form form = { 0 };
	struct err bad = { 0 };
	const char *id = api_id(req), *bucket;
	struct campaign c;

	if (!id)
		return err_set(err, ERR_MISSING, "no id of a campaign");
	if (request_query(req, &form, &bad))
		return api_refuse(res, NULL, "The query could not be understood.");
	if (!read_time(&form, "from", &wish.from_ms))
		return api_refuse(res, "from", "from must be a time, as in 2026-11-20T09:00:00Z.");
	if (!read_time(&form, "to", &wish.to_ms) || (wish.to_ms && wish.from_ms >= wish.to_ms))
		return api_refuse(res, "to", "to must be a time after from.");
	bucket = form_get(&form, "bucket");
	if (bucket && ((wish.bucket_s = str_number(str_from(bucket), 7 * 86400)) < 60 || wish.bucket_s % 60))
		return api_refuse(res, "bucket", "bucket must be a number of seconds, some whole minutes, at most a week.");
	if (campaign_load(app, id, &c, err))
		return -1;
	if (series_json(app, &c, &wish, &series, &bad)) {
		if (bad.kind == ERR_LIMIT)
			return api_refuse(res, "bucket", "That would be more than 1000 buckets: ask for longer ones.");
		return err_set(err, bad.kind, "%s", bad.msg);
	}
	response_json(res, 200, str_from(json_write(series)));
	return 0;
}
