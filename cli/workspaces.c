/* parley workspaces: the Linear workspaces besides the one of the settings. */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/limits.h"
#include "base/json.h"
#include "base/str.h"
#include "command.h"
#include "output.h"
#include "screening/workspace.h"
#include "vendors/linear.h"

/* A secret's text from a file, "-" for standard input, without the final line
 * break; NULL after saying what is wrong with it. */
static const char *read_secret(struct arena *mem, const char *option, const char *path)
{
	int fd = strcmp(path, "-") ? open(path, O_RDONLY | O_CLOEXEC) : STDIN_FILENO;
	struct buf *text = buf_in(mem, LIMIT_SETTING);
	struct str secret;
	ssize_t got = -1;
	char *at;

	while (fd >= 0 && (at = buf_reserve(text, 256)) && ((got = read(fd, at, 256)) > 0 || (got < 0 && errno == EINTR)))
		buf_commit(text, got > 0 ? (size_t)got : 0);
	if (fd > STDIN_FILENO)
		close(fd);
	if (fd < 0 || got < 0 || text->failed) {
		cli_no("the file of --%s cannot be read, or is too long", option);
		return NULL;
	}
	secret = str_trim(buf_view(text));
	if (!workspace_secret_is_plain(secret)) {
		cli_no("the file of --%s does not hold one secret", option);
		return NULL;
	}
	return arena_strndup(mem, secret.ptr, secret.len);
}

/* Asks Linear whether the key is good, says whose it is and notes that. */
static int check_key(struct app *app, struct workspace *w)
{
	struct linear_organization org;
	struct err err = { 0 };

	if (workspace_ask(app, w, &org, &err)) {
		if (err.kind == ERR_DENIED)
			return cli_no("Linear does not accept this key");
		return cli_no("Linear cannot be asked about the key (%s); --offline adds it unchecked", err.msg);
	}
	printf("%s: Linear knows the key as %s (%s)\n", w->name, printable(app->mem, org.name),
	       printable(app->mem, org.url_key));
	return 0;
}

static int run_add(struct app *app, const struct cli_arguments *a)
{
	const char *key_file = cli_value(a, "api-key-file"), *secret_file = cli_value(a, "webhook-secret-file");
	struct workspace w = {
		.name = a->words[0],
		.screening_state = cli_value(a, "screening-state"),
		.pass_state = cli_value(a, "pass-state"),
		.fail_state = cli_value(a, "fail-state"),
	};
	struct err err = { 0 };
	int code;

	if (!key_file || !secret_file)
		return cli_wrong_usage("--api-key-file and --webhook-secret-file are needed");
	if (!strcmp(key_file, "-") && !strcmp(secret_file, "-"))
		return cli_wrong_usage("only one of the two secrets can come from standard input");
	if (!(w.api_key = read_secret(app->mem, "api-key-file", key_file)) ||
	    !(w.webhook_secret = read_secret(app->mem, "webhook-secret-file", secret_file)))
		return CLI_NO;
	if (!cli_flag(a, "offline") && (code = check_key(app, &w)))
		return code;
	if (workspace_put(app, &w, &err))
		return cli_failed(&err);
	printf("%s: stored\n", w.name);
	return 0;
}

static struct json_object *workspace_json(struct app *app, const struct workspace *w)
{
	struct json_object *o = json_owned(app->mem, json_object_new_object());

	json_put(o, "name", w->name);
	json_put(o, "screening_state", w->screening_state);
	json_put(o, "pass_state", w->pass_state);
	json_put(o, "fail_state", w->fail_state);
	return o;
}

static int run_list(struct app *app, const struct cli_arguments *a)
{
	static const char *const heads[] = { "NAME", "SCREENING", "PASS", "FAIL" };
	struct table *t = table_new(app->mem, ARRAY_LEN(heads), heads);
	struct json_object *all = json_owned(app->mem, json_object_new_array());
	struct workspace *list;
	struct err err = { 0 };
	size_t count;

	if (workspace_all(app, &list, &count, &err))
		return cli_failed(&err);
	for (size_t i = 0; i < count; i++) {
		table_add(t, (const char *const[]){ list[i].name, list[i].screening_state, list[i].pass_state,
						    list[i].fail_state });
		json_object_array_add(all, json_object_get(workspace_json(app, &list[i])));
	}
	if (cli_flag(a, "json"))
		print_json(all);
	else
		table_print(t);
	return 0;
}

static int run_remove(struct app *app, const struct cli_arguments *a)
{
	struct err err = { 0 };
	bool found;

	if (!strcmp(a->words[0], "default"))
		return cli_no("the default workspace is the one of the settings LINEAR_...");
	if (workspace_remove(app, a->words[0], &found, &err))
		return cli_failed(&err);
	if (!found)
		return cli_no("there is no such workspace");
	printf("%s: removed; its webhooks are refused from now on\n", a->words[0]);
	return 0;
}

static const struct cli_command commands[] = {
	{ .group = "workspaces", .verb = "add", .words = "NAME", .least = 1, .most = 1, .run = run_add,
	  .help = "Add a Linear workspace, or replace one of that name\n"
		  "Asks Linear whether the key is good before it is stored. The states are those\n"
		  "of the settings unless named here.",
	  .options = { { "api-key-file", "FILE", "file with the personal API key, - for standard input; always needed" },
		       { "webhook-secret-file", "FILE", "file with the secret of the webhook, - for standard input; always needed" },
		       { "screening-state", "STATE", "state that starts an interview" },
		       { "pass-state", "STATE", "state after a pass" },
		       { "fail-state", "STATE", "state after a fail" },
		       { "offline", NULL, "store without asking Linear" } } },
	{ .group = "workspaces", .verb = "list", .words = "", .run = run_list,
	  .help = "List the workspaces and their states",
	  .options = { { "json", NULL, "as JSON" } } },
	{ .group = "workspaces", .verb = "remove", .words = "NAME", .least = 1, .most = 1, .run = run_remove,
	  .help = "Remove an added workspace" },
};

const struct cli_commands workspace_commands = { commands, ARRAY_LEN(commands) };
