/* How long a session takes to create and to look up, measured where the product
 * does it: in the library, against the store given by the settings.
 *
 *   session-bench make N      creates N sessions and prints their paths
 *   session-bench measure N   creates and finds N, and prints the times as JSON
 */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "app.h"
#include "screening/session.h"

enum { SESSIONS_MOST = 100000 };

static int64_t now_ns(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return t.tv_sec * INT64_C(1000000000) + t.tv_nsec;
}

/* Text as long as the real thing. */
static char *prose(struct arena *mem, size_t len)
{
	static const char words[] = "We run payment systems that must not stop, and look for someone who knows why they would. ";
	char *text = arena_alloc(mem, len + 1);

	for (size_t i = 0; i < len; i++)
		text[i] = words[i % (sizeof(words) - 1)];
	return text;
}

static int create(struct app *app, int number, const char *secret, struct err *err)
{
	struct arena *mem = app->mem;
	const struct session_plan plan = {
		.secret = secret, .workspace = "default", .org = "acme", .identifier = "HIRE-1",
		.issue_id = arena_printf(mem, "00000000-0000-4000-8000-%012d", number),
		.candidate_name = arena_printf(mem, "Candidate %d O'Neill", number),
		.candidate_email = "candidate@example.com", .company_name = "Acme & Sons", .job_title = "Engineer",
		.job_description = prose(mem, 3000), .candidate_application = prose(mem, 2500), .pointers = prose(mem, 600),
	};
	const char *id;

	return session_create(app, &plan, NULL, NULL, &id, err);
}

static int make(struct app *app, int count, struct err *err)
{
	for (int i = 0; i < count; i++) {
		const char *secret = session_secret_new(app->mem);

		if (create(app, i, secret, err))
			return -1;
		printf("/interview/%s\n", secret);
		arena_reset(app->mem);
	}
	return 0;
}

static int by_size(const void *a, const void *b)
{
	int64_t x = *(const int64_t *)a, y = *(const int64_t *)b;

	return (x > y) - (x < y);
}

static void report(const char *name, int64_t *times, int count, const char *after)
{
	qsort(times, (size_t)count, sizeof(*times), by_size);
	printf("\"%s\":{\"p50_ms\":%.4f,\"p99_ms\":%.4f}%s", name, (double)times[count / 2] / 1e6,
	       (double)times[count - 1 - count / 100] / 1e6, after);
}

static int measure(struct app *app, int count, struct err *err)
{
	struct arena *mem = app->settings; /* outlives the single sessions */
	int64_t *created = arena_alloc(mem, (size_t)count * sizeof(*created));
	int64_t *found = arena_alloc(mem, (size_t)count * sizeof(*found));
	char **secrets = arena_alloc(mem, (size_t)count * sizeof(*secrets));
	struct session session;
	enum link_state state;

	for (int i = 0; i < count; i++) {
		int64_t began = now_ns();

		secrets[i] = arena_strdup(mem, session_secret_new(app->mem));
		if (create(app, i, secrets[i], err))
			return -1;
		created[i] = now_ns() - began;
		arena_reset(app->mem);
	}
	for (int i = 0; i < count; i++) {
		int64_t began = now_ns();

		if (session_find(app, str_from(secrets[i]), &state, &session, err))
			return -1;
		if (state != LINK_LIVE)
			return err_set(err, ERR_SYSTEM, "a session just made is gone");
		found[i] = now_ns() - began;
		arena_reset(app->mem);
	}
	printf("{\"count\":%d,", count);
	report("create", created, count, ",");
	report("find", found, count, "}\n");
	return 0;
}

int main(int argc, char **argv)
{
	const struct app_options options = { .program = "session-bench", .usage = "usage: session-bench make|measure N\n",
					     .takes_arguments = true };
	struct err err = { 0 };
	struct app app;
	int code, count, failed;

	if (!app_open(&app, &options, &argc, argv, &code))
		return code;
	count = argc == 3 ? (int)str_number(str_from(argv[2]), SESSIONS_MOST) : 0;
	if (count < 1) {
		fputs(options.usage, stderr);
		app_close(&app);
		return 100;
	}
	failed = str_eq(str_from(argv[1]), STR("make")) ? make(&app, count, &err) : measure(&app, count, &err);
	if (failed)
		fprintf(stderr, "session-bench: %s\n", err.msg);
	app_close(&app);
	return failed ? 111 : 0;
}
