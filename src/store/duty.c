/* See duty.h. */
#include "store/duty.h"

#include <string.h>
#include <unistd.h>

#include "store/keys.h"

enum { DUTY_S = 300 };

static char *duty_key(struct arena *mem, const char *kind)
{
	char host[80] = "";

	gethostname(host, sizeof(host) - 1);
	return arena_printf(mem, KEY_RUNNER "%s:%s", kind, host);
}

int duty_take(struct store *store, struct arena *mem, const char *kind, const char *token, struct err *err)
{
	struct reply r;

	return store_call(store, mem, &r, err, "SET", duty_key(mem, kind), token, "EX", arena_printf(mem, "%d", DUTY_S), NULL);
}

bool duty_is_relieved(struct store *store, struct arena *mem, const char *kind, const char *token)
{
	struct err err = { 0 };
	struct reply reply;

	if (store_call(store, mem, &reply, &err, "GET", duty_key(mem, kind), NULL))
		return false;
	return reply_text(&reply) && strcmp(reply_text(&reply), token) != 0;
}
