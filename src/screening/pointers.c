/* See pointers.h. */
#include "screening/pointers.h"

#include "base/json.h"
#include "base/limits.h"
#include "screening/prompt.h"
#include "vendors/cerebras.h"

/* Candidate's text stays within the smallest window (vendors/cerebras.md 7). */
enum { FEWEST = 3, JOB_BYTES = 24 << 10, APPLICATION_BYTES = 48 << 10 };

static const char schema[] =
	"{\"type\":\"object\",\"properties\":{\"pointers\":{\"type\":\"array\",\"items\":{\"type\":\"string\"},"
	"\"description\":\"3 to 5 conversation pointers, one or two sentences each\"}},"
	"\"required\":[\"pointers\"],\"additionalProperties\":false}";

void pointers_generic(struct pointers *p)
{
	p->generic = true;
	p->text = "1. Ask what drew the candidate to this position and what they expect of it.\n"
		  "2. Ask about the piece of work of the last years that fits this position best, and about their own part in it.\n"
		  "3. Ask for one difficult problem they solved: what made it difficult, what they tried, how it ended.\n"
		  "4. Ask how they work with others, and how they deal with disagreement.\n"
		  "5. Ask when they could start and what they need to know from us.";
}

static struct buf *system_text(struct app *app, const struct prompt *p)
{
	struct buf *out = buf_in(app->mem, 8192);

	buf_puts(out, "You prepare a recruiter's assistant for a short spoken screening interview. Read the job and the candidate's "
		      "application and write 3 to 5 conversation pointers: each names one concrete thing from this application or "
		      "one requirement of this job, and what to ask about it. Prefer what decides about fit: required experience, "
		      "claims worth a closer look, gaps. Never ask about age, health, family, origin, religion, politics, or other "
		      "matters that may not be asked in hiring. Write in the language of the job text. One or two sentences each, "
		      "without numbering.\n");
	prompt_rule(p, out);
	return out;
}

/* The first list of strings in the answer: the schema calls it "pointers". */
static struct json_object *answer_list(struct json_object *answer, size_t *count)
{
	struct json_object *list = json_list(answer, "pointers", count);

	if (list)
		return list;
	json_object_object_foreach(answer, key, value) {
		(void)key;
		list = json_list(value, "", count);
		if (list && *count)
			return list;
	}
	return NULL;
}

static int check(struct app *app, struct json_object *answer, struct pointers *p, struct err *err)
{
	struct buf *text = buf_in(app->mem, LIMIT_POINTERS * (LIMIT_POINTER + 16));
	size_t count, taken = 0;
	struct json_object *list = answer_list(answer, &count);

	for (size_t i = 0; list && i < count && taken < LIMIT_POINTERS; i++) {
		struct str line = str_trim(json_str(json_object_array_get_idx(list, i), ""));

		line.len = str_utf8_prefix(line, LIMIT_POINTER);
		if (!line.len)
			continue;
		taken++;
		buf_printf(text, "%s%zu. ", taken > 1 ? "\n" : "", taken);
		for (size_t k = 0; k < line.len; k++)
			buf_putc(text, (unsigned char)line.ptr[k] < ' ' ? ' ' : line.ptr[k]);
	}
	if (taken < FEWEST)
		return err_set(err, ERR_UPSTREAM, "the model gave %zu pointers", taken);
	p->generic = false;
	p->text = text->ptr;
	return 0;
}

int pointers_write(struct app *app, const char *job_title, struct str job, struct str application,
		   struct pointers *p, struct err *err)
{
	struct cerebras model = { app->http, app->clock, app->cfg.cerebras_base_url, app->cfg.cerebras_api_key,
				  app->cfg.cerebras_model };
	struct cerebras_question q = { .schema_name = "conversation_pointers", .schema = schema, .max_completion_tokens = 3000 };
	struct json_object *answer;
	struct prompt prompt;

	if (!app->cfg.have_cerebras)
		return err_set(err, ERR_MISSING, "Cerebras is not configured");
	prompt_init(&prompt, app->mem);
	buf_puts(prompt.text, "The position:\n");
	prompt_data(&prompt, "title", str_from(job_title), 500);
	prompt_data(&prompt, "job", job, JOB_BYTES);
	buf_puts(prompt.text, "The candidate's application:\n");
	prompt_data(&prompt, "application", application, APPLICATION_BYTES);
	q.system = buf_view(system_text(app, &prompt));
	q.user = buf_view(prompt.text);
	if (cerebras_ask(&model, app->mem, &q, &answer, err))
		return -1;
	return check(app, answer, p, err);
}
