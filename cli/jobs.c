/* parley jobs: the durable queue, above all its dead letters. */
#include <stdio.h>
#include <string.h>

#include "base/json.h"
#include "command.h"
#include "output.h"
#include "screening/jobs.h"

enum { LIST_MOST = 1000 };

static const char *const states[] = { "due", "leased", "dead" };

static struct json_object *job_json(struct app *app, const struct job_info *job)
{
	struct json_object *o = json_owned(app->mem, json_object_new_object());

	json_put(o, "id", job->id);
	json_put(o, "kind", job->kind);
	json_put(o, "state", job->state);
	json_put_int(o, "attempts", job->attempts);
	json_put(o, "reason", job->reason);
	json_put_time(o, "created_at", job->created_ms);
	json_put_time(o, "at", job->at_ms);
	return o;
}

static int collect(struct app *app, const char *state, struct table *t, struct json_object *list, struct err *err)
{
	struct queue queue = screening_queue(app);
	struct job_info *jobs;
	size_t count;

	if (queue_list(&queue, app->mem, state, LIST_MOST, &jobs, &count, err))
		return -1;
	for (size_t i = 0; i < count; i++) {
		const char *attempts = arena_printf(app->mem, "%lld", (long long)jobs[i].attempts);

		table_add(t, (const char *const[]){ jobs[i].id, jobs[i].kind, state, attempts,
						    time_text(app->mem, jobs[i].at_ms), jobs[i].reason });
		json_object_array_add(list, json_object_get(job_json(app, &jobs[i])));
	}
	return 0;
}

static int run_list(struct app *app, const struct cli_arguments *a)
{
	static const char *const heads[] = { "ID", "KIND", "STATE", "ATTEMPTS", "AT (UTC)", "REASON" };
	struct table *t = table_new(app->mem, ARRAY_LEN(heads), heads);
	struct json_object *list = json_owned(app->mem, json_object_new_array());
	bool chosen = false;
	struct err err = { 0 };

	for (size_t i = 0; i < ARRAY_LEN(states); i++)
		chosen |= cli_flag(a, states[i]);
	for (size_t i = 0; i < ARRAY_LEN(states); i++)
		if ((!chosen || cli_flag(a, states[i])) && collect(app, states[i], t, list, &err))
			return cli_failed(&err);
	if (cli_flag(a, "json"))
		print_json(list);
	else
		table_print(t);
	return 0;
}

static int run_show(struct app *app, const struct cli_arguments *a)
{
	struct queue queue = screening_queue(app);
	struct job_info job;
	struct err err = { 0 };
	bool found;

	if (queue_info(&queue, app->mem, a->words[0], &job, &found, &err))
		return cli_failed(&err);
	if (!found)
		return cli_no("there is no such job; parley jobs list shows the ids");
	if (cli_flag(a, "json")) {
		print_json(job_json(app, &job));
		return 0;
	}
	print_pair(app->mem, "id", job.id);
	print_pair(app->mem, "kind", job.kind);
	print_pair(app->mem, "state", job.state);
	print_pair(app->mem, "attempts", arena_printf(app->mem, "%lld", (long long)job.attempts));
	print_pair(app->mem, "created (UTC)", time_text(app->mem, job.created_ms));
	print_pair(app->mem, "reason", job.reason);
	return 0;
}

static int retry_all(struct app *app)
{
	struct queue queue = screening_queue(app);
	struct job_info *jobs;
	struct err err = { 0 };
	size_t count, revived = 0;
	bool found;

	if (queue_list(&queue, app->mem, "dead", LIST_MOST, &jobs, &count, &err))
		return cli_failed(&err);
	for (size_t i = 0; i < count; i++) {
		if (queue_revive(&queue, app->mem, jobs[i].id, false, &found, &err))
			return cli_failed(&err);
		revived += found;
	}
	printf("%zu job%s will be tried again\n", revived, revived == 1 ? "" : "s");
	if (count == LIST_MOST)
		puts("there may be more: run this again");
	return 0;
}

static int end_one(struct app *app, const char *id, bool discard, const char *done)
{
	struct queue queue = screening_queue(app);
	struct err err = { 0 };
	bool found;

	if (queue_revive(&queue, app->mem, id, discard, &found, &err))
		return cli_failed(&err);
	if (!found)
		return cli_no("there is no dead job of that id; parley jobs list --dead shows them");
	puts(done);
	return 0;
}

static int run_retry(struct app *app, const struct cli_arguments *a)
{
	if (cli_flag(a, "all") == (a->word_count == 1))
		return cli_wrong_usage("parley jobs retry takes an ID or --all");
	return cli_flag(a, "all") ? retry_all(app) : end_one(app, a->words[0], false, "the job will be tried again");
}

static int run_discard(struct app *app, const struct cli_arguments *a)
{
	return end_one(app, a->words[0], true, "the job is discarded");
}

static const struct cli_command commands[] = {
	{ .group = "jobs", .verb = "list", .words = "", .run = run_list,
	  .help = "List the jobs of the queue\n"
		  "AT is when a due job may run, when a leased one's lease ends, when a dead one died.",
	  .options = { { "due", NULL, "those that wait for their time" },
		       { "leased", NULL, "those a runner works on" },
		       { "dead", NULL, "those given up; REASON says why" },
		       { "json", NULL, "as JSON" } } },
	{ .group = "jobs", .verb = "show", .words = "ID", .least = 1, .most = 1, .run = run_show,
	  .help = "Show one job",
	  .options = { { "json", NULL, "as JSON" } } },
	{ .group = "jobs", .verb = "retry", .words = "[ID]", .most = 1, .run = run_retry,
	  .help = "Try dead jobs again\n"
		  "A job goes on after the last step it had done, so nothing happens twice.",
	  .options = { { "all", NULL, "all dead ones" } } },
	{ .group = "jobs", .verb = "discard", .words = "ID", .least = 1, .most = 1, .run = run_discard,
	  .help = "Drop a dead job for good" },
};

const struct cli_commands job_commands = { commands, ARRAY_LEN(commands) };
