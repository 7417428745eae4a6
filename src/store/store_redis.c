/* See store.h.  The only file that includes hiredis (0.14: no TLS, no RESP3).
 * rediss:// is spoken by nginx' stream module in front of a unix socket (stack
 * 5); the stack script hands the programs that socket's address. */
#include <errno.h>
#include <hiredis/hiredis.h>
#include <inttypes.h>
#include <poll.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/die.h"
#include "base/percent.h"
#include "store/store.h"

enum { CONNECT_TIMEOUT_S = 3, COMMAND_TIMEOUT_S = 8, REPLY_DEPTH = 6, FIRST_ARGS = 4 };

struct store {
	char *url;
	const struct clock *clock;
	redisContext *redis;
	bool used; /* the connection has served a command */
	const struct command *ahead; /* were sent and are not answered yet, */
	size_t ahead_count;          /* so many */
};

struct store *store_new(const char *url, const struct clock *clock)
{
	struct store *s = calloc(1, sizeof(*s));

	if (!s || !(s->url = strdup(url)))
		die_out_of_memory();
	s->clock = clock;
	return s;
}

struct store *store_twin(const struct store *s)
{
	return store_new(s->url, s->clock);
}

static void disconnect(struct store *s)
{
	if (s->redis)
		redisFree(s->redis);
	s->redis = NULL;
	s->used = false;
	s->ahead = NULL;
}

void store_free(struct store *s)
{
	if (!s)
		return;
	disconnect(s);
	free(s->url);
	free(s);
}

/* The parts of redis://[user:pass@]host:port/db and unix:///path?db=n. */
struct address {
	const char *path, *host, *user, *password;
	int port;
	long long db;
};

static char *decoded(struct arena *mem, struct str s)
{
	struct str out;

	return percent_decode(mem, s, false, &out) ? arena_strndup(mem, out.ptr, out.len) : NULL;
}

static bool parse_unix(struct arena *mem, struct str rest, struct address *a)
{
	struct str query, path = str_cut(rest, '?', &query);

	for (struct str more = query; more.ptr;) {
		struct str value, name = str_cut(str_cut(more, '&', &more), '=', &value);

		if (str_eq(name, STR("db")) && value.ptr)
			a->db = str_number(value, 1000000);
		else if (str_eq(name, STR("password")) && value.ptr)
			a->password = decoded(mem, value);
		else if (str_eq(name, STR("user")) && value.ptr)
			a->user = decoded(mem, value);
	}
	a->path = arena_strndup(mem, path.ptr, path.len);
	return path.len && a->db >= 0;
}

static bool parse_tcp(struct arena *mem, struct str rest, struct address *a)
{
	struct str db, port, login, host = str_cut(rest, '/', &db);
	const char *at = host.len ? memrchr(host.ptr, '@', host.len) : NULL;

	if (at) {
		struct str password;

		login = str_cut((struct str){ host.ptr, (size_t)(at - host.ptr) }, ':', &password);
		a->user = login.len ? decoded(mem, login) : NULL;
		a->password = password.ptr ? decoded(mem, password) : NULL;
		host.len -= (size_t)(at + 1 - host.ptr);
		host.ptr = at + 1;
	}
	if (host.len && host.ptr[0] == '[') {
		host = str_cut((struct str){ host.ptr + 1, host.len - 1 }, ']', &port);
		port = port.len > 1 ? (struct str){ port.ptr + 1, port.len - 1 } : (struct str){ NULL, 0 };
	} else {
		host = str_cut(host, ':', &port);
	}
	a->host = arena_strndup(mem, host.ptr, host.len);
	a->port = port.ptr && port.len ? (int)str_number(port, 65535) : 6379;
	a->db = db.ptr && db.len ? str_number(db, 1000000) : 0;
	return host.len && a->port > 0 && a->db >= 0;
}

static bool parse_address(struct arena *mem, const char *url, struct address *a)
{
	struct str s = str_from(url);

	if (str_starts(s, STR("unix://")))
		return parse_unix(mem, (struct str){ s.ptr + 7, s.len - 7 }, a);
	if (str_starts(s, STR("redis://")))
		return parse_tcp(mem, (struct str){ s.ptr + 8, s.len - 8 }, a);
	return false;
}

/* Sends AUTH or SELECT; Redis' answer must not be an error. */
static int introduce(struct store *s, int argc, const char **argv, struct err *err)
{
	redisReply *r = redisCommandArgv(s->redis, argc, argv, NULL);
	bool ok = r && r->type != REDIS_REPLY_ERROR;

	freeReplyObject(r);
	return ok ? 0 : err_set(err, ERR_SYSTEM, "Redis refuses %s", argv[0]);
}

static int log_in(struct store *s, const struct address *a, struct err *err)
{
	char db[24];

	if (a->password && *a->password) {
		const char *argv[3] = { "AUTH", a->user ? a->user : a->password, a->password };

		if (introduce(s, a->user ? 3 : 2, argv, err))
			return -1;
	}
	if (a->db) {
		const char *argv[2] = { "SELECT", db };

		snprintf(db, sizeof(db), "%lld", a->db);
		if (introduce(s, 2, argv, err))
			return -1;
	}
	return 0;
}

static int connect_to(struct store *s, const struct address *a, struct err *err)
{
	struct timeval connect = { CONNECT_TIMEOUT_S, 0 }, command = { COMMAND_TIMEOUT_S, 0 };

	s->redis = a->path ? redisConnectUnixWithTimeout(a->path, connect)
			   : redisConnectWithTimeout(a->host, a->port, connect);
	if (!s->redis)
		die_out_of_memory();
	if (s->redis->err || redisSetTimeout(s->redis, command) != REDIS_OK) {
		err_set(err, ERR_SYSTEM, "Redis cannot be reached: %s", s->redis->errstr);
		disconnect(s);
		return -1;
	}
	if (log_in(s, a, err)) {
		disconnect(s);
		return -1;
	}
	return 0;
}

static int ensure_connected(struct store *s, struct err *err)
{
	struct arena *mem;
	struct address a = { 0 };
	int rc;

	if (s->redis)
		return 0;
	mem = arena_new();
	rc = parse_address(mem, s->url, &a) ? connect_to(s, &a, err)
					    : err_set(err, ERR_SYSTEM, "REDIS_URL cannot be used directly");
	arena_free(mem);
	return rc;
}

struct command command_new(struct arena *mem, const char *name)
{
	struct command c = { .mem = mem };

	command_text(&c, name);
	return c;
}

void command_str(struct command *c, struct str s)
{
	if (c->count == c->room) {
		struct str *more;

		c->room = c->room ? 2 * c->room : FIRST_ARGS;
		more = arena_alloc(c->mem, c->room * sizeof(*more));
		if (c->count)
			memcpy(more, c->args, c->count * sizeof(*more));
		c->args = more;
	}
	c->args[c->count++] = s.ptr ? s : STR("");
}

void command_text(struct command *c, const char *s)
{
	command_str(c, str_from(s));
}

void command_int(struct command *c, int64_t n)
{
	command_text(c, arena_printf(c->mem, "%" PRId64, n));
}

static int convert(struct arena *mem, const redisReply *from, struct reply *to, int depth, struct err *err)
{
	*to = (struct reply){ .type = REPLY_NIL };
	switch (from->type) {
	case REDIS_REPLY_ERROR:
		/* Redis' first word tells the kind; the rest may repeat our arguments. */
		return err_set(err, ERR_SYSTEM, "Redis answers %.*s", (int)strcspn(from->str, " "), from->str);
	case REDIS_REPLY_STRING:
	case REDIS_REPLY_STATUS:
		to->type = REPLY_TEXT;
		to->text = (struct str){ arena_strndup(mem, from->str, from->len), from->len };
		return 0;
	case REDIS_REPLY_INTEGER:
		to->type = REPLY_NUMBER;
		to->number = from->integer;
		return 0;
	case REDIS_REPLY_ARRAY:
		if (depth >= REPLY_DEPTH)
			return err_set(err, ERR_SYSTEM, "Redis' answer is nested too deep");
		to->type = REPLY_LIST;
		to->count = from->elements;
		to->items = arena_alloc(mem, to->count * sizeof(*to->items) + 1);
		for (size_t i = 0; i < to->count; i++)
			if (convert(mem, from->element[i], &to->items[i], depth + 1, err))
				return -1;
		return 0;
	default:
		return 0;
	}
}

static void append(struct store *s, const struct command *c)
{
	const char **argv = arena_alloc(c->mem, c->count * sizeof(*argv));
	size_t *lens = arena_alloc(c->mem, c->count * sizeof(*lens));

	for (size_t i = 0; i < c->count; i++) {
		argv[i] = c->args[i].ptr;
		lens[i] = c->args[i].len;
	}
	redisAppendCommandArgv(s->redis, (int)c->count, argv, lens);
}

/* One attempt.  *stale is set when the connection had been closed before. */
static int exchange(struct store *s, const struct command *commands, size_t count, struct reply *replies, bool *stale,
		    struct err *err)
{
	struct err refused = { 0 };
	bool was_used = s->used;

	*stale = false;
	if (s->ahead && (s->ahead != commands || s->ahead_count != count))
		die_bug("store: another answer is awaited");
	for (size_t i = s->ahead ? count : 0; i < count; i++)
		append(s, &commands[i]);
	s->ahead = NULL;
	for (size_t i = 0; i < count; i++) {
		void *raw = NULL;

		if (redisGetReply(s->redis, &raw) != REDIS_OK) {
			bool timed_out = s->redis->err == REDIS_ERR_IO && (errno == EAGAIN || errno == ETIMEDOUT);

			*stale = was_used && i == 0 && !timed_out;
			err_set(err, ERR_SYSTEM, "Redis does not answer: %s", s->redis->errstr);
			disconnect(s);
			return -1;
		}
		/* All answers are read even after a refusal, or the next command would get them. */
		convert(commands[i].mem, raw, &replies[i], 0, &refused);
		freeReplyObject(raw);
	}
	s->used = true;
	if (refused.kind != ERR_NONE)
		*err = refused;
	return refused.kind == ERR_NONE ? 0 : -1;
}

int store_pipeline(struct store *s, const struct command *commands, size_t count, struct reply *replies,
		   struct err *err)
{
	struct err first = { 0 };
	bool stale;

	if (ensure_connected(s, err))
		return -1;
	if (!exchange(s, commands, count, replies, &stale, &first))
		return 0;
	if (!stale) {
		if (err->kind == ERR_NONE)
			*err = first;
		return -1;
	}
	if (ensure_connected(s, err))
		return -1;
	return exchange(s, commands, count, replies, &stale, err);
}

void store_begin(struct store *s, const struct command *commands, size_t count)
{
	struct err ignored = { 0 };
	int done = 0;

	if (ensure_connected(s, &ignored))
		return;
	for (size_t i = 0; i < count; i++)
		append(s, &commands[i]);
	while (!done) {
		if (redisBufferWrite(s->redis, &done) != REDIS_OK) {
			disconnect(s);
			return;
		}
	}
	s->ahead = commands;
	s->ahead_count = count;
}

int store_descriptor(const struct store *s)
{
	return s->redis && s->ahead ? s->redis->fd : -1;
}

bool store_is_answered(const struct store *s)
{
	struct pollfd p = { .fd = store_descriptor(s), .events = POLLIN };

	return p.fd < 0 || poll(&p, 1, 0) != 0;
}

int store_run(struct store *s, const struct command *c, struct reply *reply, struct err *err)
{
	return store_pipeline(s, c, 1, reply, err);
}

int store_call(struct store *s, struct arena *mem, struct reply *reply, struct err *err, ...)
{
	struct command c = { .mem = mem };
	const char *arg;
	va_list ap;

	va_start(ap, err);
	while ((arg = va_arg(ap, const char *)))
		command_text(&c, arg);
	va_end(ap);
	return store_run(s, &c, reply, err);
}

struct command script_new(struct arena *mem, const struct script *script, size_t keys)
{
	struct command c = command_new(mem, "EVALSHA");

	command_text(&c, script->sha1);
	command_int(&c, (int64_t)keys);
	return c;
}

int script_run(struct store *s, const struct script *script, const struct command *c, struct reply *reply,
	       struct err *err)
{
	struct err first = { 0 };
	struct command load;

	if (!store_run(s, c, reply, &first))
		return 0;
	if (!strcmp(first.msg, "Redis answers NOSCRIPT")) {
		load = command_new(c->mem, "SCRIPT");
		command_text(&load, "LOAD");
		command_text(&load, script->text);
		if (store_run(s, &load, reply, err))
			return -1;
		return store_run(s, c, reply, err);
	}
	if (err->kind == ERR_NONE)
		*err = first;
	return -1;
}

/* To Redis 0 means for ever, and the connection's own timeout must not come first. */
static int bounded_wait(int timeout_ms)
{
	const int most = (COMMAND_TIMEOUT_S - 3) * 1000;

	return timeout_ms < 1 ? 1 : timeout_ms > most ? most : timeout_ms;
}

int store_wait(struct store *s, struct arena *mem, const char *list, int timeout_ms, bool *got, struct err *err)
{
	struct command c = command_new(mem, "BLPOP");
	struct reply r;

	timeout_ms = bounded_wait(timeout_ms);
	command_text(&c, list);
	command_text(&c, arena_printf(mem, "%d.%03d", timeout_ms / 1000, timeout_ms % 1000));
	if (store_run(s, &c, &r, err))
		return -1;
	*got = r.type == REPLY_LIST;
	return 0;
}

int store_wait_stream(struct store *s, struct arena *mem, const char *stream, const char *after, size_t count,
		      int timeout_ms, struct reply *reply, struct err *err)
{
	struct command c = command_new(mem, "XREAD");
	struct reply r;

	command_text(&c, "COUNT");
	command_int(&c, (int64_t)count);
	command_text(&c, "BLOCK");
	command_int(&c, bounded_wait(timeout_ms));
	command_text(&c, "STREAMS");
	command_text(&c, stream);
	command_text(&c, after);
	if (store_run(s, &c, &r, err))
		return -1;
	*reply = (struct reply){ .type = REPLY_NIL };
	/* A list of streams, and this is the only one: [name, entries]. */
	if (r.type == REPLY_LIST && r.count == 1 && r.items[0].type == REPLY_LIST && r.items[0].count == 2)
		*reply = r.items[0].items[1];
	return 0;
}

const char *reply_text(const struct reply *r)
{
	return r->type == REPLY_TEXT ? r->text.ptr : NULL;
}

bool reply_int(const struct reply *r, int64_t *n)
{
	char *end;

	if (r->type == REPLY_NUMBER) {
		*n = r->number;
		return true;
	}
	if (r->type != REPLY_TEXT || !r->text.len)
		return false;
	errno = 0;
	*n = strtoll(r->text.ptr, &end, 10);
	return !errno && !*end;
}

static const struct reply *field(const struct reply *all, const char *name)
{
	for (size_t i = 0; i + 1 < all->count; i += 2)
		if (str_eq(all->items[i].text, str_from(name)))
			return &all->items[i + 1];
	return NULL;
}

const char *reply_field(const struct reply *all, const char *name)
{
	const struct reply *value = field(all, name);

	return value && value->text.len ? reply_text(value) : NULL;
}

int64_t reply_field_int(const struct reply *all, const char *name, int64_t otherwise)
{
	const struct reply *value = field(all, name);
	int64_t n;

	return value && reply_int(value, &n) ? n : otherwise;
}
