/* See call_world.h. */
#include "tests/support/call_world.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "campaign/campaign_settings.h"
#include "store/keys.h"
#include "tests/support/check.h"

static const char settings[] =
	"{\"name\":\"Spring survey\",\"agent_id\":\"" AGENT "\",\"caller_id\":\"+14155550100\",\"timezone\":\"Etc/UTC\","
	"\"calling_hours\":{\"days\":[\"mon\",\"tue\",\"wed\",\"thu\",\"fri\",\"sat\",\"sun\"],\"start\":\"00:00\",\"end\":\"24:00\"},"
	"\"recipient_hours\":null,\"daily_cap\":100000,\"max_concurrent_calls\":1000,\"calls_per_second\":100000,"
	"\"retry\":{\"max_attempts\":3,\"delays_seconds\":{\"busy\":[60],\"no_answer\":[3600],\"voicemail\":[60]}},"
	"\"keys\":{\"1\":{\"outcome\":\"interested\"},\"9\":{\"outcome\":\"opt_out\"}}}";

static const char agent[] =
	"{\"name\":\"Ada\",\"voice_id\":\"voice\",\"model_id\":\"model\",\"language\":null,\"script\":\"Hello.\","
	"\"voice_settings\":null,\"elevenlabs_agent_id\":null}";

struct reply redis(struct call_world *w, const char *command, const char *a, const char *b, const char *c, const char *d)
{
	const char *words[] = { a, b, c, d };
	struct command run = command_new(w->app.mem, command);
	struct err err = { 0 };
	struct reply r;

	for (size_t i = 0; i < ARRAY_LEN(words) && words[i]; i++)
		command_text(&run, words[i]);
	assert_int_equal(store_run(w->app.store, &run, &r, &err), 0);
	return r;
}

int64_t redis_number(struct call_world *w, const char *command, const char *key, const char *a, const char *b)
{
	struct reply r = redis(w, command, key, a, b, NULL);
	int64_t n = 0;

	return reply_int(&r, &n) ? n : 0;
}

static void write_settings(struct call_world *w, struct json_object *given, struct json_object *former)
{
	struct settings_problem problem;
	struct json_object *all = campaign_settings_read(w->app.mem, given, former, NULL, &problem);

	assert_non_null(all);
	redis(w, "HSET", KEY_CAMPAIGN CAMPAIGN, "settings", json_write(all), NULL);
	redis(w, "HINCRBY", KEY_CAMPAIGN CAMPAIGN, "revision", "1", NULL);
}

void change_settings(struct call_world *w, const char *change)
{
	struct reply former = redis(w, "HGET", KEY_CAMPAIGN CAMPAIGN, "settings", NULL, NULL);
	struct err err = { 0 };

	write_settings(w, json_read(w->app.mem, str_from(change), &err), json_read(w->app.mem, former.text, &err));
}

int call_setup(void **state)
{
	struct call_world *w = calloc(1, sizeof(*w));
	struct err err = { 0 };

	redis_server_open(&w->redis);
	w->app.mem = arena_new();
	w->app.clock = &system_clock;
	w->app.log = (struct log){ .fd = -1, .program = "test", .clock = w->app.clock };
	w->app.store = store_new(w->redis.url, w->app.clock);
	strncpy(w->state_dir, "/tmp/parley-test-XXXXXX", sizeof(w->state_dir) - 1);
	assert_non_null(mkdtemp(w->state_dir));
	w->app.cfg.state_dir = w->state_dir;
	w->app.cfg.public_base_url = w->app.cfg.webhook_base_url = "http://127.0.0.1:9";
	w->app.cfg.have_twilio = w->app.cfg.have_elevenlabs = true;
	w->app.cfg.twilio_calls_per_second = 100000;
	w->app.cfg.twilio_account_sid = "AC00000000000000000000000000000000";
	w->app.cfg.twilio_auth_token = "token";
	w->app.cfg.twilio_base_url = "http://127.0.0.1:9";
	redis(w, "HSET", KEY_CAMPAIGN CAMPAIGN, "state", "running", NULL);
	redis(w, "HSET", KEY_CAMPAIGN CAMPAIGN, "created", "1763632800000", NULL);
	redis(w, "HSET", KEY_GROUPS CAMPAIGN, "", "0", NULL);
	redis(w, "SADD", KEY_CAMPAIGNS_ACTIVE, CAMPAIGN, NULL, NULL);
	redis(w, "HSET", KEY_AGENT AGENT, "json", agent, NULL);
	redis(w, "HSET", KEY_AGENT AGENT, "revision", "1", NULL);
	write_settings(w, json_read(w->app.mem, str_from(settings), &err), NULL);
	*state = w;
	return 0;
}

int call_teardown(void **state)
{
	struct call_world *w = *state;

	store_free(w->app.store);
	redis_server_close(&w->redis);
	rmdir(w->state_dir);
	arena_free(w->app.mem);
	free(w);
	return 0;
}

const char *phone_of(struct call_world *w, int64_t number)
{
	return arena_printf(w->app.mem, "+1415555%04" PRId64, number);
}

void add_lead(struct call_world *w, int64_t number)
{
	const char *n = arena_printf(w->app.mem, "%" PRId64, number);

	redis(w, "HSET", lead_key(w->app.mem, CAMPAIGN, number), "p", phone_of(w, number), NULL);
	redis(w, "HSET", lead_key(w->app.mem, CAMPAIGN, number), "g", "0", NULL);
	redis(w, "ZADD", due_key(w->app.mem, CAMPAIGN, 0), n, n, NULL);
	redis(w, "HINCRBY", KEY_COUNTS CAMPAIGN, "total", "1", NULL);
	redis(w, "HINCRBY", KEY_COUNTS CAMPAIGN, "pending", "1", NULL);
	redis(w, "HINCRBY", KEY_CAMPAIGN CAMPAIGN, "leads", "1", NULL);
}

int64_t count_of(struct call_world *w, const char *name)
{
	return redis_number(w, "HGET", KEY_COUNTS CAMPAIGN, name, NULL);
}

const char *lead_field(struct call_world *w, int64_t number, const char *field)
{
	struct reply r = redis(w, "HGET", lead_key(w->app.mem, CAMPAIGN, number), field, NULL, NULL);

	return reply_text(&r) ? reply_text(&r) : "";
}

void assert_sums(struct call_world *w)
{
	int64_t held = 0;
	static const char *const reasons[] = { "missing_variable", "text_refused", "number_busy", "contact_gap", "contact_limit" };

	for (size_t i = 0; i < ARRAY_LEN(reasons); i++)
		held += redis_number(w, "ZCARD", held_key(w->app.mem, CAMPAIGN, 0, reasons[i]), NULL, NULL);
	assert_int_equal(count_of(w, "pending") + count_of(w, "calling") + count_of(w, "waiting") + count_of(w, "done"),
			 count_of(w, "total"));
	assert_int_equal(redis_number(w, "ZCARD", due_key(w->app.mem, CAMPAIGN, 0), NULL, NULL) + held,
			 count_of(w, "pending") + count_of(w, "waiting"));
	assert_int_equal(redis_number(w, "SCARD", KEY_LIVE_CALLS CAMPAIGN, NULL, NULL), count_of(w, "calling"));
	assert_int_equal(redis_number(w, "ZCARD", KEY_CALLS_OPEN, NULL, NULL), count_of(w, "calling"));
	assert_int_equal(redis_number(w, "HLEN", KEY_NUMBERS_LIVE, NULL, NULL), count_of(w, "calling"));
	assert_int_equal(redis_number(w, "XLEN", KEY_EVENTS CAMPAIGN, NULL, NULL),
			 redis_number(w, "HGET", KEY_CAMPAIGN CAMPAIGN, "seq", NULL));
}

size_t claim_next(struct call_world *w, size_t most, struct candidate *taken, struct claim *claim)
{
	struct candidate *candidates = arena_alloc(w->app.mem, CLAIM_MOST * sizeof(*candidates));
	static int serial; /* of the attempts' ids */
	struct call_plan plan;
	struct err err = { 0 };
	struct lead *leads;
	size_t count, n = 0;

	assert_int_equal(call_plan_make(&w->app, CAMPAIGN, &plan, &err), 0);
	assert_int_equal(call_queue_next(&w->app, &plan, most, &leads, &count, &err), 0);
	for (size_t i = 0; i < count; i++) {
		candidates[i] = (struct candidate){ .lead = leads[i], .audio = "hash.wav" };
		snprintf(candidates[i].id, sizeof(candidates[i].id), "attempt%015d", ++serial);
	}
	assert_int_equal(call_queue_claim(&w->app, &plan, candidates, count, claim, &err), 0);
	for (size_t i = 0; i < count; i++)
		if (candidates[i].verdict == CLAIM_TAKEN)
			taken[n++] = candidates[i];
	return n;
}

const char *one_call(struct call_world *w)
{
	struct candidate *taken = arena_alloc(w->app.mem, CLAIM_MOST * sizeof(*taken));
	struct claim claim;

	add_lead(w, 1);
	assert_int_equal(claim_next(w, 1, taken, &claim), 1);
	return taken[0].id;
}
