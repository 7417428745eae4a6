/* See health.h. */
#include "screening/health.h"

#include <inttypes.h>

#include "app.h"
#include "base/limits.h"
#include "screening/jobs.h"
#include "screening/readiness.h"
#include "store/keys.h"
#include "store/store.h"

int health_alive(struct app *app, struct request *req, struct response *res, struct err *err)
{
	(void)app;
	(void)req;
	(void)err;
	response_json(res, 200, STR("{\"status\":\"ok\"}"));
	return 0;
}

static void put_check(struct buf *json, const struct finding *f)
{
	buf_puts(json, "{\"name\":");
	buf_json(json, str_from(f->name));
	buf_printf(json, ",\"ok\":%s,\"detail\":", f->level == FINDING_FAILURE ? "false" : "true");
	buf_json(json, str_from(f->detail));
	buf_putc(json, '}');
}

/* One check a name; what else a name has to say stands among the warnings. */
static void put_checks(struct buf *json, const struct findings *f)
{
	const char *last = "";

	for (size_t i = 0; i < f->count; i++) {
		if (!strcmp(f->list[i].name, last))
			continue;
		buf_puts(json, i ? "," : "");
		put_check(json, &f->list[i]);
		last = f->list[i].name;
	}
}

static void put_warnings(struct buf *json, const struct findings *f)
{
	const char *comma = "";

	for (size_t i = 0; i < f->count; i++) {
		if (f->list[i].level != FINDING_WARNING)
			continue;
		buf_puts(json, comma);
		buf_json(json, str_from(f->list[i].detail));
		comma = ",";
	}
}

int health_ready(struct app *app, struct request *req, struct response *res, struct err *err)
{
	struct findings *f = arena_new_object(app->mem, struct findings);
	struct buf *json = buf_in(res->mem, LIMIT_RESPONSE);
	bool failed;

	(void)req;
	(void)err;
	f->mem = app->mem;
	readiness_redis(app, f);
	readiness_disk(app, f);
	readiness_templates(app, f);
	readiness_settings(app, f);
	/* Without Redis there is nothing to ask about the runner. */
	if (f->list[0].level != FINDING_FAILURE)
		readiness_runner(app, f);
	failed = findings_have(f, FINDING_FAILURE);
	buf_printf(json, "{\"status\":\"%s\",\"checks\":[", failed ? "unavailable" : "ok");
	put_checks(json, f);
	buf_puts(json, "],\"warnings\":[");
	put_warnings(json, f);
	buf_puts(json, "]}");
	response_json(res, failed ? 503 : 200, buf_view(json));
	return 0;
}

static void describe(struct buf *out, const char *name, const char *help)
{
	buf_printf(out, "# HELP %s %s\n# TYPE %s gauge\n", name, help, name);
}

static void gauge(struct buf *out, const char *name, const char *help, int64_t value)
{
	describe(out, name, help);
	buf_printf(out, "%s %" PRId64 "\n", name, value);
}

static int put_queue(struct app *app, struct buf *out, struct err *err)
{
	static const char *const states[] = { "due", "leased", "dead" };
	struct queue queue = screening_queue(app);
	int64_t count, waited = 0;
	struct job_info *oldest;
	size_t found;

	describe(out, "parley_queue_jobs", "Jobs by state; a dead one waits for a person.");
	for (size_t i = 0; i < ARRAY_LEN(states); i++) {
		if (queue_count(&queue, app->mem, states[i], &count, err))
			return -1;
		buf_printf(out, "parley_queue_jobs{queue=\"%s\",state=\"%s\"} %" PRId64 "\n", queue.name, states[i], count);
	}
	if (queue_list(&queue, app->mem, "due", 1, &oldest, &found, err))
		return -1;
	if (found)
		waited = clock_wall_ms(app->clock) - oldest[0].at_ms;
	describe(out, "parley_queue_oldest_due_seconds", "For how long the oldest due job has waited.");
	buf_printf(out, "parley_queue_oldest_due_seconds{queue=\"%s\"} %" PRId64 "\n", queue.name,
		   waited > 0 ? waited / 1000 : 0);
	return 0;
}

static int put_sets(struct app *app, struct buf *out, struct err *err)
{
	static const struct {
		const char *key, *name, *help;
	} sets[] = {
		{ KEY_SESSIONS, "parley_sessions", "Screening sessions on record." },
		{ KEY_AWAITED, "parley_conversations_awaited", "Started conversations whose transcript has not come." },
		{ KEY_ORPHANS, "parley_transcripts_orphaned", "Transcripts that belong to no session." },
	};
	struct command c[ARRAY_LEN(sets)];
	struct reply r[ARRAY_LEN(sets)];

	for (size_t i = 0; i < ARRAY_LEN(sets); i++) {
		c[i] = command_new(app->mem, "ZCARD");
		command_text(&c[i], sets[i].key);
	}
	if (store_pipeline(app->store, c, ARRAY_LEN(sets), r, err))
		return -1;
	for (size_t i = 0; i < ARRAY_LEN(sets); i++)
		gauge(out, sets[i].name, sets[i].help, r[i].number);
	return 0;
}

static int put_runner(struct app *app, struct buf *out, struct err *err)
{
	int64_t seen;

	if (readiness_runner_seen(app, &seen, err))
		return -1;
	if (seen)
		gauge(out, "parley_runner_age_seconds", "Since the last turn of a screening runner.",
		      (clock_wall_ms(app->clock) - seen) / 1000);
	return 0;
}

int health_metrics(struct app *app, struct request *req, struct response *res, struct err *err)
{
	struct buf *counts = buf_in(res->mem, 64 << 10);
	struct err away = { 0 };
	bool up = !put_queue(app, counts, &away) && !put_sets(app, counts, &away) && !put_runner(app, counts, &away);

	(void)req;
	(void)err;
	if (!up)
		log_event(&app->log, LOG_ERROR, "metrics.redis", LOG_TEXT("reason", away.msg));
	response_clear(res);
	response_type(res, "text/plain; version=0.0.4; charset=utf-8");
	response_header(res, "Cache-Control", "no-store");
	describe(res->body, "parley_build_info", "The running version.");
	buf_puts(res->body, "parley_build_info{version=\"" PARLEY_VERSION "\"} 1\n");
	gauge(res->body, "parley_redis_up", "Whether Redis answers.", up);
	if (up)
		buf_str(res->body, buf_view(counts));
	return 0;
}
