/* See call_steps.h. */
#include "campaign/call_steps.h"

#include <inttypes.h>
#include <string.h>

#include "base/buf.h"
#include "base/clock.h"
#include "base/limits.h"
#include "base/percent.h"

enum { STEP_BYTES = 4 << 10 };

/* ---- writing ---- */

const char *call_step_field(struct arena *mem, int64_t version)
{
	return arena_printf(mem, "t%" PRId64, version);
}

static void put(struct buf *out, char word, const char *before, const char *after)
{
	if (!after || (before && !strcmp(before, after)))
		return;
	buf_printf(out, " %c=", word);
	buf_url(out, str_from(after));
}

const char *call_step(struct arena *mem, const struct call *before, const struct call *after,
		      const struct call_ending *end, int64_t now_ms)
{
	struct buf *out = buf_in(mem, STEP_BYTES);

	buf_printf(out, "%" PRId64, now_ms);
	if (after->sid && !before->sid)
		buf_puts(out, " i");
	put(out, 's', before->status, after->status);
	put(out, 'm', before->answered_by, after->answered_by);
	put(out, 'k', before->digits, after->digits);
	put(out, 'p', before->speech, after->speech);
	if (!*end->how)
		put(out, 'o', before->outcome, after->outcome);
	put(out, 'e', before->error, after->error);
	if (after->leaves_message && !before->leaves_message)
		buf_puts(out, " l");
	if (*end->how)
		buf_printf(out, " d=%s:%s:%" PRId64 ":%d:%d", end->how, after->outcome ? after->outcome : "", end->next_ms,
			   end->attempts, end->max_attempts);
	return out->ptr;
}

const char *call_step_taken(struct arena *mem, int64_t now_ms)
{
	return arena_printf(mem, "%" PRId64 " i", now_ms);
}

/* ---- reading ---- */

static const char *status_text(const char *status)
{
	static const struct {
		const char *status, *text;
	} rows[] = {
		{ "queued", "It waits at Twilio for its turn." },
		{ "initiated", "Twilio began to dial." },
		{ "ringing", "The telephone rings." },
		{ "in-progress", "Somebody, or something, answered." },
		{ "completed", "The call ended." },
		{ "busy", "The line was busy." },
		{ "no-answer", "Nobody answered." },
		{ "failed", "The call failed." },
		{ "canceled", "The call was canceled before it was answered." },
		{ "unknown", "It is unclear whether Twilio took the call; Twilio is asked before anything is dialled again." },
	};

	for (size_t i = 0; i < ARRAY_LEN(rows); i++)
		if (!strcmp(rows[i].status, status))
			return rows[i].text;
	return "Twilio told of a new state.";
}

static const char *answered_text(const char *answered_by)
{
	if (!strcmp(answered_by, "human"))
		return "A person answered.";
	if (!strcmp(answered_by, "fax"))
		return "A fax machine answered.";
	return str_starts(str_from(answered_by), STR("machine")) ? "A machine answered." : "What answered could not be told.";
}

static struct json_object *step_new(struct json_object *steps, int64_t ms, const char *event, const char *value,
				    const char *text)
{
	struct json_object *o = json_object_new_object();
	char at[ISO_TIME_SIZE];

	iso_time_format(ms, at);
	json_put(o, "at", at);
	json_put(o, "event", event);
	json_put(o, "value", value);
	json_put(o, "text", text);
	json_object_array_add(steps, o);
	return o;
}

/* How it was settled: "how:outcome:next ms:attempts:most". */
static void put_decision(struct arena *mem, struct json_object *steps, int64_t ms, const char *text)
{
	struct str rest, how = str_cut(str_from(text), ':', &rest), outcome = str_cut(rest, ':', &rest),
			 next = str_cut(rest, ':', &rest), attempts = str_cut(rest, ':', &rest);
	const char *word = arena_strndup(mem, outcome.ptr, outcome.len), *sentence;
	long long next_ms = str_number(next, INT64_MAX), used = str_number(attempts, LIMIT_ATTEMPTS),
		  most = str_number(rest, LIMIT_ATTEMPTS);
	char at[ISO_TIME_SIZE];
	struct json_object *o;

	if (str_eq(how, STR("wait")))
		sentence = arena_printf(mem, "Settled as %s: attempt %lld of %lld, so the lead waits for another call.", word, used, most);
	else if (str_eq(how, STR("lost")))
		sentence = "The call was lost by our own fault: the attempt does not count, and the lead is called again.";
	else if (str_eq(how, STR("never")))
		sentence = "The call was never placed: the attempt does not count, and the lead stands where it stood.";
	else if (most > 0 && used >= most)
		sentence = arena_printf(mem, "Settled as %s: that was attempt %lld of %lld, the last. The lead is done.", word, used, most);
	else
		sentence = arena_printf(mem, "Settled as %s: the lead is done, it is not called again.", word);
	o = step_new(steps, ms, "settled", word, sentence);
	if (next_ms <= 0 || (!str_eq(how, STR("wait")) && !str_eq(how, STR("lost"))))
		return;
	iso_time_format(next_ms, at);
	json_put(o, "next_call_at", at);
}

static void put_word(struct arena *mem, struct json_object *steps, int64_t ms, struct str word)
{
	struct str value = { "", 0 };
	const char *text;

	if (word.len > 2 && !percent_decode(mem, (struct str){ word.ptr + 2, word.len - 2 }, false, &value))
		return;
	text = arena_strndup(mem, value.ptr, value.len);
	switch (word.len ? word.ptr[0] : ' ') {
	case 'i':
		step_new(steps, ms, "taken", NULL, "Twilio took the call.");
		break;
	case 's':
		step_new(steps, ms, "status", text, status_text(text));
		break;
	case 'm':
		step_new(steps, ms, "answered_by", text, answered_text(text));
		break;
	case 'k':
		step_new(steps, ms, "digits", text, "A key was pressed.");
		break;
	case 'p':
		step_new(steps, ms, "speech", text, "Something was said.");
		break;
	case 'o':
		step_new(steps, ms, "outcome", text, "What was pressed or said has a meaning.");
		break;
	case 'e':
		step_new(steps, ms, "error", text, "Twilio named an error.");
		break;
	case 'l':
		step_new(steps, ms, "message", NULL, "A message is being left.");
		break;
	case 'd':
		put_decision(mem, steps, ms, text);
		break;
	}
}

static void put_step(struct arena *mem, struct json_object *steps, const char *text)
{
	struct str rest, ms = str_cut(str_from(text), ' ', &rest);
	long long at = str_number(ms, INT64_MAX);

	while (at > 0 && rest.ptr)
		put_word(mem, steps, at, str_cut(rest, ' ', &rest));
}

struct json_object *call_timeline(struct arena *mem, const struct call *call, const struct reply *row)
{
	struct json_object *steps = json_owned(mem, json_object_new_array());

	step_new(steps, call->placed_ms, "claimed", NULL, "It was this lead's turn: hours, caps, pace and the do-not-call list allowed a call.");
	for (int64_t version = 2; version <= CALL_STEPS_MOST; version++) {
		const char *text = reply_field(row, call_step_field(mem, version));

		if (text)
			put_step(mem, steps, text);
	}
	return steps;
}
