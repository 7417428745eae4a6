/* ElevenLabs as campaigns need it: a key, a voice, a model that speaks and credits left.
 * Nothing is spoken here: that would be paid for. */
#include <inttypes.h>
#include <string.h>

#include "base/json.h"
#include "doctor/checks.h"
#include "vendors/elevenlabs_speech.h"

enum { FEW_CREDITS = 2000 }; /* a script or two */

static struct elevenlabs elevenlabs_of(const struct app *app)
{
	return (struct elevenlabs){ app->http, app->clock, app->cfg.elevenlabs_base_url, app->cfg.elevenlabs_api_key };
}

/* A key may be good and yet not be allowed to look at this. */
static bool is_not_permitted(const struct err *err)
{
	return err->kind == ERR_DENIED && (!strcmp(err->code, "missing_permissions") ||
					   !strcmp(err->code, "insufficient_permissions") || !strcmp(err->code, "unauthorized"));
}

static void add_failure(struct findings *f, const struct err *err, const char *permission)
{
	if (is_not_permitted(err))
		findings_add(f, FINDING_WARNING, "elevenlabs",
			     arena_printf(f->mem, "Give the key the permission to read %s, so that this can be looked at.", permission),
			     "The key may not read %s, so it is not known how they are.", permission);
	else
		doctor_add_failure(f, "elevenlabs", "ELEVENLABS_API_KEY", err);
}

static size_t speaking(struct json_object *models)
{
	size_t count = 0;

	for (size_t i = 0; i < json_object_array_length(models); i++) {
		bool speaks = false;

		count += json_flag(json_object_array_get_idx(models, i), "can_do_text_to_speech", &speaks) && speaks;
	}
	return count;
}

void doctor_elevenlabs_key(struct app *app, struct findings *f)
{
	const struct elevenlabs e = elevenlabs_of(app);
	struct json_object *models;
	struct err err = { 0 };
	size_t count;

	if (elevenlabs_models(&e, app->mem, &models, &err)) {
		add_failure(f, &err, "models");
		return;
	}
	count = speaking(models);
	if (count)
		findings_add(f, FINDING_OK, "elevenlabs", NULL, "The key is accepted; %zu model%s speak%s.", count,
			     count == 1 ? "" : "s", count == 1 ? "s" : "");
	else
		findings_add(f, FINDING_FAILURE, "elevenlabs", "Look at the plan and at the models of the ElevenLabs workspace.",
			     "The key is accepted, but no model may make speech with it.");
}

void doctor_voice(struct app *app, struct findings *f)
{
	const struct elevenlabs e = elevenlabs_of(app);
	struct json_object *voice;
	struct err err = { 0 };

	if (!elevenlabs_voice(&e, app->mem, app->cfg.elevenlabs_voice_id, &voice, &err))
		findings_add(f, FINDING_OK, "elevenlabs", NULL, "The default voice exists.");
	else if (err.kind == ERR_MISSING || err.kind == ERR_REFUSED)
		findings_add(f, FINDING_FAILURE, "elevenlabs", "Put the id of a voice of this account into ELEVENLABS_VOICE_ID.",
			     "There is no such default voice.");
	else
		add_failure(f, &err, "voices");
}

/* A plan that is not paid for speaks no more, whatever is left of it. */
static bool is_suspended(const char *status)
{
	static const char *const bad[] = { "past_due", "incomplete", "incomplete_expired", "unpaid", "canceled", "free_disabled" };

	for (size_t i = 0; status && i < ARRAY_LEN(bad); i++)
		if (!strcmp(status, bad[i]))
			return true;
	return false;
}

void doctor_speech(struct app *app, struct findings *f)
{
	static const char pay[] = "Look at plan and payment in ElevenLabs' console.";
	const struct elevenlabs e = elevenlabs_of(app);
	struct json_object *plan;
	struct err err = { 0 };
	int64_t used, limit, left;
	bool extends = false;

	if (elevenlabs_subscription(&e, app->mem, &plan, &err)) {
		add_failure(f, &err, "the account's use");
		return;
	}
	if (is_suspended(json_text(plan, "status"))) {
		findings_add(f, FINDING_FAILURE, "elevenlabs", pay, "The plan is %.20s: no speech is made.", json_text(plan, "status"));
		return;
	}
	if (!json_int(plan, "character_count", &used) || !json_int(plan, "character_limit", &limit)) {
		findings_add(f, FINDING_WARNING, "elevenlabs", pay, "ElevenLabs does not tell how many credits are left.");
		return;
	}
	left = limit > used ? limit - used : 0;
	json_flag(plan, "can_extend_character_limit", &extends);
	if (left >= FEW_CREDITS || extends)
		findings_add(f, FINDING_OK, "elevenlabs", NULL, "%" PRId64 " credits are left for speech.", left);
	else
		findings_add(f, left ? FINDING_WARNING : FINDING_FAILURE, "elevenlabs", pay,
			     left ? "Only %" PRId64 " credits are left for speech." : "%" PRId64 " credits are left: no speech is made.", left);
}
