/* What an answered call hears, and what keys, words, machines and callbacks do: requests as Twilio
 * signs them, over a private Redis. */
#include "tests/support/check.h"

#include <signal.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/crypto.h"
#include "campaign/audio_store.h"
#include "campaign/call_audio.h"
#include "campaign/call_heard.h"
#include "campaign/twilio_webhook.h"
#include "store/keys.h"
#include "tests/support/call_world.h"
#include "tests/support/cgi_source.h"
#include "tests/support/fake_http.h"
#include "web/route.h"

#define BASE "http://127.0.0.1:9"
#define HEAD "<?xml version=\"1.0\" encoding=\"UTF-8\"?>"
#define NOTHING HEAD "<Response/>"
#define OVER HEAD "<Response><Hangup/></Response>"
#define PLAY "<Play>" BASE "/audio/hash.wav</Play>"
#define REPEAT "#rc=3&amp;rp=5xx,ct,rt"

struct form_pair {
	const char *name, *value;
};

static const char *signature_of(struct call_world *w, const char *text)
{
	unsigned char mac[SHA1_SIZE];
	struct str message = str_from(text);

	hmac_sha1(str_from(w->app.cfg.twilio_auth_token), &message, 1, mac);
	return base64_encode(w->app.mem, (struct str){ (const char *)mac, sizeof(mac) });
}

/* Asks with a form in the order of its names, as it is signed. */
static struct response *post(struct call_world *w, const char *uri, const struct form_pair *pairs)
{
	struct buf *body = buf_in(w->app.mem, 1 << 16), *text = buf_in(w->app.mem, 1 << 16);
	struct response *res = arena_new_object(w->app.mem, struct response);
	struct request req;
	struct str left;

	buf_printf(text, BASE "%s", uri);
	for (; pairs->name; pairs++) {
		buf_printf(body, "%s%s=", body->len ? "&" : "", pairs->name);
		buf_url(body, str_from(pairs->value));
		buf_printf(text, "%s%s", pairs->name, pairs->value);
	}
	left = buf_view(body);
	{
		const struct cgi_variable variables[] = {
			{ "REQUEST_METHOD", "POST" },
			{ "REQUEST_URI", uri },
			{ "HTTP_X_TWILIO_SIGNATURE", signature_of(w, text->ptr) },
			{ "CONTENT_TYPE", "application/x-www-form-urlencoded" },
			{ "CONTENT_LENGTH", arena_printf(w->app.mem, "%zu", left.len) },
			{ NULL, NULL },
		};
		struct cgi_source source = cgi_source_new(variables, &left);

		request_init(&req, w->app.mem, &source.base);
		response_init(res, w->app.mem);
		route_request(&w->app, &twilio_pages, &req, res);
	}
	return res;
}

#define HOOK(w, id, hook, more, ...) \
	post((w), arena_printf((w)->app.mem, "/api/twilio/webhook/" hook "?att=%s" more, (id)), \
	     (const struct form_pair[]){ __VA_ARGS__, { NULL, NULL } })

#define ASSERT_SAYS(res_, text_) \
	do { \
		const struct response *says_res = (res_); \
		assert_int_equal(says_res->status, 200); \
		assert_string_equal(says_res->body->ptr, (text_)); \
	} while (0)

static const char *call_field(struct call_world *w, const char *id, const char *field)
{
	struct reply r = redis(w, "HGET", key_of(w->app.mem, KEY_CALL, id), field, NULL, NULL);

	return reply_text(&r) ? reply_text(&r) : "";
}

/* How often something has changed. */
static int64_t changes(struct call_world *w)
{
	return redis_number(w, "HGET", KEY_CAMPAIGN CAMPAIGN, "seq", NULL);
}

static bool is_suppressed(struct call_world *w)
{
	return redis_number(w, "HEXISTS", KEY_DO_NOT_CALL, phone_of(w, 1), NULL) == 1;
}

static const char *gathering(struct call_world *w, const char *id, int step)
{
	return arena_printf(w->app.mem, HEAD "<Response><Gather input=\"dtmf\" numDigits=\"1\" finishOnKey=\"\" timeout=\"6\" "
			    "action=\"" BASE "/api/twilio/webhook/gather?att=%s&amp;step=%d" REPEAT "\" method=\"POST\" "
			    "actionOnEmptyResult=\"true\">" PLAY "</Gather></Response>", id, step);
}

static struct fake_http *with_vendors(struct call_world *w)
{
	struct fake_http *http = arena_new_object(w->app.mem, struct fake_http);

	fake_http_init(http, w->app.mem);
	w->app.http = &http->base;
	w->app.cfg.elevenlabs_base_url = BASE;
	w->app.cfg.elevenlabs_api_key = "key";
	w->app.cfg.elevenlabs_agent_id = "agent_1";
	return http;
}

/* ---- what is heard first ---- */

static void an_answered_call_hears_the_script_and_may_press_a_key(void **state)
{
	struct call_world *w = *state;
	const char *id = one_call(w);
	int64_t before;

	ASSERT_SAYS(HOOK(w, id, "answer", "", { "CallSid", "CA1" }, { "CallStatus", "in-progress" }), gathering(w, id, 1));
	assert_string_equal(call_field(w, id, "sid"), "CA1");
	assert_string_equal(call_field(w, id, "status"), "in-progress");
	before = changes(w);
	ASSERT_SAYS(HOOK(w, id, "answer", "", { "CallSid", "CA1" }), gathering(w, id, 1));
	assert_int_equal(changes(w), before);
}

static void without_keys_the_script_is_all(void **state)
{
	struct call_world *w = *state;
	const char *id;

	change_settings(w, "{\"keys\":{}}");
	id = one_call(w);
	ASSERT_SAYS(HOOK(w, id, "answer", "", { "CallSid", "CA1" }), HEAD "<Response>" PLAY "<Hangup/></Response>");
}

static void with_speech_the_agent_listens_in_its_language(void **state)
{
	struct call_world *w = *state;
	const char *id, *text;

	change_settings(w, "{\"speech\":true,\"keys\":{\"1\":{\"outcome\":\"call_me_back\"}}}");
	redis(w, "HSET", KEY_AGENT AGENT, "json",
	      "{\"name\":\"Ada\",\"voice_id\":\"v\",\"model_id\":\"m\",\"language\":\"de\",\"script\":\"Hallo.\"}", NULL);
	id = one_call(w);
	text = HOOK(w, id, "answer", "", { "CallSid", "CA1" })->body->ptr;
	assert_non_null(strstr(text, "input=\"dtmf speech\""));
	assert_non_null(strstr(text, " speechTimeout=\"2\" language=\"de-DE\" hints=\"nicht mehr anrufen, keine Anrufe, von der Liste, call me back\""));
}

static void a_call_that_is_over_hears_nothing_more(void **state)
{
	struct call_world *w = *state;
	const char *id = one_call(w);
	int64_t before;

	HOOK(w, id, "status", "", { "CallSid", "CA1" }, { "CallStatus", "completed" });
	before = changes(w);
	ASSERT_SAYS(HOOK(w, id, "answer", "", { "CallSid", "CA1" }), NOTHING);
	assert_int_equal(changes(w), before);
}

static void a_call_without_audio_is_our_fault(void **state)
{
	struct call_world *w = *state;
	const char *id = one_call(w);

	redis(w, "HDEL", key_of(w->app.mem, KEY_CALL, id), "audio", NULL, NULL);
	ASSERT_SAYS(HOOK(w, id, "answer", "", { "CallSid", "CA1" }), OVER);
	HOOK(w, id, "status", "", { "CallSid", "CA1" }, { "CallStatus", "completed" });
	assert_string_equal(lead_field(w, 1, "s"), "w");
	assert_int_equal(count_of(w, "attempts"), 0);
}

/* ---- conversations ---- */

static const char *a_conversation(struct call_world *w)
{
	change_settings(w, "{\"mode\":\"conversation\"}");
	redis(w, "HSET", lead_key(w->app.mem, CAMPAIGN, 1), "n", "Ada Lovelace", NULL);
	redis(w, "HSET", lead_key(w->app.mem, CAMPAIGN, 1), "v:city", "London", NULL);
	redis(w, "HSET", lead_key(w->app.mem, CAMPAIGN, 1), "v:parley_call", "forged", NULL);
	return one_call(w);
}

static void a_conversation_is_handed_to_the_agent(void **state)
{
	struct call_world *w = *state;
	struct fake_http *http = with_vendors(w);
	const char *id = a_conversation(w);
	struct json_object *sent;
	struct err err = { 0 };

	fake_http_answer(http, 200, "<Response><Connect><Stream url=\"wss://e.example/x\"/></Connect></Response>");
	ASSERT_SAYS(HOOK(w, id, "answer", "", { "CallSid", "CA1" }),
		    "<Response><Connect><Stream url=\"wss://e.example/x\"/></Connect></Response>");
	sent = json_read(w->app.mem, http->calls[0].body, &err);
	assert_string_equal(json_text(sent, "agent_id"), "agent_1");
	assert_string_equal(json_text(sent, "to_number"), phone_of(w, 1));
	sent = json_path(sent, "conversation_initiation_client_data.dynamic_variables");
	assert_string_equal(json_text(sent, "parley_call"), id);
	assert_string_equal(json_text(sent, "name"), "Ada Lovelace");
	assert_string_equal(json_text(sent, "first_name"), "Ada");
	assert_string_equal(json_text(sent, "city"), "London");
}

static void a_conversation_that_cannot_begin_is_our_fault(void **state)
{
	struct call_world *w = *state;
	struct fake_http *http = with_vendors(w);
	const char *id = a_conversation(w);

	fake_http_answer(http, 401, "{\"detail\":{\"status\":\"invalid_api_key\"}}");
	ASSERT_SAYS(HOOK(w, id, "answer", "", { "CallSid", "CA1" }), OVER);
	HOOK(w, id, "status", "", { "CallSid", "CA1" }, { "CallStatus", "completed" });
	assert_string_equal(lead_field(w, 1, "s"), "w");
	assert_int_equal(count_of(w, "attempts"), 0);
}

/* ---- keys ---- */

static void a_key_has_its_outcome_once(void **state)
{
	struct call_world *w = *state;
	const char *id;
	int64_t before;

	change_settings(w, "{\"keys\":{\"1\":{\"outcome\":\"interested\",\"say\":\"Thanks & <bye>\"}}}");
	id = one_call(w);
	for (int i = 0; i < 2; i++) {
		ASSERT_SAYS(HOOK(w, id, "gather", "&step=1", { "CallSid", "CA1" }, { "Digits", "1" }),
			    HEAD "<Response><Say>Thanks &amp; &lt;bye&gt;</Say><Hangup/></Response>");
		if (i)
			assert_int_equal(changes(w), before);
		before = changes(w);
	}
	assert_string_equal(call_field(w, id, "digits"), "1");
	assert_string_equal(call_field(w, id, "outcome"), "interested");
	assert_false(is_suppressed(w));
	HOOK(w, id, "status", "", { "CallDuration", "9" }, { "CallSid", "CA1" }, { "CallStatus", "completed" });
	assert_string_equal(lead_field(w, 1, "o"), "interested");
	assert_string_equal(call_field(w, id, "duration"), "9");
}

static void what_was_bought_is_played_in_the_agents_voice(void **state)
{
	struct call_world *w = *state;
	struct err err = { 0 };
	struct audio audio;
	struct agent agent;
	const char *id, *text;
	bool ready;

	change_settings(w, "{\"keys\":{\"1\":{\"outcome\":\"interested\",\"say\":\"Thanks\"}}}");
	id = one_call(w);
	assert_int_equal(agent_load(&w->app, AGENT, &agent, &err), 0);
	assert_int_equal(call_audio_say(&w->app, &agent, "Thanks", CALL_AUDIO_LOOK, &audio, &ready, &err), 0);
	assert_false(ready);
	mkdir(arena_printf(w->app.mem, "%s/audio", w->state_dir), 0700);
	assert_int_equal(audio_write(w->app.mem, w->state_dir, audio.name, STR("RIFF"), &err), 0);
	text = HOOK(w, id, "gather", "&step=1", { "CallSid", "CA1" }, { "Digits", "1" })->body->ptr;
	assert_string_equal(text, arena_printf(w->app.mem, HEAD "<Response><Play>" BASE "/audio/%s</Play><Hangup/></Response>", audio.name));
	unlink(audio_path(w->app.mem, w->state_dir, audio.name));
	rmdir(arena_printf(w->app.mem, "%s/audio", w->state_dir));
}

static void silence_and_unknown_keys_are_asked_again_once(void **state)
{
	struct call_world *w = *state;
	const char *id = one_call(w);

	ASSERT_SAYS(HOOK(w, id, "gather", "&step=1", { "CallSid", "CA1" }), gathering(w, id, 2));
	ASSERT_SAYS(HOOK(w, id, "gather", "&step=1", { "CallSid", "CA1" }, { "Digits", "5" }), gathering(w, id, 2));
	ASSERT_SAYS(HOOK(w, id, "gather", "&step=2", { "CallSid", "CA1" }, { "Digits", "7" }), OVER);
	assert_string_equal(call_field(w, id, "digits"), "7");
	HOOK(w, id, "status", "", { "CallSid", "CA1" }, { "CallStatus", "completed" });
	assert_string_equal(lead_field(w, 1, "o"), "answered");
}

static void the_key_that_means_something_counts(void **state)
{
	struct call_world *w = *state;
	const char *id = one_call(w);

	HOOK(w, id, "gather", "&step=1", { "CallSid", "CA1" }, { "Digits", "5" });
	HOOK(w, id, "gather", "&step=2", { "CallSid", "CA1" }, { "Digits", "1" });
	assert_string_equal(call_field(w, id, "digits"), "1");
	assert_string_equal(call_field(w, id, "outcome"), "interested");
}

/* ---- not to be called again ---- */

static void who_opts_out_is_told_in_the_language_of_the_agent(void **state)
{
	struct call_world *w = *state;
	const char *id;

	change_settings(w, "{\"speech\":true,\"keys\":{}}");
	redis(w, "HSET", KEY_AGENT AGENT, "json",
	      "{\"name\":\"Ada\",\"voice_id\":\"v\",\"model_id\":\"m\",\"language\":\"de\",\"script\":\"Hallo.\","
	      "\"voice_settings\":null,\"elevenlabs_agent_id\":null}", NULL);
	id = one_call(w);
	ASSERT_SAYS(HOOK(w, id, "gather", "&step=1", { "CallSid", "CA1" }, { "SpeechResult", "Bitte nicht mehr anrufen!" }),
		    HEAD "<Response><Say language=\"de-DE\">Sie werden nicht mehr angerufen.</Say><Hangup/></Response>");
	assert_true(is_suppressed(w));
	assert_string_equal(call_field(w, id, "outcome"), "opted_out");
}

static void an_opt_out_is_on_the_list_before_the_call_ends(void **state)
{
	struct call_world *w = *state;
	const char *id = one_call(w);
	struct reply entry;

	ASSERT_SAYS(HOOK(w, id, "gather", "&step=1", { "CallSid", "CA1" }, { "Digits", "9" }),
		    HEAD "<Response><Say>You will not be called again.</Say><Hangup/></Response>");
	assert_true(is_suppressed(w));
	entry = redis(w, "HGET", KEY_DO_NOT_CALL, phone_of(w, 1), NULL, NULL);
	assert_non_null(strstr(reply_text(&entry), "\"Opted out by key 9 in campaign Spring survey\""));
	assert_string_equal(call_field(w, id, "outcome"), "opted_out");
	HOOK(w, id, "status", "", { "CallSid", "CA1" }, { "CallStatus", "completed" });
	assert_string_equal(lead_field(w, 1, "o"), "opted_out");
}

static void words_opt_out_too(void **state)
{
	static const struct {
		const char *said, *outcome;
		bool suppressed;
	} rows[] = {
		{ "Please stop calling me.", "opted_out", true },
		{ "nine", "opted_out", true },
		{ "Interested!", "interested", false },
		{ "one", "interested", false },
		{ "I'm not interested", "", false },
		{ "hello, who is this?", "", false },
	};
	struct call_world *w = *state;
	const char *id;

	change_settings(w, "{\"speech\":true}");
	id = one_call(w);
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		redis(w, "HDEL", key_of(w->app.mem, KEY_CALL, id), "outcome", NULL, NULL);
		redis(w, "DEL", KEY_DO_NOT_CALL, KEY_DO_NOT_CALL_LIST, NULL, NULL);
		assert_int_equal(HOOK(w, id, "gather", "&step=1", { "CallSid", "CA1" }, { "SpeechResult", rows[i].said })->status, 200);
		check_row(rows[i].said, is_suppressed(w) == rows[i].suppressed);
		check_row_text(rows[i].said, call_field(w, id, "outcome"), rows[i].outcome);
		check_row_text(rows[i].said, call_field(w, id, "speech"), rows[i].said);
	}
}

/* Twilio does not repeat it: the key goes round with the call. */
static void a_key_is_not_lost_when_the_store_is_away(void **state)
{
	struct call_world *w = *state;
	const char *id = one_call(w), *text;
	struct response *res;

	redis_server_kill(&w->redis);
	res = HOOK(w, id, "gather", "&step=1", { "CallSid", "CA1" }, { "Digits", "9" });
	text = arena_printf(w->app.mem, HEAD "<Response><Pause length=\"2\"/><Redirect method=\"POST\">" BASE
			    "/api/twilio/webhook/gather?att=%s&amp;step=1&amp;again=1&amp;digits=9&amp;speech=" REPEAT
			    "</Redirect></Response>", id);
	ASSERT_SAYS(res, text);
	assert_int_equal(HOOK(w, id, "gather", "&step=1&again=3&digits=9&speech=", { "CallSid", "CA1" })->status, 503);
	assert_int_equal(HOOK(w, id, "gather", "&step=1", { "CallSid", "CA1" })->status, 503);
	assert_int_equal(HOOK(w, id, "answer", "", { "CallSid", "CA1" })->status, 503);
	assert_int_equal(HOOK(w, id, "status", "", { "CallSid", "CA1" }, { "CallStatus", "completed" })->status, 503);
	unlink(arena_printf(w->app.mem, "%s/heard/%s", w->state_dir, id));
	rmdir(arena_printf(w->app.mem, "%s/heard", w->state_dir));
}

/* Not even when Redis stays away longer than the call lasts: it is on the disk. */
static void a_key_that_was_kept_counts_when_the_store_is_back(void **state)
{
	struct call_world *w = *state;
	const char *id = one_call(w);
	const char *dir = arena_printf(w->app.mem, "%s/heard", w->state_dir);
	const char *path = arena_printf(w->app.mem, "%s/%s", dir, id);
	struct err err = { 0 };
	bool idle = true;

	redis_server_kill(&w->redis);
	HOOK(w, id, "gather", "&step=1", { "CallSid", "CA1" }, { "Digits", "9" });
	assert_int_equal(access(path, R_OK), 0);
	assert_int_equal(call_heard_take(&w->app, &idle, &err), -1);
	assert_int_equal(access(path, R_OK), 0);

	redis_server_start(&w->redis); /* it has forgotten everything */
	err = (struct err){ 0 };
	assert_int_equal(call_heard_take(&w->app, &idle, &err), 0);
	assert_int_equal(access(path, R_OK), -1);
	assert_int_equal(call_heard_keep(&w->app, "../../etc/passwd", "CA1", "9", NULL), -1);
	rmdir(dir);
}

static void what_was_kept_is_done(void **state)
{
	struct call_world *w = *state;
	const char *id = one_call(w);
	struct err err = { 0 };
	bool idle = true;

	assert_int_equal(call_heard_keep(&w->app, id, "CA1", "9", NULL), 0);
	assert_int_equal(call_heard_take(&w->app, &idle, &err), 0);
	assert_false(idle);
	assert_true(is_suppressed(w));
	assert_string_equal(call_field(w, id, "outcome"), "opted_out");
	idle = true;
	assert_int_equal(call_heard_take(&w->app, &idle, &err), 0);
	assert_true(idle);
	rmdir(arena_printf(w->app.mem, "%s/heard", w->state_dir));
}

static void a_key_in_the_address_counts(void **state)
{
	struct call_world *w = *state;
	const char *id = one_call(w);

	HOOK(w, id, "gather", "&step=1&again=1&digits=9&speech=", { "CallSid", "CA1" });
	assert_true(is_suppressed(w));
}

/* ---- machines ---- */

static void a_machine_is_treated_as_the_campaign_says(void **state)
{
	static const struct {
		const char *voicemail, *answered_by, *sent; /* NULL: Twilio is asked nothing */
	} rows[] = {
		{ "hang_up", "machine_start", "Status=completed" },
		{ "hang_up", "machine_end_beep", "Status=completed" },
		{ "hang_up", "fax", "Status=completed" },
		{ "hang_up", "human", NULL },
		{ "hang_up", "unknown", NULL },
		{ "leave_message", "machine_end_beep", "message%3D1" },
		{ "leave_message", "machine_end_silence", "message%3D1" },
		{ "leave_message", "fax", "Status=completed" },
		{ "leave_message", "human", NULL },
		{ "ignore", "machine_start", NULL },
		{ "ignore", "fax", NULL },
	};
	struct call_world *w = *state;
	const char *id = one_call(w);

	HOOK(w, id, "answer", "", { "CallSid", "CA1" });
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		struct fake_http *http = with_vendors(w);

		change_settings(w, arena_printf(w->app.mem, "{\"voicemail\":\"%s\"}", rows[i].voicemail));
		redis(w, "HDEL", key_of(w->app.mem, KEY_CALL, id), "answered_by", NULL, NULL);
		fake_http_answer(http, 200, "{\"sid\":\"CA1\",\"status\":\"in-progress\"}");
		ASSERT_SAYS(HOOK(w, id, "amd", "", { "AnsweredBy", rows[i].answered_by }, { "CallSid", "CA1" }), NOTHING);
		check_row(rows[i].answered_by, http->call_count == (rows[i].sent ? 1 : 0));
		check_row(rows[i].answered_by, !rows[i].sent || str_find(http->calls[0].body, str_from(rows[i].sent)));
		check_row_text(rows[i].answered_by, call_field(w, id, "answered_by"), rows[i].answered_by);
	}
}

static void a_message_is_left_and_noted_when_it_is_fetched(void **state)
{
	struct call_world *w = *state;
	struct fake_http *http = with_vendors(w);
	const char *id = one_call(w);

	change_settings(w, "{\"voicemail\":\"leave_message\"}");
	HOOK(w, id, "answer", "", { "CallSid", "CA1" });
	fake_http_fail(http, ERR_UNKNOWN);
	ASSERT_SAYS(HOOK(w, id, "amd", "", { "AnsweredBy", "machine_end_beep" }, { "CallSid", "CA1" }), NOTHING);
	assert_string_equal(call_field(w, id, "message"), "");
	ASSERT_SAYS(HOOK(w, id, "answer", "&message=1", { "CallSid", "CA1" }), HEAD "<Response>" PLAY "<Hangup/></Response>");
	assert_string_equal(call_field(w, id, "message"), "1");
	HOOK(w, id, "amd", "", { "AnsweredBy", "machine_end_beep" }, { "CallSid", "CA1" });
	assert_int_equal(http->call_count, 1);
	HOOK(w, id, "status", "", { "CallSid", "CA1" }, { "CallStatus", "completed" });
	assert_string_equal(lead_field(w, 1, "o"), "voicemail");
	assert_string_equal(lead_field(w, 1, "s"), "d");
}

static void who_has_pressed_a_key_is_no_machine(void **state)
{
	struct call_world *w = *state;
	struct fake_http *http = with_vendors(w);
	const char *id = one_call(w);

	HOOK(w, id, "gather", "&step=1", { "CallSid", "CA1" }, { "Digits", "1" });
	HOOK(w, id, "amd", "", { "AnsweredBy", "machine_start" }, { "CallSid", "CA1" });
	assert_int_equal(http->call_count, 0);
	HOOK(w, id, "status", "", { "CallSid", "CA1" }, { "CallStatus", "completed" });
	assert_string_equal(lead_field(w, 1, "o"), "interested");
}

/* ---- callbacks ---- */

static void errors_are_kept(void **state)
{
	struct call_world *w = *state;
	const char *id = one_call(w);

	HOOK(w, id, "status", "", { "CallSid", "CA1" }, { "CallStatus", "ringing" }, { "SipResponseCode", "180" });
	assert_string_equal(call_field(w, id, "error"), "");
	HOOK(w, id, "status", "", { "CallSid", "CA1" }, { "CallStatus", "failed" }, { "SipResponseCode", "404" });
	assert_string_equal(call_field(w, id, "error"), "SIP 404");
	assert_string_equal(lead_field(w, 1, "o"), "failed");
}

static void what_is_not_about_this_call_changes_nothing(void **state)
{
	static const char *const hooks[] = { "answer", "gather", "status", "amd" };
	static const struct form_pair forms[][6] = {
		{ { "CallSid", "CA2" }, { "CallStatus", "completed" }, { "Digits", "9" } },
		{ { "AccountSid", "AC11111111111111111111111111111111" }, { "AnsweredBy", "fax" }, { "CallSid", "CA1" },
		  { "CallStatus", "completed" }, { "Digits", "9" } },
	};
	struct call_world *w = *state;
	struct fake_http *http = with_vendors(w);
	const char *id = one_call(w);
	int64_t before;

	HOOK(w, id, "answer", "", { "CallSid", "CA1" });
	before = changes(w);
	for (size_t i = 0; i < ARRAY_LEN(hooks); i++) {
		for (size_t k = 0; k < ARRAY_LEN(forms); k++)
			ASSERT_SAYS(post(w, arena_printf(w->app.mem, "/api/twilio/webhook/%s?att=%s&step=1", hooks[i], id), forms[k]), NOTHING);
		ASSERT_SAYS(post(w, arena_printf(w->app.mem, "/api/twilio/webhook/%s?att=CCCCCCCCCCCCCCCCCCCCCC", hooks[i]), forms[0]), NOTHING);
		ASSERT_SAYS(post(w, arena_printf(w->app.mem, "/api/twilio/webhook/%s", hooks[i]), forms[0]), NOTHING);
	}
	assert_int_equal(changes(w), before);
	assert_false(is_suppressed(w));
	assert_int_equal(http->call_count, 0);
}

static void odd_values_do_no_harm(void **state)
{
	static const struct form_pair rows[] = {
		{ "CallStatus", "unknown" }, { "CallStatus", "in progress; DROP" }, { "CallStatus", "" }, { "CallDuration", "-4" },
		{ "CallDuration", "99999999999999999999" }, { "AnsweredBy", "<machine>" }, { "Digits", "../9" }, { "Digits", "99" },
		{ "SpeechResult", "a\001b" }, { "SpeechResult", "\xff\xfe" }, { "ErrorCode", "x" },
	};
	struct call_world *w = *state;
	struct fake_http *http = with_vendors(w);
	const char *id = one_call(w);

	HOOK(w, id, "answer", "", { "CallSid", "CA1" });
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		const bool later = strcmp(rows[i].name, "CallSid") > 0;
		const struct form_pair form[] = { later ? (struct form_pair){ "CallSid", "CA1" } : rows[i],
						  later ? rows[i] : (struct form_pair){ "CallSid", "CA1" }, { NULL, NULL } };

		for (const char *const *hook = (const char *const[]){ "gather", "status", "amd", NULL }; *hook; hook++)
			check_row(rows[i].value, post(w, arena_printf(w->app.mem, "/api/twilio/webhook/%s?att=%s&step=x", *hook, id), form)->status == 200);
	}
	assert_string_equal(call_field(w, id, "status"), "in-progress");
	assert_string_equal(call_field(w, id, "outcome"), "");
	assert_string_equal(call_field(w, id, "speech"), "");
	assert_string_equal(call_field(w, id, "answered_by"), "");
	assert_int_equal(http->call_count, 0);
	assert_false(is_suppressed(w));
}

#define CASE(name) cmocka_unit_test_setup_teardown(name, call_setup, call_teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		CASE(an_answered_call_hears_the_script_and_may_press_a_key),
		CASE(without_keys_the_script_is_all),
		CASE(with_speech_the_agent_listens_in_its_language),
		CASE(a_call_that_is_over_hears_nothing_more),
		CASE(a_call_without_audio_is_our_fault),
		CASE(a_conversation_is_handed_to_the_agent),
		CASE(a_conversation_that_cannot_begin_is_our_fault),
		CASE(a_key_has_its_outcome_once),
		CASE(what_was_bought_is_played_in_the_agents_voice),
		CASE(silence_and_unknown_keys_are_asked_again_once),
		CASE(the_key_that_means_something_counts),
		CASE(who_opts_out_is_told_in_the_language_of_the_agent),
		CASE(an_opt_out_is_on_the_list_before_the_call_ends),
		CASE(words_opt_out_too),
		CASE(a_key_is_not_lost_when_the_store_is_away),
		CASE(a_key_that_was_kept_counts_when_the_store_is_back),
		CASE(what_was_kept_is_done),
		CASE(a_key_in_the_address_counts),
		CASE(a_machine_is_treated_as_the_campaign_says),
		CASE(a_message_is_left_and_noted_when_it_is_fetched),
		CASE(who_has_pressed_a_key_is_no_machine),
		CASE(errors_are_kept),
		CASE(what_is_not_about_this_call_changes_nothing),
		CASE(odd_values_do_no_harm),
	};

	signal(SIGPIPE, SIG_IGN); /* as app_open() does */
	return cmocka_run_group_tests(tests, NULL, NULL);
}
