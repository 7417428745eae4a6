/* See evaluation.h. */
#include "screening/evaluation.h"

#include <math.h>

#include "base/limits.h"
#include "screening/prompt.h"
#include "vendors/cerebras.h"

/* Bytes of transcript in one question, for a window of 64k tokens with the job,
 * the application, the answer and its reasoning beside it (vendors/cerebras.md 7). */
enum { PART_BYTES = 90 << 10, JOB_BYTES = 16 << 10, APPLICATION_BYTES = 24 << 10, SHRINKS = 3 };

static const char schema[] =
	"{\"type\":\"object\",\"properties\":{"
	"\"result\":{\"type\":\"string\",\"enum\":[\"pass\",\"fail\",\"inconclusive\"]},"
	"\"confidence\":{\"type\":\"number\",\"description\":\"0 to 1\"},"
	"\"reasoning\":{\"type\":\"string\",\"description\":\"at most 150 words\"},"
	"\"keyPoints\":{\"type\":\"array\",\"items\":{\"type\":\"object\",\"properties\":{"
	"\"point\":{\"type\":\"string\"},"
	"\"quote\":{\"type\":\"string\",\"description\":\"the candidate's own words, copied from the transcript letter by letter\"},"
	"\"time\":{\"type\":\"string\",\"description\":\"the time in brackets before that line\"}},"
	"\"required\":[\"point\",\"quote\",\"time\"],\"additionalProperties\":false}}},"
	"\"required\":[\"result\",\"confidence\",\"reasoning\",\"keyPoints\"],\"additionalProperties\":false}";

static const char instructions[] =
	"You assess the transcript of a short spoken screening interview for a recruiter. Judge only whether the candidate should go "
	"on to the next step for this job, by what the candidate said: experience that the job asks for, concreteness of the answers, "
	"contradictions to the application. Do not judge accent, fluency, age, sex, origin, health, family, religion or politics, and "
	"do not hold speech-recognition errors against the candidate.\n"
	"result: \"pass\" when the answers show that the important requirements are met; \"fail\" when they show that an important "
	"requirement is not met; \"inconclusive\" when too little was said to tell. confidence: 0 to 1. reasoning: at most 150 words, "
	"for the recruiter. keyPoints: 3 to 8 points that carry the result, for and against; each with a quote of the candidate, "
	"copied exactly from one line of the transcript, and the time that stands in brackets before that line. A point without "
	"such a quote will be thrown away.\n";

static struct json_object *new_evaluation(struct app *app, const char *result, double confidence, const char *reasoning,
					  const char *basis)
{
	struct json_object *e = json_owned(app->mem, json_object_new_object());

	json_put(e, "result", result);
	json_object_object_add(e, "confidence", json_object_new_double(confidence));
	json_put(e, "reasoning", reasoning);
	json_object_object_add(e, "keyPoints", json_object_new_array());
	json_put(e, "basis", basis);
	json_put_int(e, "parts", 1);
	json_put_int(e, "dropped", 0);
	return e;
}

static struct json_object *thin(struct app *app, const struct transcript *t)
{
	const char *reasoning = t->candidate_turns
		? "The talk was too short to judge the candidate by it. It was not given to the model."
		: "The candidate said nothing that was understood. The talk was not given to the model.";

	return new_evaluation(app, RESULT_INCONCLUSIVE, 0, reasoning, "thin");
}

static bool is_result(const char *s)
{
	return s && (!strcmp(s, RESULT_PASS) || !strcmp(s, RESULT_FAIL) || !strcmp(s, RESULT_INCONCLUSIVE));
}

static double bounded_confidence(struct json_object *answer)
{
	struct json_object *v = json_get(answer, "confidence");
	double c = v ? json_object_get_double(v) : 0;

	if (!isfinite(c) || c < 0)
		return 0;
	if (c > 1 && c <= 100)
		c /= 100; /* a percentage */
	return c > 1 ? 1 : c;
}

static char *bounded_text(struct app *app, struct str s, size_t max)
{
	s = str_trim(s);
	return arena_strndup(app->mem, s.ptr ? s.ptr : "", str_utf8_prefix(s, max));
}

/* Adds the point when its quote was said; true when by the candidate. */
static bool add_point(struct app *app, struct json_object *points, struct json_object *item, const struct transcript *t,
		      bool *kept)
{
	struct str quote = json_str(item, "quote"), point = json_str(item, "point");
	const struct turn *turn = quote.ptr && point.ptr ? transcript_find(t, app->mem, quote) : NULL;
	struct json_object *o;
	char time[TURN_TIME_SIZE];

	*kept = turn && str_trim(point).len && json_object_array_length(points) < LIMIT_KEY_POINTS;
	if (!*kept)
		return false;
	turn_time(t, turn, time); /* where it was said, whatever the model thinks */
	o = json_object_new_object();
	json_put(o, "point", bounded_text(app, point, LIMIT_KEY_POINT));
	json_put(o, "quote", bounded_text(app, quote, LIMIT_KEY_POINT));
	json_put(o, "time", time);
	json_put(o, "speaker", turn->candidate ? "candidate" : "interviewer");
	json_object_array_add(points, o);
	return turn->candidate;
}

/* Holds the model's answer to the transcript. */
static int check(struct app *app, struct json_object *answer, const struct transcript *t, struct json_object **out,
		 struct err *err)
{
	const char *result = json_text(answer, "result");
	struct str reasoning = json_str(answer, "reasoning");
	size_t count, supported = 0;
	int dropped = 0;
	struct json_object *list = json_list(answer, "keyPoints", &count), *e, *points;

	if (!is_result(result) || !reasoning.ptr)
		return err_set(err, ERR_UPSTREAM, "the model's answer does not fit its schema");
	e = new_evaluation(app, result, bounded_confidence(answer), bounded_text(app, reasoning, LIMIT_REASONING), "model");
	points = json_get(e, "keyPoints");
	for (size_t i = 0; list && i < count; i++) {
		bool kept;

		supported += add_point(app, points, json_object_array_get_idx(list, i), t, &kept);
		dropped += !kept;
	}
	json_put_int(e, "dropped", dropped);
	if (strcmp(result, RESULT_INCONCLUSIVE) && !supported) {
		json_put(e, "result", RESULT_INCONCLUSIVE);
		json_put(e, "modelResult", result);
		json_put(e, "reasoning", arena_printf(app->mem, "The model's result could not be supported by anything the candidate "
			"said, so it does not count. Its reasoning was: %s", json_text(e, "reasoning")));
	}
	*out = e;
	return 0;
}

static struct buf *system_text(struct app *app, const struct prompt *p, const char *more)
{
	struct buf *out = buf_in(app->mem, 8192);

	buf_puts(out, instructions);
	buf_puts(out, more);
	prompt_rule(p, out);
	return out;
}

static int ask(struct app *app, const struct prompt *p, const char *more, struct json_object **answer, struct err *err)
{
	struct cerebras model = { app->http, app->clock, app->cfg.cerebras_base_url, app->cfg.cerebras_api_key,
				  app->cfg.cerebras_model };
	struct cerebras_question q = { .schema_name = "evaluation", .schema = schema, .max_completion_tokens = 6000 };

	q.system = buf_view(system_text(app, p, more));
	q.user = buf_view(p->text);
	return cerebras_ask(&model, app->mem, &q, answer, err);
}

/* The fixed part first: the vendor's prompt cache then serves it. */
static void add_material(struct prompt *p, const struct evaluation_material *m)
{
	prompt_data(p, "title", str_from(m->job_title), 500);
	prompt_data(p, "job", m->job, JOB_BYTES);
	prompt_data(p, "application", m->application, APPLICATION_BYTES);
	prompt_data(p, "pointers", m->pointers, 8 << 10);
}

/* The first turn that no longer fits; at least one is taken. */
static size_t part_end(struct app *app, const struct transcript *t, size_t from, size_t max)
{
	struct buf *line = buf_in(app->mem, LIMIT_REPLY);
	size_t total = 0, i;

	for (i = from; i < t->count; i++) {
		buf_clear(line);
		transcript_text(t, i, i + 1, line);
		if (i > from && total + line->len > max)
			break;
		total += line->len;
	}
	return i;
}

static int judge_part(struct app *app, const struct evaluation_material *m, size_t from, size_t to, bool whole,
		      struct json_object **e, struct err *err)
{
	struct buf *text = buf_in(app->mem, LIMIT_REPLY);
	struct json_object *answer;
	struct prompt p;

	prompt_init(&p, app->mem);
	add_material(&p, m);
	transcript_text(m->transcript, from, to, text);
	prompt_data(&p, "transcript", buf_view(text), 0);
	if (p.text->failed || text->failed)
		return err_set(err, ERR_REFUSED, "one turn of the transcript is longer than a question may be");
	if (ask(app, &p, whole ? "" : "The transcript is one part of a longer talk: judge what this part shows.\n", &answer, err))
		return -1;
	return check(app, answer, m->transcript, e, err);
}

/* Weighs the findings of all parts. */
static int judge_findings(struct app *app, const struct evaluation_material *m, struct json_object *findings, int parts,
			  struct json_object **e, struct err *err)
{
	struct json_object *answer;
	struct prompt p;

	prompt_init(&p, app->mem);
	add_material(&p, m);
	prompt_data(&p, "findings", str_from(json_write(findings)), 0);
	if (p.text->failed)
		return err_set(err, ERR_REFUSED, "the findings are longer than a question may be");
	if (ask(app, &p, "The talk was too long to be read at once. In place of the transcript you get the findings for its parts, in "
			 "their order; weigh them together and take your quotes from theirs.\n", &answer, err) ||
	    check(app, answer, m->transcript, e, err))
		return -1;
	json_put_int(*e, "parts", parts);
	return 0;
}

/* A part's finding is a step of the job, named by the turns it covers. */
static int judge_part_once(struct app *app, const struct evaluation_material *m, size_t from, size_t to,
			   struct json_object **e, struct err *err)
{
	const char *step = arena_printf(app->mem, "part-%zu-%zu", from, to), *done = NULL;

	if (m->made_for && job_step_get(m->queue, app->mem, m->made_for, step, &done, err))
		return -1;
	if (done) {
		*e = json_read(app->mem, str_from(done), err);
		return *e ? 0 : -1;
	}
	if (judge_part(app, m, from, to, false, e, err))
		return -1;
	return m->made_for ? job_step_set(m->queue, app->mem, m->made_for, step, json_write(*e), err) : 0;
}

static int judge(struct app *app, const struct evaluation_material *m, size_t part_bytes, struct json_object **e,
		 struct err *err)
{
	const struct transcript *t = m->transcript;
	struct json_object *findings = json_owned(app->mem, json_object_new_array());
	int parts = 0;

	if (part_end(app, t, 0, part_bytes) == t->count)
		return judge_part(app, m, 0, t->count, true, e, err);
	for (size_t from = 0, to; from < t->count; from = to) {
		to = part_end(app, t, from, part_bytes);
		if (judge_part_once(app, m, from, to, e, err))
			return -1;
		json_object_array_add(findings, json_object_get(*e));
		parts++;
	}
	return judge_findings(app, m, findings, parts, e, err);
}

int evaluation_make(struct app *app, const struct evaluation_material *m, struct json_object **evaluation,
		    struct err *err)
{
	size_t part_bytes = PART_BYTES;

	if (transcript_is_too_thin(m->transcript)) {
		*evaluation = thin(app, m->transcript);
		return 0;
	}
	if (!app->cfg.have_cerebras)
		return err_set(err, ERR_REFUSED, "Cerebras is not configured");
	for (int round = 0;; round++) {
		struct err failure = { 0 };

		if (!judge(app, m, part_bytes, evaluation, &failure))
			return 0;
		/* Other scripts need more tokens a byte: smaller parts then. */
		if (strcmp(failure.code, "context_length_exceeded") || round == SHRINKS) {
			*err = failure;
			return -1;
		}
		part_bytes = part_bytes * 6 / 10;
	}
}
