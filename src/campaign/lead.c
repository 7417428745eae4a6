/* See lead.h. */
#include "campaign/lead.h"

#include <inttypes.h>

#include "app.h"
#include "store/keys.h"

const char *lead_key(struct arena *mem, const char *campaign, int64_t number)
{
	return arena_printf(mem, KEY_LEAD "%s:%" PRId64, campaign, number);
}

/* FNV-1a, 32 bits: the bucket must stay the same for ever. */
static uint32_t bucket_of(const char *phone)
{
	uint32_t hash = 2166136261u;

	for (; *phone; phone++)
		hash = (hash ^ (unsigned char)*phone) * 16777619u;
	return hash % LEAD_BUCKETS;
}

const char *phones_key(struct arena *mem, const char *campaign, const char *phone)
{
	return arena_printf(mem, KEY_PHONES "%s:%" PRIu32, campaign, bucket_of(phone));
}

const char *due_key(struct arena *mem, const char *campaign, int group)
{
	return arena_printf(mem, KEY_DUE "%s:%d", campaign, group);
}

const char *held_key(struct arena *mem, const char *campaign, int group, const char *reason)
{
	return arena_printf(mem, KEY_HELD "%s:%d:%s", campaign, group, reason);
}

static const char *const state_names[] = {
	[LEAD_PENDING] = "pending", [LEAD_CALLING] = "calling", [LEAD_WAITING] = "waiting", [LEAD_DONE] = "done",
};

const char *lead_state_name(enum lead_state state)
{
	return state_names[state];
}

static enum lead_state state_of(const char *letter)
{
	switch (*letter) {
	case 'c':
		return LEAD_CALLING;
	case 'w':
		return LEAD_WAITING;
	case 'd':
		return LEAD_DONE;
	default:
		return LEAD_PENDING;
	}
}

static void take_field(struct lead *lead, char field, const struct reply *value)
{
	const char *text = reply_text(value);
	int64_t n = 0;

	switch (field) {
	case 'p':
		lead->phone = text;
		break;
	case 'n':
		lead->name = text;
		break;
	case 'z':
		lead->timezone = text;
		break;
	case 'g':
		lead->group = reply_int(value, &n) ? (int)n : 0;
		break;
	case 's':
		lead->state = state_of(text);
		break;
	case 'o':
		lead->outcome = text;
		break;
	case 'a':
		lead->attempts = reply_int(value, &n) ? (int)n : 0;
		break;
	case 't':
		lead->next_ms = reply_int(value, &n) ? n : 0;
		break;
	case 'q':
		lead->last_call = text;
		break;
	case 'h':
		lead->held = text;
		break;
	}
}

bool lead_of(struct arena *mem, int64_t number, const struct reply *all, struct lead *lead)
{
	*lead = (struct lead){ .number = number };
	if (all->type != REPLY_LIST || !all->count)
		return false;
	lead->variables = arena_alloc(mem, all->count / 2 * sizeof(*lead->variables));
	for (size_t i = 0; i + 1 < all->count; i += 2) {
		struct str field = all->items[i].text;

		if (!reply_text(&all->items[i + 1]))
			continue;
		if (field.len == 1)
			take_field(lead, field.ptr[0], &all->items[i + 1]);
		else if (str_starts(field, STR("v:")))
			lead->variables[lead->variable_count++] =
				(struct lead_variable){ field.ptr + 2, all->items[i + 1].text.ptr };
	}
	return lead->phone != NULL;
}

int lead_load(struct app *app, const char *campaign, int64_t number, struct lead *lead, struct err *err)
{
	struct reply all;

	if (store_call(app->store, app->mem, &all, err, "HGETALL", lead_key(app->mem, campaign, number), NULL))
		return -1;
	return lead_of(app->mem, number, &all, lead) ? 0 : err_set(err, ERR_MISSING, "no such lead");
}

int leads_load(struct app *app, const char *campaign, int64_t first, size_t count, struct lead *leads, struct err *err)
{
	struct command commands[LEADS_AT_ONCE];
	struct reply replies[LEADS_AT_ONCE];

	if (!count)
		return 0;
	for (size_t i = 0; i < count; i++) {
		commands[i] = command_new(app->mem, "HGETALL");
		command_text(&commands[i], lead_key(app->mem, campaign, first + (int64_t)i));
	}
	if (store_pipeline(app->store, commands, count, replies, err))
		return -1;
	for (size_t i = 0; i < count; i++)
		lead_of(app->mem, first + (int64_t)i, &replies[i], &leads[i]);
	return 0;
}

const char *lead_lookup(void *ctx, const char *name)
{
	const struct lead *lead = ctx;

	for (size_t i = 0; i < lead->variable_count; i++)
		if (!strcmp(lead->variables[i].name, name))
			return lead->variables[i].value;
	if (!strcmp(name, "name"))
		return lead->name;
	return strcmp(name, "phone") ? NULL : lead->phone;
}
