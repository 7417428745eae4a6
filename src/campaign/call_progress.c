/* How far a call is, and what answered it (twilio_event.h). */
#include <string.h>

#include "campaign/campaign.h"
#include "campaign/dial.h"
#include "campaign/twilio_event.h"

enum { OVER = 4, LONGEST_S = 86400 };

static bool is_over(const char *status)
{
	return call_rank(status) == OVER;
}

/* Twilio's number for what went wrong, else that of the telephone network. */
static const char *error_of(struct app *app, const struct twilio_event *e, const char *status)
{
	const char *code = event_word(e, "ErrorCode"), *sip = event_word(e, "SipResponseCode");

	if (code && str_number(str_from(code), 99999) > 0)
		return code;
	if (!sip || !status || !is_over(status) || !strcmp(status, "completed") || str_number(str_from(sip), 999) < 0)
		return NULL;
	return arena_printf(app->mem, "SIP %s", sip);
}

int call_progressed(struct app *app, const struct twilio_event *e, struct response *res, struct err *err)
{
	const char *status = event_word(e, "CallStatus"), *duration = form_get(&e->form, "CallDuration");
	struct call_news news = { .sid = e->sid, .answered_by = event_word(e, "AnsweredBy") };
	bool changed;

	if (status && call_rank(status) >= 0)
		news.status = status;
	if (duration && str_number(str_from(duration), LONGEST_S) > 0)
		news.duration_s = str_number(str_from(duration), LONGEST_S);
	news.error = error_of(app, e, news.status);
	if (call_tell(app, e->call.id, &news, &changed, NULL, err))
		return -1;
	return twiml_nothing(res);
}

/* ---- machines ---- */

/* A failure is no failure of the event: the runner looks after calls that do not end. */
static void note_failure(struct app *app, const struct call *call, const struct err *failure)
{
	if (failure->kind && failure->kind != ERR_CONFLICT && failure->kind != ERR_MISSING)
		log_event(&app->log, LOG_WARNING, "call.not_changed", LOG_TEXT("call", call->id),
			  LOG_TEXT("kind", err_kind_name(failure->kind)), LOG_TEXT("reason", failure->msg));
}

static void hang_up(struct app *app, const struct call *call)
{
	const struct twilio vendor = twilio_of(app);
	struct err failure = { 0 };
	struct twilio_call now;

	(void)twilio_call_update(&vendor, app->mem, call->sid, "completed", &now, &failure);
	note_failure(app, call, &failure);
}

/* The answer to that address notes that the message is being left. */
static void leave_message(struct app *app, const struct call *call)
{
	const struct twilio vendor = twilio_of(app);
	struct err failure = { 0 };
	struct twilio_call now;

	(void)twilio_call_redirect(&vendor, app->mem, call->sid, hook_url(app, "answer", call->id, "&message=1"), &now,
				   &failure);
	note_failure(app, call, &failure);
}

int call_machine_heard(struct app *app, const struct twilio_event *e, struct response *res, struct err *err)
{
	const char *answered_by = event_word(e, "AnsweredBy");
	const struct call_news news = { .sid = e->sid, .answered_by = answered_by };
	struct campaign campaign;
	struct call call;
	bool changed, machine, fax;

	if (campaign_load(app, e->call.campaign, &campaign, err) || call_tell(app, e->call.id, &news, &changed, &call, err))
		return -1;
	machine = answered_by && str_starts(str_from(answered_by), STR("machine_"));
	fax = answered_by && !strcmp(answered_by, "fax");
	/* Who has pressed a key is a person, whatever Twilio hears. */
	if ((machine || fax) && !is_over(call.status) && !call.digits && !call.outcome) {
		if (campaign.voicemail == VOICEMAIL_HANG_UP || (fax && campaign.voicemail != VOICEMAIL_IGNORE))
			hang_up(app, &call);
		else if (campaign.voicemail == VOICEMAIL_LEAVE_MESSAGE && !call.leaves_message)
			leave_message(app, &call);
	}
	return twiml_nothing(res);
}
