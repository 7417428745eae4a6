/* See issue_move.h. */
#include "screening/issue_move.h"

#include <inttypes.h>

#include "base/json.h"
#include "screening/jobs.h"
#include "store/keys.h"
#include "store/store.h"

char *issue_word(struct app *app, const char *workspace, const char *issue_id)
{
	return arena_printf(app->mem, "%s:%s", workspace, issue_id);
}

/* A webhook that comes after the sweep found its move names a time of its own,
 * moments beside the history's. */
static int is_swept_move(struct app *app, const char *word, int64_t at_ms, bool *swept, struct err *err)
{
	struct reply r;
	int64_t taken = 0;

	if (store_call(app->store, app->mem, &r, err, "GET", key_of(app->mem, KEY_SWEPT_MOVE, word), NULL))
		return -1;
	*swept = reply_int(&r, &taken) && at_ms > taken - SWEEP_GRACE_MS && at_ms < taken + SWEEP_GRACE_MS;
	return 0;
}

int issue_announced(struct app *app, const char *workspace, const char *issue_id, int64_t at_ms, const char *delivery,
		    bool *added, struct err *err)
{
	bool swept;

	*added = false;
	if (is_swept_move(app, issue_word(app, workspace, issue_id), at_ms, &swept, err))
		return -1;
	return swept ? 0 : issue_entered(app, workspace, issue_id, at_ms, delivery, added, err);
}

int issue_entered(struct app *app, const char *workspace, const char *issue_id, int64_t at_ms, const char *delivery,
		  bool *added, struct err *err)
{
	struct queue queue = screening_queue(app);
	const char *word = issue_word(app, workspace, issue_id);
	struct json_object *payload = json_owned(app->mem, json_object_new_object());
	/* Noted in the same step, so that the sweep takes neither a move whose job waits nor misses one. */
	struct queue_entry entry = { .kind = JOB_ISSUE, .serial = word, .note_in = KEY_ENTERED, .note_member = word,
				     .note_score = at_ms };

	json_put(payload, "workspace", workspace);
	json_put(payload, "issue", issue_id);
	json_put_int(payload, "at", at_ms);
	entry.id = arena_printf(app->mem, "issue:%s:%" PRId64, word, at_ms);
	entry.payload = str_from(json_write(payload));
	if (delivery)
		entry.seen[0] = arena_printf(app->mem, "linear:%s", delivery);
	return queue_add(&queue, app->mem, &entry, added, err);
}
