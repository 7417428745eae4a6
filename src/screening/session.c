/* See session.h. */
#include "screening/session.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>

#include "base/crypto.h"
#include "base/limits.h"
#include "screening/evaluation.h"
#include "screening/workspace.h"
#include "store/keys.h"
#include "store/queue.h"
#include "store/scripts.h"

char *session_secret_new(struct arena *mem)
{
	char bytes[32];

	random_bytes(bytes, sizeof(bytes));
	return base64url_encode(mem, (struct str){ bytes, sizeof(bytes) });
}

bool session_secret_is_valid(struct str secret)
{
	return str_is_token(secret, SECRET_LENGTH, SECRET_LENGTH);
}

char *session_id_of(struct arena *mem, struct str secret)
{
	unsigned char digest[SHA256_SIZE];
	char *id;

	hmac_sha256(STR("parley session id"), &secret, 1, digest);
	id = base64url_encode(mem, (struct str){ (char *)digest, sizeof(digest) });
	id[SESSION_ID_LENGTH] = '\0';
	return id;
}

void session_fingerprint(const char *id, char out[FINGERPRINT_SIZE])
{
	size_t len = strlen(id);

	if (len > FINGERPRINT_SIZE - 1)
		len = FINGERPRINT_SIZE - 1;
	memcpy(out, id, len);
	out[len] = '\0';
}

char *session_link(struct app *app, const char *secret)
{
	return arena_printf(app->mem, "%s/interview/%s", app->cfg.public_base_url, secret);
}

static char *secret_text(struct app *app, struct str secret)
{
	return arena_strndup(app->mem, secret.ptr, secret.len);
}

/* What is remembered of a link without a session. */
static int read_gone(struct app *app, struct str secret, enum link_state *state, struct err *err)
{
	struct reply r;
	const char *word;

	if (store_call(app->store, app->mem, &r, err, "GET", key_of(app->mem, KEY_GONE, session_id_of(app->mem, secret)), NULL))
		return -1;
	word = reply_text(&r);
	*state = !word ? LINK_UNKNOWN : strcmp(word, "revoked") ? LINK_EXPIRED : LINK_REVOKED;
	return 0;
}

/* Pointers are text for us; another program may have stored a list. */
static const char *pointers_text(struct app *app, struct json_object *object)
{
	size_t count;
	struct json_object *list = json_list(object, "conversationPointers", &count);
	const char *text = json_text(object, "conversationPointers");
	struct buf *out;

	if (!list)
		return text ? text : "";
	out = buf_in(app->mem, 64 << 10);
	for (size_t i = 0; i < count; i++) {
		const char *line = json_text(json_object_array_get_idx(list, i), "");

		if (line)
			buf_printf(out, "%s%zu. %s", out->len ? "\n" : "", i + 1, line);
	}
	return out->ptr;
}

static const char *or_empty(const char *s)
{
	return s ? s : "";
}

static int parse_session(struct app *app, struct str json, int64_t left_ms, struct session *s, struct err *err)
{
	int64_t now = clock_wall_ms(app->clock), named;
	struct err bad = { 0 };

	s->json = json;
	s->object = json_read(app->mem, json, &bad);
	if (!s->object || !json_object_is_type(s->object, json_type_object))
		return err_set(err, ERR_SYSTEM, "a stored session is not a JSON object");
	s->org = or_empty(json_text(s->object, "linearOrg"));
	s->issue_id = or_empty(json_text(s->object, "issueId"));
	s->candidate_name = or_empty(json_text(s->object, "candidateName"));
	s->candidate_email = or_empty(json_text(s->object, "candidateEmail"));
	s->company_name = or_empty(json_text(s->object, "companyName"));
	s->job_description = or_empty(json_text(s->object, "jobDescription"));
	s->candidate_application = or_empty(json_text(s->object, "candidateApplication"));
	s->conversation_id = json_text(s->object, "conversationId");
	s->pointers = pointers_text(app, s->object);
	/* The earlier of what Redis and the session itself say. */
	s->expires_ms = now + (left_ms > 0 ? left_ms : app->cfg.session_ttl_s * (int64_t)1000);
	if (iso_time_parse(json_str(s->object, "expiresAt"), &named) && named < s->expires_ms)
		s->expires_ms = named;
	if (!iso_time_parse(json_str(s->object, "createdAt"), &s->created_ms))
		s->created_ms = now;
	return 0;
}

/* A row for a session that another program stored, and the memory of its link. */
static int adopt(struct app *app, const struct session *s, int64_t left_ms, struct err *err)
{
	char created[24], expires[24];
	int64_t gone_s = (left_ms > 0 ? left_ms / 1000 : app->cfg.session_ttl_s) + KEEP_GONE_S;
	struct command c[4];
	struct reply r[4];
	const char *workspace;

	if (workspace_of_org(app, s->org, &workspace, err))
		return -1;
	snprintf(created, sizeof(created), "%" PRId64, s->created_ms);
	snprintf(expires, sizeof(expires), "%" PRId64, s->expires_ms);
	c[0] = command_new(app->mem, "HSET");
	command_text(&c[0], key_of(app->mem, KEY_SESSION, s->id));
	for (const char *const *pair = (const char *const[]){ "secret", s->secret, "workspace", workspace, "org", s->org, "issue_id", s->issue_id,
	     "candidate_name", s->candidate_name, "candidate_email", s->candidate_email, "company_name", s->company_name,
	     "job_description", s->job_description, "application", s->candidate_application, "pointers", s->pointers,
	     "created", created, "expires", expires, NULL }; *pair; pair++)
		command_text(&c[0], *pair);
	if (s->conversation_id) {
		command_text(&c[0], "conversation_id");
		command_text(&c[0], s->conversation_id);
	}
	c[1] = command_new(app->mem, "EXPIRE");
	command_text(&c[1], key_of(app->mem, KEY_SESSION, s->id));
	command_int(&c[1], app->cfg.interview_keep_s);
	c[2] = command_new(app->mem, "ZADD");
	command_text(&c[2], KEY_SESSIONS);
	command_int(&c[2], s->created_ms);
	command_text(&c[2], s->id);
	c[3] = command_new(app->mem, "SET");
	command_text(&c[3], key_of(app->mem, KEY_GONE, s->id));
	command_text(&c[3], "expired");
	command_text(&c[3], "EX");
	command_int(&c[3], gone_s);
	return store_pipeline(app->store, c, 4, r, err);
}

/* What tells about a living link, in one round trip: how long it lives, the row's
 * fields that the page shows and, if wanted, the whole session. */
enum { LEFT, ROW, WHOLE, LOOKED_UP };
static int look_up(struct app *app, struct str secret, bool whole, struct reply r[LOOKED_UP], struct err *err)
{
	const char *id = session_id_of(app->mem, secret);
	char *secret_key = key_of(app->mem, KEY_SECRET, secret_text(app, secret));
	struct command c[LOOKED_UP];

	c[LEFT] = command_new(app->mem, "PTTL");
	command_text(&c[LEFT], secret_key);
	c[ROW] = command_new(app->mem, "HMGET");
	command_text(&c[ROW], key_of(app->mem, KEY_SESSION, id));
	for (const char *const *f = (const char *const[]){ "candidate_name", "company_name", "expires", "opened",
	     "started", "result", NULL }; *f; f++)
		command_text(&c[ROW], *f);
	c[WHOLE] = command_new(app->mem, "GET");
	command_text(&c[WHOLE], secret_key);
	return store_pipeline(app->store, c, whole ? LOOKED_UP : WHOLE, r, err);
}

int session_find(struct app *app, struct str secret, enum link_state *state, struct session *s, struct err *err)
{
	struct reply r[LOOKED_UP];

	memset(s, 0, sizeof(*s));
	if (look_up(app, secret, true, r, err))
		return -1;
	if (!reply_text(&r[WHOLE]))
		return read_gone(app, secret, state, err);
	*state = LINK_LIVE;
	s->secret = secret_text(app, secret);
	s->id = session_id_of(app->mem, secret);
	if (parse_session(app, r[WHOLE].text, r[LEFT].number, s, err))
		return -1;
	if (!reply_text(&r[ROW].items[0]) && adopt(app, s, r[LEFT].number, err))
		return -1;
	if (s->expires_ms <= clock_wall_ms(app->clock))
		*state = LINK_EXPIRED;
	return 0;
}

int session_peek(struct app *app, struct str secret, enum link_state *state, struct session_peek *peek,
		 struct err *err)
{
	struct session s;
	struct reply r[LOOKED_UP];

	memset(peek, 0, sizeof(*peek));
	if (look_up(app, secret, false, r, err))
		return -1;
	if (r[LEFT].number == -2) /* no such key */
		return read_gone(app, secret, state, err);
	if (!reply_text(&r[ROW].items[0])) {
		if (session_find(app, secret, state, &s, err))
			return -1;
		if (*state != LINK_LIVE)
			return 0;
		peek->candidate_name = s.candidate_name;
		peek->company_name = s.company_name;
		peek->expires_ms = s.expires_ms;
		return 0;
	}
	*state = LINK_LIVE;
	peek->candidate_name = reply_text(&r[ROW].items[0]);
	peek->company_name = or_empty(reply_text(&r[ROW].items[1]));
	if (!reply_int(&r[ROW].items[2], &peek->expires_ms) ||
	    (r[LEFT].number > 0 && clock_wall_ms(app->clock) + r[LEFT].number < peek->expires_ms))
		peek->expires_ms = clock_wall_ms(app->clock) + r[LEFT].number;
	if (peek->expires_ms <= clock_wall_ms(app->clock))
		*state = LINK_EXPIRED;
	peek->opened = reply_text(&r[ROW].items[3]) != NULL;
	peek->started = reply_text(&r[ROW].items[4]) != NULL;
	/* An inconclusive talk may be taken up again. */
	peek->finished = reply_text(&r[ROW].items[5]) && strcmp(reply_text(&r[ROW].items[5]), RESULT_INCONCLUSIVE);
	return 0;
}

static const char *const row_fields[] = {
	"secret", "workspace", "org", "issue_id", "identifier", "candidate_name", "candidate_email", "company_name",
	"conversation_id", "email_state", "email_id", "result", "generic_pointers",
	"job_title", "override", "moved_to",
	"created", "expires", "opened", "started", "ended", "evaluated", "moved", "revoked",
};

static int64_t number_or_zero(const struct reply *r)
{
	int64_t n = 0;

	reply_int(r, &n);
	return n;
}

static struct command row_command(struct app *app, const char *id)
{
	struct command c = command_new(app->mem, "HMGET");

	command_text(&c, key_of(app->mem, KEY_SESSION, id));
	for (size_t i = 0; i < ARRAY_LEN(row_fields); i++)
		command_text(&c, row_fields[i]);
	return c;
}

/* An absent row, or the little that is left of an erased one, stays empty. */
static void fill_row(struct app *app, const char *id, const struct reply *r, struct session_row *row)
{
	const struct reply *at = r->items;

	memset(row, 0, sizeof(*row));
	if (r->count != ARRAY_LEN(row_fields) || !reply_text(at))
		return;
	row->id = arena_strdup(app->mem, id);
	row->secret = reply_text(at++);
	row->workspace = reply_text(at++);
	row->org = reply_text(at++);
	row->issue_id = reply_text(at++);
	row->identifier = reply_text(at++);
	row->candidate_name = reply_text(at++);
	row->candidate_email = reply_text(at++);
	row->company_name = reply_text(at++);
	row->conversation_id = reply_text(at++);
	row->email_state = reply_text(at++);
	row->email_id = reply_text(at++);
	row->result = reply_text(at++);
	row->generic_pointers = reply_text(at++);
	row->job_title = reply_text(at++);
	row->override = reply_text(at++);
	row->moved_to = reply_text(at++);
	row->created_ms = number_or_zero(at++);
	row->expires_ms = number_or_zero(at++);
	row->opened_ms = number_or_zero(at++);
	row->started_ms = number_or_zero(at++);
	row->ended_ms = number_or_zero(at++);
	row->evaluated_ms = number_or_zero(at++);
	row->moved_ms = number_or_zero(at++);
	row->revoked_ms = number_or_zero(at++);
}

int session_row_get(struct app *app, const char *id, struct session_row *row, bool *found, struct err *err)
{
	if (session_rows_get(app, &id, 1, row, err))
		return -1;
	*found = row->id != NULL;
	return 0;
}

int session_rows_get(struct app *app, const char *const *ids, size_t count, struct session_row *rows, struct err *err)
{
	struct command *commands = arena_alloc(app->mem, (count + 1) * sizeof(*commands));
	struct reply *replies = arena_alloc(app->mem, (count + 1) * sizeof(*replies));

	for (size_t i = 0; i < count; i++)
		commands[i] = row_command(app, ids[i]);
	if (count && store_pipeline(app->store, commands, count, replies, err))
		return -1;
	for (size_t i = 0; i < count; i++)
		fill_row(app, ids[i], &replies[i], &rows[i]);
	return 0;
}

const char *session_stage(const struct session_row *row, int64_t now_ms)
{
	if (row->moved_ms)
		return "moved";
	if (row->evaluated_ms)
		return "evaluated";
	if (row->ended_ms)
		return "ended";
	if (row->revoked_ms)
		return "revoked";
	if (row->started_ms)
		return "started";
	if (row->expires_ms && now_ms >= row->expires_ms)
		return "expired";
	return row->opened_ms ? "opened" : "invited";
}

int64_t session_stage_ms(const struct session_row *row, const char *stage)
{
	const struct {
		const char *stage;
		int64_t ms;
	} entered[] = {
		{ "moved", row->moved_ms }, { "evaluated", row->evaluated_ms }, { "ended", row->ended_ms },
		{ "revoked", row->revoked_ms }, { "started", row->started_ms }, { "expired", row->expires_ms },
		{ "opened", row->opened_ms },
	};

	for (size_t i = 0; i < ARRAY_LEN(entered); i++)
		if (!strcmp(entered[i].stage, stage) && entered[i].ms)
			return entered[i].ms;
	return row->created_ms;
}

int session_row_set(struct app *app, const char *id, struct err *err, ...)
{
	struct command c = command_new(app->mem, "HSET");
	struct reply r;
	const char *word;
	va_list ap;

	command_text(&c, key_of(app->mem, KEY_SESSION, id));
	va_start(ap, err);
	while ((word = va_arg(ap, const char *)))
		command_text(&c, word);
	va_end(ap);
	return store_run(app->store, &c, &r, err);
}

int session_note(struct app *app, const char *id, const char *word, struct err *err)
{
	const char *key = key_of(app->mem, KEY_TIMELINE, id);
	struct command c[2];
	struct reply r[2];

	c[0] = command_new(app->mem, "ZADD");
	command_text(&c[0], key);
	command_text(&c[0], "NX");
	command_int(&c[0], clock_wall_ms(app->clock));
	command_text(&c[0], word);
	c[1] = command_new(app->mem, "EXPIRE");
	command_text(&c[1], key);
	command_int(&c[1], app->cfg.interview_keep_s);
	return store_pipeline(app->store, c, 2, r, err);
}

int session_note_again(struct app *app, const char *id, const char *word, const char *cause, struct err *err)
{
	return session_note(app, id, arena_printf(app->mem, "%s\t%s", word, cause), err);
}

char *session_note_word(struct arena *mem, const char *noted)
{
	return arena_strndup(mem, noted, strcspn(noted, "\t"));
}

static const char *associate_once(struct app *app, const struct session *s, const char *conversation_id, struct err *err)
{
	struct command c = script_new(app->mem, &script_session_associate, 6);
	int64_t now = clock_wall_ms(app->clock);
	struct reply r;

	json_put(s->object, "conversationId", conversation_id);
	command_text(&c, key_of(app->mem, KEY_SECRET, s->secret));
	command_text(&c, key_of(app->mem, KEY_REVERSE, conversation_id));
	command_text(&c, key_of(app->mem, KEY_SESSION, s->id));
	command_text(&c, key_of(app->mem, KEY_CONVERSATION, conversation_id));
	command_text(&c, key_of(app->mem, KEY_SESSION_CONVERSATIONS, s->id));
	command_text(&c, KEY_AWAITED);
	command_text(&c, s->secret);
	command_str(&c, s->json);
	command_text(&c, json_write(s->object));
	command_text(&c, conversation_id);
	command_text(&c, s->id);
	command_int(&c, now);
	command_int(&c, now + app->cfg.sweep_after_s * 1000LL);
	command_int(&c, app->cfg.interview_keep_s);
	if (script_run(app->store, &script_session_associate, &c, &r, err))
		return NULL;
	return reply_text(&r);
}

int session_associate(struct app *app, const struct session *s, const char *conversation_id, struct err *err)
{
	struct session current = *s;
	enum link_state state;
	const char *answer;

	/* Another process may change the session between reading and writing it. */
	for (int round = 0; round < 5; round++) {
		answer = associate_once(app, &current, conversation_id, err);
		if (!answer)
			return err_set(err, ERR_SYSTEM, "no answer of session_associate");
		if (!strcmp(answer, "ok"))
			return 0;
		if (!strcmp(answer, "taken"))
			return err_set(err, ERR_CONFLICT, "the conversation belongs to another session");
		if (!strcmp(answer, "missing"))
			return err_set(err, ERR_MISSING, "the session has ended");
		if (session_find(app, str_from(s->secret), &state, &current, err))
			return -1;
		if (state != LINK_LIVE)
			return err_set(err, ERR_MISSING, "the session has ended");
	}
	return err_set(err, ERR_SYSTEM, "the session keeps changing");
}

int session_revoke(struct app *app, const struct session_row *row, bool *done, struct err *err)
{
	struct command c = script_new(app->mem, &script_session_revoke, 3);
	struct reply r;

	command_text(&c, key_of(app->mem, KEY_SECRET, row->secret));
	command_text(&c, key_of(app->mem, KEY_SESSION, row->id));
	command_text(&c, key_of(app->mem, KEY_GONE, row->id));
	command_int(&c, clock_wall_ms(app->clock));
	command_int(&c, KEEP_GONE_S);
	if (script_run(app->store, &script_session_revoke, &c, &r, err))
		return -1;
	*done = r.number == 1;
	return 0;
}

static const char *plan_json(struct app *app, const struct session_plan *p, int64_t now)
{
	struct json_object *o = json_owned(app->mem, json_object_new_object());
	char time[ISO_TIME_SIZE];

	json_put(o, "linearOrg", p->org);
	json_put(o, "issueId", p->issue_id);
	json_put(o, "candidateName", p->candidate_name);
	json_put(o, "candidateEmail", p->candidate_email);
	json_put(o, "companyName", p->company_name);
	json_put(o, "jobDescription", p->job_description);
	json_put(o, "candidateApplication", p->candidate_application);
	json_put(o, "conversationPointers", p->pointers);
	iso_time_format(now, time);
	json_put(o, "createdAt", time);
	iso_time_format(now + app->cfg.session_ttl_s * 1000LL, time);
	json_put(o, "expiresAt", time);
	return json_write(o);
}

static void add_keys(struct app *app, struct command *c, const struct session_plan *p, const char *id,
		     const struct queue *queue, const struct job *job)
{
	struct arena *mem = app->mem;

	command_text(c, key_of(mem, KEY_SECRET, p->secret));
	command_text(c, key_of(mem, KEY_SESSION, id));
	command_text(c, KEY_SESSIONS);
	command_text(c, arena_printf(mem, KEY_ISSUE "%s:%s", p->workspace, p->issue_id));
	command_text(c, key_of(mem, KEY_GONE, id));
	command_text(c, key_of(mem, KEY_JOB, job ? job->id : ""));
	command_text(c, arena_printf(mem, KEY_QUEUE "%s:leased", queue ? queue->name : ""));
}

static void add_fields(struct app *app, struct command *c, const struct session_plan *p, int64_t now)
{
	const char *const pairs[] = {
		"secret", p->secret, "workspace", p->workspace, "org", p->org, "issue_id", p->issue_id,
		"identifier", p->identifier, "candidate_name", p->candidate_name, "candidate_email", p->candidate_email,
		"company_name", p->company_name, "job_title", p->job_title,
		"job_description", p->job_description, "application", p->candidate_application, "pointers", p->pointers,
		"generic_pointers", p->generic_pointers ? "1" : "0", "email_state", "pending",
		"created", arena_printf(app->mem, "%" PRId64, now),
		"expires", arena_printf(app->mem, "%" PRId64, now + app->cfg.session_ttl_s * (int64_t)1000),
	};

	for (size_t i = 0; i < ARRAY_LEN(pairs); i++)
		command_text(c, pairs[i]);
}

int session_create(struct app *app, const struct session_plan *plan, const struct queue *queue, const struct job *job,
		   const char **id, struct err *err)
{
	struct command c = script_new(app->mem, &script_session_create, 7);
	const char *new_id = session_id_of(app->mem, str_from(plan->secret));
	int64_t now = clock_wall_ms(app->clock);
	struct reply r;

	add_keys(app, &c, plan, new_id, queue, job);
	command_text(&c, new_id);
	command_text(&c, plan_json(app, plan, now));
	command_int(&c, app->cfg.session_ttl_s);
	command_int(&c, app->cfg.session_ttl_s + KEEP_GONE_S);
	command_int(&c, now);
	command_text(&c, job ? job->id : "");
	command_int(&c, job ? job->fence : 0);
	command_text(&c, KEY_SESSION);
	command_text(&c, KEY_SECRET);
	command_text(&c, KEY_GONE);
	command_int(&c, app->cfg.interview_keep_s);
	command_int(&c, KEEP_GONE_S);
	add_fields(app, &c, plan, now);
	if (script_run(app->store, &script_session_create, &c, &r, err))
		return -1;
	*id = reply_text(&r);
	if (!*id || !**id)
		return err_set(err, ERR_CONFLICT, "the lease of the job was lost");
	return 0;
}
