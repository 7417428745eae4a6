/* What a program holds for its whole life.  Handlers and jobs are functions of
 * struct app, so tests replace the world by filling it themselves (style 19). */
#ifndef PARLEY_APP_H
#define PARLEY_APP_H

#include <stdbool.h>

#include "base/arena.h"
#include "base/clock.h"
#include "base/config.h"
#include "base/log.h"

struct event_reader;
struct store;
struct http_client;

struct app {
	struct arena *settings; /* holds the settings, as long as the program */
	struct arena *mem;      /* of the request or job at hand; reset after it */
	struct config cfg;
	struct log log;
	const struct clock *clock;
	struct store *store;
	struct http_client *http; /* NULL in a program that does not call out */
	struct event_reader *events; /* NULL in a program that takes no webhooks and does not dial */
	char asset_version[24]; /* changes with the content of static/: in the addresses of assets */
};

struct app_options {
	const char *program;
	const char *usage;      /* printed by --help, before the settings */
	bool takes_arguments;   /* leave unknown arguments to the program */
	/* http_curl_new of a program that calls out.  One that does not leaves it NULL, and
	 * carries neither libcurl nor the thirty libraries behind it. */
	struct http_client *(*http)(void);
};

/* Reads the command line (--env FILE, --check-config, --help) and the settings
 * and opens what a program needs.  Returns true when the program should go on;
 * otherwise *exit_code says how to end.  Arguments that are not taken stay in
 * argv, *argc is adjusted. */
bool app_open(struct app *app, const struct app_options *options, int *argc, char **argv, int *exit_code);
void app_close(struct app *app);

#endif
