/* See campaign.h.  What is stored, read; campaign_change.c writes. */
#include "campaign/campaign.h"

#include <string.h>

#include "campaign/campaign_settings.h"
#include "store/keys.h"

static const char *const state_names[] = {
	[CAMPAIGN_DRAFT] = "draft", [CAMPAIGN_RUNNING] = "running", [CAMPAIGN_PAUSED] = "paused",
	[CAMPAIGN_COMPLETED] = "completed", [CAMPAIGN_STOPPED] = "stopped",
};

const char *campaign_state_name(enum campaign_state state)
{
	return state_names[state];
}

bool campaign_state_read(const char *name, enum campaign_state *state)
{
	for (size_t i = 0; name && i < ARRAY_LEN(state_names); i++) {
		if (!strcmp(name, state_names[i])) {
			*state = (enum campaign_state)i;
			return true;
		}
	}
	return false;
}

/* ---- the plan in the settings ---- */

static void read_hours(struct json_object *window, struct calling_hours *hours)
{
	static const char *const names[] = { "mon", "tue", "wed", "thu", "fri", "sat", "sun" };
	size_t count;
	struct json_object *days = json_list(window, "days", &count);

	*hours = (struct calling_hours){ .set = window != NULL };
	if (!window)
		return;
	hours->start_min = minutes_of_day(json_text(window, "start"));
	hours->end_min = minutes_of_day(json_text(window, "end"));
	hours->days = days ? 0 : (1u << ARRAY_LEN(names)) - 1;
	for (size_t i = 0; i < count; i++)
		for (unsigned day = 0; day < ARRAY_LEN(names); day++)
			if (!strcmp(json_object_get_string(json_object_array_get_idx(days, i)), names[day]))
				hours->days |= 1u << day;
}

static void read_holidays(struct app *app, struct json_object *settings, struct holidays *holidays)
{
	size_t count;
	struct json_object *list = json_list(settings, "holidays", &count);
	const char **days = arena_alloc(app->mem, (count + 1) * sizeof(*days));

	for (size_t i = 0; i < count; i++)
		days[i] = json_object_get_string(json_object_array_get_idx(list, i));
	*holidays = (struct holidays){ days, count };
}

static struct retry_delays read_delays(struct json_object *retry, const char *outcome)
{
	struct retry_delays delays = { 0 };
	size_t count;
	struct json_object *list = json_list(json_get(retry, "delays_seconds"), outcome, &count);

	for (size_t i = 0; i < count && i < LIMIT_DELAYS; i++)
		delays.delays_s[delays.count++] = json_object_get_int(json_object_array_get_idx(list, i));
	return delays;
}

static void read_retry(struct json_object *retry, struct retry_rule *rule)
{
	*rule = (struct retry_rule){
		.max_attempts = json_object_get_int(json_get(retry, "max_attempts")),
		.no_answer = read_delays(retry, "no_answer"),
		.busy = read_delays(retry, "busy"),
		.failed = read_delays(retry, "failed"),
		.voicemail = read_delays(retry, "voicemail"),
	};
}

static enum voicemail read_voicemail(const char *word)
{
	if (word && !strcmp(word, "leave_message"))
		return VOICEMAIL_LEAVE_MESSAGE;
	return word && !strcmp(word, "ignore") ? VOICEMAIL_IGNORE : VOICEMAIL_HANG_UP;
}

static int read_plan(struct app *app, struct campaign *c, struct err *err)
{
	struct json_object *settings = c->settings;
	const char *mode = json_text(settings, "mode");
	struct err unknown = { 0 };

	c->name = json_text(settings, "name");
	c->agent_id = json_text(settings, "agent_id");
	c->caller_id = json_text(settings, "caller_id");
	c->timezone = json_text(settings, "timezone");
	if (!c->name || !c->agent_id || !c->caller_id || !c->timezone || !mode)
		return err_set(err, ERR_SYSTEM, "a campaign that lacks what it needs");
	if (zone_load(app->mem, c->timezone, &c->zone, &unknown))
		return err_set(err, ERR_SYSTEM, "a campaign's time zone cannot be read: %s", unknown.msg);
	c->conversation = !strcmp(mode, "conversation");
	json_flag(settings, "speech", &c->speech);
	c->voicemail = read_voicemail(json_text(settings, "voicemail"));
	read_hours(json_get(settings, "calling_hours"), &c->hours);
	read_hours(json_get(settings, "recipient_hours"), &c->recipient_hours);
	read_holidays(app, settings, &c->holidays);
	c->daily_cap = json_object_get_int(json_get(settings, "daily_cap"));
	c->max_concurrent_calls = json_object_get_int(json_get(settings, "max_concurrent_calls"));
	c->calls_per_second = json_object_get_double(json_get(settings, "calls_per_second"));
	read_retry(json_get(settings, "retry"), &c->retry);
	return 0;
}

int campaign_of_row(struct app *app, const char *id, const struct reply *row, struct campaign *c, struct err *err)
{
	const char *settings = reply_field(row, "settings"), *state = reply_field(row, "state");

	*c = (struct campaign){
		.id = arena_strdup(app->mem, id),
		.state_reason = reply_field(row, "reason"),
		.source = reply_field(row, "source"),
		.copying = reply_field(row, "copying") != NULL,
		.test_of = reply_field(row, "test_of"),
		.revision = reply_field_int(row, "revision", 0),
		.seq = reply_field_int(row, "seq", 0),
		.created_ms = reply_field_int(row, "created", 0),
		.leads = reply_field_int(row, "leads", 0),
	};
	if (!settings || !state || !strcmp(state, "deleting"))
		return err_set(err, ERR_MISSING, "no such campaign");
	if (!campaign_state_read(state, &c->state))
		return err_set(err, ERR_SYSTEM, "a campaign in a state that is none");
	c->settings = json_read(app->mem, str_from(settings), err);
	return c->settings ? read_plan(app, c, err) : -1;
}

int campaign_load(struct app *app, const char *id, struct campaign *c, struct err *err)
{
	struct reply row;

	if (store_call(app->store, app->mem, &row, err, "HGETALL", key_of(app->mem, KEY_CAMPAIGN, id), NULL))
		return -1;
	return campaign_of_row(app, id, &row, c, err);
}

/* ---- what else is said of it ---- */

struct json_object *campaign_json(struct app *app, const struct campaign *c)
{
	struct json_object *o = json_owned(app->mem, json_object_new_object());
	char created[ISO_TIME_SIZE];

	json_put(o, "id", c->id);
	json_object_object_foreach(c->settings, name, value)
		json_object_object_add(o, name, json_object_get(value));
	json_put(o, "state", campaign_state_name(c->state));
	json_put(o, "state_reason", c->state_reason);
	if (c->source)
		json_put(o, "source_id", c->source);
	iso_time_format(c->created_ms, created);
	json_put(o, "created_at", created);
	return o;
}

bool campaign_key(const struct campaign *c, char key, const char **outcome, const char **say)
{
	const char name[2] = { key, '\0' };
	struct json_object *meaning = json_get(json_get(c->settings, "keys"), name);

	*outcome = json_text(meaning, "outcome");
	*say = json_text(meaning, "say");
	return *outcome != NULL;
}

void campaign_day(const struct campaign *c, int64_t now_ms, char day[DAY_SIZE])
{
	zone_day(c->zone, now_ms, day);
}

int64_t campaign_next_day_ms(const struct campaign *c, int64_t now_ms)
{
	struct civil today, next;

	zone_local(c->zone, now_ms, &today);
	next = civil_from_ms((days_from_civil(today.year, today.month, today.day) + 1) * 86400000);
	return zone_instant(c->zone, (int)next.year, next.month, next.day, 0);
}
