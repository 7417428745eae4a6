/* Agents: a voice, its settings and a script (contract 3.3). */
#ifndef PARLEY_CAMPAIGN_AGENT_H
#define PARLEY_CAMPAIGN_AGENT_H

#include <stdint.h>

#include "app.h"
#include "base/err.h"
#include "base/json.h"

struct agent {
	const char *id, *name, *voice_id, *model_id; /* never NULL: the defaults are filled in */
	const char *language;                        /* ISO 639-1; NULL: none */
	const char *script;
	const char *voice_settings;                  /* canonical JSON; NULL: none */
	const char *elevenlabs_agent_id;             /* NULL: the one of the settings */
	int64_t revision;                            /* grows with every change */
};

/* ERR_MISSING.  Everything lives in app->mem. */
int agent_load(struct app *app, const char *id, struct agent *agent, struct err *err);

#endif
