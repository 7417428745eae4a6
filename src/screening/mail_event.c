/* What Resend tells about a mail: a bounce or complaint is commented on the issue.
 *
 * Events are not ordered: "delivered" never overwrites something worse
 * (vendors/resend.md 5). */
#include "base/json.h"
#include "screening/jobs.h"
#include "screening/linear_comment.h"
#include "screening/mail.h"
#include "screening/markdown.h"
#include "screening/session.h"
#include "store/keys.h"
#include "store/store.h"

static const struct event_kind {
	const char *type, *state, *words; /* words NULL: nothing to tell */
} kinds[] = {
	{ "email.delivered", "delivered", NULL },
	{ "email.bounced", "bounced", "**The interview invitation bounced.** The candidate's mail server did not take it" },
	{ "email.failed", "failed", "**The interview invitation could not be delivered**" },
	{ "email.suppressed", "suppressed", "**The interview invitation was not delivered.** The address had bounced or complained before" },
	{ "email.complained", "complained", "**The candidate marked the interview invitation as unwanted mail**" },
};

static const struct event_kind *find_kind(struct json_object *event)
{
	struct str type = json_str(event, "type");

	for (size_t i = 0; i < ARRAY_LEN(kinds); i++)
		if (str_eq(type, str_from(kinds[i].type)))
			return &kinds[i];
	return NULL;
}

/* By Resend's id, else by the tag that we gave the mail.  NULL: not one of ours. */
static int find_session_id(struct app *app, struct json_object *event, const char **id, struct err *err)
{
	const char *email_id = json_text(event, "data.email_id"), *tag = json_text(event, "data.tags.session");
	struct reply r;

	if (store_call(app->store, app->mem, &r, err, "GET", key_of(app->mem, KEY_MAIL_SENT, email_id ? email_id : ""), NULL))
		return -1;
	*id = reply_text(&r);
	if (!*id && tag && str_is_token(str_from(tag), SESSION_ID_LENGTH, SESSION_ID_LENGTH))
		*id = tag;
	return 0;
}

static void write_words(const struct event_kind *kind, struct json_object *event, struct buf *out)
{
	static const char *const reasons[] = { "data.bounce.message", "data.failed.reason", "data.suppressed.message" };

	buf_puts(out, kind->words);
	for (size_t i = 0; i < ARRAY_LEN(reasons); i++) {
		struct str reason = str_trim(json_str(event, reasons[i]));

		while (reason.len && reason.ptr[reason.len - 1] == '.')
			reason.len--; /* the sentence gets its own */
		if (!reason.len)
			continue;
		reason.len = str_utf8_prefix(reason, 500);
		buf_puts(out, ": ");
		markdown_text(out, reason);
	}
	buf_puts(out, ".\n\nPlease check the address; to send a new link, move the issue out of its state and back.");
}

int job_mail_event(struct app *app, const struct queue *queue, const struct job *job, struct err *err)
{
	struct json_object *event = json_read(app->mem, job->payload, err);
	const struct event_kind *kind = event ? find_kind(event) : NULL;
	struct buf *text = buf_in(app->mem, 8192);
	struct session_row row;
	const char *id;
	bool found, noted;

	(void)queue;
	if (!event)
		return -1;
	if (!kind)
		return 0;
	if (find_session_id(app, event, &id, err) || (id && session_row_get(app, id, &row, &found, err)))
		return -1;
	if (!id || !found)
		return 0;
	if (mail_note_state(app, id, kind->state, json_text(event, "data.email_id"), &noted, err))
		return -1;
	if (noted && session_note(app, id, key_of(app->mem, "mail ", kind->state), err))
		return -1;
	if (!kind->words)
		return 0;
	write_words(kind, event, text);
	/* Once per mail and kind, however often it is told. */
	return comment_enqueue(app, id, arena_printf(app->mem, "%s:%s", kind->state, json_text(event, "data.email_id")), text, err);
}
