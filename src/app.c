/* See app.h. */
#include "app.h"

#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/die.h"
#include "base/str.h"
#include "net/http.h"
#include "store/store.h"

struct command_line {
	const char *env_file;
	bool check_only, help;
	const char *wrong; /* the first argument that is not known */
};

/* Takes our options out of argv and leaves the others. */
static struct command_line read_arguments(const struct app_options *options, int *argc, char **argv)
{
	struct command_line line = { 0 };
	int kept = 1;

	for (int i = 1; i < *argc; i++) {
		if (!strcmp(argv[i], "--env") && i + 1 < *argc)
			line.env_file = argv[++i];
		else if (!strcmp(argv[i], "--check-config"))
			line.check_only = true;
		else if (!strcmp(argv[i], "--help") && !options->takes_arguments)
			line.help = true;
		else if (options->takes_arguments)
			argv[kept++] = argv[i];
		else if (!line.wrong)
			line.wrong = argv[i];
	}
	if (*argc > 0) {
		*argc = kept;
		argv[kept] = NULL;
	}
	return line;
}

static void print_help(const struct app_options *options)
{
	struct buf settings;

	buf_init(&settings, 64 << 10);
	config_describe(&settings);
	printf("%s\nOptions\n"
	       "  --env FILE      read settings that are not in the environment from FILE\n"
	       "  --check-config  name all problems of the settings and end (102 when there are any)\n"
	       "  --help          this text\n\nSettings\n%s", options->usage, settings.ptr);
	buf_release(&settings);
}

static bool end_with(int *exit_code, int code)
{
	*exit_code = code;
	return false;
}

static bool load_settings(struct app *app, const struct app_options *options, const struct command_line *line,
			  int *exit_code)
{
	struct buf *problems = buf_in(app->settings, 64 << 10);
	int count = config_load(&app->cfg, app->settings, line->env_file, problems);

	if (count) {
		fprintf(stderr, "%s: %d problem%s with the settings:\n%s", options->program, count,
			count == 1 ? "" : "s", problems->ptr);
		return end_with(exit_code, EXIT_CONFIG);
	}
	if (line->check_only) {
		puts("settings: ok");
		return end_with(exit_code, 0);
	}
	return true;
}

/* The build writes it beside the assets; without it the program's version does. */
static void read_asset_version(struct app *app)
{
	FILE *f = fopen(arena_printf(app->settings, "%s/static/version", app->cfg.data_dir), "re");
	size_t n = f ? fread(app->asset_version, 1, sizeof(app->asset_version) - 1, f) : 0;

	if (f)
		fclose(f);
	app->asset_version[n] = '\0';
	app->asset_version[strcspn(app->asset_version, "\r\n")] = '\0';
	if (!str_is_token(str_from(app->asset_version), 1, sizeof(app->asset_version) - 1))
		snprintf(app->asset_version, sizeof(app->asset_version), "%s", PARLEY_VERSION);
}

bool app_open(struct app *app, const struct app_options *options, int *argc, char **argv, int *exit_code)
{
	struct command_line line = read_arguments(options, argc, argv);

	memset(app, 0, sizeof(*app));
	/* A Redis or vendor that closes the connection is a failed call, not our end. */
	signal(SIGPIPE, SIG_IGN);
	if (line.help) {
		print_help(options);
		return end_with(exit_code, 0);
	}
	if (line.wrong) {
		fprintf(stderr, "%s: unknown argument %s (try --help)\n", options->program, line.wrong);
		return end_with(exit_code, EXIT_USAGE);
	}
	app->settings = arena_new();
	app->clock = &system_clock;
	app->log = (struct log){ .fd = STDERR_FILENO, .program = options->program, .clock = app->clock };
	if (!load_settings(app, options, &line, exit_code)) {
		app_close(app);
		return false;
	}
	read_asset_version(app);
	app->mem = arena_new();
	app->store = store_new(app->cfg.redis_url, app->clock);
	if (options->http) {
		app->http = options->http();
		app->http->most_ms = app->cfg.vendor_timeout_s * 1000;
	}
	return true;
}

void app_close(struct app *app)
{
	arena_free(app->mem);
	store_free(app->store);
	if (app->http)
		app->http->free(app->http);
	arena_free(app->settings);
	memset(app, 0, sizeof(*app));
}
