/* See invitation.h. */
#include "screening/invitation.h"

#include <inttypes.h>

#include "screening/mail.h"
#include "store/keys.h"
#include "store/store.h"
#include "web/view.h"

static int render_both(struct app *app, struct view *v, struct resend_mail *mail, struct err *err)
{
	struct buf *html = buf_in(app->mem, 256 << 10), *text = buf_in(app->mem, 256 << 10);

	if (view_render(v, app->cfg.data_dir, "mail/invitation.html", html, err) ||
	    view_render_text(v, app->cfg.data_dir, "mail/invitation.txt", text, err))
		return -1;
	mail->html = buf_view(html);
	mail->text = buf_view(text);
	return 0;
}

/* Plain text has no escaping: a name must not bring lines of its own. */
static const char *one_line(struct app *app, const char *s)
{
	char *copy = arena_strdup(app->mem, s ? s : "");

	for (char *p = copy; *p; p++)
		if ((unsigned char)*p < ' ' || *p == 0x7f)
			*p = ' ';
	return copy;
}

static int session_title(struct app *app, const char *session_id, const char **title, struct err *err)
{
	struct reply r;

	if (store_call(app->store, app->mem, &r, err, "HGET", key_of(app->mem, KEY_SESSION, session_id), "job_title", NULL))
		return -1;
	*title = reply_text(&r) && *reply_text(&r) ? reply_text(&r) : "the position";
	return 0;
}

int invitation_mail(struct app *app, const char *session_id, const char *generation, const char **mail_id,
		    struct err *err)
{
	struct resend_mail mail = { .from = app->cfg.email_from, .tag_kind = "invitation", .tag_session = session_id };
	struct view *v = view_new(app->mem);
	struct session_row row;
	const char *title;
	char words[TIME_WORDS_SIZE];
	bool found;

	if (session_row_get(app, session_id, &row, &found, err) || session_title(app, session_id, &title, err))
		return -1;
	if (!found)
		return err_set(err, ERR_MISSING, "no such session");
	time_words(row.expires_ms, words);
	view_set(v, "CANDIDATE_NAME", one_line(app, row.candidate_name));
	view_set(v, "COMPANY_NAME", one_line(app, row.company_name));
	view_set(v, "JOB_TITLE", one_line(app, title));
	view_set(v, "LINK", session_link(app, row.secret));
	view_set(v, "DEADLINE_WORDS", words);
	view_set(v, "REPLY_HINT", "If you have a question, just reply to this e-mail.");
	mail.to = row.candidate_email;
	mail.subject = arena_printf(app->mem, "Your interview with %s", one_line(app, row.company_name));
	*mail_id = arena_printf(app->mem, "invite/%s/%s", session_id, generation);
	return render_both(app, v, &mail, err) ? -1 : mail_store(app, *mail_id, &mail, err);
}

enum { AGAIN_MS = 10000 };

int invitation_resend(struct app *app, const struct session_row *row, struct err *err)
{
	struct reply r;
	const char *mail_id;

	if (store_call(app->store, app->mem, &r, err, "EXISTS", key_of(app->mem, KEY_SECRET, row->secret), NULL))
		return -1;
	if (r.number != 1)
		return err_set(err, ERR_CONFLICT, "the link has ended");
	if (!row->candidate_email || !*row->candidate_email)
		return err_set(err, ERR_CONFLICT, "the session has no e-mail address");
	/* Two clicks are one wish. */
	if (invitation_mail(app, row->id, arena_printf(app->mem, "again-%" PRId64, clock_wall_ms(app->clock) / AGAIN_MS), &mail_id,
			    err) ||
	    session_row_set(app, row->id, err, "email_state", "pending", NULL))
		return -1;
	return mail_enqueue(app, mail_id, err);
}
