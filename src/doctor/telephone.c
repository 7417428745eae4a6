/* Twilio as the doctor sees it: without a working account, and a number that it lets us
 * show, no campaign can call. */
#include <string.h>

#include "base/err.h"
#include "doctor/checks.h"
#include "vendors/twilio.h"

static struct twilio twilio_of(const struct app *app)
{
	return (struct twilio){ app->http, app->clock, app->cfg.twilio_base_url, app->cfg.twilio_account_sid,
				app->cfg.twilio_auth_token, app->events };
}

static void add_failure(struct findings *f, const struct err *err)
{
	if (err->kind == ERR_DENIED || (err->kind == ERR_MISSING && *err->code))
		findings_add(f, FINDING_FAILURE, "twilio",
			     "Put the account's SID and its primary auth token into TWILIO_ACCOUNT_SID and TWILIO_AUTH_TOKEN.",
			     "Twilio does not accept the account and its token.");
	else
		doctor_add_failure(f, "twilio", "TWILIO_AUTH_TOKEN", err);
}

void doctor_twilio_account(struct app *app, struct findings *f)
{
	const struct twilio t = twilio_of(app);
	struct twilio_account account;
	struct err err = { 0 };

	if (twilio_account_get(&t, app->mem, &account, &err))
		add_failure(f, &err);
	else if (strcmp(account.status, "active"))
		findings_add(f, FINDING_FAILURE, "twilio", "Look into Twilio's console: why, and what it takes to open it again.",
			     "The Twilio account is %.20s: it places no calls.", account.status);
	else if (!strcmp(account.type, "Trial"))
		findings_add(f, FINDING_WARNING, "twilio", "Upgrade the account before a campaign calls anybody else.",
			     "The Twilio account is on trial: it only calls numbers that were verified there.");
	else
		findings_add(f, FINDING_OK, "twilio", NULL, "The account and its token are accepted; the account is active.");
}

void doctor_twilio_caller(struct app *app, struct findings *f)
{
	const struct twilio t = twilio_of(app);
	enum twilio_caller caller;
	struct err err = { 0 };

	if (twilio_caller_get(&t, app->mem, app->cfg.twilio_caller_id, &caller, &err))
		add_failure(f, &err);
	else if (caller == TWILIO_CALLER_UNKNOWN)
		findings_add(f, FINDING_FAILURE, "twilio",
			     "Name a number in TWILIO_CALLER_ID that the account owns, or verify it in Twilio's console.",
			     "The caller id is neither a number of the account nor a verified one: every call would be refused.");
	else
		findings_add(f, FINDING_OK, "twilio", NULL, "The caller id %s.",
			     caller == TWILIO_CALLER_OWNED ? "is a number of the account" : "is verified");
}
