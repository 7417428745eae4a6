/* See erased.h. */
#include "screening/erased.h"

#include "store/keys.h"
#include "store/store.h"

int erased_time(struct app *app, const char *session_id, int64_t *at_ms, struct err *err)
{
	struct reply r;

	*at_ms = 0;
	if (store_call(app->store, app->mem, &r, err, "HGET", key_of(app->mem, KEY_SESSION, session_id), "erased", NULL))
		return -1;
	reply_int(&r, at_ms);
	return 0;
}

int erased_conversation(struct app *app, const char *conversation_id, bool *erased, struct err *err)
{
	struct reply r;

	if (store_call(app->store, app->mem, &r, err, "EXISTS", key_of(app->mem, KEY_ERASED, conversation_id), NULL))
		return -1;
	*erased = r.number == 1;
	return 0;
}
