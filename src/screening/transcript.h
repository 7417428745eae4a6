/* What was said: ElevenLabs' transcript as turns, and as text for people and for
 * the model. */
#ifndef PARLEY_SCREENING_TRANSCRIPT_H
#define PARLEY_SCREENING_TRANSCRIPT_H

#include <stdbool.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/buf.h"
#include "base/err.h"
#include "base/json.h"

struct turn {
	bool candidate;
	int part;     /* which conversation of the session, from 0 */
	int at_s;     /* seconds into its conversation */
	struct str text;
};

struct transcript {
	struct turn *turns;
	size_t count, room;
	int parts;
	size_t candidate_turns, candidate_words, agent_turns;
};

void transcript_init(struct transcript *t, struct arena *mem);

/* Appends the turns of one conversation: `data` of the webhook or the GET model
 * (vendors/elevenlabs.md 4.5), or of the older conversation.completed.  Turns
 * without words (tool calls) are left out.  ERR_INPUT when there is no array. */
int transcript_add(struct transcript *t, struct json_object *data, struct err *err);

/* True when too little was said, or only by one side, to judge a person by it. */
bool transcript_is_too_thin(const struct transcript *t);

/* "02:07", or "2/02:07" in the second conversation of a session. */
enum { TURN_TIME_SIZE = 40 };
void turn_time(const struct transcript *t, const struct turn *turn, char out[TURN_TIME_SIZE]);

/* "[02:07] Candidate: …" lines of turns [from, to). */
void transcript_text(const struct transcript *t, size_t from, size_t to, struct buf *out);

/* The turn whose words contain the quote: letter case, white space and quotation
 * marks aside; NULL when nobody said it.  Quotes of fewer than 8 letters or
 * digits support nothing, unless they are a whole turn. */
const struct turn *transcript_find(const struct transcript *t, struct arena *mem, struct str quote);

#endif
