/* parley doctor: everything checked, live, in one list. */
#include "doctor/doctor.h"

#include <stdio.h>
#include <string.h>

#include "base/json.h"
#include "command.h"
#include "output.h"
#include "net/http.h"
#include "screening/readiness.h"

static const char *const level_words[] = {
	[FINDING_OK] = "ok", [FINDING_WARNING] = "warn", [FINDING_FAILURE] = "FAIL",
};

static const char *printable_or_null(struct arena *mem, const char *text)
{
	return text ? printable(mem, text) : NULL;
}

/* What the settings say first, then every check in its order. */
struct report {
	struct arena *mem;
	struct findings **parts;
	size_t count;
};

static bool has_failure(const struct report *r)
{
	for (size_t i = 0; i < r->count; i++)
		if (findings_have(r->parts[i], FINDING_FAILURE))
			return true;
	return false;
}

static void print_finding(struct arena *mem, const struct finding *one)
{
	const char *advice = printable_or_null(mem, one->advice);

	printf("%-4s  %-16s  %s\n", level_words[one->level], one->name, printable(mem, one->detail));
	if (advice)
		printf("%-4s  %-16s  -> %s\n", "", "", advice);
}

static void print_report(const struct report *r)
{
	size_t counts[ARRAY_LEN(level_words)] = { 0 };

	for (size_t i = 0; i < r->count; i++)
		for (size_t j = 0; j < r->parts[i]->count; j++) {
			print_finding(r->mem, &r->parts[i]->list[j]);
			counts[r->parts[i]->list[j].level]++;
		}
	printf("\n%zu ok, %zu to look at, %zu failed\n", counts[FINDING_OK], counts[FINDING_WARNING],
	       counts[FINDING_FAILURE]);
}

static struct json_object *finding_json(const struct finding *f)
{
	struct json_object *one = json_object_new_object();

	json_put(one, "level", f->level == FINDING_FAILURE ? "fail" : level_words[f->level]);
	json_put(one, "name", f->name);
	json_put(one, "detail", f->detail);
	json_put(one, "advice", f->advice);
	return one;
}

static void print_report_json(const struct report *r)
{
	struct json_object *o = json_owned(r->mem, json_object_new_object()), *checks = json_object_new_array();

	json_put_flag(o, "ok", !has_failure(r));
	json_object_object_add(o, "checks", checks);
	for (size_t i = 0; i < r->count; i++)
		for (size_t j = 0; j < r->parts[i]->count; j++)
			json_object_array_add(checks, finding_json(&r->parts[i]->list[j]));
	print_json(o);
}

static int run(struct app *app, const struct cli_arguments *a)
{
	struct report r = { .mem = app->mem, .count = 1 + doctor_check_count };

	r.parts = arena_alloc(app->mem, r.count * sizeof(struct findings *));
	r.parts[0] = arena_new_object(app->mem, struct findings);
	r.parts[0]->mem = app->mem;
	readiness_settings(app, r.parts[0]);
	doctor_run(app, true, http_curl_new, r.parts + 1);
	if (cli_flag(a, "json"))
		print_report_json(&r);
	else
		print_report(&r);
	return has_failure(&r) ? CLI_NO : 0;
}

static const struct cli_command commands[] = {
	{ .group = "doctor", .words = "", .run = run,
	  .help = "Check every setting and vendor, live, and say what to do\n"
		  "Asks every vendor with the configured keys, and sends signed webhooks to\n"
		  "itself through the public address; changes nothing and spends nothing. Ends\n"
		  "with 1 when a check failed.",
	  .options = { { "json", NULL, "as JSON" } } },
};

const struct cli_commands doctor_commands = { commands, ARRAY_LEN(commands) };
