/* The live feed's relay alone, for measurements: its status is the campaign's hash and no more. */
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>

#include "app.h"
#include "base/die.h"
#include "live/relay.h"
#include "net/http.h"
#include "store/keys.h"
#include "store/store.h"

static volatile sig_atomic_t stopping; /* set by the signal handler only */

static void on_signal(int signal)
{
	(void)signal;
	stopping = 1;
}

static int status_of(struct app *app, const char *campaign, struct json_object **status, struct err *err)
{
	struct reply r;
	int64_t seq = 0;

	if (store_call(app->store, app->mem, &r, err, "HMGET", key_of(app->mem, KEY_CAMPAIGN, campaign), "state", "seq", NULL))
		return -1;
	if (r.count != 2 || !reply_text(&r.items[0]))
		return err_set(err, ERR_MISSING, "no such campaign");
	reply_int(&r.items[1], &seq);
	*status = json_owned(app->mem, json_object_new_object());
	json_put(*status, "id", campaign);
	json_put(*status, "state", reply_text(&r.items[0]));
	json_put_int(*status, "seq", seq);
	return 0;
}

int main(int argc, char **argv)
{
	static const struct app_options options = { .program = "live-relay", .usage = "usage: live-relay [--env FILE]\n",
						    .http = http_curl_new };
	struct sigaction act = { .sa_handler = on_signal };
	struct relay relay = { .status = status_of, .until_ms = INT64_MAX, .stopping = &stopping };
	struct app app;
	int code;

	sigaction(SIGTERM, &act, NULL);
	sigaction(SIGINT, &act, NULL);
	if (!app_open(&app, &options, &argc, argv, &code))
		return code;
	relay.app = &app;
	relay.run_dir = getenv("PARLEY_RUN_DIR");
	code = relay.run_dir ? relay_work(&relay) : EXIT_CONFIG;
	app_close(&app);
	return code;
}
