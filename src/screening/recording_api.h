/* GET /api/interviews/{id}/conversations/{conversation}/recording: the MP3, whole or the range that is
 * asked for, so that a player can go to any moment. */
#ifndef PARLEY_SCREENING_RECORDING_API_H
#define PARLEY_SCREENING_RECORDING_API_H

#include "web/route.h"

handler_fn interviews_recording;

#endif
