/* See command.h. */
#include "command.h"

#include <stdarg.h>
#include <string.h>

#include "base/die.h"
#include "base/str.h"

static size_t option_index(const struct cli_command *command, const char *name)
{
	for (size_t i = 0; i < CLI_OPTIONS && command->options[i].name; i++)
		if (!strcmp(command->options[i].name, name))
			return i;
	return CLI_OPTIONS;
}

const char *cli_value(const struct cli_arguments *arguments, const char *name)
{
	size_t at = option_index(arguments->command, name);

	if (at == CLI_OPTIONS)
		die_bug("cli: an option that the command does not have");
	return arguments->values[at];
}

bool cli_flag(const struct cli_arguments *arguments, const char *name)
{
	return cli_value(arguments, name) != NULL;
}

static void print_name(const struct cli_command *command, FILE *stream)
{
	fprintf(stream, "parley %s%s%s", command->group, command->verb ? " " : "", command->verb ? command->verb : "");
}

void cli_print_usage(const struct cli_command *command, FILE *stream)
{
	fputs("usage: ", stream);
	print_name(command, stream);
	fprintf(stream, "%s%s", *command->words ? " " : "", command->words);
	for (size_t i = 0; i < CLI_OPTIONS && command->options[i].name; i++)
		fprintf(stream, " [--%s%s%s]", command->options[i].name, command->options[i].value ? " " : "",
			command->options[i].value ? command->options[i].value : "");
	fputc('\n', stream);
}

static bool misfit(const struct cli_command *command, const char *what, const char *which)
{
	fprintf(stderr, "parley: %s%s\n", what, which);
	cli_print_usage(command, stderr);
	return false;
}

/* Takes the option at argv[*at] and its value. */
static bool read_option(const struct cli_command *command, int argc, char **argv, int *at,
			struct cli_arguments *arguments)
{
	const char *name = argv[*at] + 2, *equals = strchr(name, '=');
	char plain[32];
	size_t index, len = equals ? (size_t)(equals - name) : strlen(name);

	if (len >= sizeof(plain))
		return misfit(command, "unknown option ", argv[*at]);
	memcpy(plain, name, len);
	plain[len] = '\0';
	index = option_index(command, plain);
	if (index == CLI_OPTIONS)
		return misfit(command, "unknown option --", plain);
	if (!command->options[index].value) {
		if (equals)
			return misfit(command, "no value belongs to --", plain);
		arguments->values[index] = "";
		return true;
	}
	if (equals)
		arguments->values[index] = equals + 1;
	else if (*at + 1 < argc)
		arguments->values[index] = argv[++*at];
	if (!arguments->values[index] || !*arguments->values[index])
		return misfit(command, "a value is missing behind --", plain);
	return true;
}

/* Behind "--" everything is a word: a session's id may begin with dashes. */
bool cli_arguments_read(const struct cli_command *command, int argc, char **argv, struct cli_arguments *arguments)
{
	bool words_only = false;

	*arguments = (struct cli_arguments){ .command = command };
	for (int i = 0; i < argc; i++) {
		if (!words_only && !strcmp(argv[i], "--")) {
			words_only = true;
		} else if (!words_only && !strncmp(argv[i], "--", 2)) {
			if (!read_option(command, argc, argv, &i, arguments))
				return false;
		} else if (arguments->word_count == command->most) {
			return misfit(command, "one word too many: ", argv[i]);
		} else {
			arguments->words[arguments->word_count++] = argv[i];
		}
	}
	return arguments->word_count >= command->least || misfit(command, "missing: ", command->words);
}

static void complain(const char *fmt, va_list ap)
{
	fputs("parley: ", stderr);
	vfprintf(stderr, fmt, ap);
	fputc('\n', stderr);
}

int cli_no(const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	complain(fmt, ap);
	va_end(ap);
	return CLI_NO;
}

int cli_wrong_usage(const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	complain(fmt, ap);
	va_end(ap);
	return EXIT_USAGE;
}

int cli_failed(const struct err *err)
{
	int code = cli_no("%s", err->msg[0] ? err->msg : err_kind_name(err->kind));

	if (err->kind == ERR_INPUT)
		return EXIT_USAGE;
	return err->kind == ERR_SYSTEM ? EXIT_SYSTEM : code;
}
