/* The admin command: workspaces, sessions, queue, operators and diagnosis from
 * the shell.  This file finds the command and teaches how to use it. */
#include <stdio.h>
#include <string.h>

#include "app.h"
#include "base/buf.h"
#include "base/config.h"
#include "base/die.h"
#include "base/str.h"
#include "command.h"
#include "net/http.h"

static const struct cli_commands *const groups[] = {
	&operator_commands, &workspace_commands, &session_commands, &job_commands, &doctor_commands,
};

static const char introduction[] =
	"usage: parley COMMAND [--env FILE] [ARGUMENTS]\n"
	"\n"
	"Looks after a Parley installation. Settings come from the environment; a file\n"
	"named by --env or PARLEY_ENV_FILE supplies those not set.\n";

static const char closing[] =
	"\n"
	"Secrets are never taken from the command line, where other users could see them:\n"
	"write them to a file, or pipe them in and name the file \"-\".\n"
	"\n"
	"  parley help COMMAND        what one command does, with its options\n"
	"  parley help settings       all settings\n"
	"  parley --check-config      name all problems of the settings and end\n"
	"  parley --version           the version\n"
	"\n"
	"Ends with 0; 1 when the answer is no (not found, a check failed, a vendor\n"
	"refused); 100 wrong usage, 102 wrong settings, 111 Redis or the system failed.\n";

static void print_summary(const struct cli_command *c)
{
	char name[64];

	snprintf(name, sizeof(name), "%s%s%s%s%s", c->group, c->verb ? " " : "", c->verb ? c->verb : "",
		 *c->words ? " " : "", c->words);
	printf("  %-26s %.*s\n", name, (int)strcspn(c->help, "\n"), c->help);
}

static int print_overview(void)
{
	fputs(introduction, stdout);
	for (size_t g = 0; g < ARRAY_LEN(groups); g++) {
		putchar('\n');
		for (size_t i = 0; i < groups[g]->count; i++)
			print_summary(&groups[g]->list[i]);
	}
	fputs(closing, stdout);
	return 0;
}

static void print_command(const struct cli_command *c)
{
	cli_print_usage(c, stdout);
	printf("\n%s\n", c->help);
	if (c->options[0].name)
		putchar('\n');
	for (size_t i = 0; i < CLI_OPTIONS && c->options[i].name; i++) {
		char name[64];

		snprintf(name, sizeof(name), "--%s%s%s", c->options[i].name, c->options[i].value ? " " : "",
			 c->options[i].value ? c->options[i].value : "");
		printf("  %-26s %s\n", name, c->options[i].help);
	}
}

static int print_settings(void)
{
	struct buf out;

	buf_init(&out, 64 << 10);
	config_describe(&out);
	fputs(out.ptr, stdout);
	buf_release(&out);
	return 0;
}

/* Prints the help of a group or a command: `verb` may be NULL. */
static int print_help(const char *group, const char *verb)
{
	bool found = false;

	if (!group)
		return print_overview();
	if (!strcmp(group, "settings"))
		return print_settings();
	for (size_t g = 0; g < ARRAY_LEN(groups); g++)
		for (size_t i = 0; i < groups[g]->count; i++) {
			const struct cli_command *c = &groups[g]->list[i];

			if (strcmp(c->group, group) || (verb && c->verb && strcmp(c->verb, verb)))
				continue;
			if (found)
				putchar('\n');
			print_command(c);
			found = true;
		}
	return found ? 0 : cli_wrong_usage("there is no command \"%s\"; see parley --help", group);
}

static const struct cli_command *find(const char *group, const char *verb)
{
	for (size_t g = 0; g < ARRAY_LEN(groups); g++)
		for (size_t i = 0; i < groups[g]->count; i++) {
			const struct cli_command *c = &groups[g]->list[i];

			if (!strcmp(c->group, group) && (!c->verb || (verb && !strcmp(c->verb, verb))))
				return c;
		}
	return NULL;
}

/* Shows what the group offers, when there is such a group. */
static int explain_unknown(const char *group, const char *verb)
{
	int code = cli_wrong_usage("there is no command \"%s%s%s\"; see parley --help", group, *verb ? " " : "", verb);

	for (size_t g = 0; g < ARRAY_LEN(groups); g++)
		for (size_t i = 0; i < groups[g]->count; i++)
			if (!strcmp(groups[g]->list[i].group, group))
				cli_print_usage(&groups[g]->list[i], stderr);
	return code;
}

/* The first two words of a command line, options aside. */
struct asked {
	const char *group, *verb;
	bool help, version;
};

static struct asked read_words(int argc, char **argv)
{
	struct asked a = { 0 };

	for (int i = 1; i < argc; i++) {
		if (!strcmp(argv[i], "--help") || !strcmp(argv[i], "-h") || (!strcmp(argv[i], "help") && i == 1))
			a.help = true;
		else if (!strcmp(argv[i], "--version"))
			a.version = true;
		else if (!strcmp(argv[i], "--env"))
			i++;
		else if (argv[i][0] != '-' && !a.group)
			a.group = argv[i];
		else if (argv[i][0] != '-' && !a.verb)
			a.verb = argv[i];
	}
	return a;
}

/* What needs no settings is answered before they are read. */
static bool answered(int argc, char **argv, int *code)
{
	struct asked a = read_words(argc, argv);

	if (a.help || argc < 2)
		*code = print_help(a.group, a.verb);
	else if (a.version)
		puts("parley " PARLEY_VERSION);
	else if (a.group && !find(a.group, a.verb))
		*code = explain_unknown(a.group, a.verb ? a.verb : "");
	else
		return false;
	if (argc < 2)
		*code = EXIT_USAGE;
	return true;
}

static int run(struct app *app, int argc, char **argv)
{
	const struct cli_command *c;
	struct cli_arguments arguments;
	int taken;

	if (argc < 2)
		return cli_wrong_usage("which command? See parley --help");
	c = find(argv[1], argc > 2 ? argv[2] : NULL);
	if (!c)
		return explain_unknown(argv[1], argc > 2 ? argv[2] : "");
	taken = c->verb ? 3 : 2;
	if (!cli_arguments_read(c, argc - taken, argv + taken, &arguments))
		return EXIT_USAGE;
	return c->run(app, &arguments);
}

int main(int argc, char **argv)
{
	static const struct app_options options = { .program = "parley", .takes_arguments = true, .http = http_curl_new };
	struct app app;
	int code = 0;

	if (answered(argc, argv, &code))
		return code;
	if (!app_open(&app, &options, &argc, argv, &code))
		return code;
	code = run(&app, argc, argv);
	app_close(&app);
	if (fflush(stdout) && !code)
		code = EXIT_SYSTEM;
	return code;
}
