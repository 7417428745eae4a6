/* What the checks found, judged and kept; see doctor.h. */
#include <inttypes.h>
#include <string.h>

#include "base/crypto.h"
#include "doctor/doctor.h"
#include "store/keys.h"
#include "store/store.h"

enum {
	SENTENCES = 600,     /* bytes; more findings of one check than that are alike */
	RUN_MS = 40 * 1000,  /* longer than a run takes */
	AGAIN_MS = 3 * 1000, /* between two runs */
};

static const char *const state_names[] = { "off", "ok", "warn", "fail" };

const char *check_state_name(enum check_state state)
{
	return state_names[state];
}

static enum check_state state_of_name(const char *name)
{
	for (size_t i = 0; name && i < ARRAY_LEN(state_names); i++)
		if (!strcmp(name, state_names[i]))
			return (enum check_state)i;
	return CHECK_OFF;
}

/* Adds a sentence that is not there yet and still fits. */
static void add_sentence(struct buf *text, const char *sentence)
{
	if (!sentence || !*sentence || str_find(buf_view(text), str_from(sentence)) || text->len + strlen(sentence) > SENTENCES)
		return;
	buf_printf(text, "%s%s", text->len ? " " : "", sentence);
}

struct check_result check_judge(struct arena *mem, const struct config *cfg, const struct check *c, const struct findings *f)
{
	struct check_result r = { .state = CHECK_OFF, .sentence = c->off, .todo = c->off_todo };
	struct buf *sentence = buf_in(mem, 2 * SENTENCES), *todo = buf_in(mem, 2 * SENTENCES);
	enum finding_level worst = FINDING_OK;

	if (!f->count) {
		if (c->applies && c->applies(cfg)) /* it was to be looked at, and could not */
			r.sentence = "Could not be looked at: Redis does not answer.", r.todo = NULL;
		return r;
	}
	for (size_t i = 0; i < f->count; i++)
		if (f->list[i].level > worst)
			worst = f->list[i].level;
	for (size_t i = 0; i < f->count; i++)
		if (f->list[i].level == worst) {
			add_sentence(sentence, f->list[i].detail);
			add_sentence(todo, f->list[i].advice);
		}
	r.state = worst == FINDING_FAILURE ? CHECK_FAIL : worst == FINDING_WARNING ? CHECK_WARN : CHECK_OK;
	r.sentence = sentence->ptr;
	r.todo = todo->len ? todo->ptr : NULL;
	return r;
}

int check_keep(struct app *app, const struct check *c, const struct check_result *r, struct err *err)
{
	const char *key = key_of(app->mem, KEY_CHECK, c->name);
	struct command commands[2];
	struct reply replies[2];

	commands[0] = command_new(app->mem, "HSET");
	command_text(&commands[0], key);
	command_text(&commands[0], "group");
	command_text(&commands[0], c->group);
	command_text(&commands[0], "state");
	command_text(&commands[0], check_state_name(r->state));
	command_text(&commands[0], "sentence");
	command_text(&commands[0], r->sentence);
	command_text(&commands[0], "todo");
	command_text(&commands[0], r->todo);
	command_text(&commands[0], "took");
	command_int(&commands[0], r->took_ms);
	command_text(&commands[0], "at");
	command_int(&commands[0], r->at_ms);
	commands[1] = command_new(app->mem, "EXPIRE");
	command_text(&commands[1], key);
	command_int(&commands[1], KEEP_CHECK_S);
	return store_pipeline(app->store, commands, 2, replies, err);
}

int check_results(struct app *app, struct check_result **results, struct err *err)
{
	struct command *c = arena_alloc(app->mem, doctor_check_count * sizeof(*c));
	struct reply *r = arena_alloc(app->mem, doctor_check_count * sizeof(*r));

	for (size_t i = 0; i < doctor_check_count; i++) {
		c[i] = command_new(app->mem, "HGETALL");
		command_text(&c[i], key_of(app->mem, KEY_CHECK, doctor_checks[i].name));
	}
	if (store_pipeline(app->store, c, doctor_check_count, r, err))
		return -1;
	*results = arena_alloc(app->mem, doctor_check_count * sizeof(**results));
	for (size_t i = 0; i < doctor_check_count; i++)
		(*results)[i] = (struct check_result){
			.state = state_of_name(reply_field(&r[i], "state")),
			.sentence = reply_field(&r[i], "sentence"),
			.todo = reply_field(&r[i], "todo"),
			.took_ms = reply_field_int(&r[i], "took", 0),
			.at_ms = reply_field_int(&r[i], "at", 0),
		};
	return 0;
}

/* ---- one at a time ---- */

/* Takes the key for as long; *got false: somebody has it. */
static int take(struct app *app, const char *key, const char *value, int ms, bool *got, struct err *err)
{
	struct reply r;

	if (store_call(app->store, app->mem, &r, err, "SET", key, value, "NX", "PX", arena_printf(app->mem, "%d", ms), NULL))
		return -1;
	*got = r.type != REPLY_NIL;
	return 0;
}

int doctor_is_running(struct app *app, bool *running, struct err *err)
{
	struct reply r;

	if (store_call(app->store, app->mem, &r, err, "EXISTS", KEY_CHECK_RUN, NULL))
		return -1;
	*running = r.number == 1;
	return 0;
}

int doctor_run_once(struct app *app, bool *begun, struct err *err)
{
	struct findings **findings = arena_alloc(app->mem, doctor_check_count * sizeof(*findings));
	const char *now = arena_printf(app->mem, "%" PRId64, clock_wall_ms(app->clock));
	struct err unlocked = { 0 };
	struct reply r;

	*begun = false;
	if (take(app, KEY_CHECK_RUN, now, RUN_MS, begun, err) || !*begun)
		return err->kind ? -1 : 0;
	if (!take(app, KEY_CHECK_BEGUN, now, AGAIN_MS, begun, err) && *begun)
		doctor_run(app, true, NULL, findings);
	/* When it cannot be given back it ends by itself. */
	store_call(app->store, app->mem, &r, &unlocked, "DEL", KEY_CHECK_RUN, NULL);
	return err->kind ? -1 : 0;
}

const char *doctor_not_set_up(struct arena *mem, const struct check_result *results)
{
	struct buf *names = buf_in(mem, SENTENCES);
	const char *last = NULL;

	/* A vendor's checks stand together; ours that need it say the same in groups of their own. */
	for (size_t i = 0; i < doctor_check_count; i++) {
		const char *group = doctor_checks[i].group;
		bool ours = !strcmp(group, DOCTOR_RUNNERS) || !strcmp(group, DOCTOR_ADDRESSES);

		if (ours || !results[i].at_ms || results[i].state != CHECK_OFF || !results[i].todo || (last && !strcmp(group, last)))
			continue;
		buf_printf(names, "%s%s", last ? ", " : "", group);
		last = group;
	}
	return last ? names->ptr : NULL;
}
