/* See test_call.h. */
#include "campaign/test_call.h"

#include <string.h>

#include "base/crypto.h"
#include "campaign/call.h"
#include "campaign/campaign_settings.h"
#include "campaign/obstacles.h"
#include "campaign/phone_zones.h"
#include "campaign/script_text.h"
#include "store/keys.h"
#include "store/store.h"

enum {
	AGAIN_S = 30,                 /* between two test calls to one number */
	PLACED_MS = 3 * 60 * 1000,
	KEPT_MS = 15 * 60 * 1000,
	TEND_MOST = 10,
};

/* ---- whether it may be ---- */

static int refuse(struct test_refusal *r, int status, const char *code, const char *field, const char *sentence)
{
	*r = (struct test_refusal){ status, code, sentence, field };
	return 0;
}

/* What keeps the campaign from starting keeps the test from it, but for its leads. */
static int look_at_obstacles(struct app *app, const struct campaign_facts *facts, struct test_refusal *r, struct err *err)
{
	struct obstacles all;

	if (obstacles_find(app, facts, &all, err))
		return -1;
	for (size_t i = 0; i < all.count && !r->status; i++) {
		const struct obstacle *o = &all.list[i];

		if (!strcmp(o->code, "no_leads") || !strcmp(o->code, "copying"))
			continue;
		refuse(r, o->is_not_configured ? 503 : 409, o->is_not_configured ? "not_configured" : "conflict", NULL, o->sentence);
	}
	return 0;
}

static const char *lookup(void *ctx, const char *name)
{
	const struct test_wish *wish = ctx;

	for (size_t i = 0; i < wish->variable_count; i++)
		if (str_eq(wish->variables[i].name, str_from(name)))
			return wish->variables[i].value.ptr;
	if (!strcmp(name, "name"))
		return wish->name;
	return strcmp(name, "phone") ? NULL : wish->phone;
}

static void look_at_text(struct app *app, const struct campaign_facts *facts, const struct test_wish *wish,
			 struct test_refusal *r)
{
	struct test_wish copy = *wish; /* the lookup's context is not const */
	const char *missing = NULL;

	if (facts->snapshot.campaign.conversation || r->status)
		return;
	if (script_render(app->mem, str_from(facts->agent.script), lookup, &copy, &missing))
		return;
	if (missing)
		refuse(r, 400, "bad_request", arena_join(app->mem, "variables.", missing),
		       arena_printf(app->mem, "The agent's text needs {{%s}}: say what it is for this call.", missing));
	else
		refuse(r, 400, "bad_request", "variables", "The agent's text becomes too long.");
}

static void look_at_hours(struct app *app, const struct campaign *c, const struct test_wish *wish, struct test_refusal *r)
{
	const char *zones = phone_zones(wish->phone);
	struct eligibility_facts facts;
	struct group group;

	if (r->status || wish->own_number || !c->recipient_hours.set)
		return;
	group_named(app, c, zones ? zones : "", &group);
	facts = group_facts(c, &group, 0, clock_wall_ms(app->clock));
	for (size_t i = 0; i < facts.recipient_count; i++) {
		const struct window *w = &facts.recipient[i];

		if (!facts.zone_unknown && calling_hours_open(w->hours, w->zone, w->holidays, facts.now_ms))
			continue;
		refuse(r, 409, "conflict", "own_number", "It is too early or too late where this number is: nobody is called now but "
							 "you yourself. Confirm that the number is your own.");
		return;
	}
}

static int look_at_number(struct app *app, const struct test_wish *wish, struct test_refusal *r, struct err *err)
{
	enum { LISTED, LIVE, BEGUN, QUESTIONS };
	struct command questions[QUESTIONS];
	struct reply answers[QUESTIONS];

	questions[LISTED] = command_new(app->mem, "HEXISTS");
	command_text(&questions[LISTED], KEY_DO_NOT_CALL);
	command_text(&questions[LISTED], wish->phone);
	questions[LIVE] = command_new(app->mem, "HEXISTS");
	command_text(&questions[LIVE], KEY_NUMBERS_LIVE);
	command_text(&questions[LIVE], wish->phone);
	questions[BEGUN] = command_new(app->mem, "EXISTS");
	command_text(&questions[BEGUN], key_of(app->mem, KEY_TEST_CALL_BEGUN, wish->phone));
	if (store_pipeline(app->store, questions, QUESTIONS, answers, err))
		return -1;
	if (answers[LISTED].number == 1)
		refuse(r, 409, "conflict", "phone", "This number is on the do-not-call list: nobody calls it, not even to test.");
	else if (answers[LIVE].number == 1)
		refuse(r, 409, "conflict", "phone", "This number is in a call already.");
	else if (answers[BEGUN].number == 1)
		refuse(r, 409, "conflict", "phone", "A test call to this number was begun a moment ago.");
	return 0;
}

/* ---- making it ---- */

static struct json_object *settings_of(struct app *app, const struct campaign *c, const struct test_wish *wish,
				       struct err *err)
{
	static const char changes[] =
		"{\"calling_hours\":{\"days\":[\"mon\",\"tue\",\"wed\",\"thu\",\"fri\",\"sat\",\"sun\"],\"start\":\"00:00\","
		"\"end\":\"24:00\"},\"holidays\":[],\"daily_cap\":5,\"max_concurrent_calls\":1,"
		"\"retry\":{\"max_attempts\":1,\"delays_seconds\":{}}}";
	struct json_object *given = json_read(app->mem, str_from(changes), err), *settings;
	struct settings_problem problem;

	if (!given)
		return NULL;
	json_put(given, "name", "Test call");
	if (wish->own_number)
		json_object_object_add(given, "recipient_hours", NULL);
	settings = campaign_settings_read(app->mem, given, c->settings, NULL, &problem);
	if (!settings)
		err_set(err, ERR_SYSTEM, "a test call's settings: %s", problem.sentence);
	return settings;
}

static int add_lead(struct app *app, const char *id, const struct test_wish *wish, bool *added, struct err *err)
{
	struct lead_import *import = lead_import_new(app, id, NULL, false);
	struct lead_row row = { .number = 1, .phone = str_from(wish->phone), .name = str_from(wish->name),
				.variables = wish->variables, .variable_count = wish->variable_count };
	struct lead_import_counts n;

	if (lead_import_row(import, &row, err) || lead_import_end(import, err))
		return -1;
	n = lead_import_counts(import);
	*added = n.accepted == 1 && !n.suppressed;
	return 0;
}

static int begin(struct app *app, const char *campaign, struct json_object *settings, const struct test_wish *wish,
		 const char **id, struct test_refusal *r, struct err *err)
{
	enum campaign_written written;
	bool added, moved;

	if (campaign_write_test(app, campaign, settings, id, &written, err))
		return -1;
	if (written != CAMPAIGN_WRITTEN)
		return refuse(r, 409, "conflict", NULL, "The campaign's agent was deleted a moment ago.");
	if (add_lead(app, *id, wish, &added, err))
		return -1;
	if (!added)
		return refuse(r, 400, "bad_request", "phone", "This number cannot be called.");
	return campaign_move(app, *id, 1u << CAMPAIGN_DRAFT, CAMPAIGN_RUNNING, "A test call.", &moved, err);
}

int test_call_begin(struct app *app, const char *campaign, const struct test_wish *wish, const char **id,
		    struct test_refusal *r, struct err *err)
{
	struct campaign_facts facts;
	struct json_object *settings;
	struct reply first;

	*r = (struct test_refusal){ 0 };
	if (campaign_facts_load(app, campaign, &facts, err))
		return -1;
	if (facts.snapshot.campaign.test_of)
		return err_set(err, ERR_MISSING, "a test call is no campaign");
	if (look_at_obstacles(app, &facts, r, err) || look_at_number(app, wish, r, err))
		return -1;
	look_at_hours(app, &facts.snapshot.campaign, wish, r);
	look_at_text(app, &facts, wish, r);
	if (r->status)
		return 0;
	settings = settings_of(app, &facts.snapshot.campaign, wish, err);
	if (!settings || store_call(app->store, app->mem, &first, err, "SET", key_of(app->mem, KEY_TEST_CALL_BEGUN, wish->phone),
				    random_id(app->mem), "NX", "EX", arena_printf(app->mem, "%d", AGAIN_S), NULL))
		return -1;
	if (first.type == REPLY_NIL)
		return refuse(r, 409, "conflict", "phone", "A test call to this number was begun a moment ago.");
	return begin(app, campaign, settings, wish, id, r, err);
}

/* ---- how it goes ---- */

static int load_call(struct app *app, const struct lead *lead, struct json_object **json, struct err *err)
{
	struct err missing = { 0 };
	struct call call;

	*json = NULL;
	if (!lead->last_call)
		return 0;
	if (!call_load(app, lead->last_call, &call, &missing))
		*json = json_object_get(call_json(app, &call));
	return missing.kind == ERR_NONE || missing.kind == ERR_MISSING ? 0 : err_set(err, missing.kind, "%s", missing.msg);
}

/* One word and a sentence. */
static int judge(struct app *app, const struct campaign *c, const struct lead *lead, const char **state,
		 const char **sentence, struct err *err)
{
	struct lead_reasons reasons;

	*state = "preparing";
	*sentence = "The call is being prepared.";
	if (lead->state == LEAD_DONE && strcmp(lead->outcome ? lead->outcome : "", "stopped") != 0) {
		*state = "done";
		*sentence = "The call has ended.";
		return 0;
	}
	if (lead->state == LEAD_CALLING) {
		*state = "calling";
		*sentence = "The number is being called.";
		return 0;
	}
	if (c->state == CAMPAIGN_PAUSED || c->state == CAMPAIGN_STOPPED) {
		*state = "failed";
		*sentence = c->state_reason ? c->state_reason : "The call was given up.";
		return 0;
	}
	if (c->state != CAMPAIGN_RUNNING)
		return 0;
	return lead_reasons_load(app, c, &reasons, err) || lead_reason(app, &reasons, lead, sentence, NULL, err) ? -1 : 0;
}

int test_call_json(struct app *app, const char *campaign, const char *id, struct json_object **json, struct err *err)
{
	const char *state, *sentence;
	struct json_object *call;
	struct campaign c;
	struct lead lead;

	if (campaign_load(app, id, &c, err))
		return -1;
	if (!c.test_of || strcmp(c.test_of, campaign))
		return err_set(err, ERR_MISSING, "no such test call");
	if (lead_load(app, id, 1, &lead, err) || judge(app, &c, &lead, &state, &sentence, err) ||
	    load_call(app, &lead, &call, err))
		return -1;
	*json = json_owned(app->mem, json_object_new_object());
	json_put(*json, "id", id);
	json_put(*json, "campaign_id", campaign);
	json_put(*json, "state", state);
	json_put(*json, "sentence", sentence);
	json_put(*json, "outcome", lead.outcome);
	json_object_object_add(*json, "call", call);
	return 0;
}

/* ---- its end ---- */

static int look_later(struct app *app, const char *id, int64_t at_ms, struct err *err)
{
	struct command c = command_new(app->mem, "ZADD");
	struct reply r;

	command_text(&c, KEY_TEST_CALLS);
	command_int(&c, at_ms);
	command_text(&c, id);
	return store_run(app->store, &c, &r, err);
}

static int end_one(struct app *app, const char *id, int64_t now_ms, struct err *err)
{
	enum campaign_deleted deleted;
	struct err missing = { 0 };
	struct campaign c;
	struct reply r;
	bool moved;

	if (campaign_load(app, id, &c, &missing) && missing.kind != ERR_MISSING)
		return look_later(app, id, now_ms + KEPT_MS, err);
	if (!missing.kind && (c.state == CAMPAIGN_RUNNING || c.state == CAMPAIGN_DRAFT || c.state == CAMPAIGN_PAUSED) &&
	    campaign_move(app, id, 1u << CAMPAIGN_RUNNING | 1u << CAMPAIGN_DRAFT | 1u << CAMPAIGN_PAUSED, CAMPAIGN_STOPPED,
			  c.state == CAMPAIGN_PAUSED && c.state_reason ? c.state_reason : "The call could not be placed in time.",
			  &moved, err))
		return -1;
	if (!missing.kind && now_ms < c.created_ms + KEPT_MS)
		return look_later(app, id, c.created_ms + KEPT_MS, err);
	/* Of one that is gone already it says nothing. */
	if (!missing.kind && (campaign_delete(app, id, &deleted, &missing) || deleted != CAMPAIGN_DELETED))
		return look_later(app, id, now_ms + PLACED_MS, err);
	return store_call(app->store, app->mem, &r, err, "ZREM", KEY_TEST_CALLS, id, NULL);
}

int test_calls_tend(struct app *app, struct err *err)
{
	int64_t now = clock_wall_ms(app->clock);
	struct command c = command_new(app->mem, "ZRANGEBYSCORE");
	struct reply ids;

	command_text(&c, KEY_TEST_CALLS);
	command_text(&c, "-inf");
	command_int(&c, now - PLACED_MS);
	command_text(&c, "LIMIT");
	command_int(&c, 0);
	command_int(&c, TEND_MOST);
	if (store_run(app->store, &c, &ids, err))
		return -1;
	for (size_t i = 0; i < ids.count; i++)
		if (reply_text(&ids.items[i]) && end_one(app, reply_text(&ids.items[i]), now, err))
			return -1;
	return 0;
}
