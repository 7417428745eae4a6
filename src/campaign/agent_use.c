/* See agent_use.h. */
#include "campaign/agent_use.h"

#include "campaign/campaign.h"
#include "store/keys.h"
#include "store/store.h"

/* The campaigns' rows, those of the first agent first. */
static int load_rows(struct app *app, const struct reply *sets, size_t count, struct reply **rows, struct err *err)
{
	struct command *commands = arena_alloc(app->mem, (count * AGENT_USES_TOLD + 1) * sizeof(*commands));
	size_t asked = 0;

	for (size_t i = 0; i < count; i++) {
		for (size_t n = 0; n < sets[i].count && n < AGENT_USES_TOLD; n++) {
			commands[asked] = command_new(app->mem, "HGETALL");
			command_text(&commands[asked++], key_of(app->mem, KEY_CAMPAIGN, reply_text(&sets[i].items[n])));
		}
	}
	*rows = arena_alloc(app->mem, (asked + 1) * sizeof(**rows));
	return asked ? store_pipeline(app->store, commands, asked, *rows, err) : 0;
}

int agent_uses_load(struct app *app, const char *const *ids, size_t count, struct agent_uses *uses, struct err *err)
{
	struct command *commands = arena_alloc(app->mem, (count + 1) * sizeof(*commands));
	struct reply *sets = arena_alloc(app->mem, (count + 1) * sizeof(*sets)), *rows;

	memset(uses, 0, count * sizeof(*uses));
	if (!count)
		return 0;
	for (size_t i = 0; i < count; i++) {
		commands[i] = command_new(app->mem, "SMEMBERS");
		command_text(&commands[i], key_of(app->mem, KEY_AGENT_CAMPAIGNS, ids[i]));
	}
	if (store_pipeline(app->store, commands, count, sets, err) || load_rows(app, sets, count, &rows, err))
		return -1;
	for (size_t i = 0; i < count; i++) {
		uses[i].total = sets[i].count;
		for (size_t n = 0; n < sets[i].count && n < AGENT_USES_TOLD; n++, rows++) {
			struct err gone = { 0 };
			struct campaign c;

			/* One that is being deleted has no name any more. */
			if (campaign_of_row(app, reply_text(&sets[i].items[n]), rows, &c, &gone))
				continue;
			uses[i].told[uses[i].count++] = (struct agent_use){ c.id, c.name, campaign_state_name(c.state) };
		}
	}
	return 0;
}

void agent_uses_put(struct json_object *agent, const struct agent_uses *uses)
{
	struct json_object *list = json_object_new_array();

	json_object_object_add(agent, "campaigns", list);
	for (size_t i = 0; i < uses->count; i++) {
		struct json_object *use = json_object_new_object();

		json_object_array_add(list, use);
		json_put(use, "id", uses->told[i].id);
		json_put(use, "name", uses->told[i].name);
		json_put(use, "state", uses->told[i].state);
	}
	json_put_int(agent, "campaign_count", (int64_t)uses->total);
}
