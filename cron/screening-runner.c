/* Works on the screening queue for about a minute; see screening/runner.h. */
#include <string.h>

#include "net/http.h"
#include "screening/runner.h"
#include "shift.h"

enum { WORKERS = 2 };

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

static int work(struct app *app, const struct shift *shift)
{
	struct runner r = { .app = app, .token = shift->token, .once = shift->once, .sweeps = shift->worker == 0,
			    .until_ms = shift->until_ms, .stopping = shift->stopping };

	return runner_work(&r);
}

static void set_workers(struct shift_plan *plan, int count)
{
	for (int i = 0; i < SHIFT_WORKERS_MOST; i++)
		plan->work[i] = i < count ? work : NULL;
}

static bool take_argument(struct shift_plan *plan, int argc, char **argv, int *i)
{
	int count;

	if (strcmp(argv[*i], "--workers") || *i + 1 >= argc)
		return false;
	count = (int)str_number(str_from(argv[++*i]), SHIFT_WORKERS_MOST);
	set_workers(plan, count);
	return count >= 1;
}

int main(int argc, char **argv)
{
	const struct app_options app = { .program = "screening-runner", .usage = usage, .takes_arguments = true,
					 .http = http_curl_new };
	struct shift_plan plan = { .app = &app, .usage = usage, .duty = RUNNER_DUTY, .work_once = work,
				   .take_argument = take_argument };

	set_workers(&plan, WORKERS);
	return shift_run(&plan, argc, argv);
}
