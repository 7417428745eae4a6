/* See session.h. */
#include "access/session.h"

#include <inttypes.h>

#include "access/origin.h"
#include "base/crypto.h"
#include "store/keys.h"
#include "store/scripts.h"
#include "web/cookie.h"

enum { TOKEN_LENGTH = 43, SEEN_STEP_MS = 60000, AGENT_MOST = 200 };

/* Without TLS no browser takes a Secure cookie, so only loopback does without. */
static const char *cookie_name(const struct app *app)
{
	return origin_is_loopback(app->cfg.public_base_url) ? "parley_session" : "__Host-parley_session";
}

static void set_cookie(const struct app *app, struct response *res, const char *token, int64_t life_s)
{
	response_header(res, "Set-Cookie",
			arena_printf(res->mem, "%s=%s; Path=/; HttpOnly; SameSite=Lax; Max-Age=%" PRId64 "%s", cookie_name(app), token,
				     life_s, origin_is_loopback(app->cfg.public_base_url) ? "" : "; Secure"));
}

static const char *id_of(struct arena *mem, struct str token)
{
	unsigned char hash[SHA256_SIZE];
	char *id = arena_alloc(mem, 2 * sizeof(hash) + 1);

	sha256(token, hash);
	hex_encode(hash, sizeof(hash), id);
	return id;
}

/* The id of the session that the request names; NULL: it names none. */
static const char *id_in(const struct app *app, const struct request *req)
{
	struct str token = request_cookie(req, cookie_name(app));

	return str_is_token(token, TOKEN_LENGTH, TOKEN_LENGTH) ? id_of(req->mem, token) : NULL;
}

static const char *key_of_id(struct app *app, const char *id)
{
	return key_of(app->mem, KEY_CONSOLE_SESSION, id);
}

static int end_one(struct app *app, const char *id, struct err *err)
{
	struct reply email, gone;

	if (store_call(app->store, app->mem, &email, err, "HGET", key_of_id(app, id), "email", NULL))
		return -1;
	if (!reply_text(&email))
		return 0;
	if (store_call(app->store, app->mem, &gone, err, "DEL", key_of_id(app, id), NULL))
		return -1;
	return store_call(app->store, app->mem, &gone, err, "ZREM", key_of(app->mem, KEY_CONSOLE_SESSIONS, reply_text(&email)), id,
			  NULL);
}

/* ---- beginning ---- */

static struct command row_of(struct app *app, const struct request *req, const struct operator *who, const char *id, int64_t now)
{
	struct command c = command_new(app->mem, "HSET");
	struct str agent = str_from(request_header(req, "User-Agent"));

	agent.len = str_utf8_prefix(agent, AGENT_MOST);
	command_text(&c, key_of_id(app, id));
	command_text(&c, "email");
	command_text(&c, who->email);
	command_text(&c, "epoch");
	command_text(&c, who->epoch);
	command_text(&c, "csrf");
	command_text(&c, random_id(app->mem));
	command_text(&c, "created");
	command_int(&c, now);
	command_text(&c, "seen");
	command_int(&c, now);
	command_text(&c, "client");
	command_text(&c, req->remote_addr);
	command_text(&c, "agent");
	if (str_is_utf8(agent))
		command_str(&c, agent);
	else
		command_text(&c, NULL);
	return c;
}

static int store_session(struct app *app, const struct request *req, const struct operator *who, const char *id, struct err *err)
{
	int64_t now = clock_wall_ms(app->clock);
	const char *list = key_of(app->mem, KEY_CONSOLE_SESSIONS, who->email);
	struct command c[] = {
		row_of(app, req, who, id, now), command_new(app->mem, "EXPIRE"), command_new(app->mem, "ZADD"),
		command_new(app->mem, "EXPIRE"), command_new(app->mem, "ZREMRANGEBYSCORE"),
	};
	struct reply replies[ARRAY_LEN(c)];

	command_text(&c[1], key_of_id(app, id));
	command_int(&c[1], KEEP_CONSOLE_IDLE_S);
	command_text(&c[2], list);
	command_int(&c[2], now);
	command_text(&c[2], id);
	command_text(&c[3], list);
	command_int(&c[3], KEEP_CONSOLE_S);
	command_text(&c[4], list);
	command_text(&c[4], "-inf");
	command_int(&c[4], now - (int64_t)KEEP_CONSOLE_S * 1000);
	return store_pipeline(app->store, c, ARRAY_LEN(c), replies, err);
}

int access_session_begin(struct app *app, const struct request *req, struct response *res, const struct operator *who,
			 struct err *err)
{
	const char *old = id_in(app, req), *token;
	unsigned char random[32];

	random_bytes(random, sizeof(random));
	token = base64url_encode(app->mem, (struct str){ (const char *)random, sizeof(random) });
	if ((old && end_one(app, old, err)) || store_session(app, req, who, id_of(app->mem, str_from(token)), err))
		return -1;
	set_cookie(app, res, token, KEEP_CONSOLE_S);
	return 0;
}

/* ---- using ---- */

int access_session_actor(struct app *app, const struct request *req, const struct actor **actor, struct err *err)
{
	struct command c = script_new(app->mem, &script_console_session_read, 1);
	const char *id = id_in(app, req);
	struct actor *found;
	struct reply r;

	*actor = NULL;
	if (!id)
		return 0;
	command_text(&c, key_of_id(app, id));
	command_int(&c, clock_wall_ms(app->clock));
	command_int(&c, (int64_t)KEEP_CONSOLE_IDLE_S * 1000);
	command_int(&c, (int64_t)KEEP_CONSOLE_S * 1000);
	command_int(&c, SEEN_STEP_MS);
	command_text(&c, KEY_OPERATOR);
	if (script_run(app->store, &script_console_session_read, &c, &r, err))
		return -1;
	if (r.type != REPLY_LIST || r.count != 4)
		return 0;
	found = arena_new_object(req->mem, struct actor);
	found->email = arena_strdup(req->mem, reply_text(&r.items[0]));
	if (!role_read(reply_text(&r.items[1]), &found->role))
		found->role = ROLE_VIEWER;
	found->csrf = arena_strdup(req->mem, reply_text(&r.items[2]));
	found->session = id;
	*actor = found;
	return 0;
}

/* ---- ending ---- */

int access_session_end(struct app *app, const struct request *req, struct response *res, struct err *err)
{
	const char *id = id_in(app, req);

	if (id && end_one(app, id, err))
		return -1;
	set_cookie(app, res, "", 0);
	return 0;
}

static int forget_all(struct app *app, const char *email, struct err *err)
{
	const char *list = key_of(app->mem, KEY_CONSOLE_SESSIONS, email);
	struct reply ids, gone;

	if (store_call(app->store, app->mem, &ids, err, "ZRANGE", list, "0", "-1", NULL))
		return -1;
	for (size_t i = 0; i < ids.count; i++)
		if (store_call(app->store, app->mem, &gone, err, "DEL", key_of_id(app, ids.items[i].text.ptr), NULL))
			return -1;
	return store_call(app->store, app->mem, &gone, err, "DEL", list, NULL);
}

void access_session_forget_all(struct app *app, const char *email)
{
	struct err err = { 0 };

	if (forget_all(app, email, &err))
		log_event(&app->log, LOG_WARNING, "session.not_forgotten", LOG_TEXT("reason", err.msg));
}

int access_session_end_all(struct app *app, const char *email, struct err *err)
{
	if (operator_renew(app, email, err))
		return -1;
	access_session_forget_all(app, email);
	return 0;
}

/* ---- showing ---- */

/* False when the session is over. */
static bool read_row(const struct reply *row, const char *id, int64_t now, struct access_session *s)
{
	*s = (struct access_session){
		.id = id, .created_ms = reply_field_int(row, "created", 0), .seen_ms = reply_field_int(row, "seen", 0),
		.client = reply_field(row, "client"), .agent = reply_field(row, "agent"),
	};
	return s->seen_ms && now - s->seen_ms < (int64_t)KEEP_CONSOLE_IDLE_S * 1000;
}

int access_session_list(struct app *app, const char *email, struct access_session **list, size_t *count, struct err *err)
{
	int64_t now = clock_wall_ms(app->clock);
	struct operator who;
	struct reply ids, row;

	*count = 0;
	if (operator_load(app, email, &who, err) ||
	    store_call(app->store, app->mem, &ids, err, "ZREVRANGE", key_of(app->mem, KEY_CONSOLE_SESSIONS, email), "0", "99", NULL))
		return -1;
	*list = arena_alloc(app->mem, (ids.count + 1) * sizeof(**list));
	for (size_t i = 0; i < ids.count; i++) {
		const char *epoch;

		if (store_call(app->store, app->mem, &row, err, "HGETALL", key_of_id(app, ids.items[i].text.ptr), NULL))
			return -1;
		epoch = reply_field(&row, "epoch");
		if (!strcmp(epoch ? epoch : "", who.epoch) && read_row(&row, ids.items[i].text.ptr, now, &(*list)[*count]))
			++*count;
	}
	return 0;
}
