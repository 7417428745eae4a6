/* See voices.h.  What ElevenLabs has to say is asked for by the page's script: nobody waits for a vendor to see a page. */
#include "console/voices.h"

#include <stdio.h>

#include "app.h"
#include "campaign/voice_wish.h"
#include "console/options.h"
#include "console/page.h"

static const struct option categories[] = {
	{ "premade", "Ready made" }, { "cloned", "Cloned" }, { "generated", "Designed" }, { "professional", "Professional" },
};
static const struct option genders[] = { { "female", "Female" }, { "male", "Male" }, { "neutral", "Neutral" } };
static const struct option ages[] = { { "young", "Young" }, { "middle_aged", "Middle-aged" }, { "old", "Old" } };
static const struct option uses[] = {
	{ "conversational", "Conversation" }, { "informative_educational", "Information, education" },
	{ "narrative_story", "Narration" }, { "social_media", "Social media" }, { "characters_animation", "Characters" },
	{ "entertainment_tv", "Entertainment" }, { "advertisement", "Advertisement" },
};

void speech_values(const struct app *app, struct view *v)
{
	char price[32] = "";

	if (app->cfg.speech_price_per_1000 > 0)
		snprintf(price, sizeof(price), "%g", app->cfg.speech_price_per_1000);
	view_show(v, app->cfg.have_elevenlabs ? "CONFIGURED" : "NOT_CONFIGURED");
	view_set(v, "DEFAULT_VOICE", app->cfg.have_elevenlabs ? app->cfg.elevenlabs_voice_id : "");
	view_set(v, "DEFAULT_MODEL", VOICE_MODEL);
	view_set(v, "PRICE", price);
	view_set(v, "CURRENCY", app->cfg.price_currency);
}

static int voices_show(struct app *app, struct request *req, struct response *res, struct err *err)
{
	struct page p = page_begin(app, req, res, "voices", "Voices", "voices", "voices");
	struct form form = { 0 };

	if (request_query(req, &form, err))
		return -1;
	view_set(p.view, "SEARCH", form_get(&form, "search"));
	view_set(p.view, "ACCENT", form_get(&form, "accent"));
	options_fill(p.view, "CATEGORY", categories, ARRAY_LEN(categories), form_get(&form, "category"));
	options_fill(p.view, "LANGUAGE", option_languages, option_language_count, form_get(&form, "language"));
	options_fill(p.view, "GENDER", genders, ARRAY_LEN(genders), form_get(&form, "gender"));
	options_fill(p.view, "AGE", ages, ARRAY_LEN(ages), form_get(&form, "age"));
	options_fill(p.view, "USE_CASE", uses, ARRAY_LEN(uses), form_get(&form, "use_case"));
	speech_values(app, p.view);
	if (!app->cfg.have_elevenlabs)
		page_part(p.view, "OFF", "voices-off");
	return page_send(&p, err);
}

static const struct route routes[] = {
	{ .method = "GET", .path = "/console/voices", .handler = voices_show },
};

const struct route_table voices_routes = { routes, ARRAY_LEN(routes) };
