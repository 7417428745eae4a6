/* See campaign_settings.h. */
#include "campaign/campaign_settings.h"

#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "base/limits.h"
#include "base/zone.h"
#include "campaign/phone.h"

struct reading {
	struct arena *mem;
	const char *caller_id;
	struct settings_problem *problem;
};

static bool wrong(struct reading *r, const char *field, const char *fmt, ...) __attribute__((format(printf, 3, 4)));

static bool wrong(struct reading *r, const char *field, const char *fmt, ...)
{
	va_list args;

	snprintf(r->problem->field, sizeof(r->problem->field), "%s", field);
	va_start(args, fmt);
	vsnprintf(r->problem->sentence, sizeof(r->problem->sentence), fmt, args);
	va_end(args);
	return false;
}

static const char *under(struct reading *r, const char *field, const char *member)
{
	return arena_printf(r->mem, "%s.%s", field, member);
}

/* ---- kinds of values ---- */

static const char *text_of(struct json_object *value)
{
	if (!json_object_is_type(value, json_type_string) ||
	    strlen(json_object_get_string(value)) != (size_t)json_object_get_string_len(value))
		return NULL;
	return json_object_get_string(value);
}

static bool is_one_of(const char *text, const char *const *words, size_t count)
{
	for (size_t i = 0; text && i < count; i++)
		if (!strcmp(text, words[i]))
			return true;
	return false;
}

static bool is_whole(struct json_object *value, int64_t least, int64_t most)
{
	return json_object_is_type(value, json_type_int) && json_object_get_int64(value) >= least &&
	       json_object_get_int64(value) <= most;
}

int minutes_of_day(const char *text)
{
	int minutes;

	if (!text || strlen(text) != 5 || text[2] != ':' || strspn(text, "0123456789") != 2 ||
	    strspn(text + 3, "0123456789") != 2)
		return -1;
	minutes = ((text[0] - '0') * 10 + text[1] - '0') * 60 + (text[3] - '0') * 10 + text[4] - '0';
	return text[3] > '5' || minutes > 24 * 60 ? -1 : minutes;
}

/* ---- members ---- */

typedef bool check_fn(struct reading *r, const char *field, struct json_object *value);

static bool check_name(struct reading *r, const char *field, struct json_object *value)
{
	const char *text = text_of(value);

	if (!text || !str_trim(str_from(text)).len || strlen(text) > LIMIT_NAME || str_has_control(str_from(text)))
		return wrong(r, field, "%s must be text of 1 to %d bytes in one line.", field, LIMIT_NAME);
	return true;
}

static bool check_mode(struct reading *r, const char *field, struct json_object *value)
{
	static const char *const words[] = { "broadcast", "conversation" };

	return is_one_of(text_of(value), words, ARRAY_LEN(words)) ||
	       wrong(r, field, "%s must be broadcast or conversation.", field);
}

static bool check_voicemail(struct reading *r, const char *field, struct json_object *value)
{
	static const char *const words[] = { "hang_up", "leave_message", "ignore" };

	return is_one_of(text_of(value), words, ARRAY_LEN(words)) ||
	       wrong(r, field, "%s must be hang_up, leave_message or ignore.", field);
}

static bool check_agent(struct reading *r, const char *field, struct json_object *value)
{
	const char *text = text_of(value);

	return (text && str_is_token(str_from(text), 1, 64)) || wrong(r, field, "%s must be the id of an agent.", field);
}

static bool check_caller(struct reading *r, const char *field, struct json_object *value)
{
	const char *text = text_of(value);
	char e164[PHONE_SIZE];

	return (text && !phone_read(str_from(text), NULL, e164) && !strcmp(text, e164)) ||
	       wrong(r, field, "%s must be a telephone number in E.164.", field);
}

static bool check_zone(struct reading *r, const char *field, struct json_object *value)
{
	const struct zone *zone;
	struct err unknown = { 0 };

	return !zone_load(r->mem, text_of(value), &zone, &unknown) ||
	       wrong(r, field, "%s must be a time zone such as America/New_York.", field);
}

static bool check_flag(struct reading *r, const char *field, struct json_object *value)
{
	return json_object_is_type(value, json_type_boolean) || wrong(r, field, "%s must be true or false.", field);
}

static bool check_cap(struct reading *r, const char *field, struct json_object *value)
{
	return is_whole(value, 1, LIMIT_DAILY_CAP) ||
	       wrong(r, field, "%s must be a whole number from 1 to %d.", field, LIMIT_DAILY_CAP);
}

static bool check_concurrent(struct reading *r, const char *field, struct json_object *value)
{
	return is_whole(value, 1, LIMIT_CONCURRENT) ||
	       wrong(r, field, "%s must be a whole number from 1 to %d.", field, LIMIT_CONCURRENT);
}

/* A pace below one a second is allowed; one that never calls is not. */
static bool check_pace(struct reading *r, const char *field, struct json_object *value)
{
	double pace = 0;

	if (json_object_is_type(value, json_type_int) || json_object_is_type(value, json_type_double))
		pace = json_object_get_double(value);
	return (isfinite(pace) && pace >= 0.0001 && pace <= LIMIT_CALLS_PER_SECOND) ||
	       wrong(r, field, "%s must be a number above 0, at most %d.", field, LIMIT_CALLS_PER_SECOND);
}

/* ---- hours ---- */

static bool check_days(struct reading *r, const char *field, struct json_object *value)
{
	static const char *const days[] = { "mon", "tue", "wed", "thu", "fri", "sat", "sun" };
	bool seen[ARRAY_LEN(days)] = { 0 };
	size_t count = json_object_is_type(value, json_type_array) ? json_object_array_length(value) : 0;

	for (size_t i = 0; i < count; i++) {
		const char *text = text_of(json_object_array_get_idx(value, i));
		size_t day = 0;

		while (text && day < ARRAY_LEN(days) && strcmp(text, days[day]))
			day++;
		if (!text || day == ARRAY_LEN(days) || seen[day])
			return wrong(r, field, "%s must hold mon, tue, wed, thu, fri, sat and sun, each at most once.", field);
		seen[day] = true;
	}
	return count || wrong(r, field, "%s must hold at least one of mon, tue, wed, thu, fri, sat and sun.", field);
}

/* {"start","end"}, and "days" where `with_days`. */
static bool check_window(struct reading *r, const char *field, struct json_object *value, bool with_days)
{
	int start = -1, end = -1;
	bool days = false;

	if (!json_object_is_type(value, json_type_object))
		return wrong(r, field, "%s must be an object.", field);
	json_object_object_foreach(value, name, member) {
		if (!strcmp(name, "start"))
			start = minutes_of_day(text_of(member));
		else if (!strcmp(name, "end"))
			end = minutes_of_day(text_of(member));
		else if (!with_days || strcmp(name, "days"))
			return wrong(r, under(r, field, name), "This member is not known here.");
		else if (!check_days(r, under(r, field, "days"), member))
			return false;
		else
			days = true;
	}
	if (with_days && !days)
		return wrong(r, under(r, field, "days"), "days is missing.");
	if (start < 0 || start == 24 * 60)
		return wrong(r, under(r, field, "start"), "start must be a time from 00:00 to 23:59.");
	if (end < 0)
		return wrong(r, under(r, field, "end"), "end must be a time from 00:00 to 24:00.");
	return start != end || wrong(r, under(r, field, "end"), "end must differ from start.");
}

static bool check_calling_hours(struct reading *r, const char *field, struct json_object *value)
{
	return check_window(r, field, value, true);
}

static bool check_recipient_hours(struct reading *r, const char *field, struct json_object *value)
{
	return !value || check_window(r, field, value, false);
}

static bool is_date(const char *text)
{
	char midnight[ISO_TIME_SIZE];
	int64_t ms;

	if (!text || strlen(text) != strlen("2026-12-25"))
		return false;
	snprintf(midnight, sizeof(midnight), "%sT00:00:00Z", text);
	return iso_time_parse(str_from(midnight), &ms);
}

static bool check_holidays(struct reading *r, const char *field, struct json_object *value)
{
	size_t count;

	if (!json_object_is_type(value, json_type_array) || json_object_array_length(value) > LIMIT_HOLIDAYS)
		return wrong(r, field, "%s must be a list of at most %d dates.", field, LIMIT_HOLIDAYS);
	count = json_object_array_length(value);
	for (size_t i = 0; i < count; i++)
		if (!is_date(text_of(json_object_array_get_idx(value, i))))
			return wrong(r, field, "%s must hold dates such as 2026-12-25.", field);
	return true;
}

/* ---- retry, keys ---- */

static bool check_delays(struct reading *r, const char *field, struct json_object *value)
{
	static const char *const outcomes[] = { "no_answer", "busy", "failed", "voicemail" };

	if (!json_object_is_type(value, json_type_object))
		return wrong(r, field, "%s must be an object.", field);
	json_object_object_foreach(value, name, list) {
		const char *path = under(r, field, name);
		size_t count = json_object_is_type(list, json_type_array) ? json_object_array_length(list) : 0;

		if (!is_one_of(name, outcomes, ARRAY_LEN(outcomes)))
			return wrong(r, path, "This outcome is not repeated; those that are: no_answer, busy, failed, voicemail.");
		if (!json_object_is_type(list, json_type_array) || count > LIMIT_DELAYS)
			return wrong(r, path, "%s must be a list of at most %d delays.", name, LIMIT_DELAYS);
		for (size_t i = 0; i < count; i++)
			if (!is_whole(json_object_array_get_idx(list, i), 1, LIMIT_DELAY_S))
				return wrong(r, path, "A delay must be a whole number of seconds from 1 to %d.", LIMIT_DELAY_S);
	}
	return true;
}

static bool check_retry(struct reading *r, const char *field, struct json_object *value)
{
	struct json_object *attempts = json_get(value, "max_attempts"), *delays = json_get(value, "delays_seconds");

	if (!json_object_is_type(value, json_type_object))
		return wrong(r, field, "%s must be an object.", field);
	json_object_object_foreach(value, name, member) {
		(void)member;
		if (strcmp(name, "max_attempts") && strcmp(name, "delays_seconds"))
			return wrong(r, under(r, field, name), "This member is not known here.");
	}
	if (!is_whole(attempts, 1, LIMIT_ATTEMPTS))
		return wrong(r, under(r, field, "max_attempts"), "max_attempts must be a whole number from 1 to %d.",
			     LIMIT_ATTEMPTS);
	return check_delays(r, under(r, field, "delays_seconds"), delays);
}

static bool check_key(struct reading *r, const char *field, struct json_object *value)
{
	const char *outcome = text_of(json_get(value, "outcome"));
	bool has_say = false;
	struct json_object *say = NULL;

	if (!json_object_is_type(value, json_type_object))
		return wrong(r, field, "%s must be an object.", field);
	json_object_object_foreach(value, name, member) {
		if (!strcmp(name, "say"))
			say = member, has_say = true;
		else if (strcmp(name, "outcome"))
			return wrong(r, under(r, field, name), "This member is not known here.");
	}
	if (!outcome || !str_is_token(str_from(outcome), 1, 40))
		return wrong(r, under(r, field, "outcome"), "outcome must be a word of letters, digits, - and _.");
	if (has_say && say && (!text_of(say) || strlen(text_of(say)) > LIMIT_SAY))
		return wrong(r, under(r, field, "say"), "say must be text of at most %d bytes.", LIMIT_SAY);
	return true;
}

static bool check_keys(struct reading *r, const char *field, struct json_object *value)
{
	if (!json_object_is_type(value, json_type_object))
		return wrong(r, field, "%s must be an object.", field);
	json_object_object_foreach(value, name, member) {
		if (strlen(name) != 1 || !strchr("0123456789*#", *name))
			return wrong(r, under(r, field, name), "A key is one of 0 to 9, * and #.");
		if (!check_key(r, under(r, field, name), member))
			return false;
	}
	return true;
}

/* ---- the table ---- */

static const struct member {
	const char *name;
	check_fn *check;
	const char *otherwise; /* JSON; NULL: must be given */
} members[] = {
	{ "name", check_name, NULL },
	{ "mode", check_mode, "\"broadcast\"" },
	{ "agent_id", check_agent, NULL },
	{ "caller_id", check_caller, NULL },
	{ "timezone", check_zone, NULL },
	{ "calling_hours", check_calling_hours,
	  "{\"days\":[\"mon\",\"tue\",\"wed\",\"thu\",\"fri\"],\"start\":\"09:00\",\"end\":\"20:00\"}" },
	{ "recipient_hours", check_recipient_hours, "{\"start\":\"08:00\",\"end\":\"21:00\"}" },
	{ "holidays", check_holidays, "[]" },
	{ "daily_cap", check_cap, "500" },
	{ "max_concurrent_calls", check_concurrent, "10" },
	{ "calls_per_second", check_pace, "1" },
	{ "retry", check_retry,
	  "{\"max_attempts\":3,\"delays_seconds\":{\"no_answer\":[3600,14400],\"busy\":[600],\"failed\":[3600],"
	  "\"voicemail\":[86400]}}" },
	{ "voicemail", check_voicemail, "\"hang_up\"" },
	{ "keys", check_keys, "{}" },
	{ "speech", check_flag, "false" },
};

static const struct member *member_named(const char *name)
{
	for (size_t i = 0; i < ARRAY_LEN(members); i++)
		if (!strcmp(members[i].name, name))
			return &members[i];
	return NULL;
}

/* The value that a member has when it is not given; *known false when there is none. */
static struct json_object *not_given(struct reading *r, const struct member *m, struct json_object *former, bool *known)
{
	struct json_object *value = NULL;
	struct err ignored = { 0 };

	*known = former && json_object_object_get_ex(former, m->name, &value);
	if (*known)
		return value;
	if (!strcmp(m->name, "caller_id") && r->caller_id)
		value = json_owned(r->mem, json_object_new_string(r->caller_id));
	else if (m->otherwise)
		value = json_read(r->mem, str_from(m->otherwise), &ignored);
	*known = value != NULL;
	return value;
}

struct json_object *campaign_settings_read(struct arena *mem, struct json_object *given, struct json_object *former,
					   const char *caller_id, struct settings_problem *problem)
{
	struct json_object *settings = json_owned(mem, json_object_new_object());
	struct reading r = { mem, caller_id, problem };

	if (!json_object_is_type(given, json_type_object))
		return wrong(&r, "", "The settings must be an object."), NULL;
	json_object_object_foreach(given, name, ignored) {
		(void)ignored;
		if (!member_named(name))
			return wrong(&r, name, "This member is not known here."), NULL;
	}
	for (size_t i = 0; i < ARRAY_LEN(members); i++) {
		struct json_object *value = NULL;
		bool known = true;

		if (json_object_object_get_ex(given, members[i].name, &value)) {
			if (!members[i].check(&r, members[i].name, value))
				return NULL;
		} else {
			value = not_given(&r, &members[i], former, &known);
		}
		if (!known)
			return wrong(&r, members[i].name, "%s is missing.", members[i].name), NULL;
		json_object_object_add(settings, members[i].name, json_object_get(value));
	}
	return settings;
}
