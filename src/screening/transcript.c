/* See transcript.h. */
#include "screening/transcript.h"

#include <stdio.h>

#include "base/limits.h"

enum { FEWEST_TURNS = 2, FEWEST_WORDS = 12, SHORTEST_QUOTE = 8 };

void transcript_init(struct transcript *t, struct arena *mem)
{
	*t = (struct transcript){ .room = LIMIT_TURNS };
	t->turns = arena_alloc(mem, t->room * sizeof(*t->turns));
}

static size_t count_words(struct str s)
{
	size_t words = 0;
	bool inside = false;

	for (size_t i = 0; i < s.len; i++) {
		bool blank = s.ptr[i] == ' ' || (s.ptr[i] >= '\t' && s.ptr[i] <= '\r');

		/* Scripts without blanks: each three bytes above ASCII count as a word. */
		if ((unsigned char)s.ptr[i] >= 0xe3 && !blank)
			words++;
		else if (!blank && !inside)
			words++;
		inside = !blank;
	}
	return words;
}

/* Newer models say "message", older ones "text" or "content". */
static struct str turn_words(struct json_object *item)
{
	static const char *const names[] = { "message", "text", "content" };

	for (size_t i = 0; i < ARRAY_LEN(names); i++) {
		struct str s = str_trim(json_str(item, names[i]));

		if (s.len)
			return s;
	}
	return (struct str){ NULL, 0 };
}

static int turn_seconds(struct json_object *item)
{
	static const char *const names[] = { "time_in_call_secs", "timestamp", "time" };
	int64_t n;

	for (size_t i = 0; i < ARRAY_LEN(names); i++)
		if (json_int(item, names[i], &n) && n >= 0 && n < 86400)
			return (int)n;
	return 0;
}

static bool is_candidate(struct json_object *item)
{
	struct str role = json_str(item, "role");

	return str_eq_nocase(role, STR("user")) || str_eq_nocase(role, STR("candidate")) ||
	       str_eq_nocase(role, STR("human"));
}

static void add_turn(struct transcript *t, struct json_object *item)
{
	struct turn *turn = &t->turns[t->count];

	turn->text = turn_words(item);
	if (!turn->text.len)
		return;
	turn->candidate = is_candidate(item);
	turn->part = t->parts;
	turn->at_s = turn_seconds(item);
	if (turn->candidate) {
		t->candidate_turns++;
		t->candidate_words += count_words(turn->text);
	} else {
		t->agent_turns++;
	}
	t->count++;
}

int transcript_add(struct transcript *t, struct json_object *data, struct err *err)
{
	size_t count;
	struct json_object *list = json_list(data, "transcript", &count);

	if (!list)
		return err_set(err, ERR_INPUT, "the conversation has no transcript");
	if (count > t->room - t->count)
		return err_set(err, ERR_INPUT, "the transcript has more than %d turns", LIMIT_TURNS);
	for (size_t i = 0; i < count; i++)
		add_turn(t, json_object_array_get_idx(list, i));
	t->parts++;
	return 0;
}

bool transcript_is_too_thin(const struct transcript *t)
{
	return t->candidate_turns < FEWEST_TURNS || t->candidate_words < FEWEST_WORDS || !t->agent_turns;
}

void turn_time(const struct transcript *t, const struct turn *turn, char out[TURN_TIME_SIZE])
{
	int minutes = turn->at_s / 60, seconds = turn->at_s % 60;

	if (t->parts > 1)
		snprintf(out, TURN_TIME_SIZE, "%d/%02d:%02d", turn->part + 1, minutes, seconds);
	else
		snprintf(out, TURN_TIME_SIZE, "%02d:%02d", minutes, seconds);
}

/* A turn is one line: what it holds cannot imitate another speaker's line. */
static void add_line(struct buf *out, struct str text)
{
	for (size_t i = 0; i < text.len; i++) {
		char c = text.ptr[i];

		buf_putc(out, (unsigned char)c < ' ' || c == 0x7f ? ' ' : c);
	}
}

void transcript_text(const struct transcript *t, size_t from, size_t to, struct buf *out)
{
	char time[TURN_TIME_SIZE];

	for (size_t i = from; i < to && i < t->count; i++) {
		turn_time(t, &t->turns[i], time);
		buf_printf(out, "[%s] %s: ", time, t->turns[i].candidate ? "Candidate" : "Interviewer");
		add_line(out, t->turns[i].text);
		buf_putc(out, '\n');
	}
}

/* Lower-case ASCII, one blank between words, no quotation marks or ellipses. */
static struct str normalised(struct arena *mem, struct str s)
{
	static const char *const dropped[] = { "\xe2\x80\x9c", "\xe2\x80\x9d", "\xe2\x80\x9e", "\xe2\x80\xa6",
					       "\xe2\x80\x98", "\xe2\x80\x99" };
	char *out = arena_alloc(mem, s.len + 1);
	size_t n = 0;

	for (size_t i = 0; i < s.len;) {
		char c = s.ptr[i];
		bool skip = false;

		for (size_t k = 0; k < ARRAY_LEN(dropped) && !skip; k++)
			skip = str_starts((struct str){ s.ptr + i, s.len - i }, str_from(dropped[k]));
		i += skip ? 3 : 1;
		if (skip || c == '"' || c == '\'' || c == '.' || c == ',')
			continue;
		if ((unsigned char)c <= ' ')
			c = ' ';
		if (c == ' ' && (!n || out[n - 1] == ' '))
			continue;
		out[n++] = c >= 'A' && c <= 'Z' ? (char)(c + ('a' - 'A')) : c;
	}
	return str_trim((struct str){ out, n });
}

static size_t count_letters(struct str s)
{
	size_t n = 0;

	for (size_t i = 0; i < s.len; i++)
		n += (unsigned char)s.ptr[i] >= 0x80 || (s.ptr[i] >= '0' && s.ptr[i] <= '9') ||
		     (s.ptr[i] >= 'a' && s.ptr[i] <= 'z');
	return n;
}

const struct turn *transcript_find(const struct transcript *t, struct arena *mem, struct str quote)
{
	struct str want = normalised(mem, quote);
	const struct turn *said_by_agent = NULL;
	bool is_short = count_letters(want) < SHORTEST_QUOTE;

	if (!count_letters(want))
		return NULL;
	for (size_t i = 0; i < t->count; i++) {
		struct str have = normalised(mem, t->turns[i].text);

		if (is_short ? !str_eq(have, want) : !str_find(have, want))
			continue;
		if (t->turns[i].candidate)
			return &t->turns[i];
		if (!said_by_agent)
			said_by_agent = &t->turns[i];
	}
	return said_by_agent;
}
