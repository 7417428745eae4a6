/* See doctor.h.  The table of checks, and how they are run. */
#include "doctor/doctor.h"

#include <pthread.h>
#include <signal.h>
#include <string.h>

#include "base/limits.h"
#include "doctor/checks.h"
#include "net/http.h"
#include "screening/readiness.h"
#include "store/store.h"

enum { CHECK_MS = 10 * 1000 };

static bool have_twilio(const struct config *cfg) { return cfg->have_twilio; }
static bool have_elevenlabs(const struct config *cfg) { return cfg->have_elevenlabs; }
static bool have_cerebras(const struct config *cfg) { return cfg->have_cerebras; }
static bool have_resend(const struct config *cfg) { return cfg->have_resend; }
static bool have_supabase(const struct config *cfg) { return cfg->have_supabase; }
static bool has_own_webhook_base(const struct config *cfg)
{
	return strcmp(cfg->public_base_url, cfg->webhook_base_url) != 0;
}

#define NEEDS_TWILIO have_twilio, "Twilio is not configured: no campaign can call.", "Set TWILIO_ACCOUNT_SID, TWILIO_AUTH_TOKEN and TWILIO_CALLER_ID."
#define NEEDS_ELEVENLABS have_elevenlabs, "ElevenLabs is not configured: no interview can begin and no campaign can speak.", \
	"Set ELEVENLABS_API_KEY, ELEVENLABS_VOICE_ID, ELEVENLABS_AGENT_ID and ELEVENLABS_WEBHOOK_SECRET."
#define NEEDS_LINEAR NULL, "No Linear workspace is configured: nothing starts an interview.", \
	"Set LINEAR_API_KEY and LINEAR_WEBHOOK_SECRET, or add a workspace."
#define NEEDS_CEREBRAS have_cerebras, "Cerebras is not configured: interviews are neither prepared nor evaluated.", "Set CEREBRAS_API_KEY."
#define NEEDS_RESEND have_resend, "Resend is not configured: no invitation is mailed.", \
	"Set RESEND_API_KEY, RESEND_WEBHOOK_SECRET, EMAIL_FROM and ADMIN_EMAIL."
#define NEEDS_SUPABASE have_supabase, "Supabase is not configured: audio stays on this machine, and nothing is mirrored.", NULL
#define ALWAYS NULL, "Could not be looked at: Redis does not answer.", NULL

#define REDIS "Redis"
#define MACHINE "This machine"

const struct check doctor_checks[] = {
	{ "redis.writes", REDIS, "Writes", readiness_redis_writes, ALWAYS },
	{ "redis.durability", REDIS, "Durability", readiness_redis_durability, ALWAYS },
	{ "clock", MACHINE, "Clock", doctor_clock, ALWAYS },
	{ "disk", MACHINE, "Disk space", readiness_disk, ALWAYS },
	{ "templates", MACHINE, "Templates", readiness_templates, ALWAYS },
	{ "assets", MACHINE, "Scripts and styles", doctor_assets, ALWAYS },
	{ "operators", MACHINE, "Operators", doctor_operators, ALWAYS },
	{ "live.feed", MACHINE, "Live feed", doctor_live_feed, NULL, "No run directory is known here, so nginx' live feed cannot be looked at.", NULL },
	{ "runner.screening", DOCTOR_RUNNERS, "Interviews", readiness_runner, ALWAYS },
	{ "runner.campaigns", DOCTOR_RUNNERS, "Campaigns", doctor_campaign_runner, NEEDS_TWILIO },
	{ "queue", DOCTOR_RUNNERS, "Work given up", doctor_leftovers, ALWAYS },
	{ "address.public", DOCTOR_ADDRESSES, "PUBLIC_BASE_URL", doctor_public_address, ALWAYS },
	{ "address.webhooks", DOCTOR_ADDRESSES, "WEBHOOK_BASE_URL", doctor_webhook_address, has_own_webhook_base,
	  "WEBHOOK_BASE_URL is the same address as PUBLIC_BASE_URL.", NULL },
	{ "webhooks.twilio", DOCTOR_ADDRESSES, "Twilio's webhooks", doctor_loopback_twilio, NEEDS_TWILIO },
	{ "webhooks.elevenlabs", DOCTOR_ADDRESSES, "ElevenLabs' webhooks", doctor_loopback_elevenlabs, NEEDS_ELEVENLABS },
	{ "webhooks.linear", DOCTOR_ADDRESSES, "Linear's webhooks", doctor_loopback_linear, NEEDS_LINEAR },
	{ "webhooks.resend", DOCTOR_ADDRESSES, "Resend's webhooks", doctor_loopback_resend, NEEDS_RESEND },
	{ "linear.workspaces", "Linear", "Keys and states", doctor_linear, NEEDS_LINEAR },
	{ "linear.webhooks", "Linear", "Webhooks", doctor_linear_webhooks, NEEDS_LINEAR },
	{ "elevenlabs.key", "ElevenLabs", "Key", doctor_elevenlabs_key, NEEDS_ELEVENLABS },
	{ "elevenlabs.speech", "ElevenLabs", "Credits for speech", doctor_speech, NEEDS_ELEVENLABS },
	{ "elevenlabs.voice", "ElevenLabs", "Default voice", doctor_voice, NEEDS_ELEVENLABS },
	{ "elevenlabs.agent", "ElevenLabs", "Interviewing agent", doctor_agent, NEEDS_ELEVENLABS },
	{ "twilio.account", "Twilio", "Account", doctor_twilio_account, NEEDS_TWILIO },
	{ "twilio.caller", "Twilio", "Caller id", doctor_twilio_caller, NEEDS_TWILIO },
	{ "cerebras.model", "Cerebras", "Key and model", doctor_cerebras, NEEDS_CEREBRAS },
	{ "resend.domain", "Resend", "Key and domain", doctor_resend, NEEDS_RESEND },
	{ "supabase.bucket", "Supabase", "Key and bucket", doctor_supabase, NEEDS_SUPABASE },
};

const size_t doctor_check_count = ARRAY_LEN(doctor_checks);

/* ---- one check, within its time ---- */

/* Lets no call outlast the check's deadline. */
struct bounded_http {
	struct http_client base;
	struct http_client *inner;
	const struct clock *clock;
	int64_t until_ms; /* monotonic */
};

static int bounded_send(struct http_client *self, struct arena *mem, const struct http_call *call, struct http_reply *reply,
			struct err *err)
{
	struct bounded_http *b = (struct bounded_http *)self;
	int64_t left = b->until_ms - clock_monotonic_ms(b->clock);
	struct http_call bounded = *call;

	if (left <= 0)
		return err_set(err, ERR_UPSTREAM, "no answer in time");
	if (!bounded.timeout_ms)
		bounded.timeout_ms = LIMIT_VENDOR_SECONDS * 1000;
	if (bounded.timeout_ms > left)
		bounded.timeout_ms = (int)left;
	return http_send(b->inner, mem, &bounded, reply, err);
}

struct examination {
	const struct check *check;
	struct app app; /* with memory and connections of its own */
	struct bounded_http http;
	struct findings *findings;
	bool keep, started;
	pthread_t thread;
};

static void *examine(void *arg)
{
	struct examination *x = arg;
	const struct check *c = x->check;
	int64_t begun = clock_monotonic_ms(x->app.clock);

	x->http.until_ms = begun + CHECK_MS;
	if (!c->applies || c->applies(&x->app.cfg))
		c->look(&x->app, x->findings);
	if (x->keep) {
		struct check_result r = check_judge(x->app.mem, &x->app.cfg, c, x->findings);
		struct err unkept = { 0 };

		r.took_ms = clock_monotonic_ms(x->app.clock) - begun;
		r.at_ms = clock_wall_ms(x->app.clock);
		check_keep(&x->app, c, &r, &unkept);
	}
	return NULL;
}

static void free_memory(void *arena)
{
	arena_free(arena);
}

static void prepare(struct examination *x, struct app *app, const struct check *c, bool keep, struct http_client *(*http)(void))
{
	*x = (struct examination){ .check = c, .app = *app, .keep = keep };
	x->app.mem = arena_new();
	arena_defer(app->mem, free_memory, x->app.mem); /* the findings outlive the thread */
	x->app.store = store_new(app->cfg.redis_url, app->clock);
	x->http = (struct bounded_http){ .base.send = bounded_send, .inner = http ? http() : http_curl_new(), .clock = app->clock };
	x->app.http = &x->http.base;
	x->findings = arena_new_object(x->app.mem, struct findings);
	x->findings->mem = x->app.mem;
}

static void finish(struct examination *x)
{
	if (x->started)
		pthread_join(x->thread, NULL);
	store_free(x->app.store);
	if (x->http.inner->free)
		x->http.inner->free(x->http.inner);
}

/* Signals stay with the main thread, which ends the program after the request at hand. */
void doctor_run(struct app *app, bool keep, struct http_client *(*http)(void), struct findings **findings)
{
	struct examination *all = arena_alloc(app->mem, doctor_check_count * sizeof(*all));
	sigset_t every, before;

	sigfillset(&every);
	for (size_t i = 0; i < doctor_check_count; i++)
		prepare(&all[i], app, &doctor_checks[i], keep, http);
	pthread_sigmask(SIG_SETMASK, &every, &before);
	for (size_t i = 0; i < doctor_check_count; i++) {
		all[i].started = !pthread_create(&all[i].thread, NULL, examine, &all[i]);
		if (!all[i].started)
			examine(&all[i]);
	}
	pthread_sigmask(SIG_SETMASK, &before, NULL);
	for (size_t i = 0; i < doctor_check_count; i++) {
		finish(&all[i]);
		findings[i] = all[i].findings;
	}
}
