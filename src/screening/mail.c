/* See mail.h. */
#include "screening/mail.h"

#include <inttypes.h>

#include "base/crypto.h"
#include "base/limits.h"
#include "screening/jobs.h"
#include "screening/session.h"
#include "store/keys.h"
#include "store/scripts.h"
#include "store/store.h"

/* A repetition after 24 hours would be a second mail. */
enum { REPEAT_FOR_MS = 23 * 3600000 };

int mail_store(struct app *app, const char *id, const struct resend_mail *mail, struct err *err)
{
	const char *key = key_of(app->mem, KEY_MAIL, id);
	struct buf *body = buf_in(app->mem, 512 << 10);
	struct command c[3];
	struct reply r[3];

	if (store_call(app->store, app->mem, &r[0], err, "HEXISTS", key, "sent", NULL))
		return -1;
	if (r[0].number)
		return 0;
	resend_mail_body(mail, body);
	if (body->failed)
		return err_set(err, ERR_REFUSED, "the mail is too long");
	/* The body decides: whoever stored it first made the mail. */
	c[0] = command_new(app->mem, "HSETNX");
	command_text(&c[0], key);
	command_text(&c[0], "body");
	command_str(&c[0], buf_view(body));
	c[1] = command_new(app->mem, "HSETNX");
	command_text(&c[1], key);
	command_text(&c[1], "session");
	command_text(&c[1], mail->tag_session);
	c[2] = command_new(app->mem, "EXPIRE");
	command_text(&c[2], key);
	command_int(&c[2], KEEP_MAIL_S);
	return store_pipeline(app->store, c, 3, r, err);
}

/* When the first attempt was made: now, or as an earlier one noted. */
static int first_attempt(struct app *app, const char *key, int64_t now, int64_t *first, struct err *err)
{
	struct reply r;

	if (store_call(app->store, app->mem, &r, err, "HSETNX", key, "attempted",
		       arena_printf(app->mem, "%" PRId64, now), NULL) ||
	    store_call(app->store, app->mem, &r, err, "HGET", key, "attempted", NULL))
		return -1;
	return reply_int(&r, first) ? 0 : err_set(err, ERR_SYSTEM, "the mail has no time");
}

int mail_note_state(struct app *app, const char *session_id, const char *state, const char *email_id, bool *noted,
		    struct err *err)
{
	struct command c = script_new(app->mem, &script_mail_state, 1);
	struct reply r;

	command_text(&c, key_of(app->mem, KEY_SESSION, session_id));
	command_text(&c, state);
	command_text(&c, email_id);
	if (script_run(app->store, &script_mail_state, &c, &r, err))
		return -1;
	if (noted)
		*noted = r.number == 1;
	return 0;
}

/* The session learns that its mail was accepted. */
static int tell_session(struct app *app, const char *session_id, const char *email_id, struct err *err)
{
	struct reply r;

	if (!session_id || !*session_id)
		return 0;
	if (store_call(app->store, app->mem, &r, err, "SET", key_of(app->mem, KEY_MAIL_SENT, email_id), session_id, "EX",
		       arena_printf(app->mem, "%d", app->cfg.interview_keep_s), NULL) ||
	    mail_note_state(app, session_id, "sent", email_id, NULL, err))
		return -1;
	return session_note(app, session_id, "invitation sent", err);
}

/* "sent" comes last: until it stands, a repetition sends the same bytes under the
 * same key, which Resend answers with the same id. */
static int note_sent(struct app *app, const char *key, const char *session_id, const char *email_id, struct err *err)
{
	struct reply r;

	if (tell_session(app, session_id, email_id, err) ||
	    store_call(app->store, app->mem, &r, err, "HSET", key, "sent", email_id, NULL))
		return -1;
	/* The body holds the secret link: it is not kept longer than it is needed. */
	return store_call(app->store, app->mem, &r, err, "HDEL", key, "body", NULL);
}

int mail_send(struct app *app, const char *id, bool *refused, struct err *err)
{
	struct resend vendor = { app->http, app->clock, app->cfg.resend_base_url, app->cfg.resend_api_key };
	const char *key = key_of(app->mem, KEY_MAIL, id), *email_id;
	int64_t now = clock_wall_ms(app->clock), first;
	struct reply row;

	*refused = false;
	if (!app->cfg.have_resend) {
		*refused = true;
		return err_set(err, ERR_REFUSED, "Resend is not configured");
	}
	if (store_call(app->store, app->mem, &row, err, "HMGET", key, "body", "session", "sent", NULL))
		return -1;
	if (reply_text(&row.items[2]))
		return 0;
	if (!reply_text(&row.items[0]))
		return err_set(err, ERR_MISSING, "the stored mail is gone");
	if (first_attempt(app, key, now, &first, err))
		return -1;
	if (now - first > REPEAT_FOR_MS) {
		*refused = true;
		return err_set(err, ERR_REFUSED, "not accepted within 23 hours; a later repetition could be a second mail");
	}
	if (resend_send(&vendor, app->mem, id, row.items[0].text, &email_id, err)) {
		*refused = !err_is_transient(err);
		return -1;
	}
	return note_sent(app, key, reply_text(&row.items[1]), email_id, err);
}

int mail_enqueue(struct app *app, const char *id, struct err *err)
{
	/* A mail's id holds the session's, which does not belong into logs; a job's id is logged. */
	return job_add(app, key_of(app->mem, "mail:", uuid_of(app->mem, "mail job", id)), JOB_MAIL, str_from(id), 0, NULL, err);
}

int job_mail(struct app *app, const struct queue *queue, const struct job *job, struct err *err)
{
	bool refused;

	(void)queue;
	return mail_send(app, job->payload.ptr, &refused, err);
}
