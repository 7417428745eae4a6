/* See verdict.h.
 *
 * Steps of one job, each recorded: "asset" and "transcript" (the file at the
 * issue, or a comment with its text), "evaluation", "move", "comment".  The
 * transcript comes first, so that a person has it even while the model is away.
 */
#include "screening/verdict.h"

#include <inttypes.h>

#include "base/crypto.h"
#include "base/json.h"
#include "base/limits.h"
#include "screening/conversation.h"
#include "screening/evaluation.h"
#include "screening/issue_settle.h"
#include "screening/jobs.h"
#include "screening/linear_comment.h"
#include "screening/markdown.h"
#include "screening/session.h"
#include "screening/transcript.h"
#include "screening/verdict_comment.h"
#include "screening/workspace.h"
#include "store/keys.h"
#include "store/store.h"

enum {
	UPLOAD_TRIES = 3,             /* then the transcript goes into a comment */
	COMEBACK_MS = 150000,         /* how long a candidate who lost the connection may take */
	COMEBACK_POLL_S = 10,
	OPEN_POLL_S = 5, OPEN_POLLS = 4, /* covers the moment in which ElevenLabs may not know a conversation */
	AGAIN_MS = 10000,             /* two clicks are one wish */
};

struct verdict {
	struct app *app;
	const struct queue *queue;
	const struct job *job;
	const char *session_id, *conversation_id;
	bool by_request; /* a person asked for it */
	bool begun;      /* the evaluation is made: only the rest is left to do */
	struct session_row row;
	const char *judged, *attached, *judged_by; /* what earlier verdicts left: " id id " twice, and a job */
	const char *job_title, *job_text, *application, *pointers;
	struct transcript transcript;
	const char **conversations; /* of the transcript's parts */
	bool has_issue, no_workspace;
	struct workspace workspace;
	struct linear linear;
	struct json_object *evaluation;
	const char *moved; /* outcome of the step "move" */
};

static int request(struct app *app, const char *id, const char *session_id, const char *conversation_id, bool by_request,
		   struct err *err)
{
	struct json_object *payload = json_owned(app->mem, json_object_new_object());

	json_put(payload, "session", session_id);
	json_put(payload, "conversation", conversation_id);
	json_put_flag(payload, "by_request", by_request);
	return job_add(app, id, JOB_VERDICT, str_from(json_write(payload)), 0, session_id, err);
}

int verdict_request_void(struct app *app, const char *session_id, const char *conversation_id, struct err *err)
{
	/* An id of its own: a transcript that comes after all must find its own job new. */
	return request(app, arena_printf(app->mem, "verdict:%.8s:%s:void", session_id, conversation_id), session_id, conversation_id,
		       false, err);
}

int verdict_request(struct app *app, const char *session_id, const char *conversation_id, struct err *err)
{
	/* Ids of jobs are logged: of the session's they hold the fingerprint only. */
	return request(app, arena_printf(app->mem, "verdict:%.8s:%s", session_id, conversation_id), session_id, conversation_id,
		       false, err);
}

/* ---- what there is to judge ---- */

static int conversation_row(struct app *app, const char *id, struct reply *r, struct err *err)
{
	return store_call(app->store, app->mem, r, err, "HMGET", key_of(app->mem, KEY_CONVERSATION, id), "data", "state", NULL);
}

static int list_conversations(struct app *app, const char *session_id, struct reply *r, struct err *err)
{
	return store_call(app->store, app->mem, r, err, "ZRANGE", key_of(app->mem, KEY_SESSION_CONVERSATIONS, session_id), "0",
			  arena_printf(app->mem, "%d", LIMIT_CONVERSATIONS - 1), NULL);
}

int verdict_reevaluate(struct app *app, const char *session_id, struct err *err)
{
	const char *id = arena_printf(app->mem, "verdict:%.8s:again-%" PRId64, session_id, clock_wall_ms(app->clock) / AGAIN_MS);
	struct reply list, r;

	if (list_conversations(app, session_id, &list, err))
		return -1;
	for (size_t i = 0; i < list.count; i++) {
		if (conversation_row(app, list.items[i].text.ptr, &r, err))
			return -1;
		if (!reply_text(&r.items[0]))
			continue;
		/* So that people can see what became of it. */
		if (session_row_set(app, session_id, err, "again", id, NULL))
			return -1;
		return request(app, id, session_id, list.items[i].text.ptr, true, err);
	}
	return err_set(err, ERR_CONFLICT, "the interview has no transcript yet");
}

/* Adds what is there; *waits: a conversation is still going on, or its transcript
 * has just been fetched and will ask for a verdict itself. */
static int add_conversation(struct verdict *v, const char *id, bool *waits, struct err *err)
{
	struct json_object *data;
	struct err failure = { 0 };
	struct reply r;
	bool open;

	if (conversation_row(v->app, id, &r, err))
		return -1;
	if (!reply_text(&r.items[0])) {
		if (reply_text(&r.items[1]) && !strcmp(reply_text(&r.items[1]), "void"))
			return 0;
		/* Asking takes its time: the lease must not run out under it. */
		if (job_step_done(v->app, v->queue, v->job, "", "", err))
			return -1;
		if (conversation_fetch(v->app, id, &open, &failure)) {
			/* What ElevenLabs does not tell now, the sweep goes on asking. */
			*waits = true;
			if (failure.kind == ERR_SYSTEM)
				*err = failure;
			return failure.kind == ERR_SYSTEM ? -1 : 0;
		}
		if (conversation_row(v->app, id, &r, err))
			return -1;
		*waits |= !reply_text(&r.items[1]) || strcmp(reply_text(&r.items[1]), "void") != 0;
		return 0;
	}
	if (v->transcript.parts == LIMIT_PARTS)
		return err_set(err, ERR_REFUSED, "the session has more than %d conversations", LIMIT_PARTS);
	data = json_read(v->app->mem, r.items[0].text, err);
	if (!data)
		return -1;
	v->conversations[v->transcript.parts] = id;
	return transcript_add(&v->transcript, data, err);
}

static int collect(struct verdict *v, bool *waits, struct err *err)
{
	struct reply list;

	*waits = false;
	transcript_init(&v->transcript, v->app->mem);
	v->conversations = arena_alloc(v->app->mem, (LIMIT_PARTS + 1) * sizeof(*v->conversations));
	if (list_conversations(v->app, v->session_id, &list, err))
		return -1;
	for (size_t i = 0; i < list.count; i++)
		if (add_conversation(v, list.items[i].text.ptr, waits, err))
			return -1;
	return 0;
}

/* " id id ": which conversations a transcript or result rests on. */
static const char *conversation_list(const struct verdict *v)
{
	struct buf *ids = buf_in(v->app->mem, LIMIT_PARTS * (LIMIT_CONVERSATION_ID + 1) + 2);

	buf_putc(ids, ' ');
	for (int i = 0; i < v->transcript.parts; i++)
		buf_printf(ids, "%s ", v->conversations[i]);
	return ids->ptr;
}

/* The page told that the connection was lost: the candidate may come back, and a
 * verdict must not close the door meanwhile. */
static int wait_for_comeback(struct verdict *v, struct err *err)
{
	struct reply r;
	int64_t lost_at = 0;

	if (store_call(v->app->store, v->app->mem, &r, err, "HMGET", key_of(v->app->mem, KEY_SESSION, v->session_id),
		       "lost_conversation", "lost_at", NULL))
		return -1;
	if (!reply_text(&r.items[0]) || !v->row.conversation_id ||
	    strcmp(reply_text(&r.items[0]), v->row.conversation_id) || !reply_int(&r.items[1], &lost_at) ||
	    clock_wall_ms(v->app->clock) - lost_at > COMEBACK_MS)
		return 0;
	err->retry_after = COMEBACK_POLL_S;
	return err_set(err, ERR_LIMIT, "the candidate lost the connection and may come back");
}

static int read_session(struct verdict *v, struct err *err)
{
	struct app *app = v->app;
	struct reply r;
	bool found;

	if (session_row_get(app, v->session_id, &v->row, &found, err))
		return -1;
	if (!found)
		return err_set(err, ERR_MISSING, "the session is gone");
	if (store_call(app->store, app->mem, &r, err, "HMGET", key_of(app->mem, KEY_SESSION, v->session_id), "job_title",
		       "job_description", "application", "pointers", "judged", "attached", "judged_by", NULL))
		return -1;
	v->job_title = reply_text(&r.items[0]);
	v->job_text = reply_text(&r.items[1]);
	v->application = reply_text(&r.items[2]);
	v->pointers = reply_text(&r.items[3]);
	v->judged = reply_text(&r.items[4]);
	v->attached = reply_text(&r.items[5]);
	v->judged_by = reply_text(&r.items[6]);
	return 0;
}

/* An issue that was deleted, or never was (parley sessions demo), has nobody to
 * tell; the result is kept all the same. */
static int find_issue(struct verdict *v, struct err *err)
{
	struct err missing = { 0 };
	struct linear_state state;

	v->linear = workspace_linear(v->app, &v->workspace);
	if (!linear_issue_state(&v->linear, v->app->mem, v->row.issue_id, &state, &missing))
		return 0;
	if (missing.kind != ERR_MISSING) {
		*err = missing;
		return -1;
	}
	v->has_issue = false;
	log_event(&v->app->log, LOG_WARNING, "screening.issue_gone", LOG_TEXT("issue", v->row.issue_id));
	return 0;
}

static int read_workspace(struct verdict *v, struct err *err)
{
	struct err missing = { 0 };

	v->has_issue = v->row.issue_id && *v->row.issue_id;
	if (!v->has_issue)
		return 0;
	if (!workspace_get(v->app, v->row.workspace, &v->workspace, &missing))
		return find_issue(v, err);
	if (missing.kind != ERR_MISSING) {
		*err = missing;
		return -1;
	}
	/* An installation without Linear keeps results for itself; a workspace that was
	 * removed is somebody's mistake, told once the result is kept. */
	v->no_workspace = v->app->cfg.have_linear || (v->row.workspace && strcmp(v->row.workspace, "default") != 0);
	v->has_issue = false;
	return 0;
}

/* ---- step: the transcript at the issue ---- */

static struct buf *transcript_file(struct verdict *v)
{
	struct buf *out = buf_in(v->app->mem, 8 << 20);
	char time[TIME_WORDS_SIZE];

	time_words(v->row.started_ms ? v->row.started_ms : clock_wall_ms(v->app->clock), time);
	buf_printf(out, "Interview transcript\n\nCandidate: %s\nCompany:   %s\n", v->row.candidate_name, v->row.company_name);
	if (v->job_title)
		buf_printf(out, "Position:  %s\n", v->job_title);
	buf_printf(out, "Started:   %s\n", time);
	for (int i = 0; i < v->transcript.parts; i++)
		buf_printf(out, "%s%s\n", i ? "           " : "Conversation: ", v->conversations[i]);
	buf_puts(out, v->transcript.parts > 1 ? "\nTimes are part/minutes:seconds; the talk was interrupted.\n\n"
					      : "\nTimes are minutes:seconds.\n\n");
	transcript_text(&v->transcript, 0, v->transcript.count, out);
	if (!v->transcript.count)
		buf_puts(out, "(Nothing was said.)\n");
	return out;
}

static int attach_file(struct verdict *v, struct err *err)
{
	struct app *app = v->app;
	const char *name = arena_printf(app->mem, "interview-%s.txt", v->row.identifier && *v->row.identifier ? v->row.identifier : "transcript");
	struct buf *file = transcript_file(v);
	const char *asset;

	if (file->failed)
		return err_set(err, ERR_REFUSED, "the transcript is too long for a file");
	if (job_step(app, v->queue, v->job, "asset", &asset, err))
		return -1;
	if (!asset) {
		/* The slot lives for a minute; a repeated upload makes another asset, which nobody sees. */
		if (linear_file_upload(&v->linear, app->mem, name, "text/plain", buf_view(file), &asset, err) ||
		    job_step_done(app, v->queue, v->job, "asset", asset, err))
			return -1;
	}
	return linear_attachment_create(&v->linear, app->mem, uuid_of(app->mem, "transcript", v->job->id), v->row.issue_id,
					"Interview transcript", v->row.candidate_name, asset, err);
}

static int transcript_as_comment(struct verdict *v, struct err *err)
{
	struct buf **parts;
	size_t count = verdict_transcript_comments(v->app->mem, &v->transcript, &parts);

	/* Decided once: an upload that works again later must not add a file to it. */
	if (job_step_done(v->app, v->queue, v->job, "transcript-as", "comment", err))
		return -1;
	for (size_t i = 0; i < count; i++)
		if (comment_step(v->app, v->queue, v->job, arena_printf(v->app->mem, "transcript-comment-%zu", i), &v->linear,
				 v->row.issue_id, parts[i], err))
			return -1;
	return 0;
}

/* What a comment can mend: not our own store, the key or the issue itself. */
static bool gives_up_file(const struct verdict *v, const struct err *failure)
{
	if (failure->kind == ERR_SYSTEM || failure->kind == ERR_CONFLICT || failure->kind == ERR_DENIED ||
	    failure->kind == ERR_MISSING || (err_is_transient(failure) && v->job->attempts < UPLOAD_TRIES))
		return false;
	log_event(&v->app->log, LOG_WARNING, "screening.upload_failed", LOG_TEXT("reason", failure->msg));
	return true;
}

static int give_transcript(struct verdict *v, struct err *err)
{
	struct err failure = { 0 };
	const char *done, *as;

	if (job_step(v->app, v->queue, v->job, "transcript", &done, err) ||
	    job_step(v->app, v->queue, v->job, "transcript-as", &as, err))
		return -1;
	if (done)
		return 0;
	if (as || attach_file(v, &failure)) {
		if (!as && !gives_up_file(v, &failure)) {
			*err = failure;
			return -1;
		}
		if (transcript_as_comment(v, err))
			return -1;
	}
	/* A later verdict about the same talk need not give it again. */
	if (session_row_set(v->app, v->session_id, err, "attached", conversation_list(v), NULL))
		return -1;
	return job_step_done(v->app, v->queue, v->job, "transcript", "1", err);
}

/* ---- step: the evaluation ---- */

static int keep_evaluation(struct verdict *v, const char *json, struct err *err)
{
	struct app *app = v->app;
	const char *now = arena_printf(app->mem, "%" PRId64, clock_wall_ms(app->clock));
	const char *history = key_of(app->mem, KEY_EVALUATIONS, v->session_id);
	struct reply r;

	if (store_call(app->store, app->mem, &r, err, "HSET", history, v->job->id, json, NULL) ||
	    store_call(app->store, app->mem, &r, err, "EXPIRE", history, arena_printf(app->mem, "%d", app->cfg.interview_keep_s), NULL) ||
	    session_row_set(app, v->session_id, err, "result", json_text(v->evaluation, "result"), "evaluation", json, "evaluated",
			    now, "judged", json_text(v->evaluation, "judged"), "judged_by", v->job->id, NULL))
		return -1;
	return session_note_again(app, v->session_id, key_of(app->mem, "evaluated ", json_text(v->evaluation, "result")), v->job->id, err);
}

static int evaluate(struct verdict *v, struct err *err)
{
	struct app *app = v->app;
	struct evaluation_material m = { v->job_title ? v->job_title : "", str_from(v->job_text), str_from(v->application),
					 str_from(v->pointers), &v->transcript, v->queue, v->job };
	char fingerprint[FINGERPRINT_SIZE];
	const char *done, *json;

	if (job_step(app, v->queue, v->job, "evaluation", &done, err))
		return -1;
	if (done)
		return v->judged_by && !strcmp(v->judged_by, v->job->id) ? 0 : keep_evaluation(v, done, err);
	if (evaluation_make(app, &m, &v->evaluation, err))
		return -1;
	json_put(v->evaluation, "judged", conversation_list(v));
	json_put_flag(v->evaluation, "byRequest", v->by_request);
	json_put_int(v->evaluation, "at", clock_wall_ms(app->clock));
	json = json_write(v->evaluation);
	if (job_step_done(app, v->queue, v->job, "evaluation", json, err) || keep_evaluation(v, json, err))
		return -1;
	session_fingerprint(v->session_id, fingerprint);
	log_event(&app->log, LOG_INFO, "screening.evaluated", LOG_TEXT("session", fingerprint),
		  LOG_TEXT("result", json_text(v->evaluation, "result")), LOG_TEXT("basis", json_text(v->evaluation, "basis")));
	return 0;
}

/* ---- step: the move ---- */

static int move(struct verdict *v, struct err *err)
{
	const struct settling s = { v->app, v->queue, v->job, &v->workspace, &v->row, json_text(v->evaluation, "result"), false };

	return issue_settle(&s, &v->moved, err);
}

/* ---- the job ---- */

/* Of the conversations that were judged; another may have come since. */
static int count_ids(const char *list)
{
	int blanks = 0;

	for (const char *p = list ? list : ""; *p; p++)
		blanks += *p == ' ';
	return blanks ? blanks - 1 : 1;
}

static int tell(struct verdict *v, struct err *err)
{
	struct verdict_words words = { .evaluation = v->evaluation, .moved = v->moved, .again = v->by_request,
				       .parts = count_ids(json_text(v->evaluation, "judged")), .target = settle_target(&v->workspace, json_text(v->evaluation, "result")),
				       .screening = v->workspace.screening_state };
	struct buf *text = buf_in(v->app->mem, 64 << 10);

	verdict_comment_write(&words, text);
	return comment_step(v->app, v->queue, v->job, "comment", &v->linear, v->row.issue_id, text, err);
}

/* A talk after the decision changes nothing by itself: people are told. */
static int tell_late(struct verdict *v, struct err *err)
{
	struct buf *text = buf_in(v->app->mem, 4096);

	buf_puts(text, "**A further conversation of this interview arrived after the result.** Its transcript is attached; the result "
		       "was not changed by it.");
	if (give_transcript(v, err))
		return -1;
	return comment_step(v->app, v->queue, v->job, "late", &v->linear, v->row.issue_id, text, err);
}

static bool is_late(const struct verdict *v)
{
	return !v->by_request && !v->begun && v->row.result && strcmp(v->row.result, RESULT_INCONCLUSIVE) != 0;
}

/* True when every id of " id id " was judged by now. */
static bool is_covered(const struct verdict *v, const char *list)
{
	struct str rest = str_trim(str_from(list));

	while (v->judged && rest.ptr) {
		struct str id = str_cut(rest, ' ', &rest);

		if (!strstr(v->judged, arena_printf(v->app->mem, " %.*s ", (int)id.len, id.ptr)))
			return false;
	}
	return v->judged != NULL;
}

/* Several conversations ask for a verdict each; the first that finds them all
 * there judges them all, and nothing is left for the others.  A verdict that was
 * held up while a newer one judged the same and more has nothing to say either. */
static bool is_judged(const struct verdict *v)
{
	if (v->begun)
		return v->judged_by && strcmp(v->judged_by, v->job->id) && is_covered(v, json_text(v->evaluation, "judged"));
	return !v->by_request && is_covered(v, conversation_list(v));
}

static int judge(struct verdict *v, struct err *err)
{
	/* An earlier verdict may have given this very transcript to the issue. */
	bool is_attached = v->attached && !strcmp(v->attached, conversation_list(v));
	const char *given;

	if (job_step(v->app, v->queue, v->job, "transcript", &given, err))
		return -1;
	if (is_late(v))
		return v->has_issue && (given || !is_attached) ? tell_late(v, err) : 0;
	if (v->has_issue && !is_attached && give_transcript(v, err))
		return -1;
	if (evaluate(v, err))
		return -1;
	if (v->no_workspace)
		return err_set(err, ERR_REFUSED, "the session's Linear workspace is not configured");
	if (!v->has_issue)
		return 0;
	return move(v, err) ? -1 : tell(v, err);
}

/* Whatever is still open asks for a verdict when it ends.  But it may also never
 * have begun, which ElevenLabs can tell only after a moment: a few looks, counted
 * apart from other waits. */
static int wait_for_open(struct verdict *v, struct err *err)
{
	const char *looks;
	long long n;

	if (job_step(v->app, v->queue, v->job, "looks", &looks, err))
		return -1;
	n = looks ? str_number(str_from(looks), OPEN_POLLS) : 0;
	if (n < 0 || n >= OPEN_POLLS)
		return 0;
	if (job_step_done(v->app, v->queue, v->job, "looks", arena_printf(v->app->mem, "%lld", n + 1), err))
		return -1;
	err->retry_after = OPEN_POLL_S;
	return err_set(err, ERR_LIMIT, "a conversation of the session is still open");
}

int job_verdict(struct app *app, const struct queue *queue, const struct job *job, struct err *err)
{
	struct json_object *payload = json_read(app->mem, job->payload, err);
	struct verdict v = { .app = app, .queue = queue, .job = job };
	const char *evaluation;
	bool waits;

	v.session_id = json_text(payload, "session");
	v.conversation_id = json_text(payload, "conversation");
	json_flag(payload, "by_request", &v.by_request);
	if (!v.session_id)
		return err_set(err, ERR_INPUT, "the job names no session");
	if (read_session(&v, err) || collect(&v, &waits, err) || job_step(app, queue, job, "evaluation", &evaluation, err))
		return -1;
	v.begun = evaluation != NULL;
	if (v.begun && !(v.evaluation = json_read(app->mem, str_from(evaluation), err)))
		return -1;
	if (!v.transcript.parts || is_judged(&v))
		return 0;
	if (waits && !v.by_request && !v.begun)
		return wait_for_open(&v, err);
	if (!v.by_request && !v.begun && wait_for_comeback(&v, err))
		return -1;
	return read_workspace(&v, err) ? -1 : judge(&v, err);
}
