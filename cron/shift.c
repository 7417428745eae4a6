/* See shift.h. */
#include "shift.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/crypto.h"
#include "base/die.h"
#include "store/duty.h"

enum { WORK_MS = 75000 };

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

/* The arguments as they were given, for each worker to open its own app with. */
struct command_line {
	int argc;
	char **argv;
};

static struct command_line copy_of(int argc, char **argv)
{
	struct command_line copy = { argc, calloc((size_t)argc + 1, sizeof(*argv)) };

	if (!copy.argv)
		die_out_of_memory();
	memcpy(copy.argv, argv, (size_t)argc * sizeof(*argv));
	return copy;
}

static int work(const struct shift_plan *plan, struct command_line line, shift_work *fn, struct shift *shift)
{
	struct app app;
	int code;

	if (!app_open(&app, plan->app, &line.argc, line.argv, &code))
		return code;
	shift->until_ms = clock_monotonic_ms(app.clock) + WORK_MS;
	code = fn(&app, shift);
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

/* A stop is passed on once; the workers end after what they have at hand. */
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

static int run_workers(const struct shift_plan *plan, struct command_line line, struct shift *shift)
{
	sigset_t before = hold_signals();
	pid_t pids[SHIFT_WORKERS_MOST];
	int started = 0;

	while (started < SHIFT_WORKERS_MOST && plan->work[started] && (pids[started] = fork()) >= 0) {
		if (pids[started] == 0) {
			prctl(PR_SET_PDEATHSIG, SIGTERM);
			sigprocmask(SIG_SETMASK, &before, NULL);
			shift->worker = started;
			_exit(work(plan, line, plan->work[started], shift));
		}
		started++;
	}
	return started ? wait_for_workers(pids, started, &before) : EXIT_SYSTEM;
}

static int run_once(const struct shift_plan *plan, struct command_line line, struct shift *shift)
{
	sigset_t before = hold_signals();

	sigprocmask(SIG_SETMASK, &before, NULL);
	return work(plan, line, plan->work_once, shift);
}

static bool read_options(struct shift_plan *plan, struct shift *shift, int argc, char **argv)
{
	for (int i = 1; i < argc; i++) {
		if (!strcmp(argv[i], "--once"))
			shift->once = true;
		else if (!plan->take_argument || !plan->take_argument(plan, argc, argv, &i))
			return false;
	}
	return true;
}

static void new_token(char token[33])
{
	unsigned char random[16];

	random_bytes(random, sizeof(random));
	hex_encode(random, sizeof(random), token);
}

/* Settles the options and takes duty; false when there is nothing more to do. */
static bool begin(struct shift_plan *plan, struct shift *shift, struct command_line line, int *code)
{
	struct err err = { 0 };
	struct app app;

	if (!app_open(&app, plan->app, &line.argc, line.argv, code))
		return false;
	if (!read_options(plan, shift, line.argc, line.argv)) {
		fputs(plan->usage, stderr);
		app_close(&app);
		*code = EXIT_USAGE;
		return false;
	}
	/* Without Redis there is no duty to take; the workers wait for it. */
	if (!shift->once)
		duty_take(app.store, app.mem, plan->duty, shift->token, &err);
	app_close(&app);
	return true;
}

int shift_run(struct shift_plan *plan, int argc, char **argv)
{
	char token[33];
	struct shift shift = { .token = token, .stopping = &stopping };
	struct command_line line;
	int code = 0;

	for (int i = 1; i < argc; i++) {
		if (!strcmp(argv[i], "--help")) {
			fputs(plan->usage, stdout);
			return 0;
		}
	}
	new_token(token);
	line = copy_of(argc, argv);
	if (begin(plan, &shift, line, &code)) {
		free(line.argv);
		line = copy_of(argc, argv);
		code = shift.once ? run_once(plan, line, &shift) : run_workers(plan, line, &shift);
	}
	free(line.argv);
	return code;
}
