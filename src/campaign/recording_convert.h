/* An uploaded recording as the telephone wants it: WAV, 8 kHz, mono, 16 bits, its loudness evened.
 *
 * libsox decodes it, which is not made for hostile files: it runs in a forked child that
 * has no descriptors, little memory and time, and hands back samples in shared memory.  What a
 * hostile file makes of the child is one more damaged file.
 */
#ifndef PARLEY_CAMPAIGN_RECORDING_CONVERT_H
#define PARLEY_CAMPAIGN_RECORDING_CONVERT_H

#include <stdint.h>

#include "base/arena.h"
#include "base/err.h"
#include "base/str.h"

enum recording_verdict {
	RECORDING_READ,
	RECORDING_DAMAGED,   /* cannot be decoded, ends early, or holds what no recording does */
	RECORDING_TOO_LONG,  /* over LIMIT_RECORDING_S */
	RECORDING_TOO_COSTLY, /* takes more time or memory than a recording should */
	RECORDING_SILENT,
};

struct recording {
	struct str wav;  /* in the arena */
	int64_t samples; /* 8000 a second */
};

/* `type` is "wav" or "mp3".  The recording is filled for RECORDING_READ only.  ERR_SYSTEM: nothing was
 * found out. */
int recording_convert(struct arena *mem, struct str file, const char *type, enum recording_verdict *verdict,
		      struct recording *recording, struct err *err);

#endif
