/* See sign_in.h. */
#include "access/sign_in.h"

#include <arpa/inet.h>
#include <inttypes.h>

#include "access/audit.h"
#include "base/crypto.h"
#include "store/keys.h"
#include "store/scripts.h"

/* The counters' keys: of the address, by a hash, since people type a password into the wrong field;
 * of the client, which in IPv6 has a network of its own. */
static void keys_of(struct app *app, const struct request *req, const char *typed, const char *keys[2])
{
	unsigned char hash[SHA256_SIZE], network[16];
	const char *client = req->remote_addr ? req->remote_addr : "";
	char hex[2 * SHA256_SIZE + 1];

	sha256(str_from(typed), hash);
	hex_encode(hash, sizeof(hash), hex);
	keys[0] = key_of(app->mem, KEY_SIGN_IN, arena_join(app->mem, "address:", hex));
	if (inet_pton(AF_INET6, client, network) == 1) {
		hex_encode(network, 8, hex);
		client = hex;
	}
	keys[1] = key_of(app->mem, KEY_SIGN_IN, arena_join(app->mem, "client:", client));
}

static int begin(struct app *app, const char *const keys[2], int64_t *wait_ms, struct err *err)
{
	struct command c = script_new(app->mem, &script_sign_in_begin, 2);
	struct reply r;

	command_text(&c, keys[0]);
	command_text(&c, keys[1]);
	command_int(&c, clock_wall_ms(app->clock));
	command_int(&c, SIGN_IN_WAIT_MS);
	command_int(&c, SIGN_IN_WAIT_MOST_MS);
	command_int(&c, KEEP_SIGN_IN_S);
	command_int(&c, SIGN_IN_FREE_ADDRESS);
	command_int(&c, SIGN_IN_FREE_CLIENT);
	if (script_run(app->store, &script_sign_in_begin, &c, &r, err))
		return -1;
	*wait_ms = r.number;
	return 0;
}

/* It was right: the address begins anew, the client gets this one try back (all of them would
 * let somebody who has one account guess at the others). */
static int take_back(struct app *app, const char *const keys[2], struct err *err)
{
	struct command c[] = { command_new(app->mem, "DEL"), command_new(app->mem, "HINCRBY"), command_new(app->mem, "HDEL") };
	struct reply replies[ARRAY_LEN(c)];

	command_text(&c[0], keys[0]);
	command_text(&c[1], keys[1]);
	command_text(&c[1], "count");
	command_int(&c[1], -1);
	command_text(&c[2], keys[1]);
	command_text(&c[2], "until");
	return store_pipeline(app->store, c, ARRAY_LEN(c), replies, err);
}

static void record(struct app *app, struct request *req, const char *email, const char *result)
{
	audit_record(app, req, &(struct audit_entry){ .actor = email ? email : "unknown", .action = "sign-in", .object = email,
						       .result = result });
}

/* Once for each client and wait: tries that cost nothing must not push older entries off the trail. */
static void record_locked(struct app *app, struct request *req, const char *email, const char *client_key, int64_t wait_ms)
{
	struct err ignored = { 0 };
	struct reply r;

	log_event(&app->log, LOG_WARNING, "security.sign_in_locked", LOG_TEXT("client", req->remote_addr));
	if (store_call(app->store, app->mem, &r, &ignored, "SET", arena_join(app->mem, client_key, ":told"), "1", "NX", "PX",
		       arena_printf(app->mem, "%" PRId64, wait_ms), NULL) || r.type != REPLY_NIL)
		record(app, req, email, "locked out");
}

int sign_in(struct app *app, struct request *req, const char *typed, const char *password, struct operator *who,
	    struct err *err)
{
	const char *email = operator_address(app->mem, typed), *keys[2];
	int64_t wait_ms;

	keys_of(app, req, email ? email : typed, keys);
	if (begin(app, keys, &wait_ms, err))
		return -1;
	if (wait_ms > 0) {
		record_locked(app, req, email, keys[1], wait_ms);
		err->retry_after = (int)((wait_ms + 999) / 1000);
		return err_set(err, ERR_LIMIT, "too many sign-ins that were not right");
	}
	if (operator_verify(app, email, password, who, err)) {
		if (err->kind == ERR_DENIED) {
			log_event(&app->log, LOG_WARNING, "security.sign_in_refused", LOG_TEXT("client", req->remote_addr));
			record(app, req, email, "refused");
		}
		return -1;
	}
	return take_back(app, keys, err);
}

const char *wait_words(struct arena *mem, int seconds)
{
	int minutes = (seconds + 59) / 60;

	if (seconds < 60)
		return arena_printf(mem, "%d second%s", seconds, seconds == 1 ? "" : "s");
	return arena_printf(mem, "%d minute%s", minutes, minutes == 1 ? "" : "s");
}
