/* See verdict_comment.h. */
#include "screening/verdict_comment.h"

#include "screening/issue_settle.h"
#include "screening/markdown.h"

enum { COMMENT_BYTES = 60 << 10 }; /* Linear publishes no bound; well-formed comments of this size are taken */

static void write_result(const struct verdict_words *w, struct buf *out)
{
	const char *result = json_text(w->evaluation, "result");
	double confidence = json_object_get_double(json_get(w->evaluation, "confidence"));
	const char *basis = json_text(w->evaluation, "basis");

	buf_printf(out, "## Interview result: %s\n\n", result);
	if (w->again)
		buf_puts(out, "_Evaluated again by request._\n\n");
	if (basis && !strcmp(basis, "model"))
		buf_printf(out, "**Confidence:** %d %%\n\n", (int)(confidence * 100 + 0.5));
}

static void write_move(const struct verdict_words *w, struct buf *out)
{
	if (!strcmp(w->moved, SETTLED_MOVED)) {
		buf_puts(out, "The issue was moved to **");
		markdown_text(out, str_from(w->target));
		buf_puts(out, "**.\n\n");
	} else if (!strcmp(w->moved, SETTLED_CHANGED)) {
		buf_puts(out, "The issue had left **");
		markdown_text(out, str_from(w->screening));
		buf_puts(out, "** meanwhile, so its state was not changed.\n\n");
	} else if (!strcmp(w->moved, SETTLED_REPLACED)) {
		buf_puts(out, "This talk was held by a link that has been replaced or withdrawn since, so the state of the issue was not "
			      "changed.\n\n");
	} else if (!strcmp(w->moved, SETTLED_OVERRIDDEN)) {
		buf_puts(out, "A person has decided about this interview, so the state of the issue was not changed.\n\n");
	} else if (!strcmp(w->moved, SETTLED_NO_STATE)) {
		buf_puts(out, "The team has no state named **");
		markdown_text(out, str_from(w->target));
		buf_puts(out, "**, so the issue was not moved.\n\n");
	} else {
		buf_puts(out, "The issue stays in **");
		markdown_text(out, str_from(w->screening));
		buf_puts(out, "** for a person to decide.\n\n");
	}
}

static void write_points(struct json_object *evaluation, struct buf *out)
{
	size_t count;
	struct json_object *points = json_list(evaluation, "keyPoints", &count);

	if (!count)
		return;
	buf_puts(out, "### Key points\n\n");
	for (size_t i = 0; i < count; i++) {
		struct json_object *p = json_object_array_get_idx(points, i);
		const char *speaker = json_text(p, "speaker");

		buf_puts(out, "- ");
		markdown_text(out, json_str(p, "point"));
		buf_puts(out, "\n  > \xe2\x80\x9c");
		markdown_text(out, json_str(p, "quote"));
		buf_printf(out, "\xe2\x80\x9d (%s%s)\n", json_text(p, "time"),
			   speaker && !strcmp(speaker, "interviewer") ? ", said by the interviewer" : "");
	}
	buf_putc(out, '\n');
}

static void write_notes(const struct verdict_words *w, struct buf *out)
{
	int64_t parts = 1, dropped = 0;

	json_int(w->evaluation, "parts", &parts);
	json_int(w->evaluation, "dropped", &dropped);
	if (w->parts > 1)
		buf_printf(out, "The talk was interrupted; all %d conversations were judged together.\n\n", w->parts);
	if (parts > 1)
		buf_printf(out, "The transcript was too long to be read at once: it was evaluated in %d parts, whose findings were weighed "
			   "together.\n\n", (int)parts);
	if (dropped)
		buf_printf(out, "%d point%s of the model %s left out, because no such words stand in the transcript.\n\n", (int)dropped,
			   dropped == 1 ? "" : "s", dropped == 1 ? "was" : "were");
	buf_puts(out, "_Assessed by software from the attached transcript. Please read it before you decide._");
}

void verdict_comment_write(const struct verdict_words *w, struct buf *out)
{
	write_result(w, out);
	write_move(w, out);
	buf_puts(out, "### Reasoning\n\n");
	markdown_text(out, json_str(w->evaluation, "reasoning"));
	buf_puts(out, "\n\n");
	write_points(w->evaluation, out);
	write_notes(w, out);
}

static struct buf *begin_comment(struct arena *mem, size_t number)
{
	struct buf *out = buf_in(mem, COMMENT_BYTES * 4);

	buf_puts(out, number ? "**Interview transcript, continued**\n\n"
			     : "**Interview transcript** (as a comment, because the file could not be attached)\n\n");
	return out;
}

static void write_turn(const struct transcript *t, const struct turn *turn, struct buf *out)
{
	char time[TURN_TIME_SIZE];

	turn_time(t, turn, time);
	buf_printf(out, "`%s` **%s:** ", time, turn->candidate ? "Candidate" : "Interviewer");
	markdown_text(out, turn->text);
	buf_puts(out, "\n\n");
}

size_t verdict_transcript_comments(struct arena *mem, const struct transcript *t, struct buf ***comments)
{
	size_t count = 0;

	*comments = arena_alloc(mem, (t->count + 1) * sizeof(**comments));
	(*comments)[count++] = begin_comment(mem, 0);
	for (size_t i = 0; i < t->count; i++) {
		if ((*comments)[count - 1]->len + t->turns[i].text.len > COMMENT_BYTES) {
			(*comments)[count] = begin_comment(mem, count);
			count++;
		}
		write_turn(t, &t->turns[i], (*comments)[count - 1]);
	}
	if (!t->count)
		buf_puts((*comments)[0], "(Nothing was said.)");
	return count;
}
