/* parley doctor: everything checked, live, in one list. */
#include "doctor.h"

#include <stdio.h>
#include <string.h>

#include "base/json.h"
#include "command.h"
#include "output.h"
#include "screening/readiness.h"

static const char *const level_words[] = {
	[FINDING_OK] = "ok", [FINDING_WARNING] = "warn", [FINDING_FAILURE] = "FAIL",
};

static const char *printable_or_null(struct arena *mem, const char *text)
{
	return text ? printable(mem, text) : NULL;
}

static void print_findings(const struct findings *f)
{
	size_t counts[ARRAY_LEN(level_words)] = { 0 };

	for (size_t i = 0; i < f->count; i++) {
		const struct finding *one = &f->list[i];
		const char *advice = printable_or_null(f->mem, one->advice);

		printf("%-4s  %-16s  %s\n", level_words[one->level], one->name, printable(f->mem, one->detail));
		if (advice)
			printf("%-4s  %-16s  -> %s\n", "", "", advice);
		counts[one->level]++;
	}
	printf("\n%zu ok, %zu to look at, %zu failed\n", counts[FINDING_OK], counts[FINDING_WARNING],
	       counts[FINDING_FAILURE]);
}

static void print_findings_json(const struct findings *f)
{
	struct json_object *o = json_owned(f->mem, json_object_new_object()), *checks = json_object_new_array();

	json_put_flag(o, "ok", !findings_have(f, FINDING_FAILURE));
	json_object_object_add(o, "checks", checks);
	for (size_t i = 0; i < f->count; i++) {
		struct json_object *one = json_object_new_object();

		json_put(one, "level", f->list[i].level == FINDING_FAILURE ? "fail" : level_words[f->list[i].level]);
		json_put(one, "name", f->list[i].name);
		json_put(one, "detail", f->list[i].detail);
		json_put(one, "advice", f->list[i].advice);
		json_object_array_add(checks, one);
	}
	print_json(o);
}

static int run(struct app *app, const struct cli_arguments *a)
{
	static void (*const parts[])(struct app *, struct findings *) = {
		readiness_settings, readiness_redis, doctor_clock, readiness_disk, readiness_templates, readiness_runner,
		doctor_leftovers, doctor_operators, doctor_addresses, doctor_linear, doctor_agent, doctor_cerebras,
		doctor_resend,
	};
	struct findings *f = arena_new_object(app->mem, struct findings);

	f->mem = app->mem;
	for (size_t i = 0; i < ARRAY_LEN(parts); i++)
		parts[i](app, f);
	if (cli_flag(a, "json"))
		print_findings_json(f);
	else
		print_findings(f);
	return findings_have(f, FINDING_FAILURE) ? CLI_NO : 0;
}

static const struct cli_command commands[] = {
	{ .group = "doctor", .words = "", .run = run,
	  .help = "Check every setting and vendor, live, and say what to do\n"
		  "Asks Linear, ElevenLabs, Cerebras, Resend and the public addresses with the\n"
		  "configured keys; changes nothing there and spends nothing. Ends with 1 when a\n"
		  "check failed.",
	  .options = { { "json", NULL, "as JSON" } } },
};

const struct cli_commands doctor_commands = { commands, ARRAY_LEN(commands) };
