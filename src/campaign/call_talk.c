/* What a called person hears, and what their keys and words do (twilio_event.h). */
#include <errno.h>
#include <string.h>

#include "base/buf.h"
#include "base/limits.h"
#include "campaign/agent.h"
#include "campaign/call_audio.h"
#include "campaign/call_conversation.h"
#include "campaign/call_heard.h"
#include "campaign/campaign.h"
#include "campaign/do_not_call.h"
#include "campaign/spoken.h"
#include "campaign/spoken_language.h"
#include "campaign/twilio_event.h"

/* Twilio repeats a request that met a closed door (vendors/twilio.md 6.1). */
#define REPEAT "#rc=3&rp=5xx,ct,rt"

enum { OVER = 4, LAST_STEP = 2, MOST_AGAIN = 3 };

/* What Twilio calls the language of an agent's voice; NULL: its default. */
static const char *locale_of(const char *language)
{
	static const char *const locales[] = {
		"ar-AE", "cs-CZ", "da-DK", "de-DE", "el-GR", "en-US", "es-ES", "fi-FI", "fr-FR", "he-IL", "hi-IN", "hu-HU", "id-ID",
		"it-IT", "ja-JP", "ko-KR", "ms-MY", "nb-NO", "nl-NL", "pl-PL", "pt-BR", "ro-RO", "ru-RU", "sk-SK", "sv-SE", "ta-IN",
		"th-TH", "tr-TR", "uk-UA", "vi-VN",
	};

	for (size_t i = 0; language && i < ARRAY_LEN(locales); i++)
		if (strlen(language) == 2 && !strncmp(locales[i], language, 2))
			return locales[i];
	return NULL;
}

/* ---- the script ---- */

static bool has_keys(const struct campaign *campaign)
{
	struct json_object *keys = json_get(campaign->settings, "keys");

	return json_object_is_type(keys, json_type_object) && json_object_object_length(keys) > 0;
}

/* What the recogniser should expect: what can be said here. */
static const char *hints_of(struct app *app, const struct campaign *campaign, const char *language)
{
	const struct spoken_language *known = spoken_language(language);
	struct json_object *keys = json_get(campaign->settings, "keys");
	struct buf *hints = buf_in(app->mem, LIMIT_TWIML / 8);

	buf_puts(hints, known ? known->hints : spoken_language(NULL)->hints);
	if (json_object_is_type(keys, json_type_object)) {
		json_object_object_foreach(keys, name, key) {
			(void)name;
			buf_printf(hints, ", %s", spoken_words(app->mem, json_str(key, "outcome")));
		}
	}
	return hints->ptr;
}

static void gather(struct app *app, struct twiml *t, const struct campaign *campaign, const struct call *call, int step,
		   const char *language)
{
	twiml_open(t, "Gather");
	twiml_attribute(t, "input", campaign->speech ? "dtmf speech" : "dtmf");
	twiml_attribute(t, "numDigits", "1");
	twiml_attribute(t, "finishOnKey", ""); /* # is a key as any other */
	twiml_attribute(t, "timeout", "6");
	if (campaign->speech) {
		twiml_attribute(t, "speechTimeout", "2");
		if (locale_of(language))
			twiml_attribute(t, "language", locale_of(language));
		twiml_attribute(t, "hints", hints_of(app, campaign, language));
	}
	twiml_attribute(t, "action",
			hook_url(app, "gather", call->id, arena_printf(app->mem, "&step=%d" REPEAT, step)));
	twiml_attribute(t, "method", "POST");
	twiml_attribute(t, "actionOnEmptyResult", "true");
	twiml_element(t, "Play", call_audio_url(app, call->audio));
	twiml_close(t);
}

static int hang_up(struct response *res, struct twiml *t)
{
	twiml_element(t, "Hangup", NULL);
	twiml_answer(res, t);
	return 0;
}

/* The lead is called again another time, and it does not count. */
static int lost_by_us(struct app *app, const struct call *call, const struct err *why, struct response *res, struct err *err)
{
	const struct call_news news = { .own_fault = true };
	bool changed;

	log_event(&app->log, LOG_ERROR, "call.nothing_to_say", LOG_TEXT("call", call->id), LOG_TEXT("kind", err_kind_name(why->kind)),
		  LOG_TEXT("code", why->code), LOG_TEXT("reason", why->msg));
	if (call_tell(app, call->id, &news, &changed, NULL, err))
		return -1;
	return hang_up(res, twiml_new(res->mem));
}

static int play_script(struct app *app, const struct campaign *campaign, const struct agent *agent, const struct call *call,
		       bool for_machine, struct response *res)
{
	struct twiml *t = twiml_new(res->mem);

	if (!for_machine && (has_keys(campaign) || campaign->speech)) {
		gather(app, t, campaign, call, 1, agent->language);
		twiml_answer(res, t);
		return 0;
	}
	twiml_element(t, "Play", call_audio_url(app, call->audio));
	return hang_up(res, t);
}

/* ElevenLabs' agent goes on from here. */
static int converse(struct app *app, const struct agent *agent, const struct call *call, struct response *res, struct err *err)
{
	struct err failure = { 0 };
	struct str twiml;

	if (!call_conversation(app, agent, call, &twiml, &failure)) {
		twiml_bytes(res, twiml);
		return 0;
	}
	if (failure.kind != ERR_SYSTEM)
		return lost_by_us(app, call, &failure, res, err);
	*err = failure;
	return -1;
}

int call_answered(struct app *app, const struct twilio_event *e, struct response *res, struct err *err)
{
	bool for_machine = form_get(&e->query, "message") != NULL, changed;
	const struct call_news news = { .sid = e->sid, .status = "in-progress", .answered_by = event_word(e, "AnsweredBy"),
					.leaves_message = for_machine && e->call.audio };
	struct campaign campaign;
	struct agent agent;
	struct err silent = { 0 };
	struct call call;

	if (call_rank(e->call.status) == OVER)
		return twiml_nothing(res);
	if (campaign_load(app, e->call.campaign, &campaign, err) || agent_load(app, campaign.agent_id, &agent, err) ||
	    call_tell(app, e->call.id, &news, &changed, &call, err))
		return -1;
	if (for_machine && !call.audio)
		return hang_up(res, twiml_new(res->mem));
	if (campaign.conversation && !for_machine)
		return converse(app, &agent, &call, res, err);
	if (call.audio)
		return play_script(app, &campaign, &agent, &call, for_machine, res);
	err_set(&silent, ERR_MISSING, "the call has no audio");
	return lost_by_us(app, &call, &silent, res, err);
}

/* ---- keys and words ---- */

/* What was pressed or said; `outcome` NULL: nothing that means something here. */
struct input {
	const char *digits, *speech; /* NULL: none */
	const char *outcome, *say;
	const char *how; /* for the do-not-call list: "key 9" */
};

/* Of the form, or of the address that carries it round. */
static const char *input_text(const struct form *query, const struct form *form, const char *name, const char *short_name)
{
	const char *text = form_get(form, name);

	if (!text || !*text)
		text = form_get(query, short_name);
	return text && *text ? text : NULL;
}

static const char *digits_of(const struct form *query, const struct form *form)
{
	const char *digits = input_text(query, form, "Digits", "digits");

	return digits && strlen(digits) <= 16 && strspn(digits, "0123456789*#ABCDabcdwW") == strlen(digits) ? digits : NULL;
}

/* Well-formed, without control characters, and no longer than is kept. */
static const char *speech_of(struct arena *mem, const struct form *query, const struct form *form)
{
	struct str speech = str_from(input_text(query, form, "SpeechResult", "speech"));

	speech = str_trim(speech);
	speech.len = str_utf8_prefix(speech, LIMIT_SPEECH);
	if (!speech.len || !str_is_utf8(speech) || str_has_control(speech))
		return NULL;
	return arena_strndup(mem, speech.ptr, speech.len);
}

/* The key of the campaign whose outcome these words are, or that puts on the list. */
static bool key_that(struct app *app, const struct campaign *campaign, const char *words, char *key)
{
	for (const char *k = "0123456789*#"; *k; k++) {
		const char *outcome, *say;

		if (!campaign_key(campaign, *k, &outcome, &say) ||
		    !(words ? spoken_is_outcome(app->mem, words, outcome) : !strcmp(outcome, "opt_out")))
			continue;
		*key = *k;
		return true;
	}
	return false;
}

static void understand_speech(struct app *app, const struct campaign *campaign, const char *language, struct input *in)
{
	const char *words = spoken_words(app->mem, str_from(in->speech)), *outcome;
	char key = spoken_key(words, language);

	in->how = "word";
	if (spoken_opts_out(words, language)) {
		in->outcome = "opt_out";
		if (key_that(app, campaign, NULL, &key))
			(void)campaign_key(campaign, key, &outcome, &in->say);
	} else if (key || key_that(app, campaign, words, &key)) {
		(void)campaign_key(campaign, key, &in->outcome, &in->say);
	}
}

static struct input input_of(struct app *app, const struct campaign *campaign, const char *language, const struct twilio_event *e)
{
	struct input in = { .digits = digits_of(&e->query, &e->form), .speech = speech_of(app->mem, &e->query, &e->form) };

	if (in.digits && strlen(in.digits) == 1 && campaign_key(campaign, *in.digits, &in.outcome, &in.say))
		in.how = arena_printf(app->mem, "key %s", in.digits);
	else if (in.speech)
		understand_speech(app, campaign, language, &in);
	return in;
}

/* The list first: whatever fails after it, this number is not called again. */
static int opt_out(struct app *app, const struct campaign *campaign, const struct call *call, struct input *in,
		   const char *language, struct err *err)
{
	struct json_object *entry;
	bool added;

	if (do_not_call_add(app, call->phone, arena_printf(app->mem, "Opted out by %s in campaign %s", in->how, campaign->name),
			    "call", &added, &entry, err))
		return -1;
	in->outcome = "opted_out";
	if (!in->say && spoken_language(language))
		in->say = spoken_language(language)->confirmation;
	log_event(&app->log, LOG_INFO, "call.opted_out", LOG_TEXT("campaign", campaign->id), LOG_TEXT("call", call->id),
		  LOG_NUM("new", added));
	return 0;
}

/* In the agent's voice when that was bought ahead: nobody waits on the telephone for a purchase. */
static void say(struct app *app, struct twiml *t, const struct agent *agent, const char *text)
{
	const char *language = agent->language;
	struct err silent = { 0 };
	struct audio audio;
	bool ready = false;

	if (!text || !*text)
		return;
	if (!call_audio_say(app, agent, text, CALL_AUDIO_LOOK, &audio, &ready, &silent) && ready) {
		twiml_element(t, "Play", call_audio_url(app, audio.name));
		return;
	}
	twiml_open(t, "Say");
	if (locale_of(language))
		twiml_attribute(t, "language", locale_of(language));
	twiml_text(t, text);
	twiml_close(t);
}

int call_gathered(struct app *app, const struct twilio_event *e, struct response *res, struct err *err)
{
	long long step = str_number(str_from(form_get(&e->query, "step")), LAST_STEP);
	struct call_news news = { .sid = e->sid, .status = "in-progress" };
	struct twiml *t = twiml_new(res->mem);
	struct campaign campaign;
	struct agent agent;
	struct input in;
	bool changed;

	if (campaign_load(app, e->call.campaign, &campaign, err) || agent_load(app, campaign.agent_id, &agent, err))
		return -1;
	in = input_of(app, &campaign, agent.language, e);
	if (in.outcome && !strcmp(in.outcome, "opt_out") && opt_out(app, &campaign, &e->call, &in, agent.language, err))
		return -1;
	news.digits = in.digits;
	news.speech = in.speech;
	news.outcome = in.outcome;
	if (call_tell(app, e->call.id, &news, &changed, NULL, err))
		return -1;
	if (!in.outcome && step == 1 && e->call.audio) {
		gather(app, t, &campaign, &e->call, LAST_STEP, agent.language);
		twiml_answer(res, t);
		return 0;
	}
	say(app, t, &agent, in.say);
	return hang_up(res, t);
}

bool gather_once_more(struct app *app, struct arena *mem, const struct form *query, const struct form *form,
		      struct response *res)
{
	const char *digits = digits_of(query, form), *speech = speech_of(mem, query, form);
	long long again = str_number(str_from(form_get(query, "again")), MOST_AGAIN);
	long long step = str_number(str_from(form_get(query, "step")), LAST_STEP);
	struct buf *more = buf_in(mem, LIMIT_QUERY);
	struct twiml *t = twiml_new(res->mem);

	again = again < 0 ? 0 : again;
	if (!digits && !speech)
		return false;
	if (call_heard_keep(app, form_get(query, "att"), form_get(form, "CallSid"), digits, speech))
		log_event(&app->log, LOG_ERROR, "call.heard_not_kept", LOG_TEXT("call", form_get(query, "att")),
			  LOG_NUM("errno", errno));
	if (again == MOST_AGAIN)
		return false;
	buf_printf(more, "&step=%lld&again=%lld&digits=", step < 1 ? LAST_STEP : step, again + 1);
	buf_url(more, str_from(digits));
	buf_puts(more, "&speech=");
	buf_url(more, str_from(speech));
	buf_puts(more, REPEAT);
	twiml_open(t, "Pause");
	twiml_attribute(t, "length", "2");
	twiml_close(t);
	twiml_open(t, "Redirect");
	twiml_attribute(t, "method", "POST");
	twiml_text(t, hook_url(app, "gather", form_get(query, "att"), more->ptr));
	twiml_close(t);
	twiml_answer(res, t);
	return true;
}
