/* Transcripts that belong to no interview: whose may they be, and what is done with them. */
#include "access/actor.h"
#include "app.h"
#include "console/interviews.h"
#include "console/page.h"
#include "screening/orphan.h"

static void put(struct view *v, const char *name, struct json_object *o, const char *path)
{
	const char *text = json_text(o, path);

	view_set(v, name, text ? text : "");
}

static void put_moment(struct view *v, const char *section, struct json_object *o, const char *path)
{
	int64_t ms;

	if (iso_time_parse(json_str(o, path), &ms))
		page_time(view_add(v, section), "AT", ms);
}

static void fill_turns(struct view *v, struct json_object *o)
{
	size_t count;
	struct json_object *turns = json_list(o, "turns", &count);
	int64_t all = 0;

	for (size_t i = 0; i < count; i++) {
		struct json_object *t = json_object_array_get_idx(turns, i);
		struct view *turn = view_add(v, "TURN");
		const char *speaker = json_text(t, "speaker");

		view_set(turn, "WHO", !strcmp(speaker, "candidate") ? "Candidate" : "Interviewer");
		view_set(turn, "SPEAKER", speaker);
		put(turn, "TIME", t, "time");
		put(turn, "TEXT", t, "text");
	}
	json_int(o, "turn_count", &all);
	if ((size_t)all > count)
		view_set_int(view_add(v, "MORE_TURNS"), "COUNT", all - (long long)count);
	if (!all)
		view_show(v, "SILENT");
}

static void fill_orphan(struct view *v, struct json_object *o, bool may_act)
{
	const char *name = json_text(o, "candidate_name");

	put(v, "CONVERSATION", o, "conversation_id");
	put(v, "AGENT", o, "agent_id");
	if (json_text(o, "company_name") && *json_text(o, "company_name"))
		put(view_add(v, "COMPANY_NAMED"), "COMPANY", o, "company_name");
	put_moment(v, "STARTED", o, "started_at");
	put_moment(v, "RECEIVED", o, "received_at");
	if (name && *name)
		view_set(view_add(v, "NAMED"), "NAME", name);
	else
		view_show(v, "NAMELESS");
	/* Shown here, so that the section knows this transcript's values. */
	if (may_act)
		view_show(v, "MAY_ACT");
	fill_turns(v, o);
}

int orphans_page(struct app *app, struct request *req, struct response *res, struct err *err)
{
	struct json_object *list = orphan_list(app, req, err);
	struct page p;
	size_t count;

	if (!list)
		return -1;
	p = page_begin(app, req, res, "orphans", "Transcripts without an interview", "interviews", "orphans");
	count = json_object_array_length(list);
	for (size_t i = 0; i < count; i++)
		fill_orphan(view_add(p.view, "ORPHAN"), json_object_array_get_idx(list, i), req->actor->role >= ROLE_OPERATOR);
	if (!count)
		view_show(p.view, "EMPTY");
	if (count == ORPHANS_MOST)
		view_set_int(view_add(p.view, "NOT_ALL"), "MOST", ORPHANS_MOST);
	return page_send(&p, err);
}
