/* A command of parley: a row of a table, and what its function is given.
 *
 * A command returns an exit code: 0, CLI_NO when the answer is no (not found, a
 * check failed, a vendor refused), or one of base/die.h. */
#ifndef PARLEY_CLI_COMMAND_H
#define PARLEY_CLI_COMMAND_H

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

#include "app.h"
#include "base/err.h"

enum { CLI_NO = 1, CLI_OPTIONS = 10, CLI_WORDS = 2 };

struct cli_option {
	const char *name;  /* without the dashes */
	const char *value; /* what stands behind it, "FILE"; NULL: a flag */
	const char *help;
};

struct cli_arguments {
	const char *words[CLI_WORDS]; /* what is no option */
	size_t word_count;
	const char *values[CLI_OPTIONS]; /* as the command's options; a flag's is "" */
	const struct cli_command *command;
};

typedef int cli_fn(struct app *app, const struct cli_arguments *arguments);

struct cli_command {
	const char *group, *verb; /* verb NULL: the group is the command */
	const char *words;        /* "NAME", "[ID]" or "" */
	size_t least, most;       /* how many words */
	cli_fn *run;
	const char *help;         /* the first line is the summary */
	struct cli_option options[CLI_OPTIONS];
};

struct cli_commands {
	const struct cli_command *list;
	size_t count;
};

/* The groups, each in its own file. */
extern const struct cli_commands workspace_commands, session_commands, job_commands, doctor_commands,
	operator_commands;

/* The option's value ("" for a flag), or NULL when it was not given. */
const char *cli_value(const struct cli_arguments *arguments, const char *name);
bool cli_flag(const struct cli_arguments *arguments, const char *name);

/* Fills the arguments from what follows the command's name; false when they do
 * not fit, after saying so on standard error. */
bool cli_arguments_read(const struct cli_command *command, int argc, char **argv, struct cli_arguments *arguments);

void cli_print_usage(const struct cli_command *command, FILE *stream);

/* Says on standard error what went wrong, and gives the exit code. */
int cli_failed(const struct err *err);
int cli_no(const char *fmt, ...) __attribute__((format(printf, 1, 2)));
int cli_wrong_usage(const char *fmt, ...) __attribute__((format(printf, 1, 2)));

#endif
