/* What is ours, as `parley doctor` sees it: clock, addresses, people,
 * and work that was given up. */
#include <inttypes.h>
#include <string.h>

#include "doctor.h"
#include "net/http.h"
#include "screening/jobs.h"
#include "store/keys.h"
#include "store/store.h"

enum { SKEW_WARNING_MS = 2000, SKEW_FAILURE_MS = 30000, ADDRESS_TIMEOUT_MS = 8000 };

void doctor_clock(struct app *app, struct findings *f)
{
	static const char advice[] = "Let both machines take their time from NTP.";
	struct err err = { 0 };
	int64_t seconds, micros, skew;
	struct reply r;

	/* Without Redis another finding says so. */
	if (store_call(app->store, app->mem, &r, &err, "TIME", NULL) || r.count != 2 ||
	    !reply_int(&r.items[0], &seconds) || !reply_int(&r.items[1], &micros))
		return;
	skew = clock_wall_ms(app->clock) - (seconds * 1000 + micros / 1000);
	if (skew < 0)
		skew = -skew;
	if (skew < SKEW_WARNING_MS)
		findings_add(f, FINDING_OK, "clock", NULL, "This machine and Redis agree about the time.");
	else
		findings_add(f, skew < SKEW_FAILURE_MS ? FINDING_WARNING : FINDING_FAILURE, "clock", advice,
			     "This machine's clock and that of Redis are %" PRId64 " s apart; webhooks carry times.",
			     skew / 1000);
}

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

void doctor_addresses(struct app *app, struct findings *f)
{
	look_at_address(app, f, "PUBLIC_BASE_URL", app->cfg.public_base_url);
	if (strcmp(app->cfg.public_base_url, app->cfg.webhook_base_url))
		look_at_address(app, f, "WEBHOOK_BASE_URL", app->cfg.webhook_base_url);
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
