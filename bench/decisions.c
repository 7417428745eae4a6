/* How many dials are decided in a second, and what a decision costs: whose hours are open, which leads come
 * next, whether their script can be filled, and the claim, which checks everything else again and writes the
 * attempt.  Everything of a dial but the request to Twilio, in the library, against the store given by the settings.
 *
 *	decisions N      decides about N leads of the running campaigns and prints the time as JSON
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <time.h>

#include "app.h"
#include "base/crypto.h"
#include "campaign/call_queue.h"
#include "campaign/script_text.h"
#include "store/keys.h"
#include "store/store.h"

enum { DECISIONS_MOST = 10000000, AT_ONCE = 70 /* as the dialer claims them */, IDLE_TURNS = 1000 };

static double now_s(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

static int decide_some(struct app *app, const char *campaign, size_t most, size_t *taken, struct err *err)
{
	struct candidate *candidates = arena_alloc(app->mem, AT_ONCE * sizeof(*candidates));
	const char *missing = NULL;
	struct claim claim;
	struct call_plan plan;
	struct lead *leads;
	size_t count;

	*taken = 0;
	if (call_plan_make(app, campaign, &plan, err) ||
	    call_queue_next(app, &plan, most < AT_ONCE ? most : AT_ONCE, &leads, &count, err))
		return -1;
	for (size_t i = 0; i < count; i++) {
		candidates[i] = (struct candidate){ .lead = leads[i] };
		snprintf(candidates[i].id, sizeof(candidates[i].id), "%s", random_id(app->mem));
		if (!script_render(app->mem, str_from(plan.agent.script), lead_lookup, &leads[i], &missing))
			return err_set(err, ERR_INPUT, "a script that cannot be filled");
	}
	if (count && call_queue_claim(app, &plan, candidates, count, &claim, err))
		return -1;
	for (size_t i = 0; i < count; i++)
		*taken += candidates[i].verdict == CLAIM_TAKEN;
	return 0;
}

static long from_smaps(const char *text, const char *name)
{
	const char *line = strstr(text, name);

	return line ? strtol(line + strlen(name), NULL, 10) : 0;
}

static void report(size_t decided, double seconds)
{
	struct rusage used;
	char text[4096];
	FILE *f = fopen("/proc/self/smaps_rollup", "r");
	size_t len = f ? fread(text, 1, sizeof(text) - 1, f) : 0;

	if (f)
		fclose(f);
	text[len] = '\0';
	getrusage(RUSAGE_SELF, &used);
	printf("{\"decided\":%zu,\"seconds\":%.6f,\"processor_us\":%.0f,\"resident_kb\":%ld,\"own_kb\":%ld}\n", decided, seconds,
	       (double)(used.ru_utime.tv_sec + used.ru_stime.tv_sec) * 1e6 + (double)(used.ru_utime.tv_usec + used.ru_stime.tv_usec),
	       used.ru_maxrss, from_smaps(text, "Private_Clean:") + from_smaps(text, "Private_Dirty:"));
}

static int decide(struct app *app, size_t count, struct err *err)
{
	struct reply campaigns;
	size_t decided = 0, taken, idle = 0;
	double began;

	if (store_call(app->store, app->settings, &campaigns, err, "SMEMBERS", KEY_CAMPAIGNS_ACTIVE, NULL))
		return -1;
	began = now_s();
	for (size_t turn = 0; decided < count && idle < IDLE_TURNS; turn++) {
		const char *id = campaigns.count ? reply_text(&campaigns.items[turn % campaigns.count]) : NULL;

		if (!id)
			break;
		if (decide_some(app, id, count - decided, &taken, err))
			return -1;
		decided += taken;
		idle = taken ? 0 : idle + 1;
		arena_reset(app->mem);
	}
	report(decided, now_s() - began);
	return 0;
}

int main(int argc, char **argv)
{
	const struct app_options options = { .program = "decisions", .usage = "usage: decisions N\n", .takes_arguments = true };
	struct err err = { 0 };
	struct app app;
	int code, failed;
	long long count;

	if (!app_open(&app, &options, &argc, argv, &code))
		return code;
	count = argc == 2 ? str_number(str_from(argv[1]), DECISIONS_MOST) : 0;
	if (count < 1) {
		fputs(options.usage, stderr);
		app_close(&app);
		return 100;
	}
	failed = decide(&app, (size_t)count, &err);
	if (failed)
		fprintf(stderr, "decisions: %s\n", err.msg);
	app_close(&app);
	return failed ? 111 : 0;
}
