/* See voice_preview.h. */
#include "campaign/voice_preview.h"

#include <stdio.h>

#include "app.h"
#include "base/json.h"
#include "base/limits.h"
#include "campaign/audio.h"
#include "campaign/voice_lists.h"
#include "net/http.h"
#include "web/api.h"

enum { HOPS = 3 };

static const char *const types[] = { "mp3", "wav" };

static bool name_sample(struct app *app, const char *url, const char *type, struct audio *audio)
{
	const struct str parts[] = { STR("preview"), str_from(url) };

	audio_hash(app->mem, parts, ARRAY_LEN(parts), audio->hash);
	snprintf(audio->name, sizeof(audio->name), "%s.%s", audio->hash, type);
	return audio_exists(app->mem, app->cfg.state_dir, audio->name, &audio->bytes);
}

/* Nobody but a stand-in of ElevenLabs, which is spoken to without TLS itself, may lead us to such a server. */
static bool may_ask(const struct app *app, const char *url)
{
	return str_starts(str_from(url), STR("https://")) ||
	       (str_starts(str_from(url), STR("http://")) && str_starts(str_from(app->cfg.elevenlabs_base_url), STR("http://")));
}

/* The vendor's addresses lead on to others now and then. */
static int fetch(struct app *app, const char *url, struct str *bytes, struct err *err)
{
	for (int hop = 0; hop < HOPS; hop++) {
		struct http_call call = { .method = "GET", .url = url, .max_reply = LIMIT_PREVIEW, .reuse = true };
		struct http_reply reply;

		if (!may_ask(app, url))
			return err_set(err, ERR_UPSTREAM, "a voice's sample lies where we do not go");
		if (http_send(app->http, app->mem, &call, &reply, err))
			return -1;
		*bytes = reply.body;
		if (reply.status == 200)
			return 0;
		url = reply.status / 100 == 3 ? http_reply_header(&reply, "location") : NULL;
		if (!url)
			return err_set(err, ERR_UPSTREAM, "a voice's sample: status %d", reply.status);
	}
	return err_set(err, ERR_UPSTREAM, "a voice's sample leads from address to address");
}

static int fetch_and_keep(struct app *app, const char *url, struct audio *audio, struct err *err)
{
	const char *type;
	struct str bytes;
	int lock, rc;

	if (audio_room(app->mem, app->cfg.state_dir, err) || fetch(app, url, &bytes, err))
		return -1;
	type = audio_type(bytes);
	if (!type)
		return err_set(err, ERR_UPSTREAM, "a voice's sample is no audio");
	if (name_sample(app, url, type, audio))
		return 0;
	if (audio_lock(app->mem, app->cfg.state_dir, audio->hash, true, &lock, err))
		return -1;
	rc = audio_keep(app, audio->name, bytes, err);
	audio_unlock(app->mem, app->cfg.state_dir, audio->hash, lock);
	return rc;
}

int voice_preview(struct app *app, struct request *req, struct response *res, struct err *err)
{
	const char *id = api_id(req), *url;
	struct json_object *voice;
	struct audio audio = { 0 };
	bool there = false;

	if (!id)
		return err_set(err, ERR_MISSING, "no id of a voice");
	if (voice_not_configured(app, res))
		return 0;
	if (voice_find(app, id, &voice, err))
		return -1;
	url = json_text(voice, "preview_url");
	if (!url)
		return err_set(err, ERR_MISSING, "a voice without a sample");
	for (size_t i = 0; !there && i < ARRAY_LEN(types); i++)
		there = name_sample(app, url, types[i], &audio);
	if (!there && fetch_and_keep(app, url, &audio, err))
		return voice_upstream(err);
	res->status = 302;
	response_header(res, "Location", arena_printf(app->mem, "/audio/%s", audio.name));
	return 0;
}
