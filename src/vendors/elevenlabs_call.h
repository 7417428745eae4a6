/* What the parts of ElevenLabs' client share. */
#ifndef PARLEY_VENDORS_ELEVENLABS_CALL_H
#define PARLEY_VENDORS_ELEVENLABS_CALL_H

#include "base/buf.h"
#include "net/http.h"
#include "vendors/elevenlabs.h"

/* GETs `path`, which begins with a slash and is encoded already; a JSON object. */
int elevenlabs_get(const struct elevenlabs *e, struct arena *mem, const struct buf *path, int timeout_ms,
		   struct json_object **answer, struct err *err);

/* The same for an address whose answer is a bare array. */
int elevenlabs_get_list(const struct elevenlabs *e, struct arena *mem, const struct buf *path, struct json_object **answer,
			struct err *err);

/* Says what an answer other than 2xx means; -1. */
int elevenlabs_refused(const struct elevenlabs *e, struct arena *mem, const struct http_reply *reply, struct err *err);

#endif
