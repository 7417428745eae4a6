/* GET /api/voice/voices/{id}/preview: the sample that ElevenLabs keeps of a voice, from our own address.
 *
 * It lies on a server of somebody else, which a page's policy keeps the browser from, and which need not
 * know who listens.  It is fetched once, into the store of audio. */
#ifndef PARLEY_CAMPAIGN_VOICE_PREVIEW_H
#define PARLEY_CAMPAIGN_VOICE_PREVIEW_H

#include "web/route.h"

/* 302 to /audio/NAME; 404 when there is no such voice, or none of it; 502. */
int voice_preview(struct app *app, struct request *req, struct response *res, struct err *err);

#endif
