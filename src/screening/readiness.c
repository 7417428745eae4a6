/* See readiness.h.  The words are public (/readyz asks for no key): they name
 * neither hosts nor paths. */
#include "screening/readiness.h"

#include <inttypes.h>
#include <string.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include "base/buf.h"
#include "store/keys.h"
#include "store/store.h"

enum { LEAST_DISK_MB = 100, PROBE_S = 60 };

static int probe(struct app *app, struct err *err)
{
	struct command c[2];
	struct reply r[2];

	c[0] = command_new(app->mem, "PING");
	c[1] = command_new(app->mem, "SET");
	command_text(&c[1], KEY_PROBE);
	command_int(&c[1], clock_wall_ms(app->clock));
	command_text(&c[1], "EX");
	command_int(&c[1], PROBE_S);
	return store_pipeline(app->store, c, 2, r, err);
}

/* How Redis is set must not be a secret to us, yet a hosted one may refuse CONFIG. */
static const char *redis_setting(struct app *app, const char *name)
{
	struct err refused = { 0 };
	struct reply r;

	if (store_call(app->store, app->mem, &r, &refused, "CONFIG", "GET", name, NULL) || r.count < 2)
		return NULL;
	return reply_text(&r.items[1]);
}

void readiness_redis_durability(struct app *app, struct findings *f)
{
	static const struct {
		const char *setting, *wanted, *loss;
	} rows[] = {
		{ "appendonly", "yes", "what is stored is lost when Redis ends" },
		{ "appendfsync", "always", "the last moments are lost when the machine fails" },
		{ "maxmemory-policy", "noeviction", "sessions are thrown away when memory runs out" },
	};
	bool fine = true;

	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		const char *value = redis_setting(app, rows[i].setting);

		if (!value) {
			findings_add(f, FINDING_WARNING, "redis_durability", "Ask whoever runs Redis about appendonly, appendfsync and maxmemory-policy.",
				     "Redis does not tell its settings, so it is not known how durable it is.");
			return;
		}
		if (!strcmp(value, rows[i].wanted))
			continue;
		fine = false;
		findings_add(f, FINDING_WARNING, "redis_durability",
			     arena_printf(app->mem, "Set %s %s in the configuration of Redis.", rows[i].setting, rows[i].wanted),
			     "%s is %s: %s.", rows[i].setting, value, rows[i].loss);
	}
	if (fine)
		findings_add(f, FINDING_OK, "redis_durability", NULL, "Every write is on disk before it is answered.");
}

void readiness_redis_writes(struct app *app, struct findings *f)
{
	struct err err = { 0 };

	if (probe(app, &err)) {
		log_event(&app->log, LOG_ERROR, "readiness.redis", LOG_TEXT("reason", err.msg));
		findings_add(f, FINDING_FAILURE, "redis", "Look whether Redis runs where REDIS_URL says, lets us in, and has memory left.",
			     "Redis does not answer, or takes no writes.");
		return;
	}
	findings_add(f, FINDING_OK, "redis", NULL, "Redis answers and takes writes.");
}

void readiness_redis(struct app *app, struct findings *f)
{
	readiness_redis_writes(app, f);
	if (f->list[f->count - 1].level == FINDING_OK)
		readiness_redis_durability(app, f);
}

void readiness_disk(struct app *app, struct findings *f)
{
	const char *dir = app->cfg.state_dir;
	struct statvfs fs;
	uint64_t free_mb;

	if (statvfs(dir, &fs) || access(dir, W_OK | X_OK)) {
		findings_add(f, FINDING_FAILURE, "disk", "Make the directory of PARLEY_STATE_DIR and give it to the programs' user.",
			     "The data directory is missing or cannot be written.");
		return;
	}
	free_mb = (uint64_t)fs.f_bavail * fs.f_frsize >> 20;
	if (free_mb < LEAST_DISK_MB)
		findings_add(f, FINDING_FAILURE, "disk", "Make room on the disk that holds PARLEY_STATE_DIR.",
			     "Only %" PRIu64 " MB are free; %d are needed.", free_mb, LEAST_DISK_MB);
	else
		findings_add(f, FINDING_OK, "disk", NULL, "%" PRIu64 " MB are free.", free_mb);
}

void readiness_templates(struct app *app, struct findings *f)
{
	static const char *const needed[] = {
		"interview/page.html", "interview/notice.html", "mail/invitation.html", "mail/invitation.txt",
		"mail/admin_orphan.txt", "mail/admin_dead_letter.txt",
	};

	for (size_t i = 0; i < ARRAY_LEN(needed); i++)
		if (access(arena_printf(app->mem, "%s/templates/%s", app->cfg.data_dir, needed[i]), R_OK)) {
			findings_add(f, FINDING_FAILURE, "templates",
				     "Install Parley again, or let PARLEY_DATA_DIR name the directory that holds templates/.",
				     "The template %s is missing or cannot be read.", needed[i]);
			return;
		}
	findings_add(f, FINDING_OK, "templates", NULL, "All templates are installed.");
}

static void look_at_api_key(struct app *app, struct findings *f)
{
	if (!app->cfg.orchestrator_api_key)
		findings_add(f, FINDING_WARNING, "configuration", "Set ORCHESTRATOR_API_KEY.",
			     "The JSON API has no key, so it refuses everyone.");
}

void readiness_settings(struct app *app, struct findings *f)
{
	const struct {
		const char *name, *prefix, *lost;
		bool have;
	} vendors[] = {
		{ "Linear", "LINEAR_", "only added workspaces start interviews", app->cfg.have_linear },
		{ "ElevenLabs", "ELEVENLABS_", "no interview can begin", app->cfg.have_elevenlabs },
		{ "Cerebras", "CEREBRAS_", "interviews are neither prepared nor evaluated", app->cfg.have_cerebras },
		{ "Resend", "RESEND_", "no invitation is mailed", app->cfg.have_resend },
	};
	struct buf *have = buf_in(app->mem, 256);

	for (size_t i = 0; i < ARRAY_LEN(vendors); i++)
		if (vendors[i].have)
			buf_printf(have, "%s%s", have->len ? ", " : "", vendors[i].name);
	findings_add(f, FINDING_OK, "configuration", NULL, "Configured vendors: %s.", have->len ? have->ptr : "none");
	for (size_t i = 0; i < ARRAY_LEN(vendors); i++)
		if (!vendors[i].have)
			findings_add(f, FINDING_WARNING, "configuration",
				     arena_printf(app->mem, "Give the %s... settings.", vendors[i].prefix),
				     "%s is not configured: %s.", vendors[i].name, vendors[i].lost);
	look_at_api_key(app, f);
}

int readiness_runner_seen(struct app *app, int64_t *seen_ms, struct err *err)
{
	struct reply r;

	*seen_ms = 0;
	if (store_call(app->store, app->mem, &r, err, "GET", KEY_RUNNER_SEEN, NULL))
		return -1;
	reply_int(&r, seen_ms);
	return 0;
}

/* Never a failure: at the start the runner comes up to a minute after the web. */
void readiness_runner(struct app *app, struct findings *f)
{
	static const char advice[] = "Let cron start screening-runner every minute; look into its log.";
	struct err err = { 0 };
	int64_t seen, age_s;

	if (readiness_runner_seen(app, &seen, &err)) {
		findings_add(f, FINDING_WARNING, "runner", advice, "It is not known when a screening runner last worked.");
		return;
	}
	if (!seen) {
		findings_add(f, FINDING_WARNING, "runner", advice, "No screening runner has worked yet.");
		return;
	}
	age_s = (clock_wall_ms(app->clock) - seen) / 1000;
	findings_add(f, age_s > RUNNER_LATE_S ? FINDING_WARNING : FINDING_OK, "runner", advice,
		     "A screening runner worked %" PRId64 " seconds ago.", age_s < 0 ? 0 : age_s);
}
