/* What the body of POST /api/voice/test and /generate asks for (contract 3.3, and "language"). */
#ifndef PARLEY_CAMPAIGN_VOICE_WISH_H
#define PARLEY_CAMPAIGN_VOICE_WISH_H

#include "campaign/audio.h"
#include "web/request.h"
#include "web/response.h"

/* Speaks when no other model is named. */
#define VOICE_MODEL "eleven_multilingual_v2"

struct voice_wish {
	struct audio_wish audio;
	size_t characters;
};

/* Fills the wish; what the body leaves out is the given voice, eleven_multilingual_v2 and
 * `format`.  output_format is a member only with `choose`.  False when the request was
 * answered with 400, which names the member, or 415. */
bool voice_wish_read(struct request *req, struct response *res, const char *voice_id, const char *format, bool choose,
		     struct voice_wish *wish);

#endif
