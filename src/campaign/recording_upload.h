/* POST /api/voice/recordings: a recording of one's own, WAV or MP3, becomes a file for the telephone. */
#ifndef PARLEY_CAMPAIGN_RECORDING_UPLOAD_H
#define PARLEY_CAMPAIGN_RECORDING_UPLOAD_H

#include "web/route.h"

/* ?name= is what people call it.  201 {"audio_url","content_type","bytes","duration_seconds","recording_id","name",
 * "created_at"}; the same recording gives the same answer, with the newest name.  Empty 400, of another type 415, over 20 MB 413, and 422 for one that cannot be
 * used, with the reason. */
int recording_create(struct app *app, struct request *req, struct response *res, struct err *err);

#endif
