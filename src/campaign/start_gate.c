/* See start_gate.h. */
#include "campaign/start_gate.h"

#include "store/keys.h"
#include "store/store.h"

/* By the names that src/doctor gives them. */
static const struct {
	const char *name;
	bool broadcast, conversation; /* who needs it */
} needed[] = {
	{ "redis.writes", true, true },
	{ "disk", true, true },
	{ "clock", true, true },
	{ "runner.campaigns", true, true },
	{ "twilio.account", true, true },
	{ "twilio.caller", true, true },
	{ "webhooks.twilio", true, true },
	{ "elevenlabs.key", true, true },
	{ "elevenlabs.speech", true, false },
};

const char *start_gate_check(size_t i)
{
	return i < ARRAY_LEN(needed) ? needed[i].name : NULL;
}

static bool is_red(const struct reply *row, int64_t now_ms)
{
	const char *state = reply_field(row, "state");
	int64_t at_ms = reply_field_int(row, "at", 0);

	return state && !strcmp(state, "fail") && at_ms + START_GATE_AGE_MS > now_ms;
}

static const char *sentence_of(struct app *app, const struct reply *row)
{
	const char *sentence = reply_field(row, "sentence"), *todo = reply_field(row, "todo");

	if (!sentence)
		return "A check that a campaign needs has failed.";
	return todo ? arena_printf(app->mem, "%s %s", sentence, todo) : sentence;
}

int start_gate(struct app *app, bool conversation, struct red_check *red, struct err *err)
{
	struct command commands[ARRAY_LEN(needed)];
	struct reply rows[ARRAY_LEN(needed)];
	int64_t now = clock_wall_ms(app->clock);

	*red = (struct red_check){ 0 };
	for (size_t i = 0; i < ARRAY_LEN(needed); i++) {
		commands[i] = command_new(app->mem, "HGETALL");
		command_text(&commands[i], key_of(app->mem, KEY_CHECK, needed[i].name));
	}
	if (store_pipeline(app->store, commands, ARRAY_LEN(needed), rows, err))
		return -1;
	for (size_t i = 0; i < ARRAY_LEN(needed); i++) {
		if (!(conversation ? needed[i].conversation : needed[i].broadcast) || !is_red(&rows[i], now))
			continue;
		*red = (struct red_check){ needed[i].name, sentence_of(app, &rows[i]) };
		return 0;
	}
	return 0;
}
