/* See state_machine.h. */
#include "screening/state_machine.h"

#include <inttypes.h>

#include "base/crypto.h"
#include "base/limits.h"
#include "screening/candidate.h"
#include "screening/invitation.h"
#include "screening/issue_move.h"
#include "screening/jobs.h"
#include "screening/linear_comment.h"
#include "screening/mail.h"
#include "screening/markdown.h"
#include "screening/pointers.h"
#include "screening/quota.h"
#include "screening/session.h"
#include "screening/workspace.h"
#include "store/keys.h"
#include "store/store.h"

enum { POINTER_TRIES = 3, COMMENT_BYTES = 32 << 10 };

/* Of the sweep for lost webhooks. */
enum { SWEEP_EVERY_MS = 300000, SWEEP_OVERLAP_MS = 600000 };

/* ---- the invitation job ---- */

struct invitation {
	struct app *app;
	const struct queue *queue;
	const struct job *job;
	struct workspace workspace;
	struct linear linear;
	const char *issue_id;
	int64_t at_ms;
	struct linear_issue issue;
	struct candidate candidate;
	const char *job_text;
	const char *session_id;
};

static int read_payload(struct invitation *i, struct err *err)
{
	struct json_object *payload = json_read(i->app->mem, i->job->payload, err);

	i->issue_id = json_text(payload, "issue");
	if (!i->issue_id || !json_int(payload, "at", &i->at_ms))
		return err_set(err, ERR_INPUT, "the job names no issue");
	if (workspace_get(i->app, json_text(payload, "workspace"), &i->workspace, err))
		return -1;
	i->linear = workspace_linear(i->app, &i->workspace);
	return 0;
}

/* A newer move of the same issue has its own job. */
static int is_superseded(struct invitation *i, bool *superseded, struct err *err)
{
	struct reply r;
	int64_t newest = 0;

	if (store_call(i->app->store, i->app->mem, &r, err, "ZSCORE", KEY_ENTERED,
		       issue_word(i->app, i->workspace.name, i->issue_id), NULL))
		return -1;
	*superseded = reply_int(&r, &newest) && newest > i->at_ms;
	return 0;
}

/* The job's text: the project's content, else its short description (contract 3.1). */
static const char *project_text(const struct linear_issue *issue)
{
	if (!issue->has_project)
		return NULL;
	if (issue->project_content && str_trim(str_from(issue->project_content)).len)
		return issue->project_content;
	if (issue->project_description && str_trim(str_from(issue->project_description)).len)
		return issue->project_description;
	return NULL;
}

/* Without a Name line: the title up to its first dash, which is how people name
 * candidates' issues. */
static const char *name_from_title(struct app *app, const char *title)
{
	struct str s = str_from(title);
	const char *dash = str_find(s, STR(" - "));
	const char *en = str_find(s, STR(" \xe2\x80\x93 ")), *em = str_find(s, STR(" \xe2\x80\x94 "));

	dash = !dash || (en && en < dash) ? en : dash;
	dash = !dash || (em && em < dash) ? em : dash;
	if (dash)
		s.len = (size_t)(dash - s.ptr);
	s = str_trim(s);
	s.len = str_utf8_prefix(s, LIMIT_NAME);
	return s.len ? arena_strndup(app->mem, s.ptr, s.len) : "candidate";
}

static void read_issue(struct invitation *i)
{
	i->candidate = candidate_parse(i->app->mem, str_from(i->issue.description));
	if (!i->candidate.name)
		i->candidate.name = name_from_title(i->app, i->issue.title);
	i->job_text = project_text(&i->issue);
}

/* One comment that says all that is missing; nothing else happens. */
static int tell_missing(struct invitation *i, struct err *err)
{
	struct buf *text = buf_in(i->app->mem, COMMENT_BYTES);

	buf_puts(text, "**The interview invitation was not sent.** What is missing:\n\n");
	if (!i->candidate.email)
		buf_puts(text, "- a usable e-mail address of the candidate: add a line `Email: name@example.com` to the description\n");
	if (!i->issue.has_project)
		buf_puts(text, "- the project, whose text describes the job: add the issue to a project\n");
	else if (!i->job_text)
		buf_puts(text, "- a description of the job: write it into the project\n");
	buf_puts(text, "\nWhen it is mended, move the issue out of the state and into ");
	markdown_text(text, str_from(i->workspace.screening_state));
	buf_puts(text, " again.");
	log_event(&i->app->log, LOG_INFO, "invitation.incomplete", LOG_TEXT("issue", i->issue.identifier));
	return comment_step(i->app, i->queue, i->job, "missing", &i->linear, i->issue_id, text, err);
}

/* The day's limit of the organization; one comment when the invitation must wait. */
static int take_quota(struct invitation *i, struct err *err)
{
	struct quota q = { quota_day(i->app, "invitations", i->issue.organization.url_key), i->app->cfg.org_daily_invitations, 86400 };
	struct buf *text;
	struct err limit = { 0 };
	const char *done;
	int64_t left;

	if (job_step(i->app, i->queue, i->job, "quota", &done, err))
		return -1;
	if (done)
		return 0;
	if (!quota_take(i->app, &q, 1, &limit))
		return job_step_done(i->app, i->queue, i->job, "quota", "1", err);
	if (limit.kind != ERR_LIMIT) {
		*err = limit;
		return -1;
	}
	text = buf_in(i->app->mem, COMMENT_BYTES);
	buf_printf(text, "**The interview invitation waits until tomorrow (UTC).** The limit of %d invitations a day is used up.",
		   q.limit);
	if (comment_step(i->app, i->queue, i->job, "quota-comment", &i->linear, i->issue_id, text, err))
		return -1;
	left = 86400000 - clock_wall_ms(i->app->clock) % 86400000;
	err->retry_after = (int)(left / 1000) + 5;
	return err_set(err, ERR_LIMIT, "the organization's invitations of the day are used up");
}

/* The pointers, written once: a retry must not pay for them again. */
static int make_pointers(struct invitation *i, struct pointers *p, struct err *err)
{
	struct err failure = { 0 };
	const char *text, *generic;

	if (job_step(i->app, i->queue, i->job, "pointers", &text, err) ||
	    job_step(i->app, i->queue, i->job, "generic", &generic, err))
		return -1;
	if (text) {
		*p = (struct pointers){ text, generic && *generic == '1' };
		return 0;
	}
	if (pointers_write(i->app, i->issue.project_name, str_from(i->job_text), str_from(i->issue.description), p, &failure)) {
		log_event(&i->app->log, LOG_WARNING, "pointers.failed", LOG_TEXT("issue", i->issue.identifier),
			  LOG_TEXT("reason", failure.msg), LOG_NUM("attempt", i->job->attempts));
		if (err_is_transient(&failure) && failure.retry_after <= 30 && i->job->attempts < POINTER_TRIES) {
			if (failure.kind == ERR_LIMIT) /* counts here, so that the candidate does not wait for ever */
				failure.kind = ERR_UPSTREAM;
			*err = failure;
			return -1;
		}
		pointers_generic(p);
	}
	if (job_step_done(i->app, i->queue, i->job, "generic", p->generic ? "1" : "0", err))
		return -1;
	return job_step_done(i->app, i->queue, i->job, "pointers", p->text, err);
}

static const char *bounded(struct arena *mem, const char *text, size_t max)
{
	return arena_strndup(mem, text, str_utf8_prefix(str_from(text), max));
}

static int make_session(struct invitation *i, const struct pointers *p, struct err *err)
{
	struct app *app = i->app;
	struct session_plan plan = {
		.secret = session_secret_new(app->mem),
		.workspace = i->workspace.name,
		.org = i->issue.organization.url_key,
		.issue_id = i->issue.id,
		.identifier = i->issue.identifier,
		.candidate_name = i->candidate.name,
		.candidate_email = i->candidate.email,
		.company_name = i->issue.organization.name,
		.job_title = i->issue.project_name,
		.job_description = bounded(app->mem, i->job_text, LIMIT_JOB),
		.candidate_application = bounded(app->mem, i->issue.description, LIMIT_APPLICATION),
		.pointers = p->text,
		.generic_pointers = p->generic,
	};
	char fingerprint[FINGERPRINT_SIZE];

	if (session_create(app, &plan, i->queue, i->job, &i->session_id, err) ||
	    session_note(app, i->session_id, "invited", err))
		return -1;
	session_fingerprint(i->session_id, fingerprint);
	log_event(&app->log, LOG_INFO, "session.created", LOG_TEXT("session", fingerprint),
		  LOG_TEXT("issue", i->issue.identifier));
	return 0;
}

static void write_invited(const struct pointers *p, const struct session_row *row, struct buf *text)
{
	char words[TIME_WORDS_SIZE];

	time_words(row->expires_ms, words);
	buf_puts(text, "**Interview invitation sent** to ");
	markdown_text(text, str_from(row->candidate_name));
	buf_printf(text, ". The link works until %s.\n\n", words);
	if (p->generic)
		buf_puts(text, "The conversation pointers are **generic**, because the model could not be asked:\n\n");
	else
		buf_puts(text, "The interviewer will ask about:\n\n");
	for (struct str rest = str_from(p->text); rest.ptr;) {
		struct str line = str_cut(rest, '\n', &rest), number, words_of_it;

		number = str_cut(line, ' ', &words_of_it); /* "1." */
		buf_str(text, number);
		buf_putc(text, ' ');
		markdown_text(text, words_of_it.ptr ? words_of_it : line);
		buf_putc(text, '\n');
	}
}

static int tell_refused(struct invitation *i, const struct err *failure, struct err *err)
{
	struct buf *text = buf_in(i->app->mem, COMMENT_BYTES);

	buf_puts(text, "**The interview invitation could not be sent.** The mail service refused it");
	if (failure->code[0])
		buf_printf(text, " (`%s`)", failure->code);
	buf_puts(text, ". Please check the candidate's e-mail address in the description; when it is mended, move the issue out of "
		       "the state and into ");
	markdown_text(text, str_from(i->workspace.screening_state));
	buf_puts(text, " again.");
	if (session_row_set(i->app, i->session_id, err, "email_state", "failed", NULL))
		return -1;
	return comment_step(i->app, i->queue, i->job, "refused", &i->linear, i->issue_id, text, err);
}

static int send_invitation(struct invitation *i, const struct pointers *p, struct err *err)
{
	struct buf *text = buf_in(i->app->mem, COMMENT_BYTES);
	struct err failure = { 0 };
	struct session_row row;
	const char *mail_id;
	bool found, refused;

	if (session_row_get(i->app, i->session_id, &row, &found, err))
		return -1;
	if (!found)
		return err_set(err, ERR_MISSING, "the session is gone");
	/* A newer move, or a person, has ended this link before it was mailed. */
	if (row.revoked_ms)
		return 0;
	if (invitation_mail(i->app, i->session_id, "1", &mail_id, err))
		return -1;
	if (mail_send(i->app, mail_id, &refused, &failure)) {
		if (refused && failure.kind != ERR_DENIED)
			return tell_refused(i, &failure, err);
		*err = failure;
		return -1;
	}
	write_invited(p, &row, text);
	return comment_step(i->app, i->queue, i->job, "invited", &i->linear, i->issue_id, text, err);
}

static bool in_state(const struct linear_issue *issue, const char *name)
{
	return !issue->trashed && issue->state.name &&
	       str_eq_nocase(str_trim(str_from(issue->state.name)), str_from(name));
}

int job_issue(struct app *app, const struct queue *queue, const struct job *job, struct err *err)
{
	struct invitation i = { .app = app, .queue = queue, .job = job };
	struct err missing = { 0 };
	struct pointers pointers;
	const char *session;
	bool superseded;

	if (read_payload(&i, err) || is_superseded(&i, &superseded, err) || job_step(app, queue, job, "session", &session, err))
		return -1;
	if (superseded && !session)
		return 0;
	if (linear_issue_get(&i.linear, app->mem, i.issue_id, &i.issue, &missing)) {
		*err = missing;
		return missing.kind == ERR_MISSING ? (*err = (struct err){ 0 }, 0) : -1;
	}
	read_issue(&i);
	/* An invitation that was begun is finished: its link exists. */
	if (!session && !in_state(&i.issue, i.workspace.screening_state))
		return 0;
	if (!session && (!i.candidate.email || !i.job_text))
		return tell_missing(&i, err);
	if (!app->cfg.have_resend)
		return err_set(err, ERR_REFUSED, "Resend is not configured, so no invitation can be sent");
	if (take_quota(&i, err) || make_pointers(&i, &pointers, err))
		return -1;
	i.session_id = session;
	if (!session && make_session(&i, &pointers, err))
		return -1;
	return send_invitation(&i, &pointers, err);
}

/* ---- webhooks that never came ---- */

int linear_sweep(struct app *app, struct err *err)
{
	int64_t turn = clock_wall_ms(app->clock) / SWEEP_EVERY_MS;
	struct workspace *list;
	size_t count;

	if (workspace_all(app, &list, &count, err))
		return -1;
	for (size_t i = 0; i < count; i++)
		if (job_add(app, arena_printf(app->mem, "linear-sweep:%s:%" PRId64, list[i].name, turn), JOB_LINEAR_SWEEP,
			    str_from(list[i].name), 0, NULL, err))
			return -1;
	return 0;
}

static int take_entry(struct app *app, const struct workspace *w, const struct linear_entry *e, int64_t from, int64_t to,
		      struct err *err)
{
	struct reply r;
	int64_t known = 0;
	bool added;

	if (e->entered_ms < from || e->entered_ms > to)
		return 0;
	if (store_call(app->store, app->mem, &r, err, "ZSCORE", KEY_ENTERED, issue_word(app, w->name, e->issue_id), NULL))
		return -1;
	/* The history's time and the webhook's differ by moments. */
	if (reply_int(&r, &known) && known >= e->entered_ms - SWEEP_GRACE_MS)
		return 0;
	log_event(&app->log, LOG_WARNING, "linear.webhook_missed", LOG_TEXT("workspace", w->name));
	if (store_call(app->store, app->mem, &r, err, "SET", key_of(app->mem, KEY_SWEPT_MOVE, issue_word(app, w->name, e->issue_id)),
		       arena_printf(app->mem, "%" PRId64, e->entered_ms), "EX", arena_printf(app->mem, "%d", KEEP_SEEN_S), NULL))
		return -1;
	return issue_entered(app, w->name, e->issue_id, e->entered_ms, NULL, &added, err);
}

/* Looks through one workspace. */
static int sweep_workspace(struct app *app, const char *name, struct err *err)
{
	int64_t now = clock_wall_ms(app->clock), first = 0, since = 0;
	const char *mark = key_of(app->mem, KEY_WORKSPACE_SWEPT, name), *now_text = arena_printf(app->mem, "%" PRId64, now);
	struct linear_entry *entries;
	struct workspace w;
	struct linear l;
	struct reply r;
	size_t count;

	if (workspace_get(app, name, &w, err))
		return -1;
	/* The first look sets the mark only: what lay there before Parley came is not invited. */
	if (store_call(app->store, app->mem, &r, err, "HSETNX", mark, "first", now_text, NULL) || r.number == 1)
		return err->kind == ERR_NONE ? 0 : -1;
	if (store_call(app->store, app->mem, &r, err, "HMGET", mark, "first", "until", NULL))
		return -1;
	if (!reply_int(&r.items[0], &first))
		return err_set(err, ERR_SYSTEM, "the sweep's mark is unreadable");
	since = reply_int(&r.items[1], &since) && since - SWEEP_OVERLAP_MS > first ? since - SWEEP_OVERLAP_MS : first;
	l = workspace_linear(app, &w);
	if (linear_entries(&l, app->mem, w.screening_state, since, &entries, &count, err))
		return -1;
	for (size_t i = 0; i < count; i++)
		if (take_entry(app, &w, &entries[i], since, now - SWEEP_GRACE_MS, err))
			return -1;
	return store_call(app->store, app->mem, &r, err, "HSET", mark, "until", now_text, NULL);
}

int job_linear_sweep(struct app *app, const struct queue *queue, const struct job *job, struct err *err)
{
	struct err failure = { 0 };

	(void)queue;
	(void)err;
	/* The next sweep looks over the same time: a dead letter would say nothing new. */
	if (sweep_workspace(app, job->payload.ptr, &failure))
		log_event(&app->log, LOG_WARNING, "linear.sweep_failed", LOG_TEXT("workspace", job->payload.ptr),
			  LOG_TEXT("reason", failure.msg));
	return 0;
}
