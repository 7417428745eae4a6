/* See recording_upload.h. */
#include "campaign/recording_upload.h"

#include <stdio.h>

#include "access/audit.h"
#include "app.h"
#include "base/crypto.h"
#include "base/json.h"
#include "base/limits.h"
#include "campaign/audio.h"
#include "campaign/recording_convert.h"
#include "campaign/recordings.h"
#include "web/api.h"

enum { RATE = 8000 };

/* libsox' name of it; NULL: a type that is not taken. */
static const char *type_of(const struct request *req)
{
	if (request_is_type(req, "audio/wav") || request_is_type(req, "audio/x-wav"))
		return "wav";
	return request_is_type(req, "audio/mpeg") ? "mp3" : NULL;
}

/* ?name=, what people call it; false when it was answered with 400. */
static bool read_name(struct request *req, struct response *res, const char **name)
{
	struct form form = { 0 };
	struct err bad = { 0 };

	if (request_query(req, &form, &bad))
		return api_refuse(res, NULL, "The query could not be understood."), false;
	*name = form_get(&form, "name");
	if (!str_is_utf8(str_from(*name)) || str_from(*name).len > LIMIT_NAME || str_has_control(str_from(*name)))
		return api_refuse(res, "name", "name must be text of at most 200 bytes in one line."), false;
	return true;
}

static int refuse(struct response *res, const char *sentence)
{
	response_error(res, 422, "unusable_recording", sentence, NULL);
	return 0;
}

static const char *sentence_of(enum recording_verdict verdict)
{
	switch (verdict) {
	case RECORDING_TOO_LONG:
		return "The recording is longer than five minutes.";
	case RECORDING_TOO_COSTLY:
		return "The recording takes too much time or memory to read.";
	case RECORDING_SILENT:
		return "The recording holds no sound.";
	default:
		return "The recording is damaged: it could not be read to its end.";
	}
}

static bool read_file(struct request *req, struct str *file)
{
	struct buf *body = buf_in(req->mem, LIMIT_AUDIO);
	long got = 0;

	while (req->left) {
		char *at = buf_reserve(body, req->left);

		got = at ? request_read(req, at, req->left) : -1;
		if (got < 0)
			return false;
		buf_commit(body, (size_t)got);
	}
	*file = buf_view(body);
	return true;
}

static int keep(struct app *app, const struct recording *recording, struct audio *audio, struct err *err)
{
	unsigned char digest[SHA256_SIZE];
	const char *state_dir = app->cfg.state_dir;
	int lock, rc = 0;

	sha256(recording->wav, digest);
	hex_encode(digest, sizeof(digest), audio->hash);
	snprintf(audio->name, sizeof(audio->name), "%s.wav", audio->hash);
	if (audio_exists(app->mem, state_dir, audio->name, &audio->bytes))
		return 0;
	if (audio_room(app->mem, state_dir, err) || audio_lock(app->mem, state_dir, audio->hash, true, &lock, err))
		return -1;
	rc = audio_keep(app, audio->name, recording->wav, err);
	audio_unlock(app->mem, state_dir, audio->hash, lock);
	audio->bytes = (int64_t)recording->wav.len;
	return rc;
}

static int show(struct app *app, struct response *res, const struct audio *audio, const char *name, int64_t samples,
		struct err *err)
{
	struct recorded recorded = { .id = audio->hash, .name = name, .bytes = audio->bytes, .duration_ms = samples * 1000 / RATE };

	if (recorded_keep(app, &recorded, err))
		return -1;
	response_json(res, 201, str_from(json_write(recorded_json(app, &recorded))));
	return 0;
}

int recording_create(struct app *app, struct request *req, struct response *res, struct err *err)
{
	const char *type = type_of(req), *found, *name;
	struct recording recording;
	enum recording_verdict verdict;
	struct audio audio = { 0 };
	struct str file;

	if (!type) {
		response_error(res, 415, "unsupported_media_type", "The recording must be audio/wav or audio/mpeg.", NULL);
		return 0;
	}
	if (!read_name(req, res, &name))
		return 0;
	if (!req->left)
		return api_refuse(res, NULL, "The recording is empty.");
	if (!read_file(req, &file))
		return api_refuse(res, NULL, "The request ended before its announced length.");
	found = audio_type(file);
	if (!found || strcmp(found, type) != 0)
		return refuse(res, *type == 'w' ? "The file is no WAV." : "The file is no MP3.");
	if (recording_convert(app->mem, file, type, &verdict, &recording, err))
		return -1;
	log_event(&app->log, LOG_INFO, "recording.converted", LOG_NUM("bytes", (int64_t)file.len),
		  LOG_NUM("verdict", (int64_t)verdict));
	if (verdict != RECORDING_READ)
		return refuse(res, sentence_of(verdict));
	audit_say(req, "recording.upload", NULL, name);
	return keep(app, &recording, &audio, err) ? -1 : show(app, res, &audio, name, recording.samples, err);
}
