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

enum { WORK_MS = 75000, RESTART_S = 1 };

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
	code = fn(&app, shift);
	app_close(&app);
	return code;
}

/* One process for each kind of work. */
struct crew {
	const struct shift_plan *plan;
	struct command_line line;
	struct shift *shift;
	sigset_t before; /* the signals as they were, for the workers */
	pid_t pids[SHIFT_WORKERS_MOST]; /* 0: it has ended */
	int count, worst;
};

static bool start_worker(struct crew *crew, int i)
{
	crew->pids[i] = fork();
	if (crew->pids[i] == 0) {
		prctl(PR_SET_PDEATHSIG, SIGTERM);
		sigprocmask(SIG_SETMASK, &crew->before, NULL);
		crew->shift->worker = i;
		_exit(work(crew->plan, crew->line, crew->plan->work[i], crew->shift));
	}
	return crew->pids[i] > 0;
}

/* One that was killed is replaced, for the others would wait for it until the next shift:
 * not in a tight loop. */
static void replace_worker(struct crew *crew, int i)
{
	if (stopping)
		return;
	sleep(RESTART_S);
	if (!start_worker(crew, i))
		crew->worst = EXIT_SYSTEM;
}

static void reap(struct crew *crew)
{
	int status, i;
	pid_t pid;

	while ((pid = waitpid(-1, &status, WNOHANG)) > 0) {
		for (i = 0; i < crew->count && crew->pids[i] != pid; i++)
			continue;
		if (i == crew->count)
			continue;
		crew->pids[i] = 0;
		if (WIFEXITED(status) && WEXITSTATUS(status) > crew->worst)
			crew->worst = WEXITSTATUS(status);
		if (WIFSIGNALED(status))
			replace_worker(crew, i);
	}
}

static int still_working(const struct crew *crew)
{
	int left = 0;

	for (int i = 0; i < crew->count; i++)
		left += crew->pids[i] > 0;
	return left;
}

/* A stop is passed on once; the workers end after what they have at hand. */
static void wait_for_workers(struct crew *crew, const sigset_t *unblocked)
{
	bool told = false;

	for (reap(crew); still_working(crew); reap(crew)) {
		for (int i = 0; stopping && !told && i < crew->count; i++)
			if (crew->pids[i] > 0)
				kill(crew->pids[i], SIGTERM);
		told |= stopping;
		sigsuspend(unblocked);
	}
}

static int run_workers(const struct shift_plan *plan, struct command_line line, struct shift *shift)
{
	struct crew crew = { .plan = plan, .line = line, .shift = shift, .before = hold_signals() };
	sigset_t unblocked = crew.before;

	while (crew.count < SHIFT_WORKERS_MOST && plan->work[crew.count] && start_worker(&crew, crew.count))
		crew.count++;
	if (!crew.count)
		return EXIT_SYSTEM;
	wait_for_workers(&crew, &unblocked);
	return crew.worst;
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
	shift->until_ms = clock_monotonic_ms(app.clock) + WORK_MS;
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
