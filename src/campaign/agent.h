/* Agents: a voice, its settings and a script (contract 3.3). */
#ifndef PARLEY_CAMPAIGN_AGENT_H
#define PARLEY_CAMPAIGN_AGENT_H

#include <stdbool.h>
#include <stdint.h>

#include "app.h"
#include "base/err.h"
#include "base/json.h"
#include "store/store.h"

struct agent {
	const char *id, *name, *voice_id, *model_id; /* never NULL: the defaults are filled in ("": there is none) */
	const char *language;                        /* ISO 639-1; NULL: none */
	const char *script;                          /* may be empty when it names an agent of ElevenLabs */
	const char *voice_settings;                  /* canonical JSON; NULL: none */
	const char *elevenlabs_agent_id;             /* NULL: the one of the settings */
	int64_t revision;                            /* grows with every change (keys.h) */
	int64_t created_ms, changed_ms;
};

/* Lays the members of `given` over the agent (one with id NULL: a new one).  False: *field and
 * *sentence say what is wrong. */
bool agent_read(struct app *app, struct json_object *given, struct agent *agent, const char **field,
		const char **sentence);

/* Stores it, a new one under a new id, and fills in the revision.  *changed is true when somebody else
 * has changed it since it was loaded: then nothing was done.  ERR_MISSING. */
int agent_write(struct app *app, struct agent *agent, bool *changed, struct err *err);

/* *campaigns: how many name it; then it stays. */
int agent_delete(struct app *app, const char *id, int64_t *campaigns, struct err *err);

/* ERR_MISSING.  Everything lives in app->mem. */
int agent_load(struct app *app, const char *id, struct agent *agent, struct err *err);

/* From an HGETALL's answer; false when there is no such agent. */
bool agent_of(struct app *app, const char *id, const struct reply *row, struct agent *agent);

/* A word for what the agent says and how: others read the same word, whatever else has changed in between. */
const char *agent_edition(struct app *app, const struct agent *agent);

/* The object of the API; its "revision" is the edition. */
struct json_object *agent_json(struct app *app, const struct agent *agent);

#endif
