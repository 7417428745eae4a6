/* See guesses.h. */
#include "screening/guesses.h"

#include "screening/quota.h"

int guess_count(struct app *app, const char *remote_addr, struct err *err)
{
	struct quota q = { arena_printf(app->mem, "guess:%s", remote_addr ? remote_addr : "-"), GUESSES_ALLOWED,
			   GUESSES_WINDOW_S };

	return quota_take(app, &q, 1, err);
}
