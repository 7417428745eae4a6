/* See quota.h. */
#include "screening/quota.h"

#include "store/keys.h"
#include "store/scripts.h"

int quota_take(struct app *app, const struct quota *quotas, size_t count, struct err *err)
{
	struct command c = script_new(app->mem, &script_counter_take, count);
	struct reply r;

	for (size_t i = 0; i < count; i++)
		command_text(&c, key_of(app->mem, KEY_LIMIT, quotas[i].name));
	for (size_t i = 0; i < count; i++) {
		command_int(&c, quotas[i].limit);
		command_int(&c, quotas[i].window_s);
	}
	if (script_run(app->store, &script_counter_take, &c, &r, err))
		return -1;
	if (r.number <= 0)
		return 0;
	err->retry_after = r.number > 86400 ? 86400 : (int)r.number;
	return err_set(err, ERR_LIMIT, "a limit is used up");
}

int quota_return(struct app *app, const struct quota *quotas, size_t count, struct err *err)
{
	struct reply r;

	for (size_t i = 0; i < count; i++)
		if (store_call(app->store, app->mem, &r, err, "DECR", key_of(app->mem, KEY_LIMIT, quotas[i].name), NULL))
			return -1;
	return 0;
}

char *quota_day(struct app *app, const char *name, const char *org)
{
	char day[DAY_SIZE];

	utc_day(clock_wall_ms(app->clock), day);
	return arena_printf(app->mem, "%s:%s:%s", name, org, day);
}
