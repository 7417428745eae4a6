/* See review_api.h: the review in words and numbers. */
#include "campaign/review_api.h"

#include <inttypes.h>
#include <math.h>
#include <string.h>

#include "app.h"
#include "campaign/review.h"
#include "web/api.h"

static struct json_object *blocked_json(struct app *app, const struct review *r)
{
	struct json_object *list = json_object_new_array();

	for (int i = BLOCK_NONE + 1; i < BLOCK_COUNT; i++) {
		struct json_object *one;
		enum block block = (enum block)i;

		if (!r->blocked[i])
			continue;
		one = json_object_new_object();
		json_put(one, "code", block_code(block));
		json_put(one, "sentence", block_sentence(app->mem, block, r->missing));
		json_put_int(one, "count", r->blocked[i]);
		json_object_array_add(list, one);
	}
	return list;
}

static struct json_object *time_json(const struct review *r)
{
	struct json_object *o = json_object_new_object();

	json_object_object_add(o, "calls_per_second", json_object_new_double(round(r->calls_per_second * 10000) / 10000));
	json_put(o, "limited_by", r->limited_by);
	json_put_int(o, "assumed_call_seconds", (int64_t)ceil(r->seconds_per_call));
	json_put_int(o, "calling_seconds", (int64_t)ceil((double)(r->worst_calls - r->calls_never) / r->calls_per_second));
	json_put_int(o, "days", r->days);
	json_put_flag(o, "daily_cap_reached", r->capped);
	json_put_time(o, "begins_at", r->begins_ms);
	json_put_time(o, "ends_at", r->ends_ms);
	json_put_int(o, "calls_never", r->calls_never);
	return o;
}

static struct json_object *speech_json(const struct review *r)
{
	struct json_object *o = json_object_new_object();

	json_put_int(o, "texts_to_buy", r->texts_to_buy);
	json_put_int(o, "characters_to_buy", r->characters_to_buy);
	json_put_int(o, "texts_bought", r->texts_bought);
	json_put_int(o, "characters_bought", r->characters_bought);
	json_put_flag(o, "estimated", r->characters_estimated);
	return o;
}

/* Money is text with two decimals, so that no reader rounds it. */
static void put_money(struct app *app, struct json_object *o, const char *name, double amount)
{
	json_put(o, name, arena_printf(app->mem, "%.2f", amount));
}

/* NULL when no price is known. */
static struct json_object *cost_json(struct app *app, const struct review *r)
{
	double minutes = ceil(r->seconds_per_call / 60), calls, speech;
	struct json_object *o;

	if (!(app->cfg.call_price_per_minute > 0) && !(app->cfg.speech_price_per_1000 > 0))
		return NULL;
	o = json_object_new_object();
	calls = (double)r->worst_calls * minutes * app->cfg.call_price_per_minute;
	speech = r->speaks ? (double)r->characters_to_buy / 1000 * app->cfg.speech_price_per_1000 : 0;
	json_put(o, "currency", app->cfg.price_currency ? app->cfg.price_currency : "USD");
	if (app->cfg.call_price_per_minute > 0)
		put_money(app, o, "calls", calls);
	if (app->cfg.speech_price_per_1000 > 0 && r->speaks)
		put_money(app, o, "speech", speech);
	put_money(app, o, "total", calls + speech);
	json_put_int(o, "assumed_minutes_per_call", (int64_t)minutes);
	return o;
}

/* ---- what speaks against it ---- */

struct warnings {
	struct app *app;
	const struct campaign_facts *facts;
	const struct review *review;
	struct json_object *list;
};

static void warn(struct warnings *w, const char *code, const char *href, const char *sentence)
{
	struct json_object *one = json_object_new_object();

	json_put(one, "code", code);
	json_put(one, "sentence", sentence);
	json_put(one, "href", href);
	json_object_array_add(w->list, one);
}

static const char *step(struct warnings *w, int number)
{
	return arena_printf(w->app->mem, "/console/campaigns/%s/edit?step=%d", w->facts->snapshot.campaign.id, number);
}

static bool has_opt_out(const struct campaign *c)
{
	const char *outcome, *say;

	for (const char *key = "0123456789*#"; *key; key++)
		if (campaign_key(c, *key, &outcome, &say) && !strcmp(outcome, "opt_out"))
			return true;
	return false;
}

static struct json_object *warnings_json(struct app *app, const struct campaign_facts *facts, const struct review *r)
{
	struct warnings w = { app, facts, r, json_object_new_array() };
	const struct campaign *c = &facts->snapshot.campaign;
	int64_t lacking = r->blocked[BLOCK_MISSING_VARIABLE], unknown = r->blocked[BLOCK_UNKNOWN_TIMEZONE];

	if (lacking)
		warn(&w, "missing_variable", facts->has_agent ? arena_join(app->mem, "/console/agents/", facts->agent.id) : step(&w, 1),
		     arena_printf(app->mem, "%" PRId64 " %s lacking {{%s}} or another variable that the agent's text needs, and "
				  "will not be called. Give the text a default, or import the column.", lacking,
				  lacking == 1 ? "lead is" : "leads are", r->missing ? r->missing : "a variable"));
	if (unknown)
		warn(&w, "unknown_timezone", step(&w, 3),
		     arena_printf(app->mem, "%" PRId64 " %s in a time zone that cannot be read, and will not be called.", unknown,
				  unknown == 1 ? "lead is" : "leads are"));
	if (r->total && !r->left)
		warn(&w, "nobody_left", step(&w, 2), "All leads are done or on the do-not-call list: nobody is called.");
	if (r->calls_never)
		warn(&w, "hours_never_overlap", step(&w, 3),
		     r->calls_never < r->worst_calls
			     ? "For some leads the campaign's calling hours and their own have no time in common."
			     : "The campaign's calling hours and those of the people it calls have no time in common: nobody is called.");
	if (!c->conversation && !has_opt_out(c))
		warn(&w, "no_opt_out", step(&w, 6),
		     "No key opts out: whoever does not want to be called again has no way to say so by a key.");
	return w.list;
}

int campaign_review(struct app *app, struct request *req, struct response *res, struct err *err)
{
	struct json_object *o = json_owned(app->mem, json_object_new_object());
	const char *id = api_id(req);
	struct campaign_facts facts;
	struct obstacles obstacles;
	struct review r;

	if (!id)
		return err_set(err, ERR_MISSING, "no id of a campaign");
	if (campaign_facts_load(app, id, &facts, err) || obstacles_find(app, &facts, &obstacles, err) ||
	    review_make(app, &facts, &r, err))
		return -1;
	json_put(o, "id", id);
	json_put(o, "state", campaign_state_name(facts.snapshot.campaign.state));
	json_put_int(o, "total", r.total);
	json_put_int(o, "left", r.left);
	json_put_int(o, "examined", r.examined);
	json_put_int(o, "callable", r.callable);
	json_object_object_add(o, "blocked", blocked_json(app, &r));
	json_put_int(o, "worst_case_calls", r.worst_calls);
	json_object_object_add(o, "time", time_json(&r));
	json_object_object_add(o, "speech", r.speaks ? speech_json(&r) : NULL);
	json_object_object_add(o, "cost", cost_json(app, &r));
	json_object_object_add(o, "obstacles", obstacles_json(&obstacles));
	json_object_object_add(o, "warnings", warnings_json(app, &facts, &r));
	response_json(res, 200, str_from(json_write(o)));
	return 0;
}
