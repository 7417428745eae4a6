/* Works on the screening queue for about a minute; see screening/runner.h. */
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "app.h"
#include "base/crypto.h"
#include "base/die.h"
#include "net/http.h"
#include "screening/runner.h"

enum { WORK_MS = 75000, WORKERS = 2, WORKERS_MOST = 16 };

static const char usage[] =
	"screening-runner: invites candidates, judges their interviews and tells Linear.\n"
	"\n"
	"Start it from cron every minute; it works for about a minute and hands over to the next.\n"
	"\n"
	"Usage: screening-runner [--once] [--workers N] [--env FILE]\n"
	"  --once          do what is due now and end (for hosts that allow no longer programs)\n"
	"  --workers N     jobs at a time (2)\n"
	"  --env FILE      read settings that are not in the environment from FILE\n"
	"  --check-config  name all problems of the settings and end (102 when there are any)\n";

static volatile sig_atomic_t stopping; /* set by the signal handler only */

static void on_signal(int signal)
{
	if (signal != SIGCHLD)
		stopping = 1;
}

/* SIGTERM, SIGINT and the end of a worker are looked at only where we wait for
 * them, so that none is lost between looking and waiting. */
static sigset_t hold_signals(void)
{
	struct sigaction act = { .sa_handler = on_signal };
	sigset_t held, before;

	sigemptyset(&held);
	sigaddset(&held, SIGTERM);
	sigaddset(&held, SIGINT);
	sigaddset(&held, SIGCHLD);
	sigprocmask(SIG_BLOCK, &held, &before);
	sigaction(SIGTERM, &act, NULL);
	sigaction(SIGINT, &act, NULL);
	sigaction(SIGCHLD, &act, NULL);
	return before;
}

struct options {
	bool once;
	int workers;
};

static bool read_options(struct options *o, int argc, char **argv)
{
	*o = (struct options){ false, WORKERS };
	for (int i = 1; i < argc; i++) {
		if (!strcmp(argv[i], "--once")) {
			o->once = true;
		} else if (!strcmp(argv[i], "--workers") && i + 1 < argc) {
			o->workers = (int)str_number(str_from(argv[++i]), WORKERS_MOST);
			if (o->workers < 1)
				return false;
		} else {
			return false;
		}
	}
	return true;
}

static int work(const struct app_options *app_options, int argc, char **argv, const struct options *o, const char *token,
		bool first)
{
	struct runner r = { .token = token, .once = o->once, .sweeps = first, .stopping = &stopping };
	struct app app;
	int code;

	if (!app_open(&app, app_options, &argc, argv, &code))
		return code;
	r.app = &app;
	r.until_ms = clock_monotonic_ms(app.clock) + WORK_MS;
	code = runner_work(&r);
	app_close(&app);
	return code;
}

/* Takes the ended workers away; returns how many, and raises *worst. */
static int reap(int *worst)
{
	int status, ended = 0;

	while (waitpid(-1, &status, WNOHANG) > 0) {
		ended++;
		if (WIFEXITED(status) && WEXITSTATUS(status) > *worst)
			*worst = WEXITSTATUS(status);
	}
	return ended;
}

/* A stop is passed on once; the workers end after the job at hand. */
static int wait_for_workers(const pid_t *pids, int count, const sigset_t *unblocked)
{
	bool told = false;
	int worst = 0;

	for (int left = count - reap(&worst); left > 0; left -= reap(&worst)) {
		for (int i = 0; stopping && !told && i < count; i++)
			kill(pids[i], SIGTERM);
		told |= stopping;
		sigsuspend(unblocked);
	}
	return worst;
}

/* The parent only starts workers and passes SIGTERM on: each has its own
 * connection to Redis. */
static int run_workers(const struct app_options *app_options, int argc, char **argv, const struct options *o,
		       const char *token)
{
	sigset_t before = hold_signals();
	pid_t pids[WORKERS_MOST];
	int started = 0;

	while (started < o->workers && (pids[started] = fork()) >= 0) {
		if (pids[started] == 0) {
			prctl(PR_SET_PDEATHSIG, SIGTERM);
			sigprocmask(SIG_SETMASK, &before, NULL);
			_exit(work(app_options, argc, argv, o, token, started == 0));
		}
		started++;
	}
	return started ? wait_for_workers(pids, started, &before) : EXIT_SYSTEM;
}

int main(int argc, char **argv)
{
	const struct app_options app_options = { .program = "screening-runner", .usage = usage, .takes_arguments = true,
						 .http = http_curl_new };
	struct err err = { 0 };
	struct options o;
	struct app app;
	char token[33];
	unsigned char random[16];
	int code, rest = argc;
	char **arguments = calloc((size_t)argc + 1, sizeof(*arguments));

	for (int i = 1; i < argc; i++) {
		if (!strcmp(argv[i], "--help")) {
			fputs(usage, stdout);
			free(arguments);
			return 0;
		}
	}
	if (!arguments)
		die_out_of_memory();
	memcpy(arguments, argv, (size_t)argc * sizeof(*arguments));
	if (!app_open(&app, &app_options, &rest, arguments, &code)) {
		free(arguments);
		return code;
	}
	if (!read_options(&o, rest, arguments)) {
		fputs(usage, stderr);
		app_close(&app);
		free(arguments);
		return EXIT_USAGE;
	}
	free(arguments);
	random_bytes(random, sizeof(random));
	hex_encode(random, sizeof(random), token);
	/* Without Redis there is no duty to take; the workers wait for it. */
	if (!o.once)
		runner_take_duty(&app, token, &err);
	app_close(&app);
	return run_workers(&app_options, argc, argv, &o, token);
}
