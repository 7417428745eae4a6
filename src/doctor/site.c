/* What is ours, as the doctor sees it: clock, addresses, files, runners, people,
 * and work that was given up. */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "doctor/checks.h"
#include "live/publisher.h"
#include "net/http.h"
#include "screening/jobs.h"
#include "screening/readiness.h"
#include "store/keys.h"
#include "store/store.h"

enum { SKEW_WARNING_MS = 2000, SKEW_FAILURE_MS = 30000, ADDRESS_TIMEOUT_MS = 8000 };

/* ---- the clock ---- */

static const char clock_advice[] = "Let this machine take its time from NTP.";

static void judge_skew(struct findings *f, const char *whose, int64_t skew_ms)
{
	int64_t off = skew_ms < 0 ? -skew_ms : skew_ms;

	if (off < SKEW_WARNING_MS)
		findings_add(f, FINDING_OK, "clock", NULL, "This machine and %s agree about the time.", whose);
	else
		findings_add(f, off < SKEW_FAILURE_MS ? FINDING_WARNING : FINDING_FAILURE, "clock", clock_advice,
			     "This machine's clock and that of %s are %" PRId64 " s apart; webhooks carry times.", whose, off / 1000);
}

static void compare_redis(struct app *app, struct findings *f)
{
	struct err err = { 0 };
	int64_t seconds, micros;
	struct reply r;

	/* Without Redis another finding says so. */
	if (!store_call(app->store, app->mem, &r, &err, "TIME", NULL) && r.count == 2 && reply_int(&r.items[0], &seconds) &&
	    reply_int(&r.items[1], &micros))
		judge_skew(f, "Redis", clock_wall_ms(app->clock) - (seconds * 1000 + micros / 1000));
}

/* The Date of any answer of a vendor; it has no fractions, so that it is half a second late on average. */
static bool vendors_time(struct app *app, const char *base, int64_t *skew_ms)
{
	struct http_call call = { .method = "GET", .url = arena_printf(app->mem, "%s/", base), .timeout_ms = ADDRESS_TIMEOUT_MS,
				  .max_reply = 1 << 20, .reuse = true };
	int64_t before = clock_wall_ms(app->clock);
	struct err err = { 0 };
	struct http_reply reply;
	struct tm tm = { 0 };
	const char *date, *end;

	http_call_header(&call, "User-Agent", "Parley");
	if (http_send(app->http, app->mem, &call, &reply, &err) || !(date = http_reply_header(&reply, "date")))
		return false;
	end = strptime(date, "%a, %d %b %Y %H:%M:%S GMT", &tm);
	if (!end || *end)
		return false;
	*skew_ms = (before + clock_wall_ms(app->clock)) / 2 - ((int64_t)timegm(&tm) * 1000 + 500);
	return true;
}

static void compare_vendor(struct app *app, struct findings *f)
{
	const struct {
		const char *name, *base;
		bool have;
	} vendors[] = {
		{ "ElevenLabs", app->cfg.elevenlabs_base_url, app->cfg.have_elevenlabs },
		{ "Twilio", app->cfg.twilio_base_url, app->cfg.have_twilio },
		{ "Linear", app->cfg.linear_base_url, app->cfg.have_linear },
	};
	int64_t skew_ms;

	/* One is enough; their own checks tell when they are silent. */
	for (size_t i = 0; i < ARRAY_LEN(vendors); i++)
		if (vendors[i].have && vendors_time(app, vendors[i].base, &skew_ms)) {
			judge_skew(f, vendors[i].name, skew_ms);
			return;
		}
}

void doctor_clock(struct app *app, struct findings *f)
{
	compare_redis(app, f);
	compare_vendor(app, f);
}

/* ---- addresses ---- */

static void look_at_address(struct app *app, struct findings *f, const char *name, const char *base)
{
	static const char advice[] = "Look at DNS, the certificate and the proxy in front of nginx.";
	struct http_call call = {
		.method = "GET",
		.url = arena_printf(app->mem, "%s/healthz", base),
		.timeout_ms = ADDRESS_TIMEOUT_MS,
		.max_reply = 64 << 10,
		.reuse = true,
	};
	struct http_reply reply;
	struct err err = { 0 };

	if (http_send(app->http, app->mem, &call, &reply, &err))
		findings_add(f, FINDING_FAILURE, "address", advice, "%s does not lead here: %s.", name, err.msg);
	else if (reply.status != 200 || !str_find(reply.body, STR("\"ok\"")))
		findings_add(f, FINDING_FAILURE, "address", advice, "%s does not lead here: %s answers HTTP %d.", name, call.url,
			     reply.status);
	else
		findings_add(f, FINDING_OK, "address", NULL, "%s leads here.", name);
}

void doctor_public_address(struct app *app, struct findings *f)
{
	look_at_address(app, f, "PUBLIC_BASE_URL", app->cfg.public_base_url);
}

void doctor_webhook_address(struct app *app, struct findings *f)
{
	look_at_address(app, f, "WEBHOOK_BASE_URL", app->cfg.webhook_base_url);
}

/* ---- what nginx serves ---- */

void doctor_assets(struct app *app, struct findings *f)
{
	static const char *const needed[] = {
		"version", "interview/interview.js", "interview/interview.css", "console/shell.js", "console/console.css",
	};

	for (size_t i = 0; i < ARRAY_LEN(needed); i++)
		if (access(arena_printf(app->mem, "%s/static/%s", app->cfg.data_dir, needed[i]), R_OK)) {
			findings_add(f, FINDING_FAILURE, "assets",
				     "Install Parley again, or let PARLEY_DATA_DIR name the directory that holds static/.",
				     "The file static/%s is missing or cannot be read.", needed[i]);
			return;
		}
	findings_add(f, FINDING_OK, "assets", NULL, "What pages load is installed.");
}

void doctor_live_feed(struct app *app, struct findings *f)
{
	const char *run = getenv("PARLEY_RUN_DIR");
	struct publisher p = { .http = app->http };
	struct channel channel;
	struct err err = { 0 };

	if (!run || !*run)
		return;
	p.socket = arena_printf(app->mem, "%s/live.sock", run);
	if (!publisher_look(&p, app->mem, "parley-check", &channel, &err) || err.kind == ERR_MISSING)
		findings_add(f, FINDING_OK, "live", NULL, "nginx takes what the live pages show.");
	else
		findings_add(f, FINDING_WARNING, "live", "Install nginx' nchan module and start nginx with the rendered configuration.",
			     "nginx has no live feed: pages ask every few seconds instead.");
}

/* ---- runners, and what they leave ---- */

/* Broken campaigns are worse than late interviews: nothing calls without this runner. */
void doctor_campaign_runner(struct app *app, struct findings *f)
{
	static const char advice[] = "Let cron start campaign-runner every minute; look into its log.";
	struct err err = { 0 };
	int64_t seen = 0, age_s;
	struct reply r;

	if (store_call(app->store, app->mem, &r, &err, "GET", KEY_CAMPAIGN_RUNNER_SEEN, NULL))
		return;
	reply_int(&r, &seen);
	age_s = (clock_wall_ms(app->clock) - seen) / 1000;
	if (!seen)
		findings_add(f, FINDING_WARNING, "runner", advice, "No campaign runner has worked yet.");
	else if (age_s > RUNNER_LATE_S)
		findings_add(f, FINDING_FAILURE, "runner", advice, "The last campaign runner worked %" PRId64 " minutes ago: nothing calls.",
			     age_s / 60);
	else
		findings_add(f, FINDING_OK, "runner", NULL, "A campaign runner worked %" PRId64 " seconds ago.", age_s < 0 ? 0 : age_s);
}

void doctor_leftovers(struct app *app, struct findings *f)
{
	struct queue queue = screening_queue(app);
	struct err err = { 0 };
	int64_t dead;
	struct reply orphans;

	if (queue_count(&queue, app->mem, "dead", &dead, &err) ||
	    store_call(app->store, app->mem, &orphans, &err, "ZCARD", KEY_ORPHANS, NULL))
		return;
	if (dead)
		findings_add(f, FINDING_WARNING, "queue", "See parley jobs list --dead; then parley jobs retry.",
			     "%" PRId64 " job%s given up.", dead, dead == 1 ? " was" : "s were");
	else
		findings_add(f, FINDING_OK, "queue", NULL, "No job was given up.");
	if (orphans.number)
		findings_add(f, FINDING_WARNING, "queue", "Look whether another program uses the same agent.",
			     "%" PRId64 " transcript%s to no interview.", orphans.number,
			     orphans.number == 1 ? " belongs" : "s belong");
}

void doctor_operators(struct app *app, struct findings *f)
{
	struct err err = { 0 };
	struct reply r;

	if (store_call(app->store, app->mem, &r, &err, "SCARD", KEY_OPERATORS, NULL))
		return;
	if (r.number)
		findings_add(f, FINDING_OK, "operators", NULL, "%" PRId64 " operator%s can sign in.", r.number,
			     r.number == 1 ? "" : "s");
	else
		findings_add(f, FINDING_WARNING, "operators", "Run parley operator ensure.", "Nobody can sign in to the console.");
}
