/* Agents by their API: what is refused, the defaults, changes at the same time, deletion in use. */
#include "tests/support/check.h"

#include <string.h>

#include "base/buf.h"
#include "base/json.h"
#include "campaign/agent.h"
#include "campaign/api.h"
#include "store/keys.h"
#include "tests/support/campaign_world.h"

static void an_agent_has_what_was_given_and_the_defaults(void **state)
{
	struct world *w = *state;
	struct response *res = at(w, "POST", "/api/agents",
				  "{\"name\":\"Ann\",\"script\":\"Hi {{first_name}}!\",\"language\":\"en\","
				  "\"voice_settings\":{\"speed\":1.10,\"stability\":0.5}}");

	assert_int_equal(res->status, 201);
	assert_int_equal(strlen(text_of(w, res, "id")), 22);
	res = at(w, "GET", arena_join(w->app.mem, "/api/agents/", text_of(w, res, "id")), NULL);
	assert_int_equal(res->status, 200);
	assert_string_equal(text_of(w, res, "name"), "Ann");
	assert_string_equal(text_of(w, res, "script"), "Hi {{first_name}}!");
	assert_string_equal(text_of(w, res, "voice_id"), "voice-of-the-settings");
	assert_string_equal(text_of(w, res, "model_id"), "eleven_multilingual_v2");
	assert_string_equal(text_of(w, res, "language"), "en");
	assert_true(body_has(res, "\"voice_settings\":{\"stability\":0.5,\"speed\":1.1}"));
	assert_true(body_has(res, "\"elevenlabs_agent_id\":null"));
	assert_string_equal(text_of(w, res, "created_at"), "2025-11-20T10:00:00.000Z");
}

static void an_agent_of_elevenlabs_needs_no_script(void **state)
{
	struct world *w = *state;
	struct response *res = at(w, "POST", "/api/agents", "{\"name\":\"Ann\",\"elevenlabs_agent_id\":\"agent_1\"}");

	assert_int_equal(res->status, 201);
	assert_string_equal(text_of(w, res, "script"), "");
	res = at(w, "PATCH", arena_join(w->app.mem, "/api/agents/", text_of(w, res, "id")), "{\"elevenlabs_agent_id\":null}");
	assert_int_equal(res->status, 400);
	assert_string_equal(text_of(w, res, "error.field"), "script");
}

static void what_is_wrong_is_told_by_name(void **state)
{
	struct world *w = *state;
	const struct {
		const char *more, *field;
	} rows[] = {
		{ "\"name\":\"\"", "name" },
		{ "\"name\":\"a\\nb\"", "name" },
		{ "\"name\":7", "name" },
		{ "\"name\":null", "name" },
		{ "\"script\":null", "script" },
		{ "\"script\":\" \"", "script" },
		{ "\"script\":[]", "script" },
		{ "\"script\":\"{{\"", "script" },
		{ "\"script\":\"{{ name }}\"", "script" },
		{ "\"script\":\"a\\u0000b\"", "script" },
		{ "\"language\":\"english\"", "language" },
		{ "\"language\":\"EN\"", "language" },
		{ "\"language\":1", "language" },
		{ "\"voice_id\":\"a/b\"", "voice_id" },
		{ "\"voice_id\":\"\"", "voice_id" },
		{ "\"model_id\":{}", "model_id" },
		{ "\"elevenlabs_agent_id\":\"a b\"", "elevenlabs_agent_id" },
		{ "\"voice_settings\":[]", "voice_settings" },
		{ "\"voice_settings\":{\"speed\":3}", "voice_settings.speed" },
		{ "\"voice_settings\":{\"colour\":1}", "voice_settings.colour" },
		{ "\"colour\":\"red\"", "colour" },
		{ "\"id\":\"x\"", "id" },
	};
	const char *uri = arena_join(w->app.mem, "/api/agents/", new_agent(w, "Hi"));
	struct response *before = at(w, "GET", uri, NULL), *res;

	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		const char *body = arena_printf(w->app.mem, "{%s}", rows[i].more);

		res = at(w, "PATCH", uri, body);
		check_row(rows[i].more, res->status == 400);
		check_row_text(rows[i].more, text_of(w, res, "error.field"), rows[i].field);
		res = at(w, "POST", "/api/agents", arena_printf(w->app.mem, "{\"name\":\"n\",\"script\":\"s\",%s}", rows[i].more));
		check_row(rows[i].more, res->status == 400);
		check_row_text(rows[i].more, text_of(w, res, "error.field"), rows[i].field);
	}
	assert_string_equal(at(w, "GET", uri, NULL)->body->ptr, before->body->ptr);
	assert_string_equal(text_of(w, at(w, "POST", "/api/agents", "{\"script\":\"s\"}"), "error.field"), "name");
	assert_string_equal(text_of(w, at(w, "POST", "/api/agents", "{\"name\":\"n\"}"), "error.field"), "script");
	assert_int_equal(ask(w, (struct ask){ .method = "POST", .uri = "/api/agents", .type = "text/plain", .body = "{}",
					      .pages = &campaign_pages })->status, 415);
	assert_int_equal(at(w, "GET", "/api/agents/nobody", NULL)->status, 404);
	assert_int_equal(at(w, "PATCH", "/api/agents/nobody", "{}")->status, 404);
	assert_int_equal(at(w, "DELETE", "/api/agents/%2e%2e", NULL)->status, 404);
}

static void a_script_may_be_as_long_as_it_says(void **state)
{
	struct world *w = *state;
	struct buf *script = buf_in(w->app.mem, 16 << 10);

	for (int i = 0; i < 5000; i++)
		buf_puts(script, "\xc3\xa9");
	assert_int_equal(at(w, "POST", "/api/agents", arena_printf(w->app.mem, "{\"name\":\"n\",\"script\":\"%s\"}", script->ptr))->status,
			 201);
	assert_int_equal(at(w, "POST", "/api/agents", arena_printf(w->app.mem, "{\"name\":\"n\",\"script\":\"%s.\"}", script->ptr))->status,
			 400);
}

static void a_change_makes_the_revision_greater_than_any_before(void **state)
{
	struct world *w = *state;
	const char *first = new_agent(w, "Hi"), *second = new_agent(w, "Ho");
	struct agent a, b;
	struct err err = { 0 };

	assert_int_equal(agent_load(&w->app, second, &b, &err), 0);
	w->clock.now_ms += 1000;
	assert_int_equal(at(w, "PATCH", arena_join(w->app.mem, "/api/agents/", first), "{\"name\":\"Bob\",\"language\":\"de\"}")->status, 200);
	assert_int_equal(agent_load(&w->app, first, &a, &err), 0);
	assert_true(a.revision > b.revision);
	assert_string_equal(a.name, "Bob");
	assert_string_equal(a.script, "Hi");
	assert_int_equal(a.changed_ms - a.created_ms, 1000);
}

static void a_change_of_what_others_have_changed_is_seen(void **state)
{
	struct world *w = *state;
	const char *id = new_agent(w, "Hi");
	struct agent mine, other, now;
	struct err err = { 0 };
	bool changed;

	assert_int_equal(agent_load(&w->app, id, &mine, &err), 0);
	other = mine;
	other.name = "other";
	mine.script = "mine";
	assert_int_equal(agent_write(&w->app, &other, &changed, &err), 0);
	assert_false(changed);
	assert_int_equal(agent_write(&w->app, &mine, &changed, &err), 0);
	assert_true(changed);
	assert_int_equal(agent_load(&w->app, id, &now, &err), 0);
	assert_string_equal(now.name, "other");
	assert_string_equal(now.script, "Hi");
}

/* A command is repeated when its connection was closed: the second run must see the first. */
static void a_change_run_twice_is_one_change(void **state)
{
	struct world *w = *state;
	const char *id = new_agent(w, "Hi");
	struct agent once, twice;
	struct err err = { 0 };
	bool changed;

	assert_int_equal(agent_load(&w->app, id, &once, &err), 0);
	once.name = "Bob";
	twice = once;
	assert_int_equal(agent_write(&w->app, &once, &changed, &err), 0);
	assert_false(changed);
	assert_int_equal(agent_write(&w->app, &twice, &changed, &err), 0);
	assert_false(changed);
	assert_int_equal(once.revision, twice.revision);
}

static void the_second_of_two_operators_is_told(void **state)
{
	struct world *w = *state;
	const char *id = new_agent(w, "Hi"), *uri = arena_join(w->app.mem, "/api/agents/", id);
	const char *seen = text_of(w, at(w, "GET", uri, NULL), "revision"), *change;
	struct response *res;

	assert_int_equal(strlen(seen), 20);
	res = at(w, "PATCH", uri, arena_printf(w->app.mem, "{\"script\":\"First\",\"revision\":\"%s\"}", seen));
	assert_int_equal(res->status, 200);
	assert_string_not_equal(text_of(w, res, "revision"), seen);
	change = arena_printf(w->app.mem, "{\"script\":\"Second\",\"revision\":\"%s\"}", seen);
	res = at(w, "PATCH", uri, change);
	assert_int_equal(res->status, 409);
	assert_string_equal(text_of(w, res, "error.code"), "conflict");
	assert_string_equal(text_of(w, res, "error.field"), "revision");
	res = at(w, "GET", uri, NULL);
	assert_string_equal(text_of(w, res, "script"), "First");

	/* The first one's answer was lost: sent again, it is no conflict. */
	res = at(w, "PATCH", uri, arena_printf(w->app.mem, "{\"script\":\"First\",\"revision\":\"%s\"}", seen));
	assert_int_equal(res->status, 200);
	/* With the present revision, or without one, it goes through. */
	change = arena_printf(w->app.mem, "{\"script\":\"Second\",\"revision\":\"%s\"}", text_of(w, res, "revision"));
	assert_int_equal(at(w, "PATCH", uri, change)->status, 200);
	assert_int_equal(at(w, "PATCH", uri, "{\"script\":\"Third\"}")->status, 200);
	assert_string_equal(text_of(w, at(w, "PATCH", uri, "{\"revision\":1}"), "error.field"), "revision");
	assert_string_equal(text_of(w, at(w, "POST", "/api/agents", "{\"name\":\"n\",\"script\":\"s\",\"revision\":\"x\"}"),
				    "error.field"), "revision");
}

static void a_campaign_that_turns_to_an_agent_is_no_change_of_it(void **state)
{
	struct world *w = *state;
	const char *id = new_agent(w, "Hi"), *other = new_agent(w, "Ho"), *uri = arena_join(w->app.mem, "/api/agents/", id);
	const char *seen = text_of(w, at(w, "GET", uri, NULL), "revision");
	const char *campaign = arena_join(w->app.mem, "/api/campaigns/", new_campaign(w, id, ""));

	/* The agent that is turned to gets a new number, so that its leads are looked at again, and nothing else. */
	assert_int_equal(at(w, "PATCH", campaign, arena_printf(w->app.mem, "{\"agent_id\":\"%s\"}", other))->status, 200);
	assert_int_equal(at(w, "PATCH", campaign, arena_printf(w->app.mem, "{\"agent_id\":\"%s\"}", id))->status, 200);
	assert_int_equal(at(w, "PATCH", uri, arena_printf(w->app.mem, "{\"name\":\"Bob\",\"revision\":\"%s\"}", seen))->status, 200);
}

static void an_agent_says_where_it_is_used(void **state)
{
	struct world *w = *state;
	const char *id = new_agent(w, "Hi"), *unused = new_agent(w, "Ho"), *campaign = new_campaign(w, id, "");
	const char *told = arena_printf(w->app.mem, "\"campaigns\":[{\"id\":\"%s\",\"name\":\"%s\",\"state\":\"draft\"}],"
						    "\"campaign_count\":1", campaign,
					text_of(w, at(w, "GET", arena_join(w->app.mem, "/api/campaigns/", campaign), NULL), "name"));
	struct response *res = at(w, "GET", arena_join(w->app.mem, "/api/agents/", id), NULL);

	assert_true(body_has(res, told));
	assert_true(body_has(at(w, "GET", "/api/agents", NULL), told));
	res = at(w, "GET", arena_join(w->app.mem, "/api/agents/", unused), NULL);
	assert_true(body_has(res, "\"campaigns\":[],\"campaign_count\":0"));
	for (int i = 0; i < 12; i++)
		new_campaign(w, unused, "");
	res = at(w, "GET", arena_join(w->app.mem, "/api/agents/", unused), NULL);
	assert_int_equal(number_of(w, res, "campaign_count"), 12);
	assert_int_equal(json_object_array_length(json_get(json_of(w, res), "campaigns")), 10);
}

static const char *names_of(struct world *w, const struct response *res)
{
	size_t count;
	struct json_object *items = json_list(json_of(w, res), "items", &count);
	struct buf *names = buf_in(w->app.mem, 1 << 16);

	for (size_t i = 0; i < count; i++) {
		struct json_object *item = json_object_array_get_idx(items, i);
		bool required = false;

		json_flag(item, "required", &required);
		buf_printf(names, "%s%s:%s%s", i ? " " : "", json_text(item, "name"), json_text(item, "source"), required ? "!" : "");
	}
	return names->ptr;
}

static void the_variables_are_those_of_leads_of_columns_and_of_the_script(void **state)
{
	struct world *w = *state;
	const char *id = new_agent(w, "Hi {{first_name}} of {{city}}, {{plan|basic}} {{odd}}");
	const char *uri = arena_printf(w->app.mem, "/api/agents/%s/variables", id), *campaign = new_campaign(w, id, "");
	const char *elsewhere = new_campaign(w, new_agent(w, "Ho"), "");
	struct response *res;

	redis_number(w, arena_printf(w->app.mem, "ZADD parley:variables:%s 1 city 2 plan 3 not-a-name", campaign));
	redis_number(w, arena_printf(w->app.mem, "ZADD parley:variables:%s 1 street 2 city", elsewhere));
	res = at(w, "GET", uri, NULL);
	assert_int_equal(res->status, 200);
	assert_string_equal(names_of(w, res), "first_name:lead! name:lead phone:lead city:column! plan:column odd:script!");
	assert_string_equal(text_of(w, res, "columns_of"), "campaigns");
	/* A new one: the columns of all. */
	res = at(w, "GET", "/api/agents/variables", NULL);
	assert_string_equal(text_of(w, res, "columns_of"), "newest");
	assert_non_null(strstr(names_of(w, res), "street:column"));
	assert_non_null(strstr(names_of(w, res), "plan:column"));
	assert_int_equal(at(w, "GET", "/api/agents/nobody/variables", NULL)->status, 404);
}

#define LONG_NAME "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa" /* LIMIT_VARIABLE_NAME */

static void a_preview_says_what_would_be_heard(void **state)
{
	static const struct {
		const char *body, *answer;
	} rows[] = {
		{ "{\"script\":\"Hi {{first_name}}, {{city|there}}\",\"variables\":{\"name\":\"Ada L\"}}",
		  "{\"text\":\"Hi Ada, there\",\"missing\":[],\"characters\":13,\"script_characters\":33,\"price\":null,\"currency\":null}\n" },
		{ "{\"script\":\"{{b}}{{a}}{{b}}\",\"variables\":{\"a\":null,\"c\":\"x\"}}",
		  "{\"text\":\"{{b}}{{a}}{{b}}\",\"missing\":[\"b\",\"a\"],\"characters\":15,\"script_characters\":15,\"price\":null,"
		  "\"currency\":null}\n" },
		{ "{\"script\":\"\"}",
		  "{\"text\":\"\",\"missing\":[],\"characters\":0,\"script_characters\":0,\"price\":null,\"currency\":null}\n" },
		{ "{\"script\":\"{{" LONG_NAME "}}\",\"variables\":{\"" LONG_NAME "\":\"\xc3\xbc\"}}",
		  "{\"text\":\"\xc3\xbc\",\"missing\":[],\"characters\":1,\"script_characters\":68,\"price\":null,\"currency\":null}\n" },
	};
	static const struct {
		const char *body, *field;
	} wrong[] = {
		{ "{}", "script" }, { "{\"script\":1}", "script" }, { "{\"script\":\"{{ a }}\"}", "script" },
		{ "{\"script\":\"a\",\"variables\":[]}", "variables" }, { "{\"script\":\"a\",\"variables\":{\"x\":1}}", "variables.x" },
		{ "{\"script\":\"a\",\"voice\":1}", "voice" },
	};
	struct world *w = *state;

	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		struct response *res = at(w, "POST", "/api/agents/preview", rows[i].body);

		check_row(rows[i].body, res->status == 200);
		check_row_text(rows[i].body, res->body->ptr, rows[i].answer);
	}
	for (size_t i = 0; i < ARRAY_LEN(wrong); i++)
		check_row_text(wrong[i].body, text_of(w, at(w, "POST", "/api/agents/preview", wrong[i].body), "error.field"), wrong[i].field);
	w->app.cfg.speech_price_per_1000 = 0.5;
	w->app.cfg.price_currency = "USD";
	assert_true(body_has(at(w, "POST", "/api/agents/preview", "{\"script\":\"0123456789\"}"), "\"price\":0.0050,\"currency\":\"USD\""));
}

static void an_agent_that_campaigns_name_stays(void **state)
{
	struct world *w = *state;
	const char *id = new_agent(w, "Hi"), *other = new_agent(w, "Ho"), *campaign = new_campaign(w, id, "");
	const char *uri = arena_join(w->app.mem, "/api/agents/", id);
	struct response *res = at(w, "DELETE", uri, NULL);

	assert_int_equal(res->status, 409);
	assert_string_equal(text_of(w, res, "error.message"), "1 campaign uses this agent.");
	new_campaign(w, id, "");
	assert_string_equal(text_of(w, at(w, "DELETE", uri, NULL), "error.message"), "2 campaigns use this agent.");
	at(w, "PATCH", arena_join(w->app.mem, "/api/campaigns/", campaign),
	   arena_printf(w->app.mem, "{\"agent_id\":\"%s\"}", other));
	assert_string_equal(text_of(w, at(w, "DELETE", uri, NULL), "error.message"), "1 campaign uses this agent.");
	assert_int_equal(at(w, "DELETE", arena_join(w->app.mem, "/api/agents/", other), NULL)->status, 409);
	assert_int_equal(at(w, "DELETE", arena_join(w->app.mem, "/api/campaigns/", campaign), NULL)->status, 204);
	assert_int_equal(at(w, "DELETE", arena_join(w->app.mem, "/api/agents/", other), NULL)->status, 204);
	assert_int_equal(at(w, "GET", arena_join(w->app.mem, "/api/agents/", other), NULL)->status, 404);
}

static void the_pages_hold_every_agent_once_the_newest_first(void **state)
{
	struct world *w = *state;
	const char *ids[7], *cursor = NULL;
	int left = ARRAY_LEN(ids);

	for (size_t i = 0; i < ARRAY_LEN(ids); i++) {
		ids[i] = new_agent(w, "Hi");
		w->clock.now_ms += i >= 4; /* the first ones in the same ms */
	}
	do {
		struct response *res = at(w, "GET", cursor ? arena_printf(w->app.mem, "/api/agents?limit=3&cursor=%s", cursor)
							   : "/api/agents?limit=3", NULL);
		struct json_object *answer = json_of(w, res);
		size_t count;
		struct json_object *items = json_list(answer, "items", &count);

		for (size_t i = 0; i < count; i++) {
			const char *id = json_text(json_object_array_get_idx(items, i), "id");
			size_t k = 0;

			while (k < ARRAY_LEN(ids) && (!ids[k] || strcmp(ids[k], id)))
				k++;
			assert_true(k < ARRAY_LEN(ids));
			if (left > 5) /* those whose order is certain */
				assert_int_equal(k, left - 1);
			ids[k] = NULL;
			left--;
		}
		cursor = json_text(answer, "next_cursor");
	} while (cursor && left > 0);
	assert_int_equal(left, 0);
	assert_null(cursor);
	assert_string_equal(text_of(w, at(w, "GET", "/api/agents?limit=101", NULL), "error.field"), "limit");
	assert_string_equal(text_of(w, at(w, "GET", "/api/agents?cursor=x", NULL), "error.field"), "cursor");
	assert_string_equal(text_of(w, at(w, "GET", "/api/agents?cursor=1.a%20b", NULL), "error.field"), "cursor");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(an_agent_has_what_was_given_and_the_defaults, campaign_world_setup, api_teardown),
		cmocka_unit_test_setup_teardown(an_agent_of_elevenlabs_needs_no_script, campaign_world_setup, api_teardown),
		cmocka_unit_test_setup_teardown(what_is_wrong_is_told_by_name, campaign_world_setup, api_teardown),
		cmocka_unit_test_setup_teardown(a_script_may_be_as_long_as_it_says, campaign_world_setup, api_teardown),
		cmocka_unit_test_setup_teardown(a_change_makes_the_revision_greater_than_any_before, campaign_world_setup, api_teardown),
		cmocka_unit_test_setup_teardown(a_change_of_what_others_have_changed_is_seen, campaign_world_setup, api_teardown),
		cmocka_unit_test_setup_teardown(a_change_run_twice_is_one_change, campaign_world_setup, api_teardown),
		cmocka_unit_test_setup_teardown(the_second_of_two_operators_is_told, campaign_world_setup, api_teardown),
		cmocka_unit_test_setup_teardown(a_campaign_that_turns_to_an_agent_is_no_change_of_it, campaign_world_setup, api_teardown),
		cmocka_unit_test_setup_teardown(an_agent_says_where_it_is_used, campaign_world_setup, api_teardown),
		cmocka_unit_test_setup_teardown(the_variables_are_those_of_leads_of_columns_and_of_the_script, campaign_world_setup, api_teardown),
		cmocka_unit_test_setup_teardown(a_preview_says_what_would_be_heard, campaign_world_setup, api_teardown),
		cmocka_unit_test_setup_teardown(an_agent_that_campaigns_name_stays, campaign_world_setup, api_teardown),
		cmocka_unit_test_setup_teardown(the_pages_hold_every_agent_once_the_newest_first, campaign_world_setup, api_teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
