/* See campaign_world.h. */
#include "tests/support/campaign_world.h"

#include <inttypes.h>
#include <string.h>

#include "access/actor.h"
#include "base/json.h"
#include "campaign/api.h"
#include "campaign/lead.h"
#include "store/keys.h"
#include "store/store.h"
#include "tests/support/check.h"

int campaign_world_setup(void **state)
{
	struct world *w;

	if (api_setup(state))
		return -1;
	w = *state;
	w->app.cfg.have_twilio = w->app.cfg.have_elevenlabs = true;
	w->app.cfg.twilio_caller_id = "+14155550100";
	w->app.cfg.elevenlabs_voice_id = "voice-of-the-settings";
	w->app.cfg.elevenlabs_agent_id = "agent-of-the-settings";
	return 0;
}

struct response *at(struct world *w, const char *method, const char *uri, const char *body)
{
	return ask(w, (struct ask){ .method = method, .uri = uri, .type = body ? "application/json" : NULL, .body = body,
				    .pages = &campaign_pages });
}

static const char *created(struct world *w, const char *uri, const char *body)
{
	struct response *res = at(w, "POST", uri, body);

	if (res->status != 201)
		fail_msg("%s: %d %s", body, res->status, res->body->ptr);
	return text_of(w, res, "id");
}

const char *new_agent(struct world *w, const char *script)
{
	return created(w, "/api/agents", arena_printf(w->app.mem, "{\"name\":\"Ann\",\"script\":\"%s\"}", script));
}

const char *new_campaign(struct world *w, const char *agent, const char *more)
{
	return created(w, "/api/campaigns",
		       arena_printf(w->app.mem, "{\"name\":\"Survey\",\"agent_id\":\"%s\",\"timezone\":\"UTC\"%s}", agent, more));
}

/* ---- Redis ---- */

static struct reply redis(struct world *w, const char *command)
{
	struct str rest = str_from(command);
	struct command c = { .mem = w->app.mem };
	struct reply r;
	struct err err = { 0 };

	while (rest.ptr)
		command_str(&c, str_cut(rest, ' ', &rest));
	if (store_run(w->app.store, &c, &r, &err))
		fail_msg("%s: %s", command, err.msg);
	return r;
}

int64_t redis_number(struct world *w, const char *command)
{
	struct reply r = redis(w, command);
	int64_t n;

	return reply_int(&r, &n) ? n : -1;
}

const char *redis_text(struct world *w, const char *command)
{
	struct reply r = redis(w, command);

	return reply_text(&r) ? reply_text(&r) : "(nil)";
}

static int64_t group_number(struct world *w, const char *campaign, const char *group)
{
	const char *key = key_of(w->app.mem, KEY_GROUPS, campaign);
	int64_t count = redis_number(w, arena_join(w->app.mem, "HLEN ", key)), number;
	const char *get = arena_printf(w->app.mem, "HGET %s %s", key, group);

	number = redis_number(w, get);
	if (number >= 0)
		return number;
	redis_number(w, arena_printf(w->app.mem, "HSET %s %s %" PRId64, key, group, count));
	return count;
}

int64_t add_lead(struct world *w, const char *campaign, const char *group, int64_t next_ms, const char *held)
{
	struct arena *mem = w->app.mem;
	int64_t g = group_number(w, campaign, group);
	int64_t number = redis_number(w, arena_printf(mem, "HINCRBY %s leads 1", key_of(mem, KEY_CAMPAIGN, campaign)));
	bool waits = next_ms && !held;
	const char *phone = arena_printf(mem, "+1415555%04d", (int)number);
	const char *counts = key_of(mem, KEY_COUNTS, campaign);

	redis(w, arena_printf(mem, "HSET " KEY_LEAD "%s:%" PRId64 " p %s g %" PRId64, campaign, number, phone, g));
	if (waits)
		redis(w, arena_printf(mem, "HSET " KEY_LEAD "%s:%" PRId64 " s w t %" PRId64 " a 1", campaign, number, next_ms));
	if (held)
		redis(w, arena_printf(mem, "HSET " KEY_LEAD "%s:%" PRId64 " h %s", campaign, number, held));
	redis(w, arena_printf(mem, "HSET " KEY_PHONES "%s:%d %s %" PRId64, campaign, (int)(number % 7), phone, number));
	redis(w, arena_printf(mem, "HINCRBY %s total 1", counts));
	redis(w, arena_printf(mem, "HINCRBY %s %s 1", counts, waits ? "waiting" : "pending"));
	if (held)
		redis(w, arena_printf(mem, "ZADD " KEY_HELD "%s:%" PRId64 ":%s %" PRId64 " %" PRId64, campaign, g, held, next_ms, number));
	else
		redis(w, arena_printf(mem, "ZADD " KEY_DUE "%s:%" PRId64 " %" PRId64 " %" PRId64, campaign, g,
				      waits ? next_ms : number, number));
	return number;
}

int64_t number_of(struct world *w, const struct response *res, const char *path)
{
	int64_t n;

	return json_int(json_of(w, res), path, &n) ? n : -1;
}

static int come_in(struct request *req, const struct actor *actor)
{
	req->actor = actor;
	return 0;
}

int as_operator(struct app *app, struct request *req, struct response *res, struct err *err)
{
	static const struct actor operator = { .email = "op@console.example", .role = ROLE_OPERATOR, .csrf = "token" };

	(void)app, (void)res, (void)err;
	return come_in(req, &operator);
}

int as_viewer(struct app *app, struct request *req, struct response *res, struct err *err)
{
	static const struct actor viewer = { .email = "eye@console.example", .role = ROLE_VIEWER, .csrf = "token" };

	(void)app, (void)res, (void)err;
	return come_in(req, &viewer);
}
