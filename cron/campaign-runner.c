/* Runs the campaigns for about a minute; see campaign/runner.h. */
#include <stdlib.h>

#include "campaign/import_rejects.h"
#include "campaign/runner.h"
#include "campaign/status.h"
#include "live/relay.h"
#include "net/http.h"
#include "shift.h"

static const char usage[] =
	"campaign-runner: makes the speech of running campaigns, places their calls, settles and shows them.\n"
	"\n"
	"Start it from cron every minute; it works for about a minute and hands over to the next.\n"
	"\n"
	"Usage: campaign-runner [--once] [--env FILE]\n"
	"  --once          do what is due now and end (for hosts that allow no longer programs)\n"
	"  --env FILE      read settings that are not in the environment from FILE\n"
	"  --check-config  name all problems of the settings and end (102 when there are any)\n";

static struct campaign_runner runner_of(struct app *app, const struct shift *shift)
{
	return (struct campaign_runner){ .app = app, .token = shift->token, .until_ms = shift->until_ms,
					 .stopping = shift->stopping };
}

static int dial(struct app *app, const struct shift *shift)
{
	struct campaign_runner r = runner_of(app, shift);

	return app->cfg.have_twilio ? campaign_runner_dial(&r) : 0;
}

/* A speech takes a second or so to make; several keep up with the dialer. */
static int speak(struct app *app, const struct shift *shift)
{
	struct campaign_runner r = runner_of(app, shift);

	return app->cfg.have_elevenlabs ? campaign_runner_speak(&r) : 0;
}

static int reconcile(struct app *app, const struct shift *shift)
{
	struct campaign_runner r = runner_of(app, shift);

	import_rejects_tend(app);
	return app->cfg.have_twilio ? campaign_runner_reconcile(&r) : 0;
}

/* Without a run directory there is no nginx of ours to tell anything. */
static int relay(struct app *app, const struct shift *shift)
{
	struct relay r = { .app = app, .status = status_json, .run_dir = getenv("PARLEY_RUN_DIR"), .until_ms = shift->until_ms,
			   .stopping = shift->stopping };

	return r.run_dir && *r.run_dir ? relay_work(&r) : 0;
}

static int once(struct app *app, const struct shift *shift)
{
	struct campaign_runner r = runner_of(app, shift);

	import_rejects_tend(app);
	return app->cfg.have_twilio && app->cfg.have_elevenlabs ? campaign_runner_once(&r) : 0;
}

int main(int argc, char **argv)
{
	const struct app_options app = { .program = "campaign-runner", .usage = usage, .takes_arguments = true,
					 .http = http_curl_new };
	struct shift_plan plan = { .app = &app, .usage = usage, .duty = CAMPAIGN_RUNNER_DUTY,
				   .work = { dial, reconcile, relay, speak, speak, speak }, .work_once = once };

	return shift_run(&plan, argc, argv);
}
