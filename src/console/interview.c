/* One interview: what is known of it (interview_detail.h), as a page. */
#include "access/mask.h"
#include "app.h"
#include "base/limits.h"
#include "console/interviews.h"
#include "console/page.h"
#include "screening/erased.h"
#include "screening/interview_detail.h"
#include "screening/issue_settle.h"
#include "screening/override.h"
#include "screening/session.h"

/* Text of the JSON; an absent one is empty. */
static void put(struct view *v, const char *name, struct json_object *o, const char *path)
{
	const char *text = json_text(o, path);

	view_set(v, name, text ? text : "");
}

static void put_moment(struct view *v, const char *name, struct json_object *o, const char *path)
{
	int64_t ms = 0;

	iso_time_parse(json_str(o, path), &ms);
	page_time(v, name, ms);
}

/* A section with one moment, when there is one. */
static void put_moment_section(struct view *v, const char *section, struct json_object *o, const char *path)
{
	if (json_text(o, path))
		put_moment(view_add(v, section), "AT", o, path);
}

static struct json_object *item(struct json_object *list, size_t i)
{
	return json_object_array_get_idx(list, i);
}

/* ---- head ---- */

/* Where a person can look at the issue: Linear's own address of it. */
static const char *issue_address(struct app *app, const struct session_row *row)
{
	bool is_linear = str_starts(str_from(app->cfg.linear_base_url), STR("https://"));

	if (!is_linear || !row->identifier || !row->org || !str_is_token(str_from(row->org), 1, 100) ||
	    !str_is_token(str_from(row->identifier), 1, 40))
		return NULL;
	return arena_printf(app->mem, "https://linear.app/%s/issue/%s", row->org, row->identifier);
}

static void fill_head(struct page *p, const struct session_row *row, struct json_object *o)
{
	const char *stage = json_text(o, "state"), *decision = json_text(o, "decision"), *address = issue_address(p->app, row);
	struct view *v = p->view;

	view_set(v, "ID", row->id);
	view_set(v, "NAME", row->candidate_name && *row->candidate_name ? row->candidate_name : "Without a name");
	put(v, "JOB", o, "job_title");
	put(v, "COMPANY", o, "company_name");
	view_set(v, "STAGE", stage_words(stage));
	put_moment(v, "STAGE_AT", o, "state_at");
	if (decision && *decision) {
		struct view *verdict = view_add(v, "DECISION");

		view_set(verdict, "RESULT", decision);
		view_set(verdict, "TONE", result_tone(decision));
		if (json_text(o, "override"))
			view_show(verdict, "BY_PERSON");
	}
	if (row->identifier && *row->identifier) {
		struct view *issue = view_add(v, "ISSUE");

		view_set(issue, "IDENTIFIER", row->identifier);
		if (address)
			view_set(view_add(issue, "LINKED"), "HREF", address);
		else
			view_show(issue, "PLAIN");
	}
}

/* What can be done now; the API checks again. */
static void fill_actions(struct page *p, const struct session_row *row, struct json_object *o)
{
	bool live = !row->revoked_ms && row->expires_ms > clock_wall_ms(p->app->clock);
	size_t evaluations, talks = 0;
	struct json_object *conversations = json_list(o, "conversations", &evaluations);

	for (size_t i = 0; i < evaluations; i++)
		talks += json_text(item(conversations, i), "received_at") != NULL;
	if (live && row->candidate_email && *row->candidate_email)
		view_show(p->view, "CAN_RESEND");
	if (live)
		view_show(p->view, "CAN_REVOKE");
	if (talks)
		view_show(p->view, "CAN_REEVALUATE");
}

/* ---- what is under way ---- */

static const struct {
	const char *kind, *words;
} works[] = {
	{ "transcript", "The transcript" }, { "verdict", "The evaluation" }, { "override", "The decision for Linear" },
};

static const char *work_words(const char *kind)
{
	for (size_t i = 0; i < ARRAY_LEN(works); i++)
		if (!strcmp(works[i].kind, kind))
			return works[i].words;
	return "Some work";
}

static void fill_notices(struct view *v, struct json_object *o)
{
	const char *mail = json_text(o, "email_state");
	size_t count;
	struct json_object *jobs = json_list(o, "jobs", &count);
	bool flag = false;

	if (json_flag(o, "talking", &flag) && flag)
		view_show(v, "TALKING");
	if (mail && (!strcmp(mail, "bounced") || !strcmp(mail, "failed") || !strcmp(mail, "suppressed") || !strcmp(mail, "complained")))
		view_set(view_add(v, "MAIL_FAILED"), "MAIL_STATE", mail);
	for (size_t i = 0; i < count; i++) {
		bool dead = !strcmp(json_text(item(jobs, i), "state"), "dead");
		struct view *job = view_add(v, dead ? "DEAD" : "WAITING");

		view_set(job, "WORK", work_words(json_text(item(jobs, i), "kind")));
		if (json_text(item(jobs, i), "reason"))
			put(view_add(job, "WHY"), "REASON", item(jobs, i), "reason");
	}
}

/* ---- verdict ---- */

static void fill_points(struct view *v, struct json_object *evaluation)
{
	size_t count;
	struct json_object *points = json_list(evaluation, "key_points", &count);

	for (size_t i = 0; i < count; i++) {
		struct view *point = view_add(v, "POINT");
		const char *speaker = json_text(item(points, i), "speaker");
		int64_t turn;

		put(point, "TEXT", item(points, i), "point");
		put(point, "QUOTE", item(points, i), "quote");
		put(point, "TIME", item(points, i), "time");
		if (json_int(item(points, i), "turn", &turn))
			view_set_int(view_add(point, "LINKED"), "TURN", turn);
		else
			view_show(point, "PLAIN");
		if (speaker && !strcmp(speaker, "interviewer"))
			view_show(point, "INTERVIEWER");
	}
}

static void fill_evaluation(struct view *v, struct json_object *e)
{
	double confidence = json_object_get_double(json_get(e, "confidence"));
	int64_t parts = 1, dropped = 0;
	const char *basis = json_text(e, "basis"), *model = json_text(e, "model_result");
	bool again = false;

	json_int(e, "parts", &parts);
	json_int(e, "dropped", &dropped);
	put(v, "RESULT", e, "result");
	view_set(v, "TONE", result_tone(json_text(e, "result") ? json_text(e, "result") : ""));
	put(v, "REASONING", e, "reasoning");
	put_moment(v, "AT", e, "at");
	if (basis && !strcmp(basis, "model"))
		view_set_int(view_add(v, "CONFIDENCE"), "PERCENT", (long long)(confidence * 100 + 0.5));
	if (model)
		view_set(view_add(v, "UNSUPPORTED"), "MODEL_RESULT", model);
	if (parts > 1)
		view_set_int(view_add(v, "PARTS"), "COUNT", parts);
	if (dropped)
		view_set_int(view_add(v, "DROPPED"), "COUNT", dropped);
	if (json_flag(e, "by_request", &again) && again)
		view_show(v, "AGAIN");
	fill_points(v, e);
}

static const char *moved_words(struct arena *mem, struct json_object *o)
{
	const char *moved = json_text(o, "moved"), *state = json_text(o, "state");

	if (!moved)
		return "Linear has not been told yet.";
	if (!strcmp(moved, SETTLED_MOVED))
		return arena_printf(mem, "The issue was moved to %s.", state ? state : "its state");
	if (!strcmp(moved, SETTLED_CHANGED))
		return "Somebody had moved the issue meanwhile, so it stayed where it was.";
	if (!strcmp(moved, SETTLED_NO_STATE))
		return arena_printf(mem, "The team has no state named %s, so the issue was not moved.", state ? state : "like that");
	if (!strcmp(moved, OVERRIDE_NO_ISSUE))
		return "There is no issue in Linear to move.";
	if (!strcmp(moved, OVERRIDE_NO_WORKSPACE))
		return "The Linear workspace is not configured, so nothing was moved.";
	return "The issue stayed where it was.";
}

static void fill_overrides(struct page *p, struct json_object *o)
{
	size_t count;
	struct json_object *list = json_list(o, "overrides", &count);

	for (size_t i = 0; i < count; i++) {
		struct view *v = view_add(p->view, "OVERRIDE");

		put(v, "RESULT", item(list, i), "result");
		view_set(v, "TONE", result_tone(json_text(item(list, i), "result")));
		put(v, "REASON", item(list, i), "reason");
		put(v, "BY", item(list, i), "by");
		put_moment(v, "AT", item(list, i), "at");
		view_set(v, "MOVED", moved_words(p->app->mem, item(list, i)));
	}
}

/* The one that counts, and those before it. */
static void fill_verdict(struct page *p, struct json_object *o)
{
	size_t count;
	struct json_object *list = json_list(o, "evaluations", &count);
	size_t current = 0;
	struct view *earlier = NULL;
	bool flag = false;

	for (size_t i = 0; i < count; i++)
		if (json_flag(item(list, i), "current", &flag) && flag)
			current = i;
	for (size_t i = 0; i < count; i++) {
		if (i == current) {
			fill_evaluation(view_add(p->view, "EVALUATION"), item(list, i));
			continue;
		}
		earlier = earlier ? earlier : view_add(p->view, "EARLIER");
		fill_evaluation(view_add(earlier, "ONE"), item(list, i));
	}
	if (earlier)
		view_set_int(earlier, "COUNT", (long long)count - 1);
	fill_overrides(p, o);
	if (!count && !json_text(o, "override"))
		view_show(p->view, "NO_VERDICT");
}

/* ---- the talk ---- */

static void fill_turns(struct view *v, struct json_object *conversation)
{
	size_t count;
	struct json_object *turns = json_list(conversation, "turns", &count);
	const char *id = json_text(conversation, "id");

	for (size_t i = 0; i < count; i++) {
		struct view *turn = view_add(v, "TURN");
		const char *speaker = json_text(item(turns, i), "speaker");
		int64_t n = 0, at = 0;

		json_int(item(turns, i), "turn", &n);
		json_int(item(turns, i), "at_seconds", &at);
		view_set_int(turn, "N", n);
		view_set_int(turn, "SECONDS", at);
		view_set(turn, "CONVERSATION", id);
		view_set(turn, "SPEAKER", speaker);
		view_set(turn, "WHO", !strcmp(speaker, "candidate") ? "Candidate" : "Interviewer");
		put(turn, "TIME", item(turns, i), "time");
		put(turn, "TEXT", item(turns, i), "text");
	}
	if (!count)
		view_show(v, "SILENT");
}

static void fill_talk(struct page *p, struct json_object *o)
{
	size_t count, heard = 0;
	struct json_object *list = json_list(o, "conversations", &count);

	for (size_t i = 0; i < count; i++) {
		struct json_object *c = item(list, i);
		bool received = json_text(c, "received_at") != NULL;
		struct view *v;
		int64_t seconds;

		if (!received)
			continue;
		v = view_add(p->view, "CONVERSATION");
		heard++;
		put(v, "CONVERSATION_ID", c, "id");
		view_set_int(v, "PART", (long long)heard);
		put_moment(v, "STARTED", c, "started_at");
		if (json_int(c, "duration_seconds", &seconds))
			view_set(view_add(v, "DURATION"), "WORDS", arena_printf(p->app->mem, "%d:%02d", (int)(seconds / 60), (int)(seconds % 60)));
		if (json_text(c, "recording_url"))
			put(view_add(v, "RECORDING"), "URL", c, "recording_url");
		else
			put(view_add(v, "NO_RECORDING"), "REASON", c, "recording_reason");
		fill_turns(v, c);
	}
	if (!heard)
		view_show(p->view, "NO_TALK");
}

/* ---- facts ---- */

static void fill_facts(struct page *p, const struct session_row *row, struct json_object *o)
{
	struct view *v = p->view;
	const char *email = json_text(o, "candidate_email");
	size_t count;
	struct json_object *pointers = json_list(o, "pointers", &count);

	if (email && *email)
		view_set(view_add(v, "EMAIL"), "ADDRESS", email);
	put(v, "MAIL_STATE", o, "email_state");
	put_moment(v, "CREATED", o, "created_at");
	put_moment(v, "EXPIRES", o, "expires_at");
	put_moment_section(v, "OPENED", o, "opened_at");
	put_moment_section(v, "CONSENTED", o, "consented_at");
	put_moment_section(v, "REVOKED", o, "revoked_at");
	if (row->moved_to && *row->moved_to)
		view_set(view_add(v, "MOVED_TO"), "STATE", row->moved_to);
	for (size_t i = 0; i < count; i++)
		view_set(view_add(v, "POINTER"), "LINE", json_object_get_string(item(pointers, i)));
	if (row->generic_pointers && !strcmp(row->generic_pointers, "1"))
		view_show(v, "GENERIC");
	if (json_text(o, "application"))
		put(view_add(v, "APPLICATION"), "TEXT", o, "application");
	if (json_text(o, "job_description"))
		put(view_add(v, "JOB_TEXT"), "TEXT", o, "job_description");
}

static void fill_timeline(struct view *v, struct json_object *o)
{
	size_t count;
	struct json_object *list = json_list(o, "timeline", &count);

	for (size_t i = count; i > 0; i--) {
		struct view *event = view_add(v, "EVENT");

		put(event, "WORDS", item(list, i - 1), "words");
		put(event, "KIND", item(list, i - 1), "kind");
		put_moment(event, "AT", item(list, i - 1), "at");
	}
}

/* ---- the page ---- */

static int show_erased(struct app *app, struct request *req, struct response *res, int64_t at_ms, struct err *err)
{
	struct page p = page_begin(app, req, res, "interview-erased", "Erased interview", "interviews", NULL);

	res->status = 410;
	page_time(p.view, "AT", at_ms);
	return page_send(&p, err);
}

int interview_page_show(struct app *app, struct request *req, struct response *res, struct err *err)
{
	struct str id = request_param(req, "id");
	struct json_object *o;
	struct session_row row;
	struct page p;
	int64_t erased = 0;
	const char *key;
	bool found;

	if (!str_is_token(id, SESSION_ID_LENGTH, SESSION_ID_LENGTH))
		return err_set(err, ERR_MISSING, "no session id");
	key = arena_strndup(app->mem, id.ptr, id.len);
	if (session_row_get(app, key, &row, &found, err) || (!found && erased_time(app, key, &erased, err)))
		return -1;
	if (erased)
		return show_erased(app, req, res, erased, err);
	if (!found)
		return err_set(err, ERR_MISSING, "no such session");
	o = interview_detail(app, req, &row, err);
	if (!o)
		return -1;
	mask_json(req, o);
	row.candidate_name = shown_text(req, row.candidate_name);
	p = page_begin(app, req, res, "interview", row.candidate_name ? row.candidate_name : "Interview", "interviews", "interview");
	fill_head(&p, &row, o);
	fill_actions(&p, &row, o);
	fill_notices(p.view, o);
	fill_verdict(&p, o);
	fill_talk(&p, o);
	fill_facts(&p, &row, o);
	fill_timeline(p.view, o);
	return page_send(&p, err);
}
