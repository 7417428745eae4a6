/* See alert.h.  Lines gather in a list; the job mails what it holds and, while
 * more came, another is due when the quiet time ends. */
#include "screening/alert.h"

#include <inttypes.h>

#include "screening/jobs.h"
#include "screening/mail.h"
#include "store/keys.h"
#include "store/store.h"
#include "web/view.h"

enum { GATHER_MS = 4000, QUIET_S = 900, MOST_LINES = 100 };

/* The mail's turn names the job, so that the lines of one burst share one. */
static int add_job(struct app *app, const char *kind, int64_t delay_ms, struct err *err)
{
	int64_t turn = (clock_wall_ms(app->clock) + delay_ms) / (QUIET_S * (int64_t)1000);

	return job_add(app, arena_printf(app->mem, "alert:%s:%" PRId64, kind, turn), JOB_ALERT, str_from(kind), delay_ms,
		       arena_printf(app->mem, "alert:%s", kind), err);
}

int alert_raise(struct app *app, const char *kind, const char *line, struct err *err)
{
	const char *list = key_of(app->mem, KEY_ALERT_LINES, kind), *quiet = key_of(app->mem, KEY_ALERT, kind);
	int64_t delay = GATHER_MS;
	struct reply r;

	if (!app->cfg.have_resend)
		return 0; /* the log has it */
	if (store_call(app->store, app->mem, &r, err, "RPUSH", list, line, NULL) ||
	    store_call(app->store, app->mem, &r, err, "EXPIRE", list, arena_printf(app->mem, "%d", app->cfg.interview_keep_s), NULL) ||
	    store_call(app->store, app->mem, &r, err, "PTTL", quiet, NULL))
		return -1;
	if (r.number > 0)
		delay = r.number + GATHER_MS;
	return add_job(app, kind, delay, err);
}

static void fill(struct app *app, struct view *v, const char *kind, const struct reply *lines)
{
	bool orphan = !strcmp(kind, ALERT_ORPHAN);
	const char *const names[3] = { orphan ? "CONVERSATION_ID" : "JOB_ID", orphan ? "RECEIVED_AT" : "KIND", "REASON" };

	view_set_int(v, "COUNT", (long long)lines->count);
	for (size_t i = 0; i < lines->count; i++) {
		struct view *item = view_add(v, "ITEM");
		struct str rest = lines->items[i].text;

		for (int k = 0; k < 3 && rest.ptr; k++) {
			struct str word = str_cut(rest, '\t', &rest);

			view_set(item, names[k], arena_strndup(app->mem, word.ptr, word.len));
		}
	}
	view_set(v, "HELP", orphan ? "If the candidate's browser reports the conversation later, the transcript is used by itself.\n"
				     "Otherwise look it up at ElevenLabs by its id, and check that the agent is used by Parley only."
				   : "parley jobs show ID      tells what happened\nparley jobs retry ID     tries it again\n"
				     "parley jobs discard ID   drops it");
}

static int store_mail(struct app *app, const char *mail_id, const char *kind, const struct reply *lines, struct err *err)
{
	bool orphan = !strcmp(kind, ALERT_ORPHAN);
	struct resend_mail mail = { .from = app->cfg.email_from, .to = app->cfg.admin_email, .tag_kind = "alert" };
	struct buf *text = buf_in(app->mem, 256 << 10);
	struct view *v = view_new(app->mem);

	fill(app, v, kind, lines);
	if (view_render_text(v, app->cfg.data_dir, orphan ? "mail/admin_orphan.txt" : "mail/admin_dead_letter.txt", text, err))
		return -1;
	mail.text = buf_view(text);
	mail.subject = orphan ? "Parley: a transcript belongs to no interview" : "Parley: a job was given up";
	return mail_store(app, mail_id, &mail, err);
}

/* Makes the gathered lines this job's own, in one step: what comes later gathers
 * anew, and a repeated attempt finds the same lines. */
static int take_lines(struct app *app, const char *kind, const char *list, const char *mine, struct err *err)
{
	struct reply r;

	if (store_call(app->store, app->mem, &r, err, "EXISTS", mine, NULL))
		return -1;
	if (r.number)
		return 0;
	if (store_call(app->store, app->mem, &r, err, "TTL", key_of(app->mem, KEY_ALERT, kind), NULL))
		return -1;
	if (r.number > 0) {
		err->retry_after = (int)r.number;
		return err_set(err, ERR_LIMIT, "an alert of this kind was mailed a moment ago");
	}
	if (store_call(app->store, app->mem, &r, err, "EXISTS", list, NULL))
		return -1;
	return r.number ? store_call(app->store, app->mem, &r, err, "RENAMENX", list, mine, NULL) : 0;
}

int job_alert(struct app *app, const struct queue *queue, const struct job *job, struct err *err)
{
	const char *kind = job->payload.ptr, *list = key_of(app->mem, KEY_ALERT_LINES, kind);
	const char *mine = arena_printf(app->mem, KEY_ALERT_LINES "%s", job->id);
	const char *mail_id = key_of(app->mem, "alert/", job->id);
	struct reply lines, r;
	const char *mailed;
	bool refused;

	if (job_step(app, queue, job, "mailed", &mailed, err))
		return -1;
	if (!mailed) {
		if (take_lines(app, kind, list, mine, err) ||
		    store_call(app->store, app->mem, &lines, err, "LRANGE", mine, "0",
			       arena_printf(app->mem, "%d", MOST_LINES - 1), NULL))
			return -1;
		if (!lines.count)
			return 0;
		if (store_mail(app, mail_id, kind, &lines, err) || mail_send(app, mail_id, &refused, err) ||
		    store_call(app->store, app->mem, &r, err, "SET", key_of(app->mem, KEY_ALERT, kind), "1", "EX",
			       arena_printf(app->mem, "%d", QUIET_S), NULL) ||
		    job_step_done(app, queue, job, "mailed", "1", err))
			return -1;
	}
	if (store_call(app->store, app->mem, &r, err, "DEL", mine, NULL) ||
	    store_call(app->store, app->mem, &r, err, "LLEN", list, NULL))
		return -1;
	/* What came while this mail was under way goes into the next. */
	return r.number ? add_job(app, kind, QUIET_S * (int64_t)1000 + GATHER_MS, err) : 0;
}
