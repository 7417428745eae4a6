/* See retention.h. */
#include "campaign/retention.h"

#include <inttypes.h>

#include "campaign/campaign.h"
#include "store/keys.h"
#include "store/store.h"

enum { HOUR_S = 3600 };

/* When it ended; 0: it has not. */
static int ended_at(struct app *app, const char *id, int64_t *ms, struct err *err)
{
	const char *state;
	struct reply row;

	*ms = 0;
	if (store_call(app->store, app->mem, &row, err, "HMGET", key_of(app->mem, KEY_CAMPAIGN, id), "state", "changed", NULL))
		return -1;
	state = row.count == 2 ? reply_text(&row.items[0]) : NULL;
	if (state && (!strcmp(state, "completed") || !strcmp(state, "stopped")))
		reply_int(&row.items[1], ms);
	return 0;
}

static int look_at(struct app *app, const char *id, int64_t before_ms, struct err *err)
{
	enum campaign_deleted deleted;
	struct err gone = { 0 };
	int64_t ended_ms;

	if (ended_at(app, id, &ended_ms, err))
		return -1;
	if (!ended_ms || ended_ms >= before_ms)
		return 0;
	if (campaign_delete(app, id, &deleted, &gone))
		return gone.kind == ERR_MISSING ? 0 : err_set(err, gone.kind, "%s", gone.msg);
	if (deleted == CAMPAIGN_DELETED)
		log_event(&app->log, LOG_INFO, "campaign.kept_long_enough", LOG_TEXT("campaign", id));
	return 0;
}

int retention_turn(struct app *app, struct err *err)
{
	int64_t before_ms = clock_wall_ms(app->clock) - app->cfg.campaign_keep_s * INT64_C(1000);
	struct reply first, all;

	if (!app->cfg.campaign_keep_s)
		return 0;
	if (store_call(app->store, app->mem, &first, err, "SET", KEY_RETENTION, "1", "NX", "EX",
		       arena_printf(app->mem, "%d", HOUR_S), NULL))
		return -1;
	if (!reply_text(&first))
		return 0;
	/* Whatever ended before then was made before then. */
	if (store_call(app->store, app->mem, &all, err, "ZRANGEBYSCORE", KEY_CAMPAIGNS, "-inf",
		       arena_printf(app->mem, "%" PRId64, before_ms), NULL))
		return -1;
	for (size_t i = 0; i < all.count; i++)
		if (look_at(app, reply_text(&all.items[i]), before_ms, err))
			return -1;
	return 0;
}
