/* parley sessions: the screening interviews, never their secrets. */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/crypto.h"
#include "base/json.h"
#include "command.h"
#include "output.h"
#include "screening/interview_json.h"
#include "screening/invitation.h"
#include "screening/session.h"
#include "screening/session_page.h"
#include "screening/verdict.h"
#include "store/keys.h"
#include "store/store.h"

enum { LIST_DEFAULT = 50, LIST_MOST = 100000, PAGE = 100 };

/* ---- list ---- */

static void add_row(struct app *app, struct table *t, const struct session_row *row)
{
	table_add(t, (const char *const[]){ row->id, session_stage(row, clock_wall_ms(app->clock)), row->candidate_name,
					    row->company_name, row->email_state, row->result,
					    time_text(app->mem, row->created_ms) });
}

/* Reads page after page until `limit` sessions were given to the table and the list. */
static int collect(struct app *app, const char *stage, size_t limit, struct table *t, struct json_object *list,
		   struct err *err)
{
	const struct session_filter filter = { .stage = stage };
	struct session_page page = { .more = true };
	size_t got = 0;

	while (page.more && got < limit) {
		if (session_page_read(app, page.next, &filter, limit - got < PAGE ? limit - got : PAGE, &page, err))
			return -1;
		for (size_t i = 0; i < page.count; i++) {
			add_row(app, t, &page.rows[i]);
			json_object_array_add(list, json_object_get(interview_json(app, &page.rows[i])));
		}
		got += page.count;
	}
	return 0;
}

static int run_list(struct app *app, const struct cli_arguments *a)
{
	static const char *const heads[] = { "ID", "STATE", "CANDIDATE", "COMPANY", "E-MAIL", "RESULT", "CREATED (UTC)" };
	struct table *t = table_new(app->mem, ARRAY_LEN(heads), heads);
	struct json_object *list = json_owned(app->mem, json_object_new_array());
	const char *stage = cli_value(a, "state"), *given = cli_value(a, "limit");
	long long limit = given ? str_number(str_from(given), LIST_MOST) : LIST_DEFAULT;
	struct err err = { 0 };

	if (limit < 1)
		return cli_wrong_usage("--limit must be a whole number from 1 to %d", LIST_MOST);
	if (stage && !session_stage_is_known(stage))
		return cli_wrong_usage("--state must be invited, opened, started, ended, evaluated, moved, expired or revoked");
	if (collect(app, stage, (size_t)limit, t, list, &err))
		return cli_failed(&err);
	if (cli_flag(a, "json"))
		print_json(list);
	else
		table_print(t);
	return 0;
}

/* ---- one session ---- */

/* Fills the row of the session named by the first word; 0, or an exit code. */
static int find(struct app *app, const struct cli_arguments *a, struct session_row *row)
{
	struct err err = { 0 };
	bool found = false;

	if (str_is_token(str_from(a->words[0]), SESSION_ID_LENGTH, SESSION_ID_LENGTH) &&
	    session_row_get(app, a->words[0], row, &found, &err))
		return cli_failed(&err);
	return found ? 0 : cli_no("there is no such session; parley sessions list shows the ids");
}

static int sorted_set(struct app *app, const char *key, struct reply *r, struct err *err)
{
	return store_call(app->store, app->mem, r, err, "ZRANGE", key, "0", "-1", "WITHSCORES", NULL);
}

/* [{NAME: member, "at": time}, ...] */
static struct json_object *events_json(struct app *app, const char *name, const struct reply *r)
{
	struct json_object *list = json_owned(app->mem, json_object_new_array());

	for (size_t i = 0; i + 1 < r->count; i += 2) {
		struct json_object *o = json_object_new_object();
		char iso[ISO_TIME_SIZE];
		int64_t ms = 0;

		reply_int(&r->items[i + 1], &ms);
		iso_time_format(ms, iso);
		json_put(o, name, session_note_word(app->mem, r->items[i].text.ptr));
		json_put(o, "at", iso);
		json_object_array_add(list, o);
	}
	return list;
}

static void print_events(struct app *app, const char *title, const struct reply *r)
{
	if (r->count)
		printf("\n%s\n", title);
	for (size_t i = 0; i + 1 < r->count; i += 2) {
		int64_t ms = 0;

		reply_int(&r->items[i + 1], &ms);
		printf("%s  %s\n", time_text(app->mem, ms), printable(app->mem, session_note_word(app->mem, r->items[i].text.ptr)));
	}
}

static void print_row(struct app *app, const struct session_row *row)
{
	const struct {
		const char *name, *text;
	} lines[] = {
		{ "id", row->id },
		{ "state", session_stage(row, clock_wall_ms(app->clock)) },
		{ "candidate", row->candidate_name },
		{ "company", row->company_name },
		{ "workspace", row->workspace },
		{ "issue", row->identifier ? row->identifier : row->issue_id },
		{ "e-mail", row->email_state },
		{ "conversation", row->conversation_id },
		{ "result", row->result },
		{ "pointers", row->generic_pointers && !strcmp(row->generic_pointers, "1") ? "generic" : "from the application" },
		{ "created (UTC)", time_text(app->mem, row->created_ms) },
		{ "expires (UTC)", time_text(app->mem, row->expires_ms) },
	};

	for (size_t i = 0; i < ARRAY_LEN(lines); i++)
		print_pair(app->mem, lines[i].name, lines[i].text);
}

static int run_show(struct app *app, const struct cli_arguments *a)
{
	struct reply timeline, conversations;
	struct session_row row;
	struct json_object *o;
	struct err err = { 0 };
	int code = find(app, a, &row);

	if (code)
		return code;
	if (sorted_set(app, key_of(app->mem, KEY_TIMELINE, row.id), &timeline, &err) ||
	    sorted_set(app, key_of(app->mem, KEY_SESSION_CONVERSATIONS, row.id), &conversations, &err))
		return cli_failed(&err);
	if (cli_flag(a, "json")) {
		o = interview_json(app, &row);
		json_object_object_add(o, "timeline", json_object_get(events_json(app, "event", &timeline)));
		json_object_object_add(o, "conversations", json_object_get(events_json(app, "id", &conversations)));
		print_json(o);
		return 0;
	}
	print_row(app, &row);
	print_events(app, "Timeline (UTC)", &timeline);
	print_events(app, "Conversations (UTC)", &conversations);
	return 0;
}

/* Says so here and in the timeline, which may fail: the thing itself is done. */
static int done_to(struct app *app, const struct session_row *row, const char *word, const char *sentence)
{
	struct err ignored = { 0 };

	session_note_again(app, row->id, word, arena_printf(app->mem, "%" PRId64, clock_wall_ms(app->clock)), &ignored);
	puts(sentence);
	return 0;
}

static int run_resend(struct app *app, const struct cli_arguments *a)
{
	struct session_row row;
	struct err err = { 0 };
	int code = find(app, a, &row);

	if (code)
		return code;
	if (!app->cfg.have_resend)
		return cli_no("Resend is not configured, so no mail can be sent");
	if (invitation_resend(app, &row, &err))
		return cli_failed(&err);
	return done_to(app, &row, "invitation sent again by an operator", "the invitation will be mailed again");
}

static int run_revoke(struct app *app, const struct cli_arguments *a)
{
	struct session_row row;
	struct err err = { 0 };
	bool done;
	int code = find(app, a, &row);

	if (code)
		return code;
	if (session_revoke(app, &row, &done, &err))
		return cli_failed(&err);
	if (!done)
		return cli_no("the link had ended before");
	return done_to(app, &row, "revoked by an operator", "the link is revoked");
}

static int run_reevaluate(struct app *app, const struct cli_arguments *a)
{
	struct session_row row;
	struct err err = { 0 };
	int code = find(app, a, &row);

	if (code)
		return code;
	if (!app->cfg.have_cerebras)
		return cli_no("Cerebras is not configured, so nothing can be evaluated");
	if (verdict_reevaluate(app, row.id, &err))
		return cli_failed(&err);
	return done_to(app, &row, "evaluated again by an operator", "the interview will be evaluated again");
}

/* ---- demo ---- */

static const char demo_job[] =
	"# Backend engineer\n\n"
	"You build and run the services behind our bookings: C and PostgreSQL, some Redis, all of it on Linux.\n"
	"You care about latency you can explain, and you share the on-call rota with four others.\n";

static const char demo_application[] =
	"Seven years of backend work. Kept the payment service of a travel company running, cut its slowest request\n"
	"from 2.1 s to 140 ms, and led an on-call rota of five.\n";

static const char demo_pointers[] =
	"1. Ask how the slowest request became fast, and what was measured.\n"
	"2. Ask about the worst night on call and what changed after it.\n"
	"3. Ask why this job, and why now.\n";

/* An issue of its own, because a new session of an issue ends the former link. */
static int run_demo(struct app *app, const struct cli_arguments *a)
{
	struct session_plan plan = {
		.secret = session_secret_new(app->mem),
		.workspace = "default",
		.org = "demo",
		.issue_id = uuid_random(app->mem),
		.identifier = "DEMO-1",
		.candidate_name = "Robin Example",
		.candidate_email = "robin@candidate.example",
		.company_name = "Example Travel",
		.job_title = "Backend engineer",
		.job_description = demo_job,
		.candidate_application = demo_application,
		.pointers = demo_pointers,
	};
	struct err err = { 0 };
	const char *id;

	(void)a;
	if (session_create(app, &plan, NULL, NULL, &id, &err))
		return cli_failed(&err);
	puts(session_link(app, plan.secret));
	return 0;
}

static const struct cli_command commands[] = {
	{ .group = "sessions", .verb = "list", .words = "", .run = run_list,
	  .help = "List screening interviews, newest first",
	  .options = { { "state", "STATE", "invited, opened, started, ended, evaluated, moved, expired or revoked" },
		       { "limit", "N", "how many (50)" },
		       { "json", NULL, "as JSON, like GET /api/interviews" } } },
	{ .group = "sessions", .verb = "show", .words = "ID", .least = 1, .most = 1, .run = run_show,
	  .help = "Show one interview, what happened to it and when",
	  .options = { { "json", NULL, "as JSON" } } },
	{ .group = "sessions", .verb = "resend", .words = "ID", .least = 1, .most = 1, .run = run_resend,
	  .help = "Mail the invitation again, with the same link" },
	{ .group = "sessions", .verb = "revoke", .words = "ID", .least = 1, .most = 1, .run = run_revoke,
	  .help = "End an interview's link at once" },
	{ .group = "sessions", .verb = "re-evaluate", .words = "ID", .least = 1, .most = 1, .run = run_reevaluate,
	  .help = "Evaluate a finished interview again" },
	{ .group = "sessions", .verb = "demo", .words = "", .run = run_demo,
	  .help = "Make an interview to try and print its link\n"
		  "No mail is sent and no issue is touched; the talk with the agent is a real one." },
};

const struct cli_commands session_commands = { commands, ARRAY_LEN(commands) };
