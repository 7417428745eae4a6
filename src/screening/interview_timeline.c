/* What was noted of an interview, in words for people (interview_detail.h). */
#include "base/clock.h"
#include "screening/interview_detail.h"

/* A word, or the beginning of one that ends with a detail. */
static const struct event_words {
	const char *event, *kind, *words; /* words that end with a blank take the detail along; NULL: the event's own */
} events[] = {
	{ "invited", "invited", "The link was made" },
	{ "invitation sent again", "mail", NULL },
	{ "invitation sent", "mail", "The invitation was mailed" },
	{ "mail delivered", "mail", "The mail was delivered" },
	{ "mail bounced", "fault", "The mail bounced" },
	{ "mail complained", "fault", "The candidate marked the mail as unwanted" },
	{ "mail suppressed", "fault", "The mail was not delivered: the address had bounced before" },
	{ "mail failed", "fault", "The mail could not be delivered" },
	{ "opened", "opened", "The candidate opened the link" },
	{ "consented", "talk", "The candidate agreed to the recording" },
	{ "started", "talk", "The talk began" },
	{ "connection lost", "fault", "The connection was lost" },
	{ "ended", "talk", "The talk ended" },
	{ "transcript attached", "person", NULL },
	{ "transcript ", "transcript", "The transcript arrived" },
	{ "evaluated again", "person", NULL },
	{ "evaluated ", "verdict", "Evaluated: " },
	{ "moved to ", "moved", "The issue was moved to " },
	{ "moved", "moved", "The issue was moved" },
	{ "decided ", "person", NULL },
	{ "revoked", "person", NULL },
};

static const struct event_words *find(const char *event)
{
	for (size_t i = 0; i < ARRAY_LEN(events); i++)
		if (str_starts(str_from(event), str_from(events[i].event)))
			return &events[i];
	return NULL;
}

static const char *with_capital(struct arena *mem, const char *text)
{
	char *copy = arena_strdup(mem, text);

	if (*copy >= 'a' && *copy <= 'z')
		*copy = (char)(*copy - ('a' - 'A'));
	return copy;
}

static const char *words_of(struct arena *mem, const struct event_words *e, const char *event)
{
	if (!e || !e->words)
		return with_capital(mem, event);
	if (e->words[strlen(e->words) - 1] != ' ')
		return e->words;
	return arena_join(mem, e->words, event + strlen(e->event));
}

struct json_object *timeline_item(struct arena *mem, const char *noted, int64_t at_ms)
{
	const char *event = session_note_word(mem, noted);
	const struct event_words *e = find(event);
	struct json_object *o = json_object_new_object();
	char iso[ISO_TIME_SIZE];

	iso_time_format(at_ms, iso);
	json_put(o, "at", iso);
	json_put(o, "event", event);
	json_put(o, "kind", e ? e->kind : "other");
	json_put(o, "words", words_of(mem, e, event));
	return o;
}
