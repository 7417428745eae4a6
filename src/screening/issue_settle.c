/* See issue_settle.h. */
#include "screening/issue_settle.h"

#include <inttypes.h>

#include "screening/evaluation.h"
#include "screening/jobs.h"
#include "store/keys.h"
#include "store/store.h"

const char *settle_target(const struct workspace *w, const char *result)
{
	if (!strcmp(result, RESULT_PASS))
		return w->pass_state;
	return !strcmp(result, RESULT_FAIL) ? w->fail_state : NULL;
}

static int finish(const struct settling *s, const char *outcome, const char **out, struct err *err)
{
	*out = outcome;
	return job_step_done(s->app, s->queue, s->job, "move", outcome, err);
}

/* The id of the state into which we moved it last, or NULL. */
static int our_state(const struct settling *s, const char **id, struct err *err)
{
	struct reply r;

	if (store_call(s->app->store, s->app->mem, &r, err, "HGET", key_of(s->app->mem, KEY_SESSION, s->row->id), "moved_state", NULL))
		return -1;
	*id = reply_text(&r);
	return 0;
}

/* Sessions that were moved before that id was kept: by the states' names. */
static bool was_moved_there(const struct settling *s, const char *name)
{
	return s->row->moved_ms && (str_eq_nocase(str_from(name), str_from(s->workspace->pass_state)) ||
				    str_eq_nocase(str_from(name), str_from(s->workspace->fail_state)));
}

static int may_move(const struct settling *s, const struct linear_issue *issue, bool *may, struct err *err)
{
	const char *name = issue->state.name, *ours;

	*may = false;
	if (issue->trashed || !name || !issue->state.id)
		return 0;
	*may = str_eq_nocase(str_trim(str_from(name)), str_from(s->workspace->screening_state));
	if (*may || !s->by_person)
		return 0;
	if (our_state(s, &ours, err))
		return -1;
	*may = ours ? !strcmp(ours, issue->state.id) : was_moved_there(s, name);
	return 0;
}

/* A failure but for the absent one is the caller's. */
static int find_target(const struct settling *s, const struct linear *l, const struct linear_issue *issue, const char *name,
		       struct linear_state *target, bool *found, struct err *err)
{
	struct err missing = { 0 };

	*found = !linear_team_state(l, s->app->mem, issue->team_id, name, target, &missing);
	if (*found || missing.kind == ERR_MISSING)
		return 0;
	*err = missing;
	return -1;
}

static int try_move(const struct settling *s, const char *name, const char **outcome, struct err *err)
{
	struct linear l = workspace_linear(s->app, s->workspace);
	struct linear_issue issue;
	struct linear_state target;
	const char *intent;
	bool may, found;

	if (job_step(s->app, s->queue, s->job, "move-to", &intent, err) ||
	    linear_issue_get(&l, s->app->mem, s->row->issue_id, &issue, err))
		return -1;
	if (intent && issue.state.id && !strcmp(issue.state.id, intent))
		return finish(s, SETTLED_MOVED, outcome, err);
	if (!s->by_person && s->row->revoked_ms)
		return finish(s, SETTLED_REPLACED, outcome, err);
	if (!s->by_person && s->row->override && *s->row->override)
		return finish(s, SETTLED_OVERRIDDEN, outcome, err);
	if (may_move(s, &issue, &may, err))
		return -1;
	if (!may)
		return finish(s, SETTLED_CHANGED, outcome, err);
	if (find_target(s, &l, &issue, name, &target, &found, err))
		return -1;
	if (!found)
		return finish(s, SETTLED_NO_STATE, outcome, err);
	if (job_step_done(s->app, s->queue, s->job, "move-to", target.id, err) ||
	    linear_issue_move(&l, s->app->mem, s->row->issue_id, target.id, err))
		return -1;
	return finish(s, SETTLED_MOVED, outcome, err);
}

/* The session knows where its issue is. */
static int note_move(const struct settling *s, const char *name, struct err *err)
{
	const char *state;

	if (job_step(s->app, s->queue, s->job, "move-to", &state, err))
		return -1;
	if (session_row_set(s->app, s->row->id, err, "moved", arena_printf(s->app->mem, "%" PRId64, clock_wall_ms(s->app->clock)),
			    "moved_to", name, "moved_state", state ? state : "", NULL))
		return -1;
	return session_note_again(s->app, s->row->id, key_of(s->app->mem, "moved to ", name), s->job->id, err);
}

int issue_settle(const struct settling *s, const char **outcome, struct err *err)
{
	const char *name = settle_target(s->workspace, s->result), *done;

	if (job_step(s->app, s->queue, s->job, "move", &done, err))
		return -1;
	*outcome = done;
	if (!done && (name ? try_move(s, name, outcome, err) : finish(s, SETTLED_STAYS, outcome, err)))
		return -1;
	return name && !strcmp(*outcome, SETTLED_MOVED) ? note_move(s, name, err) : 0;
}
